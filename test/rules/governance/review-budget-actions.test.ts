import { describe, expect, it } from 'vitest'

import {
  reviewBudgetActions,
  type BudgetActionsInput,
} from '#rules/governance/review-budget-actions.ts'
import { Policy } from '#rules/policy/policy.ts'
import { Decision, Fact, Finding, Table } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { danglingFacts } from '#test/support/dangling.ts'

import { REFERENCE_ACTIONS, REFERENCE_LINES, REFERENCE_OPEN_RISKS } from './reference-actions.ts'

const policy = Policy.parse({
  version: 'p1',
  company: { name: 'Reference', currency: 'USD', time_zone: 'UTC' },
  effective_from: '2026-03-01',
})
const context = { stage: 'synthesis', policy, tellsMoves: true } as const

const reference = (changes: Partial<BudgetActionsInput> = {}): BudgetActionsInput => ({
  actions: REFERENCE_ACTIONS,
  presence: 'present',
  usedLines: REFERENCE_LINES,
  openRisks: REFERENCE_OPEN_RISKS,
  concerns: new Map(),
  names: {
    campaigns: new Map([['CAMP_002', 'SMB Cost Savings Campaign']]),
    channels: new Map([
      ['CH_02', 'Paid search'],
      ['CH_03', 'LinkedIn'],
    ]),
  },
  ...changes,
})

const review = () => reviewBudgetActions(reference(), context)
const fact = (id: string) => review().facts.find((entry) => entry.id === id)
const finding = (id: string) =>
  review().findings.find((entry) => entry.id === `finding.governance.${id}`)

