import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, responseAt } from '#rules/allocation/curve.ts'
import { checkPlan, verdictOf } from '#rules/budget/certificate.ts'
import { type ImpactLine, impactOf } from '#rules/budget/impact.ts'
import { parseStatedPlan, type StatedPlan } from '#rules/budget/plan-evidence.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { simulateImpact } from '#rules/budget/simulated-impact.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { Decision, type Evidence } from '#rules/schema/review.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'
import { share } from '#test/support/share.ts'

/** A line with a curve estimated elsewhere, in major units a week. */
interface ImportedLine {
  readonly family: Curve['family']
  readonly scale: number
  readonly shape: number
  readonly steepness: number
  readonly log_sd: number
  readonly planned: number
  readonly max: number | null
}

const importedLine: fc.Arbitrary<ImportedLine> = fc
  .record({
    kind: fc.nat({ max: 5 }),
    height: share(),
    form: share(),
    error: share(),
    planned: fc.integer({ min: 20_000, max: 200_000 }),
    room: fc.option(fc.nat({ max: 20_000 }), { nil: null }),
  })
  .map(({ kind, height, form, error, planned, room }) => {
    const family = (['power', 'log', 'saturating', 'exponential', 'hill', 'hill'] as const)[kind]
    const isPower = family === undefined || family === 'power'
    return {
      family: family ?? 'power',
      scale: isPower ? 5 + 50 * height : 300 + 3000 * height,
      shape: isPower ? 0.2 + 0.7 * form : 50 + 500 * form,
      // The last kind is an S-curve.
      steepness: kind === 5 ? 1.2 + 2 * form : 1,
      log_sd: 0.01 + 0.3 * error ** 2,
      planned,
      max: room === null ? null : planned + room,
    }
  })

interface Month {
  readonly lines: readonly ImportedLine[]
  readonly grouped: number | null
  readonly turnover: number
  readonly increment: number | null
  readonly probability: number
}

const month: fc.Arbitrary<Month> = fc.record({
  lines: fc.array(importedLine, { minLength: 2, maxLength: 4 }),
  grouped: fc.option(fc.nat({ max: 20_000 }), { nil: null, freq: 2 }),
  turnover: fc.constantFrom(0, 0.05, 0.15, 1),
  increment: fc.option(fc.constantFrom(20, 50), { nil: null, freq: 3 }),
  probability: fc.constantFrom(0.51, 0.8, 0.99),
})

/** The decision on a plan of these lines, two campaigns of one and the rest, read back from its text. */
function decisionOn({ lines, grouped, turnover, increment, probability }: Month): Decision {
  const ids = lines.map((_line, index) => ({
    campaign_id: index === 0 ? 'C0' : 'C1',
    channel_id: `L${index}`,
  }))
  const id = (index: number) => ids[index] ?? { campaign_id: '', channel_id: '' }
  const keys = (index: number) => ({
    campaignId: id(index).campaign_id,
    channelId: id(index).channel_id,
  })
  const all = lines.reduce((sum, line, index) => sum + (index === 0 ? 0 : line.planned), 0)
  const { decisions } = reviewBudget(
    budgetInput({
      plans: [
        ...lines.map(({ planned, max }, index) =>
          planRow({ ...keys(index), plannedMinor: planned, maxMinor: max }),
        ),
        ...(grouped === null
          ? []
          : [planRow({ campaignId: 'C1', plannedMinor: all, maxMinor: all + grouped })]),
      ],
      delivery: lines.flatMap((line, index) =>
        Array.from({ length: 7 }, (_day, day) =>
          deliveryDay({
            ...keys(index),
            date: addDays('2026-10-05', day),
            spendMinor: Math.round(line.planned / 31),
          }),
        ),
      ),
      campaigns: ['C0', 'C1'].map((campaignId) => ({
        campaignId,
        name: campaignId,
        status: 'active',
        startOn: null,
        endOn: null,
        budgetMinor: null,
      })),
    }),
    budgetContext({
      policy: policyWith({
        stop_loss: { learning_days: 0 },
        budget: {
          hurdle_marginal_roi: 0.01,
          gate: { probability_better: probability },
          bounds: {
            turnover_share: turnover,
            min_move: 10,
            ...(increment === null ? {} : { increment }),
          },
          response_curves: lines.map(({ family, scale, shape, steepness, log_sd }, index) => ({
            ...id(index),
            family,
            scale,
            shape,
            steepness,
            log_sd,
            source: 'mix model',
          })),
        },
      }),
    }),
  )
  const decision = decisions.find((one) => one.id === 'budget.plan:lines')
  if (decision === undefined) throw new Error('expected a decision on the plan')
  return Decision.parse(JSON.parse(JSON.stringify(decision)))
}

