import { StateGraph, START, END } from '@langchain/langgraph'

import { NODES } from '#graph/review-graph.ts'
import { ReviewState } from '#graph/state.ts'
import { STAGES } from '#rules/schema/review.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest, publishReview } from '#src/runtime/publish.ts'
import { addRecord, type ReviewRecords } from '#src/runtime/records.ts'
import type { ReviewSession } from '#src/runtime/session.ts'
import { runSpecialist } from '#src/runtime/specialists.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { ReviewCheckpointer } from '#src/store/checkpointer.ts'
import { openStore, type Store } from '#src/store/store.ts'

type Node = (typeof NODES)[number]

const REPEATS = 9
/** On this day requests are out of time by the database's clock, so that the review ends by itself. */
const now = (): Date => new Date('2026-04-02T12:00:00Z')

/** The governed review: lock, stage records, requests, effects, audit, report. */
async function governed(store: Store, session: ReviewSession): Promise<void> {
  await driveReview({
    store,
    session,
    now,
    publish: publishAtRest(store, session),
    onStage: () => undefined,
  })
}

/** The same specialists on the same data as a plain LangGraph of as many nodes, with the same checkpointer and durability. */
async function bare(store: Store, session: ReviewSession, thread: string): Promise<void> {
  let records: ReviewRecords = { stages: new Map() }
  const step = (node: Node) => async () => {
    const stage = STAGES.find((each) => each === node)
    if (stage !== undefined) {
      records = addRecord(records, await runSpecialist(stage, session, { records, approvals: [] }))
    }
    return { reviewId: thread }
  }
  const pair = (node: Node): [Node, ReturnType<typeof step>] => [node, step(node)]
  const graph = new StateGraph(ReviewState)
    .addSequence(NODES.map(pair))
    .addEdge(START, NODES[0])
    .addEdge('publish', END)
    .compile({ checkpointer: new ReviewCheckpointer(store.pool) })
  await graph.invoke(
    { reviewId: thread },
    {
      configurable: { thread_id: thread },
      durability: 'sync' as const,
      recursionLimit: NODES.length + 5,
    },
  )
}

interface Cost {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly peakMegabytes: null
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const began = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  const wallSeconds = (performance.now() - began) / 1000
  return { wallSeconds, cpuSeconds: (user + system) / 1e6, peakMegabytes: null }
}

/** The quickest without the first, which warms up: what else runs on the machine can only add. */
function quickest([, ...costs]: readonly Cost[]): Cost | undefined {
  return costs.toSorted((left, right) => left.wallSeconds - right.wallSeconds)[0]
}

/** Both kinds in turns, so that a busy machine is as busy for one as for the other. */
async function overhead(directory: string) {
  const workspace = await openWorkspace(directory)
  const store = await openStore({ workspaceDir: directory })
  const costs: Record<'governed' | 'bare' | 'report', Cost[]> = {
    governed: [],
    bare: [],
    report: [],
  }
  try {
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      // Another day is another review of the same data.
      const asOf = `2026-03-${String(31 - repeat)}`
      const session = await beginReview(store, workspace, { month: '2026-03', asOf, now: now() })
      try {
        costs.bare.push(await costOf(() => bare(store, session, `bare-${repeat}`)))
        costs.governed.push(await costOf(() => governed(store, session)))
        costs.report.push(await costOf(() => publishReview(store, session, workspace)))
      } finally {
        await session.data.close()
      }
    }
    return {
      governed: quickest(costs.governed),
      bare: quickest(costs.bare),
      report: quickest(costs.report),
    }
  } finally {
    await store.close()
  }
}

const [directory = ''] = process.argv.slice(2)
console.log(JSON.stringify(await overhead(directory)))