describe('reviewBudgetActions on the reference company', () => {
  it('finds two moves from a channel to itself, $2,800', () => {
    expect(fact('synthesis.past_moves.same_line.count')?.value).toBe(2)
    expect(fact('synthesis.past_moves.same_line.amount')).toMatchObject({
      value: { currency: 'USD', minor: 280_000 },
      source: [{ dataset: 'budget_actions', rows: 2 }],
    })
    expect(finding('past_moves:same_line')).toMatchObject({
      severity: 'serious',
      title:
        '{{synthesis.past_moves.same_line.count}} executed moves from a channel to itself, {{synthesis.past_moves.same_line.amount}} in all',
      detail:
        'BUD_0002 moved {{synthesis.move.BUD_0002.amount}} from CH_01 to CH_01 in CAMP_001; BUD_0006 moved {{synthesis.move.BUD_0006.amount}} from LinkedIn to LinkedIn in SMB Cost Savings Campaign. Nothing moved: either the entry is wrong or it hides an increase of the budget.',
    })
  })

  it('finds one move of $1,200 from a channel its campaign does not use', () => {
    expect(fact('synthesis.past_moves.giver_not_used.count')?.value).toBe(1)
    expect(fact('synthesis.past_moves.giver_not_used.amount')?.value).toEqual({
      currency: 'USD',
      minor: 120_000,
    })
    expect(finding('past_moves:giver_not_used')?.title).toContain('executed move from a channel')
  })

  it('finds $1,300 that went into LinkedIn while a high risk on it was open', () => {
    expect(fact('synthesis.past_moves.receiver_under_open_risk.amount')?.value).toEqual({
      currency: 'USD',
      minor: 130_000,
    })
    expect(finding('past_moves:receiver_under_open_risk')?.detail).toMatch(
      /Open at the time: RSK_0001\.$/,
    )
  })

  it('shows both approval rates and says what they are worth', () => {
    const source = [{ dataset: 'budget_actions', rows: 6 }]
    expect(fact('synthesis.approvals.rate_of_all')).toMatchObject({
      label: 'Approved of all moves',
      numerator: 5,
      denominator: 6,
      formula: 'approved ÷ all',
      source,
    })
    expect(fact('synthesis.approvals.rate_of_decided')).toMatchObject({
      label: 'Approved of decided moves',
      value: 1,
      numerator: 5,
      denominator: 5,
      formula: 'approved ÷ (approved + rejected)',
      source,
    })
    expect(fact('synthesis.approvals.mean_latency')).toMatchObject({
      value: 44.4,
      numerator: 222,
      denominator: 5,
    })
    expect(fact('synthesis.approvals.rejected')?.status).toBe('zero')
    expect(finding('approvals:never_refused')?.detail).toBe(
      '{{synthesis.approvals.approved}} of {{synthesis.approvals.decided}} decided moves were approved, on average {{synthesis.approvals.mean_latency}} after they were proposed. An approval that has never refused anything proves nothing about the control. Measured against all {{synthesis.approvals.total}} moves the rate reads {{synthesis.approvals.rate_of_all}}, because it counts what nobody has decided as if it had been refused.',
    )
  })

  it('says of how many decisions the times are known', () => {
    const waits = (undated: number) =>
      reviewBudgetActions(
        reference({
          actions: REFERENCE_ACTIONS.map((action, index) =>
            index < undated ? { ...action, decidedMs: null } : action,
          ),
        }),
        context,
      ).findings.find(({ id }) => id.endsWith('never_refused'))?.detail
    expect(waits(1)).toContain(
      'decided moves were approved; the {{synthesis.approvals.dated}} whose times the data give were answered {{synthesis.approvals.mean_latency}} after they were proposed on average. An approval',
    )
    expect(waits(6)).toContain('decided moves were approved. An approval')
  })

  it('finds the stop-loss move that waits', () => {
    expect(review().pending.map((action) => action.actionId)).toEqual(['BUD_0003'])
    expect(finding('pending_moves:stop_loss')).toMatchObject({
      severity: 'serious',
      title: '{{synthesis.pending_moves.stop_loss.count}} stop-loss move waits for a decision',
      detail:
        'BUD_0003 would move {{synthesis.move.BUD_0003.amount}} from CH_04 to Paid search in CAMP_003; filed on {{synthesis.move.BUD_0003.filed_on}}. Until it is decided the line keeps spending.',
    })
    expect(fact('synthesis.move.BUD_0003.filed_on')).toMatchObject({
      value: '2026-03-18',
      source: [{ dataset: 'budget_actions', rows: 1, where: { action_id: 'BUD_0003' } }],
    })
    expect(fact('synthesis.pending_moves.stop_loss.count')?.source).toEqual([
      { dataset: 'budget_actions', rows: 1 },
    ])
  })

  it('decides on each move that somebody must look at, with the quantities compared', () => {
    expect(review().decisions.map(({ id, action, reason }) => [id, action, reason])).toEqual([
      ['governance.past_moves:BUD_0002', 'question', 'same_line'],
      ['governance.pending_moves:BUD_0003', 'decide', 'waits_for_decision'],
      ['governance.past_moves:BUD_0004', 'question', 'receiver_under_open_risk'],
      ['governance.past_moves:BUD_0005', 'question', 'giver_not_used'],
      ['governance.past_moves:BUD_0006', 'question', 'same_line'],
    ])
    expect(review().decisions[2]).toMatchObject({
      stage: 'synthesis',
      policyVersion: 'p1',
      evidence: {
        amountMinor: 50_000,
        faults: ['receiver_under_open_risk'],
        openRisks: ['RSK_0001'],
        blocksInflowFrom: 'high',
      },
    })
  })

  it('tells the checks in a table, by filing time', () => {
    expect(review().tables[0]?.columns).toEqual([
      { key: 'action', label: 'Action', numeric: false },
      { key: 'filed_on', label: 'Filed', numeric: false },
      { key: 'campaign', label: 'Campaign', numeric: false },
      { key: 'from', label: 'From', numeric: false },
      { key: 'to', label: 'To', numeric: false },
      { key: 'amount', label: 'Amount', numeric: true },
      { key: 'status', label: 'Status', numeric: false },
      { key: 'check', label: 'Double entry', numeric: false },
    ])
    const checks = review().tables[0]?.rows.map((row) => [row[0], row[7]])
    expect(checks).toEqual([
      [{ text: 'BUD_0001' }, { chip: 'ok', text: 'sound' }],
      [{ text: 'BUD_0002' }, { chip: 'bad', text: 'to itself' }],
      [{ text: 'BUD_0003' }, { chip: 'watch', text: 'waits' }],
      [{ text: 'BUD_0004' }, { chip: 'bad', text: 'into open risk' }],
      [{ text: 'BUD_0005' }, { chip: 'bad', text: 'giver not used' }],
      [{ text: 'BUD_0006' }, { chip: 'bad', text: 'to itself, into open risk' }],
    ])
  })

  it.each([
    [
      'approved',
      ['receiver_not_used', 'campaign_not_running'],
      'watch',
      'approved despite: receiver not used, campaign not running',
    ],
    ['applied', ['campaign_not_running'], 'watch', 'approved despite: campaign not running'],
    ['approved', [], 'ok', 'sound'],
    ['proposed', ['campaign_not_running'], 'watch', 'waits'],
    ['rejected', ['campaign_not_running'], 'info', 'not made'],
    ['expired', [], 'info', 'not made'],
  ] as const)(
    'calls nothing sound that something speaks against: %s, %j',
    (status, concerns, chip, text) => {
      const [first] = REFERENCE_ACTIONS
      const actions = first === undefined ? [] : [{ ...first, status }]
      const { tables } = reviewBudgetActions(
        reference({ actions, concerns: new Map([['BUD_0001', concerns]]) }),
        context,
      )
      expect(tables[0]?.rows[0]?.[7]).toEqual({ chip, text })
    },
  )

  it('speaks only of facts it has entered, in the agreed shapes', () => {
    expect(danglingFacts(review())).toEqual([])
    for (const entry of review().facts) Fact.parse(entry)
    for (const entry of review().decisions) Decision.parse(entry)
    for (const entry of review().findings) Finding.parse(entry)
    for (const entry of review().tables) Table.parse(entry)
  })

  it('rules the same whatever the order of rows', () => {
    const turned = reference({ actions: REFERENCE_ACTIONS.toReversed() })
    expect(reviewBudgetActions(turned, context)).toEqual(review())
  })
})