const number = (evidence: Evidence, name: string): number => {
  const value = evidence[name]
  if (typeof value !== 'number') throw new Error(`expected a number: ${name}`)
  return value
}

const listed = (evidence: Evidence, name: string) => {
  const list = evidence[name]
  if (!Array.isArray(list)) throw new Error(`expected a list: ${name}`)
  return list
}

const numbers = (evidence: Evidence, name: string): readonly number[] =>
  listed(evidence, name).map(Number)

const stated = (evidence: Evidence): StatedPlan => {
  const plan = parseStatedPlan(evidence)
  if (plan === null) throw new Error('expected a whole plan')
  return plan
}

/** What the second checker says of the plan that a decision states. */
const verdictOn = (evidence: Evidence) => {
  const { plan, certificate } = stated(evidence)
  return verdictOf(plan, [certificate], number(evidence, 'max_gap_share'))
}

/** The lines of another plan as its impact is asked, from the evidence alone. */
function impactLines(evidence: Evidence, plan: readonly number[]): readonly ImpactLine[] {
  return stated(evidence).plan.lines.map(({ curve, current = 0 }, index) => {
    const at = (name: string) => numbers(evidence, name)[index] ?? 0
    const to = Math.max(1, plan[index] ?? 0)
    const value = responseAt(curve, current)
    const isStraight = curve.family === 'power' || to === current
    return {
      from: current,
      to,
      value,
      valueCv: at('response_error'),
      elasticity: isStraight
        ? at('elasticity')
        : Math.log(responseAt(curve, to) / value) / Math.log(to / current),
      elasticitySe: at('elasticity_error'),
    }
  })
}

/** Impact of a plan beyond what switching to it costs, from the evidence alone. */
function impactFrom(evidence: Evidence, plan: readonly number[]) {
  const today = numbers(evidence, 'today_minor')
  const gained = plan.reduce(
    (sum, amount, index) => sum + Math.max(0, amount - (today[index] ?? 0)),
    0,
  )
  const cost = number(evidence, 'switching_cost_share') * gained
  const lines = impactLines(evidence, plan)
  return { lines, cost, impact: impactOf(lines, number(evidence, 'impact_correlation'), cost) }
}

/** The call on a plan of which this comes out. */
function callFrom(
  evidence: Evidence,
  { cost, impact, simulated }: ReturnType<typeof impactFrom> & { readonly simulated: number },
): readonly [string, string] {
  const today = numbers(evidence, 'today_minor')
  const isMoved = numbers(evidence, 'planned_minor').some((to, index) => to !== today[index])
  const isGain = impact.delta > cost
  const sure = Math.min(impact.probabilityGain, simulated)
  if (isMoved && isGain && sure >= number(evidence, 'probability_required')) {
    return ['propose', 'gain_is_sure_enough']
  }
  return ['hold', isGain ? 'gain_is_not_sure' : 'no_gain_net_of_switching']
}

const decisions = fc.sample(month, { seed: 20261122, numRuns: 50 }).map(decisionOn)
const planned = decisions.filter(({ evidence }) => evidence['planned_minor'] !== undefined)

