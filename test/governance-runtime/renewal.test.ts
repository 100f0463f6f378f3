import { describe, expect, it } from 'vitest'

import { amend, withdraw } from '#src/runtime/amend.ts'
import { decide } from '#src/runtime/decide.ts'
import { moveOf } from '#src/runtime/moves.ts'
import { documentOf } from '#src/runtime/publish.ts'
import {
  GOVERNED_FILES,
  startGovernedReview,
  type GovernedReview,
} from '#test/support/governed-review.ts'

const decision = (
  approvalId: string,
  personId: string,
  kind: 'approve' | 'reject' = 'approve',
) => ({
  approvalId,
  personId,
  decision: kind,
  reason: 'as planned',
  now: new Date(),
})

async function first(review: GovernedReview) {
  const [approval] = await review.requests()
  if (approval === undefined) throw new Error('the review asks for one move')
  return approval
}

const CHANGES = [
  [
    'the plan of the giver',
    'data/budgets.csv',
    ['10000.00,2000', '9000.00,2000'],
    [{ what: 'giver_planned_minor', before: 1_000_000, after: 900_000 }],
  ],
  [
    'what is committed of the giver',
    'data/budgets.csv',
    ['10000.00,2000', '10000.00,2500'],
    [{ what: 'giver_committed_minor', before: 200_000, after: 250_000 }],
  ],
  [
    'how the proposal stands',
    'data/budget_actions.csv',
    ['ops,proposed', 'ops,pending'],
    [{ what: 'proposal_status', before: 'proposed', after: 'pending' }],
  ],
] as const

describe('a request whose facts changed', () => {
  it.each(CHANGES)('is void: %s', async (_, path, change, difference) => {
    const review = await startGovernedReview()
    const old = await first(review)
    await review.edit(path, change)
    await expect(
      decide(review.store, review.session, decision(old.approvalId, 'fin')),
    ).rejects.toThrow('has changed, so it is void')
    const anew = await first(review)
    expect(anew).toMatchObject({
      approvalId: `${old.approvalId}.2`,
      supersedes: old.approvalId,
      status: 'pending',
    })
    expect(JSON.parse(anew.difference)).toStrictEqual(difference)
    expect(await review.audit(old.approvalId)).toStrictEqual([
      'approval.requested',
      'approval.superseded',
      'approval.refused',
    ])
  })

  it('is not void for rows that change nobody’s answer', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    await review.edit('data/ad_performance.csv', [',500.00,1000', ',501.00,1001'])
    await review.edit('data/campaigns.csv', ['C1,Autumn', 'C1,Autumn sale'])
    const outcome = await decide(review.store, review.session, decision(approvalId, 'fin'))
    expect(outcome.status).toBe('pending')
  })

  it('is void under another policy, and the people of the new one decide', async () => {
    const review = await startGovernedReview()
    const old = await first(review)
    await decide(review.store, review.session, decision(old.approvalId, 'fin'))
    await review.edit('policy.yaml', ['2026.10.0', '2026.10.1'])
    await review.edit('policy.yaml', ['edited_by: [editor]', 'edited_by: [fin]'])
    expect(await review.drive()).toBe('awaiting_approval')
    const anew = await first(review)
    expect(JSON.parse(anew.difference)).toMatchObject([{ what: 'policy' }])
    expect(anew.policySha256).not.toBe(old.policySha256)
    // Whoever edited the policy may not decide under it, and the old decision counts no more.
    await expect(
      decide(review.store, review.session, decision(anew.approvalId, 'fin')),
    ).rejects.toThrow('whoever edited the policy')
    for (const person of ['vp', 'cmo']) {
      await decide(review.store, review.session, decision(anew.approvalId, person))
    }
    expect(await review.drive()).toBe('completed')
    expect(await first(review)).toMatchObject({ approvalId: anew.approvalId, status: 'applying' })
  })

  it('is void even when everybody has approved and nothing was applied yet', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    for (const person of ['fin', 'cmo']) {
      await decide(review.store, review.session, decision(approvalId, person))
    }
    await review.edit('data/budgets.csv', ['8000.00,0.00', '7000.00,0.00'])
    expect(await review.drive()).toBe('awaiting_approval')
    expect(await first(review)).toMatchObject({ approvalId: `${approvalId}.2`, status: 'pending' })
    const document = await documentOf(review.store, review.session)
    expect(document.budget.approvals.map(({ status }) => status)).toStrictEqual([
      'pending',
      'superseded',
    ])
    expect(await review.published('report.html')).toContain(
      'receiver planned: $8,000.00 → $7,000.00',
    )
  })

  it('is void by a risk that was raised after the day of the review', async () => {
    const review = await startGovernedReview({
      'data/risk_signals.csv':
        'risk_id,raised_at,campaign_id,risk_type,severity,evidence,recommended_action,status\nR1,2026-11-10T00:00:00Z,C1,low_conversion,critical,e,pause,mitigated\n',
    })
    const { approvalId } = await first(review)
    await review.edit('data/risk_signals.csv', ['pause,mitigated', 'pause,open'])
    await expect(decide(review.store, review.session, decision(approvalId, 'fin'))).rejects.toThrow(
      'has changed, so it is void',
    )
    expect((await first(review)).difference).toContain('risk')
  })

  it.each([
    ['executed', 'asked of nobody again'],
    ['rejected', 'asked of nobody again'],
  ])('is void by its proposal that was %s after that day, and %s', async (status) => {
    const review = await startGovernedReview({
      'data/budget_actions.csv':
        'action_id,created_at,campaign_id,from_channel_id,to_channel_id,amount,currency,reason_code,proposed_by,decided_at,status\nB1,2026-10-06T09:00:00Z,C1,search,social,1000.00,USD,scale_winner,ops,,pending\n',
    })
    const { approvalId } = await first(review)
    const answered = `ops,2026-11-05T09:00:00Z,${status}`
    await review.edit('data/budget_actions.csv', ['ops,,pending', answered])
    await expect(decide(review.store, review.session, decision(approvalId, 'fin'))).rejects.toThrow(
      'has changed, so it is void',
    )
    expect(await first(review)).toMatchObject({
      approvalId: `${approvalId}.2`,
      status: 'withdrawn',
      statusReason: expect.stringContaining(`decided since as B1 (${status})`),
    })
  })

  it('is not asked again when the books refuse it by now', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    await review.edit('data/budgets.csv', ['10000.00,2000', '10000.00,9500'])
    expect(await review.drive()).toBe('completed')
    expect(await first(review)).toMatchObject({
      approvalId: `${approvalId}.2`,
      status: 'withdrawn',
      statusReason: 'exceeds_uncommitted_remainder',
    })
  })
})

