import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { present } from '#rules/kernel/invariant.ts'
import { wordsApprovers } from '#src/people/rights.ts'
import { parseToken } from '#src/people/token-text.ts'
import { createToken, revokeToken, type NewTokenRequest } from '#src/people/tokens.ts'
import type { ShownToken } from '#src/store/approval-decisions.ts'
import {
  loadNarrativeDecisions,
  recordNarrativeDecision,
  type NewNarrativeDecision,
} from '#src/store/narrative-decisions.ts'
import { createReview, type NewReview } from '#src/store/reviews.ts'
import { saveStageResult } from '#src/store/stage-results.ts'
import { policyWith } from '#test/support/policy.ts'
import { hashOf, newReview, storeReview, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

/** A review with prose of the model `m` in its funnel, and none elsewhere; `cmo` and `vp` may decide. */
async function reviewWithProse(changes: Partial<NewReview> = {}): Promise<string> {
  const reviewId = await storeReview(test.pool, { wordsApprovers: ['cmo', 'vp'], ...changes })
  for (const [stage, narrative] of [
    ['funnel', { fluent: { model: 'm' } }],
    ['budget', {}],
  ] as const) {
    const result = canonicalJson({ narrative, result: {} })
    await saveStageResult(test.pool, { reviewId, stage, fence: 0, result })
  }
  return reviewId
}

function yes(reviewId: string, changes: Partial<NewNarrativeDecision> = {}): NewNarrativeDecision {
  return {
    reviewId,
    stage: 'funnel',
    textSha256: hashOf('1'),
    factsSha256: hashOf('2'),
    decision: 'approve',
    proposer: 'model:m',
    person: 'cmo',
    role: 'executive',
    reason: null,
    token: null,
    ...changes,
  }
}

/** Straight into the table, in the application's role, past every check of the program. */
async function forced(decision: NewNarrativeDecision): Promise<unknown> {
  const { reviewId, stage, textSha256, factsSha256, proposer, person, role, token } = decision
  return test.pool.query(
    `insert into mo.narrative_decisions
       (review_id, stage, text_sha256, facts_sha256, decision, proposer, person, role, token_id, token_secret)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      reviewId,
      stage,
      textSha256,
      factsSha256,
      decision.decision,
      proposer,
      person,
      role,
      token?.id ?? null,
      token?.secret ?? null,
    ],
  )
}

async function tokenOf(changes: Partial<NewTokenRequest> = {}): Promise<ShownToken> {
  const plain = {
    workspace: 'acme',
    person: 'cmo',
    label: '',
    scopes: ['approve'],
    days: 1,
  } as const
  const { text } = await createToken(test.store, { ...plain, ...changes }, SYSTEM)
  return present(parseToken(text), 'the token just made')
}
async function revoked(): Promise<ShownToken> {
  const token = await tokenOf()
  const request = { workspace: 'acme', tokenId: token.id, reason: 'lost' }
  await revokeToken(test.store, request, SYSTEM)
  return token
}

type Case = readonly [string, () => Promise<Partial<NewNarrativeDecision>>, string]
const CASES: readonly Case[] = [
  ['by the model that wrote it', async () => ({ person: 'model:n' }), 'own-proposal'],
  ['by the program', async () => ({ person: 'system:review' }), 'own-proposal'],
  ['by somebody the policy does not let', async () => ({ person: 'fin' }), 'not-an-approver'],
  ['on words of another model', async () => ({ proposer: 'model:n' }), 'not-the-proposer'],
  ['on a stage without prose', async () => ({ stage: 'budget' }), 'not-found'],
  ['on a stage that did not end', async () => ({ stage: 'leads' }), 'not-found'],
  ['on a review there is none of', async () => ({ reviewId: 'none' }), 'not-found'],
  [
    'with a token of another',
    async () => ({ token: await tokenOf({ person: 'vp' }) }),
    'token-of-another',
  ],
  [
    'with a token of another company',
    async () => ({ token: await tokenOf({ workspace: 'o' }) }),
    'token-of-another',
  ],
  [
    'with a token of another secret',
    async () => ({ token: { ...(await tokenOf()), secret: 'x' } }),
    'token-not-proven',
  ],
  ['with a token that was revoked', async () => ({ token: await revoked() }), 'token-revoked'],
  [
    'with a token for reading',
    async () => ({ token: await tokenOf({ scopes: ['read'] }) }),
    'token-out-of-scope',
  ],
]

describe('a decision on the prose of a model', () => {
  it.each(CASES)('%s is refused by the database, and on the audit log', async (_, change, why) => {
    const decision = yes(await reviewWithProse(), await change())
    await expect(forced(decision)).rejects.toMatchObject({ code: 'MO002', constraint: why })
    expect(await recordNarrativeDecision(test.pool, decision)).toBe(why)
    expect(await loadNarrativeDecisions(test.pool, decision.reviewId)).toEqual([])
    const { rows } = await test.pool.query(
      `select action, actor, entry::jsonb -> 'after' ->> 'refusal' as refusal
       from mo.audit_log order by seq desc limit 1`,
    )
    expect(rows).toEqual([{ action: 'narrative.refused', actor: decision.person, refusal: why }])
  })

  it('needs a token where the policy of the review asks for one', async () => {
    const decision = yes(await reviewWithProse({ tokenRequired: true }))
    await expect(forced(decision)).rejects.toMatchObject({ constraint: 'token-required' })
    expect(await recordNarrativeDecision(test.pool, decision)).toBe('token-required')
    const good = { ...decision, token: await tokenOf() }
    expect(await recordNarrativeDecision(test.pool, good)).toBeUndefined()
  })

  it('is made once, of two at once and of two after each other, whoever makes them', async () => {
    const reviewId = await reviewWithProse()
    const no = yes(reviewId, { person: 'vp', decision: 'reject' })
    const outcomes = await Promise.all(
      [yes(reviewId), no].map((each) => recordNarrativeDecision(test.pool, each)),
    )
    expect(new Set(outcomes)).toEqual(new Set(['already-decided', undefined]))
    await expect(forced(no)).rejects.toMatchObject({ constraint: 'already-decided' })
    expect(await loadNarrativeDecisions(test.pool, reviewId)).toHaveLength(1)
  })

  it('is dated by the database', async () => {
    const { reviewId, stage, textSha256, factsSha256 } = yes(await reviewWithProse())
    const dated = test.pool.query(
      `insert into mo.narrative_decisions
         (review_id, stage, text_sha256, facts_sha256, decision, proposer, person, role, decided_at)
       values ($1, $2, $3, $4, 'approve', 'model:m', 'cmo', 'x', '2001-01-01')`,
      [reviewId, stage, textSha256, factsSha256],
    )
    await expect(dated).rejects.toMatchObject({ code: '42501' })
  })

  it('in a review of before is judged by the program alone', async () => {
    const { reviewId } = newReview()
    await createReview(test.pool, newReview({ reviewId }))
    const result = canonicalJson({ narrative: { fluent: { model: 'm' } }, result: {} })
    await saveStageResult(test.pool, { reviewId, stage: 'funnel', fence: 0, result })
    const decision = yes(reviewId, { person: 'fin' })
    expect(await recordNarrativeDecision(test.pool, decision)).toBe('policy-not-admitted')
    await test.store.asOwner((owner) =>
      owner.query(`update mo.reviews set created_at = '2026-01-01' where review_id = $1`, [
        reviewId,
      ]),
    )
    expect(await recordNarrativeDecision(test.pool, decision)).toBeUndefined()
  })
})

it('lets decide who has a role for it and did not edit the policy', async () => {
  const person = (id: string, ...roles: readonly string[]) => ({ id, name: id, roles })
  const policy = policyWith({
    people: [person('a', 'x', 'y'), person('b', 'z'), person('c', 'y'), person('d', 'y')],
    edited_by: ['c'],
    narrative: { fluent_approver_roles: ['y'] },
  })
  expect(wordsApprovers(policy)).toEqual(['a', 'd'])
})