describe('the evidence of a plan alone', () => {
  test('there are plans of every sort', () => {
    const sorts = (pick: (evidence: Evidence) => boolean) =>
      planned.filter(({ evidence }) => pick(evidence)).length
    expect(planned.length).toBeGreaterThan(40)
    expect(planned.filter(({ action }) => action === 'propose').length).toBeGreaterThan(10)
    expect(planned.filter(({ action }) => action === 'hold').length).toBeGreaterThan(10)
    expect(sorts((evidence) => numbers(evidence, 'proof_line').length > 2)).toBeGreaterThan(1)
    expect(sorts((evidence) => numbers(evidence, 'group_prices').length > 1)).toBeGreaterThan(3)
    expect(sorts((evidence) => evidence['step_minor'] !== null)).toBeGreaterThan(3)
    expect(sorts((evidence) => number(evidence, 'turnover_price') > 0)).toBeGreaterThan(3)
  })

  test('is accepted by the second checker, with the gap and the residual stated', () => {
    for (const { evidence } of planned) {
      const { plan, certificate } = stated(evidence)
      expect(checkPlan(plan, certificate)).toEqual([])
      expect(verdictOn(evidence)).toMatchObject({
        faults: [],
        gap: evidence['bound_gap_minor'],
        kktResidual: evidence['kkt_residual'],
        isProvenBest: evidence['proven_best'],
      })
    }
  })

  test('gives what it brings, what it costs, what simpler ways bring, and the call', () => {
    for (const { evidence, action, reason } of planned) {
      const found = impactFrom(evidence, numbers(evidence, 'planned_minor'))
      const { lines, cost, impact } = found
      const simulated = simulateImpact(lines, cost).probabilityGain
      expect(evidence).toMatchObject({
        delta_minor: expect.closeTo(impact.delta, 6),
        low_minor: expect.closeTo(impact.low, 6),
        high_minor: expect.closeTo(impact.high, 6),
        switching_cost_minor: cost,
        probability_net_gain: expect.closeTo(impact.probabilityGain, 9),
        probability_net_gain_simulated: simulated,
      })
      expect(callFrom(evidence, { ...found, simulated })).toEqual([action, reason])
    }
  })

  test('gives what the simpler ways bring', () => {
    const ways = [
      ['pro_rata_minor', 'pro_rata_delta_minor'],
      ['average_return_minor', 'average_return_delta_minor'],
    ] as const
    for (const [plan, delta] of ways) {
      const told = planned.filter(({ evidence }) => evidence[plan] !== null)
      expect(told.length).toBeGreaterThan(5)
      for (const { evidence } of told) {
        const { impact } = impactFrom(evidence, numbers(evidence, plan))
        expect(evidence[delta]).toBeCloseTo(impact.delta, 6)
      }
    }
  })

  test('gives the bounds of each line from what limits it', () => {
    for (const { evidence } of planned) {
      const step = number(evidence, 'max_step_share')
      for (const [index, today] of numbers(evidence, 'today_minor').entries()) {
        const at = (name: string) => listed(evidence, name)[index] ?? null
        const [least, greatest] = [at('least_budget_minor'), at('greatest_budget_minor')]
        const isBelow = Number(at('marginal_return')) < number(evidence, 'hurdle')
        expect(at('barred')).toBe(isBelow ? 'below_hurdle' : null)
        const most = isBelow ? today : Math.floor(today * (1 + step))
        expect([at('lower_minor'), at('upper_minor')]).toEqual([
          Math.max(
            Math.min(today, Number(least ?? 0)),
            today - Math.max(0, Number(at('left_to_give_minor'))),
            Math.ceil(today * (1 - step)),
          ),
          Math.min(Math.max(today, Number(greatest ?? Infinity)), most),
        ])
      }
    }
  })
})

