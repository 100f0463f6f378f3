import { describe, expect, test } from 'vitest'

import { lineDecision } from '#rules/budget/decisions.ts'
import type { BudgetContext } from '#rules/budget/input.ts'
import { reviewLines, type LineReview } from '#rules/budget/line-review.ts'
import { enterStops, stopFindings } from '#rules/budget/stop-findings.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

const contextOf = (targets: readonly object[]): BudgetContext =>
  budgetContext({
    policy: policyWith({ targets, stop_loss: { lag_half_life_days: 0, assumed_dispersion: 1 } }),
  })

/** A line that spent 100.00 on each of the first twenty days of October and converted on the first of them. */
function lineOf(
  { conversions, value }: { conversions: number; value: number | null },
  context: BudgetContext,
): readonly LineReview[] {
  const delivery = Array.from({ length: 20 }, (_day, index) =>
    deliveryDay({
      channelId: 'A',
      date: addDays('2026-10-01', index),
      spendMinor: 10_000,
      conversions: Number(index < conversions),
      valueMinor: value === null ? null : value * Number(index === 0),
    }),
  )
  const plans = [planRow({ channelId: 'A', plannedMinor: 1e9 })]
  return reviewLines(budgetInput({ delivery, plans }), context).lines
}

/** What is told of the line, and the facts it is told with. */
function told(delivery: { conversions: number; value: number | null }, targets: readonly object[]) {
  const context = contextOf(targets)
  const lines = lineOf(delivery, context)
  const book = createFactBook()
  enterStops(book, lines, context)
  return { lines, context, findings: stopFindings(lines), facts: book.list() }
}

const CPA = { id: 'cpa', at_most: 100 }
const CAC = { id: 'cac', at_most: 100 }
const ROAS = { id: 'roas', at_least: 2 }
/** The rows behind the line's figures. */
const DELIVERED = [
  {
    dataset: 'ad_performance',
    rows: 20,
    where: { month_key: '2026-10', campaign_id: 'C1', channel_id: 'A' },
  },
]

