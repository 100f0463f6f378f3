import { loadConfig } from '#src/config.ts'
import { createLog } from '#src/observe/log.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { createObserver } from '#src/observe/observer.ts'
import { openQueue } from '#src/queue/open.ts'
import { openStore } from '#src/store/store.ts'
import { startWorker } from '#src/worker/start.ts'

import { CHAOS_TIMING } from './timing.ts'

/**
 * A worker as `mo worker` starts it, but less patient, so that a run of hundreds of kills ends in time.
 *
 * Usage: node worker-process.ts WORKSPACE REDIS_URL|- [--clock-jump=MS]
 */
const [workspaceDir = '', redisUrl = '-'] = process.argv.slice(2)
const store = await openStore({ workspaceDir })
const queue = await openQueue(store, {
  redisUrl: redisUrl === '-' ? undefined : redisUrl,
  timing: CHAOS_TIMING,
})
const observer = createObserver(createLog('info'), createMetrics({ store, queue }))
startWorker({
  store,
  queue,
  observer,
  now: () => new Date(),
  narrator: loadConfig().narrator,
  concurrency: 2,
  timing: CHAOS_TIMING,
  reconcileEveryMs: 1_000,
})