describe('a move the books refuse', () => {
  it.each([
    [
      'more than the giver has left',
      'data/budget_actions.csv',
      'social,1000.00',
      'social,8000.01',
      'exceeds_uncommitted_remainder',
    ],
    [
      'of a line to itself',
      'data/budget_actions.csv',
      'search,social',
      'search,search',
      'same_line',
    ],
  ])('is never asked for: %s', async (_, path, from, to, reason) => {
    const review = await startGovernedReview({
      [path]: String(GOVERNED_FILES[path]).replace(from, to),
    })
    expect(await first(review)).toMatchObject({ status: 'withdrawn', statusReason: reason })
    expect(await review.drive()).toBe('completed')
  })

  it('is never asked for: into a line under an open high risk', async () => {
    const review = await startGovernedReview({
      'data/risk_signals.csv':
        'risk_id,raised_at,campaign_id,risk_type,severity,evidence,status\nR1,2026-10-07T09:00:00Z,C1,fraud,high,"{""channel_id"":""social""}",open\n',
    })
    expect(await first(review)).toMatchObject({ statusReason: 'receiver_under_open_risk' })
  })

  it('but within a campaign whose risk names no line, money may move', async () => {
    const review = await startGovernedReview({
      'data/risk_signals.csv':
        'risk_id,raised_at,campaign_id,risk_type,severity,evidence,status\nR1,2026-10-07T09:00:00Z,C1,fraud,high,something is odd,open\n',
    })
    const request = await first(review)
    expect(request.status).toBe('pending')
    expect(JSON.parse(request.facts)).toMatchObject({ receiver_risks: ['R1'] })
  })

  it('is the second of two that want the same money', async () => {
    const rows = String(GOVERNED_FILES['data/budget_actions.csv']).replace('1000.00', '5000.00')
    const second = rows.split('\n')[1]?.replace('B1', 'B2') ?? ''
    const review = await startGovernedReview({ 'data/budget_actions.csv': `${rows}${second}\n` })
    const requests = await review.requests()
    expect(requests.map(({ status, statusReason }) => [status, statusReason])).toStrictEqual([
      ['pending', null],
      ['withdrawn', 'money-reserved'],
    ])
  })
})

