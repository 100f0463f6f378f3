import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { declineOf } from '#rules/budget/decline.ts'
import { linePrefix } from '#rules/budget/line-facts.ts'
import { reviewBudget } from '#rules/budget/review.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import type { Decision, Evidence } from '#rules/schema/review.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

interface CalledLine {
  readonly weeks: number
  readonly swing: number
  readonly returns: number
  /** What the return falls by in each of the last three weeks. */
  readonly fall: number
  readonly conversions: number
  readonly planned: number | null
  readonly committed: number | null
}

const calledLine: fc.Arbitrary<CalledLine> = fc.record({
  weeks: fc.constantFrom(1, 3, 9, 20, 20),
  swing: fc.constantFrom(1, 1, 1.6, 2.5),
  returns: fc.constantFrom(0.2, 0.8, 2, 6),
  fall: fc.constantFrom(0, 0, 0, 0.3),
  conversions: fc.constantFrom(0, 2, 30, 30),
  planned: fc.constantFrom(null, 500_000, 900_000, 900_000),
  committed: fc.constantFrom(null, null, null, 900_000),
})

const companies = fc
  .sample(
    fc.record({
      lines: fc.array(calledLine, { minLength: 1, maxLength: 6 }),
      target: fc.constantFrom(0, 0, 1, 40),
      learningDays: fc.constantFrom(7, 7, 7, 100),
      seed: fc.nat({ max: 999 }),
    }),
    { seed: 20261122, numRuns: 260 },
  )
  .map(({ lines, target, learningDays, seed }) => {
    const random = createRandom(seed)
    const delivery = lines.flatMap((line, index) =>
      Array.from({ length: line.weeks }, (_week, week) => {
        const level = line.swing ** (2 * random() - 1)
        const late = Math.max(0, week - line.weeks + 4)
        return { level, value: line.returns * (1 - line.fall) ** late * level ** 0.6 }
      }).flatMap(({ level, value }, week) =>
        Array.from({ length: 7 }, (_day, day) =>
          deliveryDay({
            channelId: `L${index}`,
            date: addDays('2026-10-26', 7 * (week - line.weeks) + day),
            spendMinor: Math.round(20_000 * level),
            valueMinor: Math.round(20_000 * value * (1 + 0.02 * random())),
            conversions: line.conversions,
          }),
        ),
      ),
    )
    const result = reviewBudget(
      budgetInput({
        delivery,
        plans: lines.flatMap(({ planned, committed }, index) =>
          planned === null
            ? []
            : [
                planRow({
                  channelId: `L${index}`,
                  plannedMinor: planned,
                  committedMinor: committed,
                }),
              ],
        ),
      }),
      budgetContext({
        policy: policyWith({
          targets: target === 0 ? [] : [{ id: 'cpa', at_most: target }],
          stop_loss: { learning_days: learningDays },
        }),
      }),
    )
    return BudgetStageResult.parse(JSON.parse(JSON.stringify(result)))
  })

const numbers = (evidence: Evidence, name: string): readonly number[] => {
  const list = evidence[name]
  return Array.isArray(list) ? list.map((value) => Number(value ?? 0)) : []
}

function isDeclining(evidence: Evidence): boolean {
  const [spends, values, counts] = ['week_spend_minor', 'week_value_minor', 'week_conversions'].map(
    (name) => numbers(evidence, name),
  )
  const dispersion = Number(evidence['decline_dispersion'])
  const weeks = Number(evidence['decline_weeks'])
  const last = (values ?? []).map((value, week) => value / (spends?.[week] ?? 1)).slice(-1 - weeks)
  const isRun =
    last.length > weeks && last.every((value, week) => week === 0 || value < (last[week - 1] ?? 0))
  expect('decline_min_drop' in evidence).toBe(isRun && evidence['evidence_level'] !== 'L0')
  if (!isRun) return false
  const readings = (counts ?? []).flatMap((count, week) => {
    const value = (values?.[week] ?? 0) / (spends?.[week] ?? 1)
    return count === 0 ? [] : [{ value, sd: value * Math.sqrt(dispersion / count) }]
  })
  const terms = {
    runLength: weeks,
    minDrop: Number(evidence['decline_min_drop']),
    alpha: Number(evidence['decline_alpha']),
  }
  return readings.length === counts?.length && declineOf(readings, terms).trigger
}

/** Why a line without a move has none, from its evidence and the facts of its plan. */
function holdFrom({ evidence, subject }: Decision, result: BudgetStageResult): string {
  const id = subject.slice('line:'.length)
  const fact = (metric: string) => {
    const value = result.facts.find((each) => each.id === `${linePrefix(id)}.${metric}`)?.value
    return typeof value === 'object' && value !== null ? value.minor : null
  }
  const plan = result.decisions.find((each) => each.id === 'budget.plan:lines')
  const planned = plan?.evidence['line_ids']
  const remainder = fact('remainder')
  const rows: readonly (readonly [boolean, string])[] = [
    [evidence['evidence_level'] === 'L0', 'thin_evidence'],
    [fact('planned') === null, 'no_budget'],
    [evidence['stop_loss'] === 'learning', 'learning'],
    [isDeclining(evidence), 'declining'],
    [Number(evidence['marginal_return']) < Number(evidence['hurdle']), 'below_hurdle'],
    [remainder !== null && remainder <= 0, 'nothing_left_to_give'],
    [Array.isArray(planned) && planned.includes(id), 'at_its_best'],
  ]
  return rows.find(([holds]) => holds)?.[1] ?? 'no_surer_partner'
}

/** What a line is to do, from its evidence, the facts and the moves of the review. */
function callFrom(decision: Decision, result: BudgetStageResult): readonly [string, string] {
  const id = decision.subject.slice('line:'.length)
  const out = result.moves.find((move) => move.fromLine === id)
  const into = result.moves.find((move) => move.toLine === id)
  if (out?.reasonCode === 'stop_loss') return ['stop', 'stop_loss']
  if (into !== undefined) return ['increase', into.reasonCode]
  if (out !== undefined) return ['decrease', out.reasonCode]
  const stops = ['cpa_proven_above_target', 'no_conversion_at_hard_cap']
  return stops.some((reason) => reason === decision.evidence['stop_loss'])
    ? ['stop', 'stopped']
    : ['hold', holdFrom(decision, result)]
}

const calls = companies.flatMap((result) =>
  result.decisions
    .filter(({ id }) => id.startsWith('budget.line:'))
    .map((decision) => ({ decision, result })),
)

describe('the call on a line', () => {
  test('is of every sort', () => {
    const found = [
      ...Map.groupBy(calls, ({ decision }) => `${decision.action} ${decision.reason}`),
    ].flatMap(([call, list]) => (list.length > 1 ? [call] : []))
    expect(new Set(found)).toEqual(
      new Set([
        'stop stop_loss',
        'stop stopped',
        'increase optimal_plan',
        'decrease optimal_plan',
        'increase higher_marginal_return',
        'decrease higher_marginal_return',
        'hold thin_evidence',
        'hold no_budget',
        'hold learning',
        'hold declining',
        'hold below_hurdle',
        'hold nothing_left_to_give',
        'hold at_its_best',
        'hold no_surer_partner',
      ]),
    )
  })

  test('follows from its evidence, the facts and the moves of the review', () => {
    for (const { decision, result } of calls) {
      expect([decision.action, decision.reason]).toEqual(callFrom(decision, result))
    }
  })
})
