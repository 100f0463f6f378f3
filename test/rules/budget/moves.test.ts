import { describe, expect, test } from 'vitest'

import { createMoveBasis } from '#rules/budget/bound-facts.ts'
import type { ActionRow, BudgetContext, BudgetInput, RiskRow } from '#rules/budget/input.ts'
import { reviewLines } from '#rules/budget/line-review.ts'
import { remainderOf } from '#rules/budget/move-scope.ts'
import { reallocate, type Reallocation } from '#rules/budget/reallocation.ts'
import { carriedMoves, madeMoves, type MoveBooks } from '#rules/budget/recorded-moves.ts'
import { blockingRisks, isUnderRisk } from '#rules/budget/risk-lines.ts'
import { mondayOf } from '#rules/budget/weekly.ts'
import { measured } from '#rules/kernel/quantity.ts'
import {
  budgetContext,
  budgetInput,
  deliveryDay,
  type GeneratedLine,
  generatedDelivery,
  planRow,
} from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

import { recordedAction } from './recorded-move.ts'

const BLOCKING = policyWith().budget.blocking_risk

const risk = (changes: Partial<RiskRow> = {}): RiskRow => ({
  riskId: 'R1',
  raisedMs: 1000,
  campaignId: 'C1',
  riskType: 'low_conversion',
  severity: 'high',
  evidence: null,
  status: 'open',
  ...changes,
})

describe('blockingRisks', () => {
  const delivery = [
    deliveryDay({ channelId: 'A', impressions: 100, clicks: 10, conversions: 0 }),
    deliveryDay({ channelId: 'A', impressions: 50, clicks: 5, conversions: 0 }),
    deliveryDay({ channelId: 'B', impressions: 150, clicks: 16, conversions: 3 }),
    deliveryDay({ channelId: 'B', campaignId: 'C2', impressions: 150, clicks: 15 }),
  ]
  const linesOf = (changes: Partial<RiskRow>) => {
    const [scope] = blockingRisks([risk(changes)], delivery, BLOCKING)
    if (scope === undefined) return null
    return scope.lines === 'all' ? 'all' : [...scope.lines]
  }

  test.each([
    ['high', 'open', true],
    ['critical', 'in_review', true],
    ['medium', 'open', false],
    ['high', 'mitigated', false],
    ['high', 'dismissed', false],
  ])('%s and %s blocks: %s', (severity, status, blocks) => {
    expect(blockingRisks([risk({ severity, status })], delivery, BLOCKING)).toHaveLength(
      Number(blocks),
    )
  })

  test('a risk without a campaign names no line', () => {
    expect(linesOf({ campaignId: null })).toBeNull()
  })

  test.each<[string, string | null, unknown]>([
    ['a channel named in the evidence', '{"channel_id": "B"}', ['C1/B']],
    ['counts that are the sums of one channel', '{"impressions": 150, "clicks": 15}', ['C1/A']],
    ['counts of a zero beside one that tells', '{"clicks": 16, "conversions": 3}', ['C1/B']],
    ['counts that fit two channels', '{"impressions": 150}', 'all'],
    ['counts that fit none', '{"impressions": 151}', 'all'],
    ['zeros alone', '{"conversions": 0}', 'all'],
    ['counts of something else', '{"visits": 150}', 'all'],
    ['free text', 'clicks look odd', 'all'],
    ['broken JSON', '{"clicks": ', 'all'],
    ['a list', '["clicks"]', 'all'],
    ['a null', 'null', 'all'],
    ['a bare number', '16', 'all'],
    ['a number', '{"channel_id": 7}', 'all'],
    ['nothing', null, 'all'],
  ])('%s: %s', (_name, evidence, expected) => {
    expect(linesOf({ evidence })).toEqual(expected)
  })

  test('a line is under a risk of its channel, of its whole campaign, or of a campaign it spans', () => {
    const scopes = blockingRisks([risk({ evidence: '{"channel_id": "B"}' })], delivery, BLOCKING)
    const under = (campaignId: string | null, channelId: string | null) =>
      isUnderRisk({ campaignId, channelId }, scopes)
    expect(under('C1', 'B')).toBe(true)
    expect(under('C1', 'A')).toBe(false)
    expect(under('C2', 'B')).toBe(false)
    expect(under('C1', null)).toBe(true)
    expect(under(null, 'B')).toBe(true)
    expect(under(null, 'A')).toBe(false)
    expect(under(null, null)).toBe(true)
    const whole = blockingRisks([risk()], delivery, BLOCKING)
    expect(isUnderRisk({ campaignId: 'C1', channelId: 'A' }, whole)).toBe(true)
    expect(isUnderRisk({ campaignId: 'C2', channelId: 'A' }, whole)).toBe(false)
  })
})

