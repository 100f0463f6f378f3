import { setTimeout as pause } from 'node:timers/promises'

import { openQueue } from '#src/queue/open.ts'
import { openStore } from '#src/store/store.ts'
/**
 * A worker in a process of its own that takes one bell, says so on stdout, and holds it until it is killed.
 *
 * Usage: node queue-process.ts WORKSPACE LOCK_MS [REDIS_URL]
 */
const [workspaceDir = '', lockMs = '', redisUrl] = process.argv.slice(2)
const store = await openStore({ workspaceDir })
const queue = await openQueue(store, { redisUrl })
queue.work({
  handle: async (bell) => {
    process.stdout.write(`${bell.subject}\n`)
    await pause(120_000)
    return { kind: 'done' }
  },
  concurrency: 1,
  onDead: async () => undefined,
  onError: () => undefined,
  timing: { lockMs: Number(lockMs) },
})
