import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { createLog } from '#src/observe/log.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { createObserver } from '#src/observe/observer.ts'
import { openQueue } from '#src/queue/open.ts'
import { registerWorkspace, setPlan } from '#src/schedule/workspaces.ts'
import { listReviews } from '#src/store/reviews.ts'
import { openStore, type Store } from '#src/store/store.ts'
import { startWorker } from '#src/worker/start.ts'

import { ownCost } from './cost.ts'

const MONTH = '2026-03'
/** Business day 2 of April at nine: the start of every workspace lies two hours back. */
const NOW = new Date('2026-04-02T09:00:00Z')
const PLAN = { day: { kind: 'after_month_end', businessDay: 2 }, minute: 420 } as const
const COMPANY = join(import.meta.dirname, '../examples/reference-company')
/** What a small company has; to read twenty files for each would measure the import, which has benches of its own. */
const DATASETS = [
  'campaigns',
  'channels',
  'ad_performance',
  'cost_ledger',
  'value_ledger',
  'funnel_counts',
]
const FINISHED = new Set(['completed', 'withheld'])

/** Resident memory after the first fifth of the reviews and after the last, in MB. */
interface Memory {
  early: number
  late: number
}

/** Many companies on one store whose reviews are all due on one day: one worker begins them by the calendar and brings each to its end. */
async function workspaces(directory: string, count: number): Promise<Memory> {
  const store = await openStore({ workspaceDir: directory })
  const queue = await openQueue(store, { redisUrl: undefined })
  try {
    for (let index = 0; index < count; index++) await addCompany(store, directory, index)
    const observer = createObserver(createLog('error'), createMetrics({ store, queue }))
    const worker = startWorker({ store, queue, observer, now: () => NOW, concurrency: 2 })
    try {
      return await untilFinished(store, count)
    } finally {
      await worker.close()
    }
  } finally {
    await queue.close()
    await store.close()
  }
}

/** Links would lead out of the workspace and are not followed, so each company has its own copy of the data. */
async function addCompany(store: Store, directory: string, index: number): Promise<void> {
  const home = join(directory, `company-${index}`)
  const name = `Company ${index}`
  for (const dataset of DATASETS) {
    await cp(join(COMPANY, 'data', `${dataset}.csv`), join(home, 'data', `${dataset}.csv`))
  }
  const policy = await readFile(join(COMPANY, 'policy.yaml'), 'utf8')
  await writeFile(join(home, 'policy.yaml'), policy.replace('Reference Company', name))
  await registerWorkspace(store.pool, { name, directory: home, timeZone: 'UTC' })
  await setPlan(store.pool, name, { plan: PLAN, firstMonth: MONTH })
}

/** Says on stderr how far it is, a line for each tenth, because a thousand take long. */
async function untilFinished(store: Store, count: number): Promise<Memory> {
  const memory: Memory = { early: 0, late: 0 }
  let told = 0
  for (;;) {
    const reviews = await listReviews(store.pool)
    const finished = reviews.filter((review) => FINISHED.has(review.status)).length
    const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20)
    if (finished >= count / 5 && memory.early === 0) memory.early = megabytes
    memory.late = megabytes
    if (finished >= told + count / 10) {
      told = finished
      process.stderr.write(`${finished} of ${count} workspaces, ${megabytes} MB\n`)
    }
    if (finished >= count) return memory
    await pause(1_000)
  }
}

const [directory = '', count = '50'] = process.argv.slice(2)
const memory = await workspaces(directory, Number(count))
console.log(JSON.stringify({ ...ownCost(), ...memory }))
