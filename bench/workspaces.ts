import { mkdir, readFile, writeFile } from 'node:fs/promises'
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

/** The month before this one, whose starts lie back: what is asked of people waits by the clock of the database, which is the real one. */
const [MONTH, NEXT_MONTH, LAST_DAY] = [
  dayOf(-1, 1).slice(0, 7),
  dayOf(0, 1).slice(0, 7),
  dayOf(0, 0),
]
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
/** Of every tenth company besides: a move that waits for people, whom the worker asks. */
const WITH_A_REQUEST = ['budget_actions', 'segments']
const EVERY = 10
/** A review that waits has come as far as it can. */
const AT_REST = new Set(['completed', 'withheld', 'awaiting_approval'])

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
    const worker = startWorker({ store, queue, observer, now: () => new Date(), concurrency: 2 })
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
  await mkdir(join(home, 'data'), { recursive: true })
  for (const dataset of index % EVERY === 0 ? [...DATASETS, ...WITH_A_REQUEST] : DATASETS) {
    const file = `${dataset}.csv`
    const text = await readFile(join(COMPANY, 'data', file), 'utf8')
    await writeFile(join(home, 'data', file), inMonth(text))
  }
  const policy = await readFile(join(COMPANY, 'policy.yaml'), 'utf8')
  await writeFile(
    join(home, 'policy.yaml'),
    policy
      .replace('Reference Company', name)
      .replace(/effective_from: .*/, `effective_from: ${MONTH}-01`),
  )
  await registerWorkspace(store.pool, { name, directory: home, timeZone: 'UTC' })
  await setPlan(store.pool, name, { plan: PLAN, firstMonth: MONTH })
}

/** Says on stderr how far it is, a line for each tenth, because a thousand take long. */
async function untilFinished(store: Store, count: number): Promise<Memory> {
  const memory: Memory = { early: 0, late: 0 }
  let told = 0
  for (;;) {
    const reviews = await listReviews(store.pool)
    const finished = reviews.filter((review) => AT_REST.has(review.status)).length
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

function dayOf(months: number, day: number): string {
  const now = new Date()
  const at = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, day)
  return new Date(at).toISOString().slice(0, 10)
}

/** The example's data are of March 2026, with an end in April. */
function inMonth(text: string): string {
  return text
    .replaceAll('2026-03-31', LAST_DAY)
    .replaceAll('2026-03', MONTH)
    .replaceAll('2026-04', NEXT_MONTH)
}

const [directory = '', count = '50'] = process.argv.slice(2)
const memory = await workspaces(directory, Number(count))
console.log(JSON.stringify({ ...ownCost(), ...memory }))
