import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import { Queue } from 'bullmq'
import { Hono } from 'hono'
import { z } from 'zod'

import type { WorkQueue } from '../queue/queue.ts'
import { PATHS } from './pages.ts'
import { shownOf } from './shown.ts'

const LibraryQueue = z.custom<Queue>((value) => value instanceof Queue)
const Body = z.union([z.string(), z.record(z.string(), z.unknown())])

/** The library's page of the queue. It asks nobody who they are: whoever serves it does. */
export function createLibraryBoard(
  queue: WorkQueue,
  { readOnly }: { readonly readOnly: boolean },
): Hono {
  const serverAdapter = new HonoAdapter(serveStatic)
  serverAdapter.setBasePath(PATHS.queue)
  createBullBoard({
    queues: [
      new BullMQAdapter(LibraryQueue.parse(queue.bullQueue), {
        readOnlyMode: readOnly,
        displayName: 'reviews and calendars',
        description: `kept in ${queue.backend === 'redis' ? 'Redis' : 'PostgreSQL'}`,
      }),
    ],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: readOnly ? 'Queue (reading)' : 'Queue',
        hideDocsLink: true,
        // PostgreSQL keeps no list of connected workers; the library would say that there are none.
        showWorkers: queue.backend === 'redis',
        miscLinks: [{ text: 'Sign out', url: PATHS.signOut }],
      },
      handlerHooks: {
        after: (_context, result) => ({ ...result, body: Body.parse(shownOf(result.body)) }),
      },
    },
  })
  return new Hono().route(PATHS.queue, serverAdapter.registerPlugin())
}