describe('an amendment', () => {
  it('is a new request with its own tier, that neither proposer may approve', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    await amend(review.store, review.session, {
      approvalId,
      personId: 'vp',
      reason: 'half is enough',
      amount: '500.50',
      now: new Date(),
    })
    const anew = await first(review)
    expect(moveOf(anew).amount.minor).toBe(50_050)
    expect(anew).toMatchObject({ proposer: 'vp', supersedes: approvalId, status: 'pending' })
    for (const [person, why] of [
      ['vp', 'whoever proposed'],
      ['ops', 'does not let this person'],
      ['editor', 'whoever edited'],
    ] as const) {
      await expect(
        decide(review.store, review.session, decision(anew.approvalId, person)),
      ).rejects.toThrow(why)
    }
    // What was replaced cannot be decided any more.
    await expect(decide(review.store, review.session, decision(approvalId, 'fin'))).rejects.toThrow(
      'settled already',
    )
    await review.edit('policy.yaml', ['2026.10.0', '2026.10.1'])
    await review.drive()
    expect(await first(review)).toMatchObject({ proposer: 'vp', status: 'pending' })
  })

  it('is left as it was by an amount that the books refuse', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    const asked = { approvalId, personId: 'vp', reason: 'a typo', amount: '90000', now: new Date() }
    await expect(amend(review.store, review.session, asked)).rejects.toMatchObject({
      code: 'APPROVAL_REFUSED',
      message:
        'the decision was refused: the books refuse this amount: exceeds uncommitted remainder',
    })
    expect(await review.requests()).toMatchObject([{ approvalId, status: 'pending' }])
    expect(await review.audit(approvalId)).toStrictEqual(['approval.requested'])
  })

  it('is not for people who have no part in it', async () => {
    const policy = String(GOVERNED_FILES['policy.yaml'])
    const analyst = '  - { id: ana, name: Analyst, roles: [analyst] }\n'
    const review = await startGovernedReview({
      'policy.yaml': policy.replace('targets:', `${analyst}targets:`),
    })
    const { approvalId } = await first(review)
    const asked = { approvalId, personId: 'ana', reason: 'a try', amount: '10', now: new Date() }
    await expect(amend(review.store, review.session, asked)).rejects.toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('only its proposer, or who may decide its tier'),
    })
    expect(await review.requests()).toMatchObject([{ approvalId, status: 'pending' }])
  })

  it('refuses an amount that is none', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    for (const amount of ['0', '-5', '1.005', '1e3', 'all', '']) {
      const change = { approvalId, personId: 'vp', reason: 'x', amount, now: new Date() }
      await expect(amend(review.store, review.session, change)).rejects.toMatchObject({
        code: 'USAGE',
      })
    }
  })

  it('of two at once takes the place of the request once', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    const change = (amount: string) =>
      amend(review.store, review.session, {
        approvalId,
        personId: 'vp',
        reason: 'x',
        amount,
        now: new Date(),
      })
    const outcomes = await Promise.allSettled([change('100'), change('200')])
    expect(outcomes.map(({ status }) => status).toSorted()).toStrictEqual(['fulfilled', 'rejected'])
  })
})

describe('a withdrawal', () => {
  it('ends the request for its proposer and for approvers, and for nobody else', async () => {
    const review = await startGovernedReview()
    const { approvalId } = await first(review)
    const { store } = review
    await expect(
      withdraw(store, { approvalId, personId: 'nobody', reason: 'x' }),
    ).rejects.toMatchObject({
      code: 'PERSON_UNKNOWN',
    })
    await expect(withdraw(store, { approvalId, personId: 'fin', reason: ' ' })).rejects.toThrow(
      'needs a reason',
    )
    await withdraw(store, { approvalId, personId: 'ops', reason: 'not now' })
    await expect(withdraw(store, { approvalId, personId: 'ops', reason: 'x' })).rejects.toThrow(
      'settled already',
    )
    expect(await review.drive()).toBe('completed')
    expect(await first(review)).toMatchObject({ status: 'withdrawn', statusReason: 'not now' })
  })
})