describe('remainderOf', () => {
  const line = (changes: object = {}) => {
    const [found] = reviewLines(
      budgetInput({
        plans: [planRow({ channelId: 'A', plannedMinor: 1000, ...changes })],
        delivery: [deliveryDay({ spendMinor: 300 })],
      }),
      budgetContext(),
    ).lines
    if (found === undefined) throw new Error('expected a line')
    return found.line
  }

  test('a running month has spent what it has spent', () => {
    const running = budgetContext({ asOfOn: '2026-10-31' })
    expect(remainderOf(line(), running)).toEqual(measured(700))
    expect(remainderOf(line({ committedMinor: 200 }), running)).toEqual(measured(500))
  })

  test('when the month is over, the plan stands for the next one', () => {
    expect(remainderOf(line({ committedMinor: 200 }), budgetContext())).toEqual(measured(800))
  })

  test('in a running month without spend on record, nothing is said to be left', () => {
    const [unspent] = reviewLines(
      budgetInput({ plans: [planRow({ channelId: 'A', plannedMinor: 1000 })] }),
      budgetContext(),
    ).lines
    if (unspent === undefined) throw new Error('expected a line')
    const running = budgetContext({ asOfOn: '2026-10-31' })
    expect(remainderOf(unspent.line, running)).toMatchObject({ status: 'not_measured' })
    expect(remainderOf(unspent.line, budgetContext())).toEqual(measured(1000))
  })

  test('an overdrawn line has less than nothing to give', () => {
    const running = budgetContext({ asOfOn: '2026-10-31' })
    expect(remainderOf(line({ committedMinor: 900 }), running)).toEqual(measured(-200))
  })
})

const action = (changes: Partial<ActionRow> = {}) =>
  recordedAction({ amountMinor: 10_000, ...changes })