describe('reviewBudgetActions on other books', () => {
  it('measures nothing where nothing was provided', () => {
    const none = reviewBudgetActions(reference({ actions: [], presence: 'absent' }), context)
    expect(none.findings).toEqual([])
    expect(none.tables).toEqual([])
    expect(none.facts.map((entry) => entry.status)).toEqual(none.facts.map(() => 'not_measured'))
    expect(
      none.facts.find((entry) => entry.id === 'synthesis.approvals.rate_of_all'),
    ).not.toHaveProperty('numerator')
  })

  it('tells only approvals where another stage tells the moves', () => {
    const actions = REFERENCE_ACTIONS.map((action, index) =>
      index === 0 ? { ...action, approver: null } : action,
    )
    const beside = reviewBudgetActions(reference({ actions }), { ...context, tellsMoves: false })
    expect(beside.findings.map((entry) => entry.id)).toEqual([
      'finding.governance.past_moves:approver_missing',
      'finding.governance.approvals:never_refused',
    ])
    expect(beside.pending.map((action) => action.actionId)).toEqual(['BUD_0003'])
    expect(danglingFacts(beside)).toEqual([])
  })

  it('tells moves that their proposer approved', () => {
    const actions = REFERENCE_ACTIONS.slice(0, 1).map((action) => ({
      ...action,
      approver: action.proposedBy,
    }))
    const own = reviewBudgetActions(reference({ actions }), context)
    expect(own.findings[0]?.title).toContain('approved by the person who proposed them')
  })

  it('says nothing of a control that has refused', () => {
    const [first, second] = REFERENCE_ACTIONS
    const actions = [first, second].flatMap((action, index) =>
      action === undefined ? [] : [{ ...action, status: index === 0 ? 'executed' : 'rejected' }],
    )
    const refused = reviewBudgetActions(reference({ actions }), context)
    expect(refused.findings.map((entry) => entry.id)).toEqual([])
  })

  it('leaves the rate of all moves out when every move was decided', () => {
    const actions = REFERENCE_ACTIONS.slice(0, 1)
    const decided = reviewBudgetActions(reference({ actions }), context)
    expect(decided.findings[0]?.detail).not.toContain('rate_of_all')
  })

  it('tells several moves that wait in the plural, without a loss where none is claimed', () => {
    const actions = REFERENCE_ACTIONS.map((action) => ({ ...action, status: 'pending' }))
    const waiting = reviewBudgetActions(reference({ actions }), context)
    const other = waiting.findings.find((entry) => entry.id.endsWith(':other'))
    expect(other).toMatchObject({
      severity: 'warning',
      title: '{{synthesis.pending_moves.other.count}} budget moves wait for a decision',
    })
    expect(other?.detail).not.toContain('keeps spending')
    expect(waiting.findings).toHaveLength(2)
  })

  it('names five moves of a kind and says that there are more; the table is cut at thirty', () => {
    const actions = Array.from({ length: 31 }, (_, index) => index).flatMap((index) =>
      REFERENCE_ACTIONS.slice(1, 2).map((action) => ({
        ...action,
        actionId: `BUD_${String(index).padStart(4, '0')}`,
      })),
    )
    const many = reviewBudgetActions(reference({ actions }), context)
    const same = many.findings.find((entry) => entry.id.endsWith('same_line'))
    expect(tokensOf(same?.detail ?? '')).toHaveLength(5)
    expect(same?.detail).toContain('; and others.')
    expect(many.tables[0]?.rows).toHaveLength(30)
    expect(many.tables[0]?.note).toBeDefined()
  })

  it('says the reserve where money comes from or goes to no channel', () => {
    const [first] = REFERENCE_ACTIONS
    if (first === undefined) throw new TypeError('expected an action')
    const actions = [
      { ...first, actionId: 'IN', fromChannelId: null, status: 'pending' },
      { ...first, actionId: 'OUT', toChannelId: null, status: 'pending' },
    ]
    const told = reviewBudgetActions(reference({ actions }), context)
    expect(told.findings[0]?.detail).toBe(
      'IN would move {{synthesis.move.IN.amount}} from the reserve to Paid search in SMB Cost Savings Campaign; OUT would move {{synthesis.move.OUT.amount}} from LinkedIn to the reserve in SMB Cost Savings Campaign; filed on {{synthesis.move.IN.filed_on}}.',
    )
    expect(told.tables[0]?.rows.map((row) => row.slice(3, 5))).toEqual([
      [{ text: 'Reserve' }, { text: 'Paid search' }],
      [{ text: 'LinkedIn' }, { text: 'Reserve' }],
    ])
  })

  it('counts moves that wait by why they were filed', () => {
    const actions = REFERENCE_ACTIONS.map((action) => ({ ...action, status: 'pending' }))
    const waiting = reviewBudgetActions(reference({ actions }), context)
    const count = (kind: string) =>
      waiting.facts.find(({ id }) => id === `synthesis.pending_moves.${kind}.count`)
    expect(count('stop_loss')).toMatchObject({ label: 'Stop-loss moves that wait', value: 1 })
    expect(count('other')).toMatchObject({ label: 'Other moves that wait', value: 5 })
    const latency = waiting.facts.find(({ id }) => id === 'synthesis.approvals.mean_latency')
    expect(latency?.status).toBe('not_measured')
    expect(latency).not.toHaveProperty('numerator')
  })

  it('tells actions filed in one instant by id', () => {
    const actions = ['B', 'A', 'C'].flatMap((actionId) =>
      REFERENCE_ACTIONS.slice(0, 1).map((action) => ({ ...action, actionId })),
    )
    const [table] = reviewBudgetActions(reference({ actions }), context).tables
    expect(table?.rows.map(([first]) => first)).toEqual([
      { text: 'A' },
      { text: 'B' },
      { text: 'C' },
    ])
  })

  it('names all of five moves, and shows thirty uncut', () => {
    const of = (count: number) =>
      reviewBudgetActions(
        reference({
          actions: Array.from({ length: count }, (_, index) => index).flatMap((index) =>
            REFERENCE_ACTIONS.slice(1, 2).map((action) => ({ ...action, actionId: `B${index}` })),
          ),
        }),
        context,
      )
    const same = of(5).findings.find((entry) => entry.id.endsWith('same_line'))
    expect(same?.detail).not.toContain('and others')
    expect(of(30).tables[0]?.rows).toHaveLength(30)
    expect(of(30).tables[0]).not.toHaveProperty('note')
  })

  it('adds up only what is in the company’s currency', () => {
    const actions = REFERENCE_ACTIONS.slice(1, 2).map((action) => ({ ...action, currency: 'EUR' }))
    const foreign = reviewBudgetActions(reference({ actions }), context)
    const sum = foreign.facts.find((entry) => entry.id === 'synthesis.past_moves.same_line.amount')
    expect(sum?.value).toEqual({ currency: 'USD', minor: 0 })
    const told = foreign.findings.find((entry) => entry.id.endsWith('foreign_currency'))
    expect(told?.title).not.toContain('amount')
  })
})
