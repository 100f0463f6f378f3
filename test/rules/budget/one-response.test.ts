import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { marginalAt, responseAt } from '#rules/allocation/curve.ts'
import type { DeliveryDay } from '#rules/budget/input.ts'
import { parseStatedPlan } from '#rules/budget/plan-evidence.ts'
import { impactLine } from '#rules/budget/plan-impact.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { distinctPart } from '#rules/kernel/text-id.ts'
import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import type { Evidence } from '#rules/schema/review.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'
import { share } from '#test/support/share.ts'

import { curve } from '../allocation/lines.ts'
import { monthLine } from './root-lines.ts'

interface SpentLine {
  readonly daily: number
  readonly returns: number
  readonly elasticity: number
  readonly swing: number
  readonly saturates: boolean
}

const spentLine: fc.Arbitrary<SpentLine> = fc.record({
  daily: fc.integer({ min: 20_000, max: 60_000 }),
  returns: share().map((part) => 1 + 2.5 * part),
  elasticity: share().map((part) => 0.25 + 0.65 * part),
  swing: share().map((part) => 1.5 + 1.5 * part),
  saturates: share().map((part) => part < 0.2),
})

interface Company {
  readonly lines: readonly SpentLine[]
  readonly noise: number
  readonly seed: number
  readonly step: number
  readonly turnover: number
  readonly imported: boolean
}

const company: fc.Arbitrary<Company> = fc.record({
  lines: fc.array(spentLine, { minLength: 2, maxLength: 5 }),
  noise: share().map((part) => 0.05 + 0.15 * part),
  seed: fc.nat({ max: 10_000 }),
  step: fc.constantFrom(0.2, 0.5),
  turnover: fc.constantFrom(0.15, 1),
  imported: share().map((part) => part < 0.2),
})

const WEEKS = 24

/** Each line's weeks up to 25 October, seven even days each; whatever is drawn is drawn week by week. */
function deliveryOf({ lines, noise, seed }: Company): readonly DeliveryDay[] {
  const random = createRandom(seed)
  const first = addDays('2026-10-26', -7 * WEEKS)
  return lines.flatMap(({ daily, returns, elasticity, swing, saturates }, index) =>
    Array.from({ length: WEEKS }, (_week, week) => {
      const level = swing ** (2 * random() - 1)
      const error = Math.exp(noise * (random() + random() + random() - 1.5) * 2)
      const growth = saturates ? (2 * level) / (1 + level) : level ** elasticity
      const value = Math.round(returns * daily * growth * error)
      return { week, spendMinor: Math.round(daily * level), valueMinor: value }
    }).flatMap(({ week, spendMinor, valueMinor }) =>
      Array.from({ length: 7 }, (_day, day) =>
        deliveryDay({
          channelId: `L${index}`,
          date: addDays(first, 7 * week + day),
          spendMinor,
          valueMinor,
          conversions: Math.max(1, Math.round(valueMinor / 2000)),
        }),
      ),
    ),
  )
}

/** What the review says of a company, read back from its text. */
function reviewOf(drawn: Company): BudgetStageResult {
  const result = reviewBudget(
    budgetInput({
      delivery: deliveryOf(drawn),
      plans: drawn.lines.map(({ daily }, index) =>
        planRow({ channelId: `L${index}`, plannedMinor: daily * 31 }),
      ),
    }),
    budgetContext({
      policy: policyWith({
        budget: {
          hurdle_marginal_roi: 0.01,
          gate: { probability_better: 0.51 },
          bounds: { max_step_share: drawn.step, turnover_share: drawn.turnover, min_move: 10 },
          response_curves: drawn.imported
            ? [
                {
                  campaign_id: 'C1',
                  channel_id: 'L0',
                  family: 'power',
                  scale: 40,
                  shape: 0.6,
                  log_sd: 0.2,
                  source: 'mix model',
                },
              ]
            : [],
        },
      }),
    }),
  )
  return BudgetStageResult.parse(JSON.parse(JSON.stringify(result)))
}

interface Planned {
  readonly review: BudgetStageResult
  readonly evidence: Evidence
}