describe('recorded moves', () => {
  const books = (input: Partial<BudgetInput>, stopped: readonly string[] = []): MoveBooks => {
    const full = budgetInput({
      plans: [planRow({ channelId: 'A' }), planRow({ channelId: 'B' })],
      usedLines: [
        { campaignId: 'C1', channelId: 'A' },
        { campaignId: 'C1', channelId: 'B' },
        { campaignId: 'C2', channelId: 'Z' },
      ],
      campaigns: [
        {
          campaignId: 'C1',
          name: 'Spring',
          status: 'active',
          startOn: null,
          endOn: null,
          budgetMinor: null,
        },
      ],
      channels: [{ channelId: 'A', name: 'Search', platform: null }],
      ...input,
    })
    const context = budgetContext()
    return {
      input: full,
      lines: reviewLines(full, context).lines.map(({ line }) => line),
      risks: blockingRisks(full.risks, full.delivery, BLOCKING),
      stopped: new Set(stopped),
      context,
    }
  }

  test('a proposal nothing speaks against is carried as it is', () => {
    expect(carriedMoves(books({ actions: [action()] }))).toEqual([
      {
        id: 'MOVE:A1',
        origin: 'carried',
        actionId: 'A1',
        campaignId: 'C1',
        fromLine: 'C1/A',
        toLine: 'C1/B',
        fromName: 'Search in Spring',
        toName: 'B in Spring',
        amount: { currency: 'USD', minor: 10_000 },
        reasonCode: 'scale_winner',
        basis: { action: 'A1', proposed_on: '2026-10-05', recorded_status: 'proposed' },
        expectedImpact: null,
        impactNotMeasured:
          'the proposal states no impact and the history of its lines is too thin to estimate one',
        concerns: [],
        ruleId: 'budget.carried_move',
      },
    ])
  })

  test.each<[string, Partial<ActionRow>, Partial<BudgetInput>, readonly string[]]>([
    ['a line that gives to itself', { toChannelId: 'A' }, {}, ['same_line']],
    [
      'a giver the campaign does not use',
      { fromChannelId: 'Z' },
      {},
      ['giver_not_used', 'remainder_not_measured'],
    ],
    ['a receiver the campaign does not use', { toChannelId: 'Z' }, {}, ['receiver_not_used']],
    ['more than is left', { amountMinor: 100_001 }, {}, ['exceeds_uncommitted_remainder']],
    ['exactly what is left', { amountMinor: 100_000 }, {}, []],
    ['a giver without a budget', {}, { plans: [] }, ['remainder_not_measured']],
    ['another currency', { currency: 'EUR' }, {}, ['foreign_currency']],
    [
      'a receiver under a risk',
      {},
      { risks: [risk({ evidence: '{"channel_id": "B"}' })] },
      ['receiver_under_open_risk'],
    ],
    ['a giver under a risk', {}, { risks: [risk({ evidence: '{"channel_id": "A"}' })] }, []],
    ['money given back to the reserve', { toChannelId: null }, { risks: [risk()] }, []],
  ])('%s', (_name, changes, input, concerns) => {
    const [move] = carriedMoves(books({ actions: [action(changes)], ...input }))
    expect(move?.concerns).toEqual(concerns)
  })

  test('money given back rests on no risk of a receiver', () => {
    const risks = [risk()]
    const basis = (toChannelId: string | null) =>
      carriedMoves(books({ actions: [action({ toChannelId })], risks }))[0]?.basis
    expect(basis('B')).toMatchObject({ open_risks: 'R1 (high)' })
    expect(basis(null)).not.toHaveProperty('open_risks')
  })

  test('a stopped receiver and a campaign that does not run', () => {
    expect(carriedMoves(books({ actions: [action()] }, ['C1/B']))[0]?.concerns).toEqual([
      'receiver_under_stop',
    ])
    const paused = books({
      actions: [action()],
      campaigns: [
        {
          campaignId: 'C1',
          name: 'Spring',
          status: 'paused',
          startOn: null,
          endOn: null,
          budgetMinor: null,
        },
      ],
    })
    expect(carriedMoves(paused)[0]?.concerns).toEqual(['campaign_not_running'])
    const [spring] = books({}).input.campaigns
    if (spring === undefined) throw new Error('expected a campaign')
    const beside = { ...spring, campaignId: 'C0', status: 'paused' }
    const other = books({ actions: [action()], campaigns: [beside, spring] })
    expect(carriedMoves(other)[0]?.concerns).toEqual([])
    const unknown = books({ actions: [action()], campaigns: [] })
    expect(carriedMoves(unknown)[0]?.concerns).toEqual([])
  })

  test.each([
    ['proposed', 1],
    ['pending', 1],
    ['draft', 0],
    ['rejected', 0],
    ['executed', 0],
    ['withdrawn', 0],
  ])('an action that is %s is carried %i times', (status, count) => {
    expect(carriedMoves(books({ actions: [action({ status })] }))).toHaveLength(count)
  })

  // The gate (`createMoveBasis`) refuses exactly the moves whose concern is one of the receiver.
  test.each<[string, Partial<ActionRow>, string | null, readonly string[], readonly string[]]>([
    [
      'on the receiving line',
      {},
      '{"channel_id": "B"}',
      ['receiver_under_open_risk'],
      ['receiver_under_open_risk'],
    ],
    ['on the giving line', {}, '{"channel_id": "A"}', [], []],
    ['on the campaign, within it', {}, null, ['campaign_under_open_risk'], []],
    [
      'on the campaign, from the reserve',
      { fromChannelId: null },
      null,
      ['receiver_under_open_risk'],
      ['receiver_under_open_risk'],
    ],
  ])('a risk %s', (_name, changes, evidence, concerns, refusals) => {
    const found = books({ actions: [action(changes)], risks: [risk({ evidence })] })
    const [move] = carriedMoves(found)
    if (move === undefined) throw new Error('expected a move')
    expect(move.concerns).toEqual(concerns)
    expect(createMoveBasis(found.input, found.context)(move).refusals).toEqual(refusals)
    expect(move.basis['open_risks']).toBe(concerns.length === 0 ? undefined : 'R1 (high)')
  })

  test('a move to the reserve and one from it are named so', () => {
    const [back] = carriedMoves(books({ actions: [action({ toChannelId: null })] }))
    expect(back).toMatchObject({ toLine: null, toName: 'the reserve' })
    // A move of nothing is refused where it is entered; to whoever decides it is no concern.
    const [nothing] = carriedMoves(books({ actions: [action({ amountMinor: 0 })] }))
    expect(nothing?.concerns).toEqual([])
    const [more] = carriedMoves(books({ actions: [action({ fromChannelId: null })] }))
    expect(more).toMatchObject({ fromLine: null, fromName: 'the reserve', concerns: [] })
  })

  describe('that were made', () => {
    const faultsOf = (changes: Partial<ActionRow>, input: Partial<BudgetInput> = {}) =>
      madeMoves(books({ actions: [action({ status: 'executed', ...changes })], ...input })).map(
        (made) => made.faults,
      )

    test.each([
      ['executed', 1],
      ['applied', 1],
      ['approved', 1],
      ['verified', 1],
      ['applying', 1],
      ['proposed', 0],
      ['failed', 0],
      ['rolled_back', 0],
    ])('%s counts %i', (status, count) => {
      expect(faultsOf({ status })).toHaveLength(count)
    })

    test('only those of the month', () => {
      expect(faultsOf({ createdOn: '2026-09-30' })).toEqual([])
      expect(faultsOf({ createdOn: '2026-10-01' })).toEqual([[]])
    })

    test('are held against what was known when they were decided', () => {
      const risks = [risk({ raisedMs: 3000, evidence: '{"channel_id": "B"}' })]
      expect(faultsOf({ decidedMs: 2999 }, { risks })).toEqual([[]])
      expect(faultsOf({ decidedMs: 3000 }, { risks })).toEqual([['receiver_under_open_risk']])
      expect(faultsOf({ decidedMs: null }, { risks })).toEqual([[]])
    })

    test('are not held against remainders or a campaign paused since', () => {
      expect(faultsOf({ amountMinor: 999_999 })).toEqual([[]])
      expect(faultsOf({}, { plans: [] })).toEqual([[]])
      expect(
        faultsOf(
          {},
          {
            campaigns: [
              {
                campaignId: 'C1',
                name: 'S',
                status: 'paused',
                startOn: null,
                endOn: null,
                budgetMinor: null,
              },
            ],
          },
        ),
      ).toEqual([[]])
    })

    test('of a risk on their whole campaign the receiver is told', () => {
      const risks = [risk()]
      expect(faultsOf({}, { risks })).toEqual([['receiver_under_open_risk']])
      expect(faultsOf({ toChannelId: null }, { risks })).toEqual([[]])
    })

    test('money from the reserve is no fault', () => {
      expect(faultsOf({ fromChannelId: null })).toEqual([[]])
    })

    test('keep every other fault', () => {
      expect(faultsOf({ toChannelId: 'A' })).toEqual([['same_line']])
      expect(faultsOf({ toChannelId: 'Z' })).toEqual([['receiver_not_used']])
    })
  })
})