describe('a line that is stopped for its cost', () => {
  test('is told with its cost, the target and which target that is', () => {
    const { lines, findings, facts } = told({ conversions: 2, value: null }, [CPA])
    const prefix = facts[2]?.id.slice(0, -'.conversions'.length) ?? ''
    expect(findings).toEqual([
      {
        id: `finding.budget.stop.${lines[0]?.line.id}`,
        ruleId: 'budget.stop_loss',
        severity: 'serious',
        subject: `line:${lines[0]?.line.id}`,
        title: `${lines[0]?.line.name} is to be stopped`,
        detail: `It spent {{${prefix}.spend}} on {{${prefix}.conversions}} conversions, {{${prefix}.cpa}} each, against a target of {{budget.stop_loss.target}} (target cpa). That is proven to be above target, also after counting how many lines were tested, as far as its days are independent of one another and scatter no more than {{${prefix}.dispersion}} times chance, read from its own days and the policy’s {{budget.stop_loss.assumed_dispersion}}. What its conversions are worth is not reported. Proven waste: {{${prefix}.waste_provable}}.`,
      },
    ])
    expect(facts).toMatchObject([
      {
        id: 'budget.stop_loss.target',
        label: 'Target cost per conversion (target cpa)',
        value: { currency: 'USD', minor: 10_000 },
        source: [],
      },
      { id: 'budget.stop_loss.assumed_dispersion', unit: 'ratio', value: 1, source: [] },
      { id: `${prefix}.conversions`, unit: 'count', value: 2, source: DELIVERED },
      {
        id: `${prefix}.cpa`,
        source: DELIVERED,
        inputs: [`${prefix}.spend`, `${prefix}.conversions`],
        value: { currency: 'USD', minor: 100_000 },
        formula: 'spend ÷ conversions',
        numerator: 200_000,
        denominator: 2,
      },
      { id: `${prefix}.dispersion`, value: 1 },
    ])
  })

  test('says when it is held against the target of a customer', () => {
    const { findings, facts } = told({ conversions: 2, value: null }, [CAC])
    expect(findings[0]?.detail).toContain(
      'against a target of {{budget.stop_loss.target}} (target cac, of a customer, because the policy sets no target cpa: there are at least as many conversions as customers)',
    )
    expect(facts[0]?.label).toBe(
      'Target cost per customer (target cac), as the policy sets no target cpa',
    )
    expect(told({ conversions: 2, value: null }, [CAC, CPA]).facts[0]?.label).toContain('cpa)')
  })

  test.each([
    [
      { value: 2.5, basis: 'own_days', squares: 24, due: 10, days: 60 },
      'read from its own days and the policy’s {{budget.stop_loss.assumed_dispersion}}',
    ],
    [
      { value: 3, basis: 'assumed', squares: 0, due: 0, days: 9 },
      'which the policy assumes because it has no conversion to tell by',
    ],
  ] as const)('says how far the proof holds: %j', (found, whence) => {
    const dispersion = { ...found, assumed: 3, assumedDays: 14 }
    const context = contextOf([CPA])
    const lines = lineOf({ conversions: 2, value: null }, context).map((review) => ({
      ...review,
      stop: { ...review.stop, dispersion },
    }))
    const book = createFactBook()
    enterStops(book, lines, context)
    expect(stopFindings(lines)[0]?.detail).toContain(
      `how many lines were tested, as far as its days are independent of one another and scatter no more than {{budget.line.C1.A.dispersion}} times chance, ${whence}. What`,
    )
    expect(book.list().find(({ id }) => id.endsWith('.dispersion'))).toMatchObject({
      unit: 'ratio',
      value: dispersion.value,
      inputs: ['budget.stop_loss.assumed_dispersion'],
      source: [{ dataset: 'ad_performance', rows: dispersion.days }],
    })
    expect(
      book.list().find(({ id }) => id === 'budget.stop_loss.assumed_dispersion'),
    ).toMatchObject({ unit: 'ratio', value: 3 })
  })

  test('without any conversion has no cost each', () => {
    const { findings, facts } = told({ conversions: 0, value: null }, [CPA])
    expect(findings[0]?.detail).toMatch(
      /^It spent \{\{.*\.spend\}\} without a conversion, against a target of \{\{budget\.stop_loss\.target\}\} each \(target cpa\)\. That is proven/,
    )
    expect(facts.find(({ id }) => id.endsWith('.cpa'))).toMatchObject({ status: 'not_measured' })
  })

  test('at the hard cap of its budget says so, for nothing is proven of its cost', () => {
    const context = contextOf([{ id: 'cpa', at_most: 1000 }])
    // Two conversions were due for 2,000.00, so that none may be chance; the plan is twice spent.
    const [line] = lineOf({ conversions: 0, value: null }, context)
    const atCap = (planned: number) =>
      reviewLines(
        budgetInput({
          delivery: line?.line.days ?? [],
          plans: [planRow({ channelId: 'A', plannedMinor: planned })],
        }),
        context,
      ).lines
    expect(stopFindings(atCap(1e9))).toEqual([])
    expect(stopFindings(atCap(100_000))[0]?.detail).toMatch(
      /each \(target cpa\)\. That reaches the hard cap of its budget without a conversion\. What its/,
    )
  })

  test.each([
    ['campaignId', { month_key: '2026-10', channel_id: 'A' }],
    ['channelId', { month_key: '2026-10', campaign_id: 'C1' }],
  ])('has its figures from all rows where the line has no %s', (part, where) => {
    const { lines, context } = told({ conversions: 2, value: null }, [CPA])
    const book = createFactBook()
    const whole = lines.map((review) => ({ ...review, line: { ...review.line, [part]: null } }))
    enterStops(book, whole, context)
    expect(book.list()[2]?.source[0]?.where).toEqual(where)
  })

  test('gives its decision the very quantities compared', () => {
    const { lines, context } = told({ conversions: 2, value: 300_000 }, [CAC, ROAS])
    const [line] = lines
    const decision =
      line === undefined
        ? undefined
        : lineDecision(line, { moves: [], blocked: [], plan: null }, context)
    expect(decision?.evidence).toMatchObject({
      stop_loss: 'cpa_proven_above_target',
      matured_spend_minor: 200_000,
      conversions: 2,
      matured_cpa_minor: 100_000,
      cpa_minor: 100_000,
      target_cpa_minor: 10_000,
      target_cpa_from: 'cac',
      average_return: 1.5,
      return_target: 2,
    })
  })
})

