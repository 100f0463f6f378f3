import { MemorySaver } from '@langchain/langgraph'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'

import { GateReply } from '#graph/approval-gate.ts'
import type { ReviewPorts } from '#graph/ports.ts'
import { createReviewGraph } from '#graph/review-graph.ts'
import { ApprovalOutcome, GateOutcome, PendingApproval, StageReceipt } from '#graph/state.ts'
import { STAGES } from '#rules/schema/review.ts'

const HOSTILE = '“Größe” \u0000\uD83D\uDE00 </script> {{a.b}} __proto__'
const RECEIPTS: readonly StageReceipt[] = STAGES.map((stage, index) => ({
  stage,
  status: 'assessed',
  sha256: String(index).repeat(64),
  decisions: index,
  findings: Number.MAX_SAFE_INTEGER,
}))
const PENDING: readonly PendingApproval[] = [
  {
    approvalId: '2026-03-0a1b2c3d-a1',
    moveId: `MOVE:${HOSTILE}`,
    tier: 'high',
    approversNeeded: 2,
  },
  { approvalId: '', moveId: 'MOVE:a/b>c%2Fd', tier: HOSTILE, approversNeeded: 0 },
]
const OUTCOMES: readonly ApprovalOutcome[] = (
  ['approved', 'rejected', 'expired', 'superseded', 'withdrawn'] as const
).map((outcome, index) => ({ approvalId: `a${index}`, moveId: HOSTILE, outcome }))

/** Everything the graph puts into its state, each under the schema that holds it. */
const FIXTURES: readonly (readonly [string, z.ZodType, readonly unknown[]])[] = [
  ['a receipt', StageReceipt, RECEIPTS],
  ['a pending approval', PendingApproval, PENDING],
  ['an outcome', ApprovalOutcome, OUTCOMES],
  ['the gate’s word', GateOutcome, ['open', 'withheld']],
  ['the message that wakes the gate', GateReply, [{ kind: 'decisions_recorded' }]],
]

/** The serializer that every checkpointer of LangGraph has unless it is given another. */
const serializer = new MemorySaver().serde
/** What LangGraph gives back of a value it stored. */
async function stored(value: unknown): Promise<{ bytes: string; value: unknown }> {
  const [type, bytes] = await serializer.dumpsTyped(value)
  return {
    bytes: new TextDecoder().decode(bytes),
    value: await serializer.loadsTyped(type, bytes),
  }
}

describe('what the graph keeps', () => {
  it.each(FIXTURES)(
    'as %s comes back from the checkpointer to the byte',
    async (_name, schema, values) => {
      for (const value of values) {
        expect(schema.parse(value)).toStrictEqual(value)
        const kept = await stored(value)
        expect(kept.value).toStrictEqual(value)
        expect((await stored(kept.value)).bytes).toBe(kept.bytes)
        expect(kept.bytes).toBe(JSON.stringify(value))
      }
    },
  )

  // What the serializer rewrites without an error, or takes for an object of its own.
  it.each([
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['an infinite number', Number.POSITIVE_INFINITY],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['undefined', undefined],
    ['an object of a library', { lc: 1, type: 'constructor', id: ['a'], kwargs: {} }],
  ])('never is %s', (_name, poison) => {
    const spoilt = FIXTURES.flatMap(([name, schema, [value]]) =>
      spoiltBy(value, poison).map(([key, spoiltValue]) => ({
        place: `${name}: ${key}`,
        taken: schema.safeParse(spoiltValue).success,
      })),
    )
    expect(spoilt.filter(({ taken }) => taken)).toStrictEqual([])
    expect(spoilt.length).toBeGreaterThan(15)
  })

  // Why the schemas are strict: none of these is an error of the serializer.
  it.each([
    [{ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    [{ share: Number.NaN }, { share: null }],
  ])('would be rewritten without an error: %o', async (value, back) => {
    expect((await stored(value)).value).toStrictEqual(back)
  })
})

/** A value with one of its parts replaced, or one part more; a word is replaced as a whole. */
function spoiltBy(value: unknown, poison: unknown): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [['whole', poison]]
  return [...Object.keys(value), 'more'].map((key) => [key, { ...value, [key]: poison }])
}

/** Ports of a world in which everything was assessed and two moves wait. */
function ports(changes: Partial<ReviewPorts> = {}): ReviewPorts {
  return {
    admit: () => Promise.resolve('open'),
    runStage: (stage) => {
      const receipt = RECEIPTS.find((each) => each.stage === stage)
      return receipt === undefined ? Promise.reject(new Error(stage)) : Promise.resolve(receipt)
    },
    fileApprovals: () => Promise.resolve([...PENDING]),
    approvalOutcomes: () => Promise.resolve([...OUTCOMES]),
    applyMoves: () => Promise.resolve({ applied: [], pending: [] }),
    publish: () => Promise.resolve(),
    ...changes,
  }
}

describe('the state of a review', () => {
  const config = { configurable: { thread_id: 'review-1' }, durability: 'sync' as const }
  const checkpointed = async (given: ReviewPorts) => {
    const graph = createReviewGraph(given, new MemorySaver())
    await graph.invoke({ reviewId: 'review-1' }, config)
    return (await graph.getState(config)).values
  }

  it('after all stages comes back from the checkpointer to the byte', async () => {
    const state: unknown = await checkpointed(ports())
    expect(state).toMatchObject({
      reviewId: 'review-1',
      receipts: RECEIPTS.slice(0, 6),
      pending: PENDING,
    })
    const kept = await stored(state)
    expect(kept.value).toStrictEqual(state)
    expect(kept.bytes).toBe(JSON.stringify(state))
  })

  it('takes no receipt of another shape', async () => {
    const poisoned = JSON.parse('{"lc":1,"type":"constructor","id":["a"],"kwargs":{}}')
    await expect(
      checkpointed(ports({ runStage: () => Promise.resolve(poisoned) })),
    ).rejects.toThrow(/receipt|Invalid/)
  })

  it('stays a few kilobytes', async () => {
    const { bytes } = await stored(await checkpointed(ports()))
    expect(bytes.length).toBeLessThan(8192)
  })
})