const SWINGING: readonly GeneratedLine[] = [
  { channelId: 'A', daily: 50_000, swing: 2, returns: 4, elasticity: 0.7 },
  { channelId: 'B', daily: 40_000, swing: 2, returns: 2, elasticity: 0.5 },
  { channelId: 'C', daily: 30_000, swing: 2, returns: 3, elasticity: 0.8 },
]
const EVEN = SWINGING.map((line) => ({ ...line, swing: 1 }))

/** The moves of a review over generated lines. */
function moved(
  lines: readonly GeneratedLine[],
  {
    input = {},
    context = budgetContext(),
    carried = [],
  }: {
    input?: Partial<BudgetInput>
    context?: BudgetContext
    carried?: ReturnType<typeof carriedMoves>
  } = {},
): Reallocation {
  const full = budgetInput({
    delivery: generatedDelivery(lines, 26),
    plans: lines.map((line) =>
      planRow({ channelId: line.channelId, plannedMinor: line.daily * 31 }),
    ),
    ...input,
  })
  const reviews = reviewLines(full, context)
  return reallocate({
    lines: reviews.lines,
    plans: full.plans,
    risks: blockingRisks(full.risks, full.delivery, BLOCKING),
    carried,
    context,
    minorPerUnit: reviews.minorPerUnit,
  })
}