describe('the proof tree as lists', () => {
  const [{ evidence } = { evidence: {} }] = planned
  const proofOf = (proof_line: readonly (number | null)[], proof_at: readonly (number | null)[]) =>
    parseStatedPlan({ ...evidence, proof_line: [...proof_line], proof_at: [...proof_at] })

  test('is read from its root on, the part below before the part above', () => {
    const lists = proofOf([0, 1, null, null, null], [5, 6, 1, 2, 3])
    const inner = { line: 1, at: 6, below: { logPrice: 1 }, above: { logPrice: 2 } }
    expect(lists?.certificate.proof).toEqual({
      line: 0,
      at: 5,
      below: inner,
      above: { logPrice: 3 },
    })
    expect(proofOf([null], [null])?.certificate.proof).toEqual({ logPrice: null })
    expect(proofOf([], [])?.certificate.proof).toBeUndefined()
  })

  test.each<[string, readonly (number | null)[], readonly (number | null)[]]>([
    ['a split without parts', [0], [5]],
    ['a split without its part above', [0, null], [5, 1]],
    ['a split without a point', [0, null, null], [null, 1, 2]],
    ['two trees', [null, null], [1, 2]],
    ['a place too many', [null], [1, 2]],
    ['a place too few', [null, null], [1]],
    ['places alone', [], [1]],
    ['lines alone', [null], []],
  ])('states no plan where the tree does not close: %s', (_name, lines, places) => {
    expect(proofOf(lines, places)).toBeNull()
  })

  test('is read and checked however deep it is stated', () => {
    const depth = 20_000
    const lines = [
      ...Array.from({ length: depth }, () => 0),
      ...Array.from({ length: depth + 1 }, () => null),
    ]
    const read = proofOf(
      lines,
      lines.map(() => 1),
    )
    if (read === null) throw new Error('expected a whole plan')
    expect(checkPlan(read.plan, read.certificate)).toEqual(expect.any(Array))
  })
})

