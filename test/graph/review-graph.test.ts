import { Command, MemorySaver } from '@langchain/langgraph'
import { describe, expect, it } from 'vitest'

import type { ReviewPorts } from '#graph/ports.ts'
import { createReviewGraph, NODES } from '#graph/review-graph.ts'
import type { ApprovalOutcome, PendingApproval } from '#graph/state.ts'
import { STAGES, type StageName } from '#rules/schema/review.ts'

const ASKED: PendingApproval = {
  approvalId: 'appr-1',
  moveId: 'move-1',
  tier: 'medium',
  approversNeeded: 1,
}

/** Ports that write down what the graph asks of them, in order. */
function recordingPorts(changes: { gate?: 'open' | 'withheld'; pending?: PendingApproval[] } = {}) {
  const calls: string[] = []
  const outcomes: ApprovalOutcome[] = []
  const again: PendingApproval[][] = []
  const ports: ReviewPorts = {
    admit: () => {
      calls.push('admit')
      return Promise.resolve(changes.gate ?? 'open')
    },
    runStage: (stage: StageName) => {
      calls.push(stage)
      return Promise.resolve({
        stage,
        status: 'assessed',
        sha256: stage,
        decisions: 1,
        findings: 0,
      })
    },
    fileApprovals: () => {
      calls.push('file')
      return Promise.resolve(changes.pending ?? [])
    },
    approvalOutcomes: () => Promise.resolve(outcomes),
    applyMoves: () => {
      calls.push('apply')
      return Promise.resolve({
        applied: outcomes.map((outcome) => outcome.moveId),
        pending: again.shift() ?? [],
      })
    },
    publish: () => {
      calls.push('publish')
      return Promise.resolve()
    },
  }
  return { ports, calls, outcomes, again }
}

const config = { configurable: { thread_id: 'review-1' }, durability: 'sync' as const }
const BEFORE_GATE = ['admit', ...STAGES.slice(0, 6), 'file']

describe('a review without moves', () => {
  it('runs every stage once, in order, and publishes', async () => {
    const { ports, calls } = recordingPorts()
    const state = await createReviewGraph(ports, new MemorySaver()).invoke(
      { reviewId: 'review-1' },
      config,
    )
    expect(calls).toStrictEqual([...BEFORE_GATE, 'apply', 'synthesis', 'publish'])
    expect(state.receipts.map((receipt) => receipt.stage)).toStrictEqual([...STAGES])
    expect(state.published).toBe(true)
  })
})

describe('a review on data that cannot be trusted', () => {
  it('runs no stage and publishes why', async () => {
    const { ports, calls } = recordingPorts({ gate: 'withheld' })
    const state = await createReviewGraph(ports, new MemorySaver()).invoke(
      { reviewId: 'review-1' },
      config,
    )
    expect(calls).toStrictEqual(['admit', 'publish'])
    expect(state.gate).toBe('withheld')
  })
})