const reasonOf = (found: Reallocation, lineId: string) =>
  found.blocked.find((entry) => entry.lineId === lineId)?.reason

describe('reallocate', () => {
  test('plans lines with a curve together: the weak gives, the strong takes, to the cent', () => {
    const { moves, plan } = moved(SWINGING)
    expect(plan?.outcome.status).toBe('planned')
    expect(plan?.lineIds).toHaveLength(3)
    expect(moves.length).toBeGreaterThan(0)
    for (const move of moves) {
      expect(move).toMatchObject({
        origin: 'proposed',
        toLine: 'C1/A',
        ruleId: 'budget.optimal_plan',
      })
      expect(move.amount.minor).toBeGreaterThanOrEqual(10_000)
      expect(move.fromLine).not.toBe(move.toLine)
    }
    const turnover = 2 * moves.reduce((sum, move) => sum + move.amount.minor, 0)
    // To the cent: 15 % of 3,720,000.
    expect(turnover).toBe(558_000)
  })

  test('each move has its own impact; together they bring less, for they meet on one line', () => {
    const { moves, plan } = moved(SWINGING)
    const outcome = plan?.outcome
    const impact = outcome?.status === 'planned' ? outcome.impact : undefined
    const mid = moves.reduce((sum, move) => sum + (move.expectedImpact?.mid.minor ?? 0), 0)
    expect(moves.length).toBeGreaterThan(1)
    expect(new Set(moves.map(({ toLine }) => toLine)).size).toBe(1)
    expect(mid).toBeGreaterThan(impact?.delta ?? Infinity)
    expect(impact?.probabilityGain ?? 0).toBeGreaterThan(0.8)
  })

  test('no move brings more than its amount at today’s margins', () => {
    for (const { amount, basis, expectedImpact } of moved(SWINGING).moves) {
      const [to, from] = [basis['marginal_at_plan_to'], basis['marginal_at_plan_from']]
      const most = amount.minor * (Number(to) - Number(from))
      expect(expectedImpact?.mid.minor).toBeLessThanOrEqual(Math.round(most))
    }
  })

  test('lines whose spend never varied trade bounded steps instead', () => {
    const { moves, plan } = moved(EVEN)
    expect(plan).toBeNull()
    expect(moves.length).toBeGreaterThan(0)
    expect(moves.every((move) => move.ruleId === 'budget.gated_step')).toBe(true)
    expect(moves[0]).toMatchObject({ fromLine: 'C1/B', toLine: 'C1/A', campaignId: 'C1' })
    expect(moves[0]?.expectedImpact?.low.minor ?? 0).toBeLessThan(
      moves[0]?.expectedImpact?.mid.minor ?? 0,
    )
  })

  test('nothing flows into a line under an open risk, and it says so when it neither gives nor takes', () => {
    const risks = [risk({ evidence: '{"channel_id": "A"}' })]
    const found = moved(SWINGING, { input: { risks } })
    expect(found.moves.every((move) => move.toLine !== 'C1/A')).toBe(true)
    const alone = moved(SWINGING.slice(0, 1), { input: { risks } })
    expect(reasonOf(alone, 'C1/A')).toBe('under_open_risk')
  })

  test('a line below the hurdle takes nothing', () => {
    const policy = policyWith({ budget: { hurdle_marginal_roi: 50 } })
    const found = moved(SWINGING, { context: budgetContext({ policy }) })
    expect(found.moves).toEqual([])
    expect(reasonOf(found, 'C1/A')).toBe('below_hurdle')
  })

  test('a line whose return keeps falling takes nothing', () => {
    const share = new Map([
      ['2026-10-05', 0.7],
      ['2026-10-12', 0.55],
      ['2026-10-19', 0.4],
    ])
    const delivery = generatedDelivery(EVEN, 26).map((day) => {
      const left = day.channelId === 'A' ? (share.get(mondayOf(day.date)) ?? 1) : 1
      return { ...day, valueMinor: Math.round((day.valueMinor ?? 0) * left) }
    })
    const takers = moved(EVEN, { input: { delivery } }).moves.map((move) => move.toLine)
    expect(takers).not.toContain('C1/A')
    expect(moved(EVEN).moves.map((move) => move.toLine)).toContain('C1/A')
  })

  test('no budget, no move', () => {
    const found = moved(SWINGING, { input: { plans: [] } })
    expect(found.moves).toEqual([])
    expect(reasonOf(found, 'C1/A')).toBe('no_budget')
  })

  test('thin history holds a line', () => {
    const found = moved(SWINGING, { input: { delivery: generatedDelivery(SWINGING, 7) } })
    expect(found.moves).toEqual([])
    expect(reasonOf(found, 'C1/A')).toBe('thin_evidence')
  })

  test('what a waiting move would take is spoken for', () => {
    const [first] = moved(EVEN).moves
    if (first === undefined) throw new Error('expected a move')
    const amount = { currency: 'USD', minor: 40_000 * 31 }
    const found = moved(EVEN, { carried: [{ ...first, fromLine: 'C1/B', amount }] })
    expect(found.moves.every((move) => move.fromLine !== 'C1/B')).toBe(true)
    expect(reasonOf(found, 'C1/B')).toBe('nothing_left_to_give')
  })

  test('a stopped line gives everything it has left to the reserve', () => {
    const policy = policyWith({ targets: [{ id: 'cpa', at_most: 1, unit: 'money' }] })
    const { moves, plan } = moved(SWINGING, { context: budgetContext({ policy }) })
    expect(plan).toBeNull()
    expect(moves).toHaveLength(3)
    expect(moves.find((move) => move.fromLine === 'C1/A')).toMatchObject({
      toLine: null,
      toName: 'the reserve',
      amount: { currency: 'USD', minor: 50_000 * 31 },
      reasonCode: 'stop_loss',
      ruleId: 'budget.stop_loss',
      expectedImpact: null,
    })
  })

  test('a stopped line with nothing left makes no move and is named stopped', () => {
    const policy = policyWith({ targets: [{ id: 'cpa', at_most: 1, unit: 'money' }] })
    const plans = SWINGING.map((line) =>
      planRow({ channelId: line.channelId, plannedMinor: 100, committedMinor: 100 }),
    )
    const found = moved(SWINGING, { input: { plans }, context: budgetContext({ policy }) })
    expect(found.moves).toEqual([])
    expect(reasonOf(found, 'C1/A')).toBe('stopped')
  })

  test('a learning line is left alone', () => {
    const policy = policyWith({
      stop_loss: { learning_days: 400 },
      targets: [{ id: 'cpa', at_most: 1e6 }],
    })
    const found = moved(SWINGING, { context: budgetContext({ policy }) })
    expect(found.moves).toEqual([])
    expect(reasonOf(found, 'C1/A')).toBe('learning')
  })

  test('a plan’s own bounds hold: no more than max, no less than min', () => {
    const plans = SWINGING.map((line) =>
      planRow({
        channelId: line.channelId,
        plannedMinor: line.daily * 31,
        maxMinor: line.channelId === 'A' ? line.daily * 31 + 20_000 : null,
        minMinor: line.channelId === 'B' ? line.daily * 31 - 15_000 : null,
      }),
    )
    const { moves } = moved(SWINGING, { input: { plans } })
    const into = (id: string) =>
      moves.filter((move) => move.toLine === id).reduce((sum, move) => sum + move.amount.minor, 0)
    const out = (id: string) =>
      moves.filter((move) => move.fromLine === id).reduce((sum, move) => sum + move.amount.minor, 0)
    expect(into('C1/A')).toBeLessThanOrEqual(20_000)
    expect(out('C1/B')).toBeLessThanOrEqual(15_000)
  })

  test('a campaign’s bounds hold across its channels', () => {
    const lines = SWINGING.map((line, index) => ({
      ...line,
      campaignId: index === 0 ? 'C1' : 'C2',
    }))
    const plans = [
      planRow({ campaignId: 'C1', plannedMinor: 50_000 * 31, maxMinor: 50_000 * 31 + 12_000 }),
      ...lines.map((line) =>
        planRow({
          campaignId: line.campaignId,
          channelId: line.channelId,
          plannedMinor: line.daily * 31,
        }),
      ),
    ]
    const { moves, plan } = moved(lines, { input: { plans } })
    expect(plan?.outcome.status).toBe('planned')
    const into = moves
      .filter((move) => move.toLine === 'C1/A')
      .reduce((sum, move) => sum + move.amount.minor, 0)
    expect(into).toBeGreaterThan(0)
    expect(into).toBeLessThanOrEqual(12_000)
    expect(moves.find((move) => move.toLine === 'C1/A')?.campaignId).toBeNull()
  })

  test('whole steps when the policy asks for them', () => {
    const policy = policyWith({ budget: { bounds: { increment: 500, max_changed_lines: 2 } } })
    const { moves } = moved(SWINGING, { context: budgetContext({ policy }) })
    expect(moves.length).toBeGreaterThan(0)
    expect(moves.every((move) => move.amount.minor % 50_000 === 0)).toBe(true)
  })

  describe('keeps every limit together', () => {
    const bounds = { increment: 500, min_move: 100 }
    const grouped = SWINGING.map((line, index) => ({
      ...line,
      campaignId: index === 0 ? 'C1' : 'C2',
    }))
    const plansOf = (lines: readonly GeneratedLine[], maxMinor: number) => [
      planRow({ campaignId: 'C1', plannedMinor: 50_000 * 31, maxMinor }),
      ...lines.map((line) =>
        planRow({
          campaignId: line.campaignId ?? 'C1',
          channelId: line.channelId,
          plannedMinor: line.daily * 31,
        }),
      ),
    ]
    const into = (found: Reallocation) =>
      found.moves
        .filter((move) => move.toLine === 'C1/A')
        .reduce((sum, move) => sum + move.amount.minor, 0)
    const turnover = (found: Reallocation) =>
      2 * found.moves.reduce((sum, move) => sum + move.amount.minor, 0)

    test('whole steps and a turnover that binds', () => {
      const policy = policyWith({ budget: { bounds: { ...bounds, turnover_share: 0.04 } } })
      const found = moved(SWINGING, { context: budgetContext({ policy }) })
      expect(found.plan?.outcome.status).toBe('planned')
      expect(turnover(found)).toBeGreaterThan(0)
      expect(turnover(found)).toBeLessThanOrEqual(0.04 * 31 * 120_000)
      expect(found.moves.every((move) => move.amount.minor % 50_000 === 0)).toBe(true)
    })

    test('whole steps and the bounds of a campaign', () => {
      const policy = policyWith({ budget: { bounds } })
      const found = moved(grouped, {
        input: { plans: plansOf(grouped, 50_000 * 31 + 60_000) },
        context: budgetContext({ policy }),
      })
      expect(found.plan?.outcome.status).toBe('planned')
      expect(into(found)).toBe(50_000)
    })

    test('steps smaller than the least move', () => {
      const policy = policyWith({ budget: { bounds: { increment: 50, min_move: 120 } } })
      const found = moved(SWINGING, { context: budgetContext({ policy }) })
      expect(found.plan?.outcome.status).toBe('planned')
      expect(found.moves.every((move) => move.amount.minor % 5000 === 0)).toBe(true)
      expect(found.moves.length).toBeGreaterThan(0)
    })

    test('an S-curve, the bounds of a campaign and a turnover', () => {
      const steep = { campaign_id: 'C1', channel_id: 'A', family: 'hill' as const, steepness: 2 }
      const policy = policyWith({
        budget: {
          response_curves: [
            { ...steep, scale: 40_000, shape: 4000, log_sd: 0.1, source: 'mix model' },
          ],
        },
      })
      const found = moved(grouped, {
        input: { plans: plansOf(grouped, 50_000 * 31 + 12_000) },
        context: budgetContext({ policy }),
      })
      expect(found.plan?.outcome.status).toBe('planned')
      expect(into(found)).toBeGreaterThan(0)
      expect(into(found)).toBeLessThanOrEqual(12_000)
    })
  })

  test('a gain that switching would eat up is not proposed', () => {
    const policy = policyWith({ budget: { bounds: { switching_cost_share: 1 } } })
    const costly = policyWith({
      budget: { bounds: { switching_cost_share: 1 }, hurdle_marginal_roi: 0.01 },
    })
    const even = [
      { channelId: 'A', daily: 50_000, swing: 2, returns: 2.1, elasticity: 0.6 },
      { channelId: 'B', daily: 50_000, swing: 2, returns: 2, elasticity: 0.6 },
    ]
    for (const own of [policy, costly]) {
      const { moves, plan } = moved(even, { context: budgetContext({ policy: own }) })
      expect(plan?.outcome).toMatchObject({ isAccepted: false })
      expect(moves).toEqual([])
    }
  })

  test('a gain is sure enough only beyond what switching costs', () => {
    const near = [
      { channelId: 'A', daily: 50_000, swing: 2, returns: 2.2, elasticity: 0.6 },
      { channelId: 'B', daily: 50_000, swing: 2, returns: 2, elasticity: 0.6 },
    ]
    const judge = (share: number) => {
      const policy = policyWith({
        budget: {
          bounds: { switching_cost_share: share },
          gate: { probability_better: 0.8 },
        },
      })
      const found = moved(near, { context: budgetContext({ policy }) }).plan?.outcome
      if (found?.status !== 'planned') throw new TypeError('expected a plan')
      return found
    }
    const [free, paid] = [judge(0), judge(0.02)]
    // 173,316 are moved for 9,842 ± 10,964 of value: Φ(0.898) = 0.815 without its cost, Φ((9,842 − 3,466) ÷ 10,964) = 0.720 with it.
    expect([free.switchingCost, paid.switchingCost]).toEqual([0, 3466.32])
    expect(free.impact).toMatchObject({ delta: paid.impact.delta, sd: paid.impact.sd })
    expect(free.impact.probabilityGain).toBeCloseTo(0.815, 3)
    expect(paid.impact.probabilityGain).toBeCloseTo(0.72, 3)
    expect(paid.impact.delta).toBeGreaterThan(paid.switchingCost)
    expect(free.simulatedProbability).toBeGreaterThan(0.8)
    expect(paid.simulatedProbability).toBeLessThan(0.8)
    expect([free.isAccepted, paid.isAccepted]).toEqual([true, false])
  })

  test('lines at their best stay, and say so', () => {
    const same = [
      { channelId: 'A', daily: 50_000, swing: 2, returns: 3, elasticity: 0.6 },
      { channelId: 'B', daily: 50_000, swing: 2, returns: 3, elasticity: 0.6 },
    ]
    const policy = policyWith({ budget: { bounds: { min_move: 4000 } } })
    const found = moved(same, { context: budgetContext({ policy }) })
    expect(found.moves).toEqual([])
    expect(reasonOf(found, 'C1/A')).toBe('at_its_best')
  })
})