describe('a plan whose evidence was tampered with', () => {
  /** The evidence with one entry of a list, or one figure, changed. */
  const changed = (
    evidence: Evidence,
    name: string,
    change: (value: number) => number,
    place = 0,
  ): Evidence => ({
    ...evidence,
    [name]: Array.isArray(evidence[name])
      ? numbers(evidence, name).map((value, index) => (index === place ? change(value) : value))
      : change(number(evidence, name)),
  })
  const isRefused = (evidence: Evidence): boolean => {
    const { plan, certificate } = stated(evidence)
    return (
      checkPlan(plan, certificate).length > 0 ||
      verdictOn(evidence).gap !== evidence['bound_gap_minor']
    )
  }

  test.each<[string, string, (value: number) => number]>([
    ['a cent more for a line', 'planned_minor', (value) => value + 1],
    ['a cent less for a line', 'planned_minor', (value) => value - 1],
    ['a cent more to spend', 'budget_minor', (value) => value + 1],
    ['a least plan above the plan', 'lower_minor', (value) => value * 1.5],
    ['a greatest plan below the plan', 'upper_minor', (value) => value * 0.5],
    ['another plan of today', 'today_minor', (value) => value * 3],
    ['a price below 0 for turnover', 'turnover_price', () => -0.01],
    ['a claim of less than nothing', 'claimed_gap_minor', (value) => value - 1e9],
  ])('is refused: %s', (_name, column, change) => {
    const told = planned.filter(({ evidence }) => evidence[column] !== null)
    expect(told.length).toBeGreaterThan(20)
    for (const { evidence } of told) expect(isRefused(changed(evidence, column, change))).toBe(true)
  })

  test('is refused with another price or curve, wherever a line could move', () => {
    const free = planned.filter(({ evidence }) => {
      const { plan } = stated(evidence)
      return (
        numbers(evidence, 'proof_line').length === 0 &&
        number(evidence, 'turnover_price') === 0 &&
        plan.lines.some((line) => line.planned > line.lower && line.planned < line.upper)
      )
    })
    expect(free.length).toBeGreaterThan(10)
    for (const { evidence } of free) {
      const inner = stated(evidence).plan.lines.findIndex(
        (line) => line.planned > line.lower && line.planned < line.upper,
      )
      expect(isRefused(changed(evidence, 'price', (value) => 2 * value))).toBe(true)
      expect(isRefused(changed(evidence, 'curve_scale', (value) => 2 * value, inner))).toBe(true)
    }
  })

  test('is refused with another price in the part of its tree that bounds it', () => {
    const trees = planned.filter(({ evidence }) => listed(evidence, 'proof_line').length > 2)
    for (const { evidence } of trees) {
      const places = listed(evidence, 'proof_at')
      const refused = listed(evidence, 'proof_line').map((line, leaf) => {
        const at = places[leaf]
        const forged = typeof at === 'number' && line === null ? places.with(leaf, at + 5) : places
        return isRefused({ ...evidence, proof_at: forged })
      })
      expect(refused).toContain(true)
    }
  })

  test('lets no line move in steps of which it does not say how many', () => {
    const stepped = planned.filter(({ evidence }) => evidence['step_minor'] !== null)
    expect(stepped.length).toBeGreaterThan(3)
    for (const { evidence } of stepped) {
      const most = number(evidence, 'max_changed_lines')
      expect(stated(evidence).plan.steps?.maxLines).toBe(most)
      const unsaid = stated({ ...evidence, max_changed_lines: null })
      expect(unsaid.plan.steps?.maxLines).toBe(0)
    }
  })

  test.each<[string, readonly (number | null)[], readonly (number | null)[]]>([
    ['places without lines', [], [1]],
    ['lines without places', [null], []],
    ['a split without its parts', [0], [5]],
    ['a split with one part', [0, null], [5, 1]],
    ['a split whose second part has no place', [0, null, null], [5, 1]],
    ['two trees', [null, null], [1, 1]],
  ])('states no whole plan where its tree is %s', (_name, lines, places) => {
    for (const { evidence } of planned.slice(0, 3)) {
      const forged = { ...evidence, proof_line: [...lines], proof_at: [...places] }
      expect(parseStatedPlan(forged)).toBeNull()
    }
  })

  test('counts each line towards the group that it is in', () => {
    const grouped = planned.filter(({ evidence }) => listed(evidence, 'group').includes(0))
    expect(grouped.length).toBeGreaterThan(3)
    for (const { evidence } of grouped) {
      const groups = stated(evidence).plan.lines.map(({ group }) => group ?? null)
      expect(groups).toEqual(listed(evidence, 'group'))
    }
  })

  test('states no whole plan where a line is split at no spend', () => {
    const trees = planned.filter(({ evidence }) => listed(evidence, 'proof_line').length > 2)
    for (const { evidence } of trees) {
      const proof_at = listed(evidence, 'proof_at').with(0, null)
      expect(parseStatedPlan({ ...evidence, proof_at })).toBeNull()
    }
  })

  test.each([
    'line_ids',
    'planned_minor',
    'today_minor',
    'lower_minor',
    'upper_minor',
    'group',
    'curve_family',
    'curve_scale',
    'curve_shape',
    'curve_steepness',
    'group_lower_minor',
    'group_upper_minor',
    'proof_line',
    'proof_at',
  ])('states no whole plan with a list %s that is shorter, longer or not there', (name) => {
    const told = planned.filter((one) => listed(one.evidence, name).length > 0)
    expect(told.length).toBeGreaterThan(0)
    for (const { evidence } of told) {
      const list = listed(evidence, name)
      expect(parseStatedPlan({ ...evidence, [name]: list.slice(1) })).toBeNull()
      expect(parseStatedPlan({ ...evidence, [name]: [...list, ...list.slice(-1)] })).toBeNull()
      const { [name]: _gone, ...others } = evidence
      expect(parseStatedPlan(others)).toBeNull()
    }
  })
})