/** Companies for whose lines a plan was made. */
const planned: readonly Planned[] = fc
  .sample(company, { seed: 20261122, numRuns: 120 })
  .map(reviewOf)
  .flatMap((review) => {
    const evidence = review.decisions.find(({ id }) => id === 'budget.plan:lines')?.evidence
    return evidence?.['planned_minor'] === undefined ? [] : [{ review, evidence }]
  })

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

const linesOf = (evidence: Evidence) => parseStatedPlan(evidence)?.plan.lines ?? []

const idsOf = (evidence: Evidence): readonly string[] =>
  listed(evidence, 'line_ids').flatMap((id) => (typeof id === 'string' ? [id] : []))

/** What a plan brings beyond today's, by the curves that the decision states. */
const gainBy = (evidence: Evidence, plan: readonly unknown[]): number =>
  linesOf(evidence).reduce(
    (sum, { curve: own, current = 0 }, index) =>
      sum + responseAt(own, Number(plan[index])) - responseAt(own, current),
    0,
  )

const fittedPower = ({ review, evidence }: Planned): number =>
  idsOf(evidence).filter((id, index) => {
    const line = review.decisions.find((decision) => decision.id === `budget.line:${id}`)
    const isShaped = line?.evidence['evidence_level'] === 'L3'
    return isShaped && listed(evidence, 'curve_family')[index] === 'power'
  }).length

/** Rounding of values of some millions. */
const ROUNDING = 0.01

describe('a plan is judged by the response that it was made with', () => {
  test('there are plans of fitted curves of every sort', () => {
    const families = new Set(planned.flatMap(({ evidence }) => listed(evidence, 'curve_family')))
    expect(planned.length).toBeGreaterThan(80)
    expect(
      planned.filter(({ evidence }) => evidence['proven_best'] === true).length,
    ).toBeGreaterThan(60)
    expect(planned.filter((one) => fittedPower(one) > 0).length).toBeGreaterThan(20)
    expect(families.size).toBeGreaterThan(2)
  })

  test('it brings what its stated curves bring at the plan, less what they bring today', () => {
    for (const { evidence } of planned) {
      const gain = gainBy(evidence, listed(evidence, 'planned_minor'))
      expect(Math.abs(number(evidence, 'delta_minor') - gain)).toBeLessThan(ROUNDING)
    }
  })

  test.each([
    ['pro_rata_minor', 'pro_rata_delta_minor'],
    ['average_return_minor', 'average_return_delta_minor'],
  ])('so is %s, and no such way brings more than a plan proven best', (way, told) => {
    const known = planned.filter(({ evidence }) => evidence[way] !== null)
    expect(known.length).toBeGreaterThan(60)
    for (const { evidence } of known) {
      const delta = number(evidence, told)
      expect(Math.abs(delta - gainBy(evidence, listed(evidence, way)))).toBeLessThan(ROUNDING)
      if (evidence['proven_best'] !== true) continue
      expect(delta).toBeLessThan(number(evidence, 'delta_minor') + ROUNDING)
    }
  })

  test('the return on the next unit is the slope of the stated curve at today’s plan', () => {
    let seen = 0
    for (const { review, evidence } of planned) {
      for (const [index, id] of idsOf(evidence).entries()) {
        const [line] = linesOf(evidence).slice(index)
        const prefix = `budget.curve.${distinctPart(id)}`
        const fact = review.facts.find((one) => one.id === `${prefix}.marginal`)
        if (fact === undefined || line === undefined) continue
        seen += 1
        expect(fact.value).toBeCloseTo(marginalAt(line.curve, line.current ?? 0), 9)
      }
    }
    expect(seen).toBeGreaterThan(100)
  })
})

test('where an S-curve brings nothing that a number can hold, the elasticity believed stands', () => {
  // (1 ÷ 1,000,000)^60 is below the least number there is; at 1,000,000 half of the most is reached.
  const steep = curve('hill', 1000, 1e6, 60)
  const at = (from: number, to: number) =>
    impactLine(monthLine('S', { planned: from, curve: steep }), to)
  expect(at(1, 1e6)).toMatchObject({ value: 0, elasticity: 0.5 })
  expect(at(1e6, 1)).toMatchObject({ value: 500, elasticity: 0.5 })
  // Twice the spend on the power part: 2^60 times the response.
  expect(at(10_000, 20_000).elasticity).toBeCloseTo(60, 9)
})
