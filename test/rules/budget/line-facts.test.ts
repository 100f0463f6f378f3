import { describe, expect, test } from 'vitest'

import { enterFlight, enterLine, enterVariation } from '#rules/budget/line-facts.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, deliveryDay } from '#test/support/budget-input.ts'

import { entered, factAt, figures } from './entered.ts'
import { LANDING, type LineChanges, reviewedLine } from './reviewed-line.ts'

const ALL = [
  'planned',
  'remainder',
  'forecast',
  'spend',
  'return',
  'marginal_return',
  'waste_provable',
]

const factsOf = (changes: LineChanges = {}, metrics = ALL, context = budgetContext()) =>
  entered((book) => enterLine(book, reviewedLine('A', changes), { metrics, context }))

describe('the facts of a line', () => {
  const known = factsOf({
    pace: { landing: LANDING },
    review: { waste: { provable: 5.4, estimated: 9 } },
  })

  test('hold every figure', () => {
    expect(figures(known)).toEqual({
      planned: 1000,
      remainder: 1000,
      forecast: 1200,
      spend: 300,
      return: 3,
      marginal_return: 1.5,
      waste_provable: 5,
      evidence_return: 3,
      elasticity: 0.5,
      marginal_error: 0.2,
    })
    expect(known.every(({ id }) => id.startsWith('budget.line.C1.A.'))).toBe(true)
  })

  test('are those that are asked for', () => {
    expect(figures(factsOf({}, ['return', 'spend']))).toEqual({ spend: 300, return: 3 })
  })

  test('say where each comes from and what it is derived from', () => {
    const month = { month: '2026-10' }
    const line = { month_key: '2026-10', campaign_id: 'C1', channel_id: 'A' }
    expect(factAt(known, 'spend')?.source).toEqual([
      { dataset: 'ad_performance', rows: 1, where: line },
    ])
    for (const metric of ['planned', 'remainder']) {
      expect(factAt(known, metric)?.source).toEqual([
        { dataset: 'budgets', rows: 1, where: { ...month, campaign_id: 'C1', channel_id: 'A' } },
      ])
    }
    expect(factAt(known, 'return')).toMatchObject({
      label: 'A in C1: average return',
      numerator: 900,
      denominator: 300,
      inputs: ['budget.line.C1.A.spend'],
    })
    const whole = factsOf({
      line: { campaignId: null, channelId: null, planned: notMeasured('none') },
    })
    expect(factAt(whole, 'spend')?.source).toEqual([
      { dataset: 'ad_performance', rows: 1, where: { month_key: '2026-10' } },
    ])
    expect(factAt(whole, 'planned')?.source).toEqual([
      { dataset: 'budgets', rows: 0, where: month },
    ])
  })

  test('in a running month what is left is less what was spent, and called so', () => {
    const labels = (asOfOn: string) => {
      const remainder = factAt(factsOf({}, ALL, budgetContext({ asOfOn })), 'remainder')
      return [remainder?.label, remainder?.value, remainder?.formula]
    }
    expect(labels('2026-10-31')).toEqual([
      'A in C1: left to give',
      { currency: 'USD', minor: 700 },
      'planned − committed − spend',
    ])
    expect(labels('2026-11-01')).toEqual([
      'A in C1: left to give from the next month’s plan',
      { currency: 'USD', minor: 1000 },
      'planned − committed: the month is over, and its plan stands for the next',
    ])
  })

  test('say why a figure is missing', () => {
    expect(
      figures(factsOf({ evidence: { reason: 'too_few_weeks', response: null } })),
    ).toMatchObject({
      forecast: 'nothing was spent yet',
      marginal_return: 'too few complete weeks with spend',
      waste_provable: 'the line has no conversions or no target to hold it against',
    })
    expect(figures(factsOf({ pace: { reason: 'no plan' } }))).toMatchObject({ forecast: 'no plan' })
  })
})