describe('a review with a move that needs a person', () => {
  const start = async () => {
    const recording = recordingPorts({ pending: [ASKED] })
    const graph = createReviewGraph(recording.ports, new MemorySaver())
    await graph.invoke({ reviewId: 'review-1' }, config)
    const snapshot = await graph.getState(config)
    const interrupt = snapshot.tasks.flatMap((task) => task.interrupts)[0]
    return { ...recording, graph, snapshot, interrupt }
  }

  it('stops at the gate and asks for exactly that move', async () => {
    const { calls, snapshot, interrupt } = await start()
    expect(calls).toStrictEqual(BEFORE_GATE)
    expect(snapshot.next).toStrictEqual(['approval'])
    expect(interrupt?.value).toStrictEqual({ reviewId: 'review-1', approvals: [ASKED] })
  })

  const reply = (id: string | undefined, value: unknown) =>
    new Command<unknown, never, 'approval'>({ resume: { [id ?? '']: value } })

  it('goes on with the outcomes of the store, and repeats no stage', async () => {
    const { graph, calls, outcomes, interrupt } = await start()
    outcomes.push({ approvalId: 'appr-1', moveId: 'move-1', outcome: 'rejected' })
    const state = await graph.invoke(reply(interrupt?.id, { kind: 'decisions_recorded' }), config)
    expect(calls).toStrictEqual([...BEFORE_GATE, 'apply', 'synthesis', 'publish'])
    expect(state.outcomes).toStrictEqual(outcomes)
  })

  it('goes back to the gate for what became void before it was applied', async () => {
    const { graph, calls, outcomes, again, interrupt } = await start()
    outcomes.push({ approvalId: 'appr-1', moveId: 'move-1', outcome: 'superseded' })
    again.push([{ ...ASKED, approvalId: 'appr-1.2' }])
    await graph.invoke(reply(interrupt?.id, { kind: 'decisions_recorded' }), config)
    const waiting = await graph.getState(config)
    expect(waiting.next).toStrictEqual(['approval'])
    const second = waiting.tasks.flatMap((task) => task.interrupts)[0]
    expect(second?.value).toMatchObject({ approvals: [{ approvalId: 'appr-1.2' }] })
    outcomes.push({ approvalId: 'appr-1.2', moveId: 'move-1', outcome: 'approved' })
    await graph.invoke(reply(second?.id, { kind: 'decisions_recorded' }), config)
    expect(calls).toStrictEqual([...BEFORE_GATE, 'apply', 'apply', 'synthesis', 'publish'])
  })

  it.each([
    ['a decision in the message', { kind: 'decisions_recorded', action: 'approve' }],
    ['a bare word', 'approve'],
    ['nothing', null],
  ])('refuses %s', async (_name, value) => {
    const { graph, calls, outcomes, interrupt } = await start()
    outcomes.push({ approvalId: 'appr-1', moveId: 'move-1', outcome: 'approved' })
    await expect(graph.invoke(reply(interrupt?.id, value), config)).rejects.toThrow(
      'decisions_recorded',
    )
    expect(calls).not.toContain('apply')
  })

  it('refuses to go on while an approval is undecided', async () => {
    const { graph, calls, interrupt } = await start()
    await expect(
      graph.invoke(reply(interrupt?.id, { kind: 'decisions_recorded' }), config),
    ).rejects.toThrow('appr-1 is not')
    expect(calls).toStrictEqual(BEFORE_GATE)
  })

  it('does nothing more once it is finished', async () => {
    const { graph, calls, outcomes, interrupt } = await start()
    outcomes.push({ approvalId: 'appr-1', moveId: 'move-1', outcome: 'approved' })
    await graph.invoke(reply(interrupt?.id, { kind: 'decisions_recorded' }), config)
    const done = calls.length
    await graph.invoke(null, config)
    expect(calls).toHaveLength(done)
  })
})

describe('the drawing', () => {
  it('has the nodes it says it has', async () => {
    const graph = await createReviewGraph(recordingPorts().ports, new MemorySaver()).getGraphAsync()
    expect(Object.keys(graph.nodes)).toStrictEqual(['__start__', ...NODES, '__end__'])
  })
})

describe('a crash between two stages', () => {
  it('goes on after the last finished stage', async () => {
    const { ports, calls } = recordingPorts()
    let broken = true
    const flaky: ReviewPorts = {
      ...ports,
      runStage: (stage) => {
        if (stage === 'content' && broken) return Promise.reject(new Error('killed'))
        return ports.runStage(stage)
      },
    }
    const graph = createReviewGraph(flaky, new MemorySaver())
    await expect(graph.invoke({ reviewId: 'review-1' }, config)).rejects.toThrow('killed')
    broken = false
    const state = await graph.invoke(null, config)
    expect(calls.filter((call) => call === 'campaign_roi')).toHaveLength(1)
    expect(state.receipts.map((receipt) => receipt.stage)).toStrictEqual([...STAGES])
  })
})