describe('a line whose conversions have a known value', () => {
  // Twice its spend of 2,000.00 is the target.
  test.each([
    [399_999, 'stop', 'cpa_proven_above_target'],
    [400_000, 'go_on', 'return_meets_target'],
    [400_001, 'go_on', 'return_meets_target'],
  ])('of %i minor units: %s, %s', (value, action, reason) => {
    const { lines } = told({ conversions: 2, value }, [CPA, ROAS])
    expect(lines[0]?.stop).toMatchObject({ action, reason })
  })

  test('takes no part in what is proven wasted on others', () => {
    const context = contextOf([CPA, ROAS])
    const wasted = (beside: { conversions: number; value: number }) => {
      const delivery = [
        { channelId: 'A', conversions: 2, value: 0 },
        { channelId: 'B', ...beside },
      ].flatMap(({ channelId, conversions, value }) =>
        Array.from({ length: 20 }, (_day, index) =>
          deliveryDay({
            channelId,
            date: addDays('2026-10-01', index),
            spendMinor: 10_000,
            conversions: Number(index < conversions),
            valueMinor: value * Number(index === 0),
          }),
        ),
      )
      const plans = ['A', 'B'].map((channelId) => planRow({ channelId, plannedMinor: 1e9 }))
      const { lines } = reviewLines(budgetInput({ delivery, plans }), context)
      expect(lines.map(({ stop }) => stop.action)).toEqual(['stop', 'go_on'])
      return lines[0]?.stop.provenWaste
    }
    // One of two is stopped, whether the other was spared or nothing was proven of it.
    expect(wasted({ conversions: 2, value: 400_000 })).toBe(wasted({ conversions: 20, value: 0 }))
  })

  test('is stopped where no target says what return is enough, and the return is told', () => {
    const { lines, findings } = told({ conversions: 2, value: 9_999_999 }, [CPA])
    expect(lines[0]?.stop.action).toBe('stop')
    expect(findings[0]?.detail).toMatch(
      /It returned \{\{.*\.return\}\} of value per unit of spend, as the platform claims; no target roas says whether that is enough\. Proven waste/,
    )
  })

  test('is stopped below its target return, which is told', () => {
    const { findings, facts } = told({ conversions: 2, value: 300_000 }, [CPA, ROAS])
    expect(findings[0]?.detail).toMatch(
      /It returned \{\{.*\.return\}\} of value per unit of spend, as the platform claims, below the target of \{\{budget\.stop_loss\.return_target\}\}\. Proven waste/,
    )
    expect(facts).toContainEqual(
      expect.objectContaining({
        id: 'budget.stop_loss.return_target',
        unit: 'ratio',
        value: 2,
        source: [],
      }),
    )
  })

  test('that meets its target return goes on, and is told as a question of two targets', () => {
    const { findings, lines } = told({ conversions: 2, value: 400_000 }, [CPA, ROAS])
    expect(lines[0]?.stop.provenWaste).toBe(0)
    expect(findings).toEqual([
      {
        id: `finding.budget.stop_or_go.${lines[0]?.line.id}`,
        ruleId: 'budget.stop_loss',
        severity: 'warning',
        subject: `line:${lines[0]?.line.id}`,
        title: `${lines[0]?.line.name} misses its target cost and meets its target return`,
        detail: expect.stringMatching(
          /\(target cpa\)\. That is proven to be above target, also after counting how many lines were tested, as far as its days are independent of one another and scatter no more than \{\{.*\.dispersion\}\} times chance, read from its own days and the policy’s \{\{budget\.stop_loss\.assumed_dispersion\}\}\. It returned \{\{.*\.return\}\} of value per unit of spend, as the platform claims, at or above the target of \{\{budget\.stop_loss\.return_target\}\}, so it is not stopped\. Decide which of the two targets holds for it\.$/,
        ),
      },
    ])
  })

  test('without a conversion is stopped whatever value it claims', () => {
    const { lines } = told({ conversions: 0, value: 9_999_999 }, [CPA, ROAS])
    expect(lines[0]?.stop.action).toBe('stop')
  })
})

test('a line that goes on is not told, and enters nothing', () => {
  const { findings, facts } = told({ conversions: 20, value: null }, [CPA])
  expect([findings, facts]).toEqual([[], []])
})