describe('the return on the next unit', () => {
  const week = (monday: string) => ({ monday, spend: 100, conversions: 1, value: 1 })
  const evidence = { weeks: [week('2026-09-07'), week('2026-09-28')] }
  const dates = ['2026-09-06', '2026-09-07', '2026-09-20', '2026-10-04', '2026-10-05']
  const history = dates.map((date) => deliveryDay({ date, rows: 2 }))
  const METRICS = ['marginal_return']
  const facts = (changes: LineChanges = {}) =>
    factsOf(
      { line: { history, days: [] }, ...changes, evidence: { ...evidence, ...changes.evidence } },
      METRICS,
    )

  test('is of the rows of its weeks of evidence, from the first Monday to the last Sunday', () => {
    const source = [
      {
        dataset: 'ad_performance',
        rows: 6,
        where: { campaign_id: 'C1', channel_id: 'A' },
        between: { from: '2026-09-07', to: '2026-10-04' },
      },
    ]
    expect(facts().map((fact) => [fact.id, fact.source])).toEqual(
      ['marginal_return', 'evidence_return', 'elasticity', 'marginal_error'].map((metric) => [
        `budget.line.C1.A.${metric}`,
        source,
      ]),
    )
    const none = factsOf({ evidence: { weeks: [] } }, METRICS)
    expect(none.flatMap((fact) => fact.source)).toEqual([])
  })

  const PRODUCT = 'elasticity × average return, at the average week’s spend'
  const TWO = ['budget.line.C1.A.elasticity', 'budget.line.C1.A.evidence_return']
  test.each([
    ['L1', PRODUCT, TWO, 'prior_elasticity of the policy: its own weeks do not tell'],
    [
      'L2',
      PRODUCT,
      TWO,
      'slope of ln value against ln spend over the weeks, drawn towards those of all lines',
    ],
    [
      'L3',
      'slope of the line’s own curve at the average week’s spend',
      [],
      'slope × spend ÷ response of the line’s own curve at the average week’s spend',
    ],
    [
      'L4',
      `${PRODUCT}: the slope of the imported curve there`,
      TWO,
      'marginal ÷ average return of the imported curve at the average week’s spend',
    ],
  ] as const)('on %s says how it is found', (level, formula, inputs, elasticity) => {
    const found = facts({ evidence: { level } })
    expect(factAt(found, 'marginal_return')).toMatchObject({ formula, inputs })
    expect(factAt(found, 'elasticity')?.formula).toBe(elasticity)
    const imported = [
      'response of the imported curve ÷ spend, at the average week’s spend',
      'the error that the imported curve states',
    ]
    const told = ['evidence_return', 'marginal_error'].map((key) => factAt(found, key)?.formula)
    const own = [
      'value per conversion × conversions per unit of spend, drawn towards those of all lines',
      '√(relative error of the average return² + relative error of the elasticity²)',
    ]
    expect(told).toEqual(level === 'L4' ? imported : own)
  })

  test('that is not known has no formula and nothing behind it', () => {
    const [only, ...others] = facts({ evidence: { response: null } })
    expect(others).toEqual([])
    expect(only).not.toHaveProperty('formula')
    expect(only).not.toHaveProperty('inputs')
  })
})

test('the factor by which to vary spend is told of three lines that need it and could bear it', () => {
  const line = (channelId: string, alternateBy: number | null) =>
    reviewedLine(channelId, {
      line: { days: [deliveryDay({ channelId, date: '2026-10-11', rows: 3 })] },
      evidence: {
        needed: { weeksMissing: 0, conversionsMissing: 0, alternateBy },
        weeks: [{ monday: '2026-10-05', spend: 100, conversions: 1, value: 1 }],
      },
    })
  const lines = [
    line('A', 1),
    line('B', null),
    // 2.19 more cannot be taken off again; neither is more than a doubling borne.
    line('X', 2.19),
    line('Y', 1.000_001),
    line('C', 0.25),
    line('D', 0.5),
    line('E', 0.4),
  ]
  expect(
    entered((book) => enterVariation(book, lines)).map(({ id, unit, value, source }) => [
      id,
      unit,
      value,
      source,
    ]),
  ).toEqual(
    [
      ['A', 2],
      ['C', 1.25],
      ['D', 1.5],
    ].map(([channel, factor]) => [
      `budget.line.C1.${channel}.alternate_factor`,
      'ratio',
      factor,
      [
        {
          dataset: 'ad_performance',
          rows: 3,
          where: { campaign_id: 'C1', channel_id: channel },
          between: { from: '2026-10-05', to: '2026-10-11' },
        },
      ],
    ]),
  )
})

describe('the facts of a flight', () => {
  const flight = {
    campaignId: 'C1',
    name: 'Spring',
    budget: measured(1000),
    spend: measured(400),
    spendRows: 3,
    utilisation: measured(0.4),
    elapsed: measured(0.5),
  }

  test('hold budget and spend with their sources', () => {
    const facts = entered((book) => enterFlight(book, flight, 'USD'))
    const campaign = { dataset: 'campaigns', rows: 1, where: { campaign_id: 'C1' } }
    const ledger = {
      dataset: 'cost_ledger',
      rows: 3,
      where: { campaign_id: 'C1', cost_type: 'media' },
    }
    expect(figures(facts)).toEqual({ budget: 1000, spend: 400, utilisation: 0.4, elapsed: 0.5 })
    expect(facts.map(({ source }) => source)).toEqual([
      [campaign],
      [ledger],
      [campaign, ledger],
      [campaign],
    ])
    expect(factAt(facts, 'utilisation')).toMatchObject({
      id: 'budget.flight.C1.utilisation',
      numerator: 400,
      denominator: 1000,
      inputs: ['budget.flight.C1.spend', 'budget.flight.C1.budget'],
    })
  })

  test('a share of what nobody knows has no parts', () => {
    const unknown = { ...flight, budget: notMeasured('none'), utilisation: notMeasured('none') }
    const facts = entered((book) => enterFlight(book, unknown, 'USD'))
    expect(figures(facts)).toMatchObject({ budget: 'none', utilisation: 'none' })
    expect(factAt(facts, 'utilisation')).not.toHaveProperty('denominator')
  })
})
