import { describe, expect, it } from 'vitest'

import type { LeadScoringInput } from '#rules/leads/input.ts'
import { reviewLeadScoring } from '#rules/leads/review.ts'
import { StageResult } from '#rules/schema/review.ts'
import { fillTemplate, tokensOf } from '#rules/schema/template.ts'
import { danglingFacts } from '#test/support/dangling.ts'
import { policyWith } from '#test/support/policy.ts'

import { leadInput, month, settledGroups } from './inputs.ts'

const CONTEXT = { month: '2026-10', asOfOn: '2026-11-05' }
const review = (changes: Partial<LeadScoringInput> = {}, policy: Record<string, unknown> = {}) =>
  reviewLeadScoring(leadInput(changes), {
    ...CONTEXT,
    policy: policyWith({
      ...policy,
      leads: { bootstrap_resamples: 100, ...leadsOf(policy) },
    }),
  })
const leadsOf = (policy: Record<string, unknown>): object =>
  typeof policy['leads'] === 'object' && policy['leads'] !== null ? policy['leads'] : {}
const factOf = (result: StageResult, id: string) =>
  result.facts.find((fact) => fact.id === `lead_scoring.${id}`)
const decisionOf = (result: StageResult, id: string) =>
  result.decisions.find((decision) => decision.id === `lead_scoring.${id}`)
const findingOf = (result: StageResult, id: string) =>
  result.findings.find((finding) => finding.id === `finding.lead_scoring.${id}`)
const tableOf = (result: StageResult, id: string) =>
  result.tables.find((table) => table.id === `lead_scoring.${id}`)
/** A template with each figure shown as its plain value, or its status. */
const plain = (result: StageResult, template: string): string =>
  fillTemplate(template, (id) => {
    const fact = result.facts.find((one) => one.id === id)
    return fact === undefined ? `MISSING ${id}` : JSON.stringify(fact.value ?? fact.status)
  })

/** A score that ranks and claims well: chances of 5, 15, 30 and 50 %, evenly over time. */
const HEALTHY = settledGroups([
  [20, 600, 30],
  [50, 600, 90],
  [70, 600, 180],
  [90, 600, 300],
])
const BANDS = [
  {
    band: 'hql' as const,
    mqls: 60,
    accepted: 50,
    rejected: 5,
    salesQualified: 30,
    opportunities: 12,
    wins: 3,
  },
  {
    band: 'unscored' as const,
    mqls: 10,
    accepted: 0,
    rejected: 0,
    salesQualified: 0,
    opportunities: 0,
    wins: 0,
  },
]
const whole = (): StageResult =>
  review({
    settled: HEALTHY,
    currentScores: HEALTHY.slice(0, 400).map((lead) => lead.score),
    bands: BANDS,
    answers: [
      { month: '2026-09', answer: 'accepted', count: 160 },
      { month: '2026-09', answer: 'budget', count: 30 },
      { month: '2026-10', answer: 'accepted', count: 150 },
      { month: '2026-10', answer: 'budget', count: 50 },
    ],
    reps: [
      { owner: 'ana', decided: 100, accepted: 80 },
      { owner: 'ben', decided: 100, accepted: 82 },
      { owner: 'dan', decided: 100, accepted: 30 },
    ],
    channels: [
      { month: '2026-09', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 60 },
      { month: '2026-09', channelId: 'CH_2', matureMqls: 100, matureSalesQualified: 30 },
      { month: '2026-10', channelId: 'CH_1', matureMqls: 20, matureSalesQualified: 12 },
      { month: '2026-10', channelId: 'CH_2', matureMqls: 100, matureSalesQualified: 28 },
    ],
  })

describe('a whole review', () => {
  const result = () => whole()

  it('is a stage result in which every text and table speaks of facts that are there', () => {
    expect(StageResult.parse(result())).toStrictEqual(result())
    expect(
      danglingFacts({
        ...result(),
        texts: [...result().summary, ...result().charts.map((chart) => chart.summary)],
      }),
    ).toStrictEqual([])
    const ids = new Set(result().facts.map((fact) => fact.id))
    const drawn = result().charts.flatMap((chart) => chart.series.flatMap((one) => one.values))
    expect(drawn.filter((id) => id !== null && !ids.has(id))).toStrictEqual([])
  })

  it('has ids of its own for every fact, decision, finding and table', () => {
    for (const list of [result().facts, result().decisions, result().findings, result().tables]) {
      const ids = list.map((one) => one.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.every((id) => id.includes('lead_scoring.'))).toBe(true)
    }
  })

  it('has rows as wide as their heads', () => {
    for (const { columns, rows } of result().tables) {
      for (const row of rows) expect(row).toHaveLength(columns.length)
    }
  })

  it('types no figure into a text', () => {
    const texts = [
      ...result().summary,
      ...result().findings.flatMap(({ title, detail }) => [title, detail]),
      ...result().tables.flatMap(({ note }) => (note === undefined ? [] : [note])),
    ]
    for (const text of texts) expect(text.replaceAll(/\{\{[^}]*\}\}/g, '')).not.toMatch(/\d/)
  })

  it('shows every decision of a table and stays small', () => {
    const ids = new Set(result().decisions.map((decision) => decision.id))
    const named = result().tables.flatMap((table) =>
      table.rows.flat().flatMap((cell) => ('decision' in cell ? [cell.decision] : [])),
    )
    expect(named.filter((id) => !ids.has(id))).toStrictEqual([])
    expect(JSON.stringify(result()).length).toBeLessThan(50_000)
  })

  it('is assessed, and the same every time', () => {
    expect(result().status).toBe('assessed')
    expect(whole()).toStrictEqual(result())
  })

  it('has its tables and charts in reading order', () => {
    expect(result().tables.map((table) => table.id)).toStrictEqual([
      'lead_scoring.month',
      'lead_scoring.bands',
      'lead_scoring.model',
      'lead_scoring.reasons',
      'lead_scoring.reps',
    ])
    expect(result().charts.map((chart) => chart.id)).toStrictEqual([
      'lead_scoring.band_win_rate',
      'lead_scoring.decile_lift',
    ])
  })
})

describe('the month', () => {
  const result = () => whole()

  it.each([
    ['month.created', 400],
    ['month.created.previous', 320],
    ['month.created.change', 0.25],
    ['month.mqls', 210],
    ['month.mqls.previous', 200],
    ['month.mqls.change', 0.05],
    ['month.open_mqls', 90],
    ['month.acceptance', 0.75],
    ['month.acceptance.previous', 160 / 190],
    ['month.acceptance.change', 0.75 - 160 / 190],
    ['month.acceptance.target', 0.8],
    ['month.sales_qualification', 40 / 120],
    ['month.sales_qualification.previous', 0.45],
    ['month.sales_qualification.target', 0.4],
    ['month.sales_days', 14],
    ['month.sales_qualified', 70],
    ['month.opportunities', 20],
    ['month.wins', 4],
  ])('%s is %d', (id, value) => {
    expect(factOf(result(), id)?.value).toBeCloseTo(value, 12)
  })

  it('keeps numerator, denominator, formula and source beside a rate', () => {
    expect(factOf(result(), 'month.acceptance')).toStrictEqual({
      id: 'lead_scoring.month.acceptance',
      label: 'Acceptance by sales, the month',
      unit: 'rate',
      status: 'known',
      value: 0.75,
      numerator: 150,
      denominator: 200,
      formula: 'accepted ÷ (accepted + rejected)',
      source: [
        {
          dataset: 'leads',
          rows: 200,
          conditions: [
            { anyOf: ['mql_on'], from: '2026-10-01', to: '2026-10-31' },
            { anyOf: ['sales_feedback'] },
          ],
        },
      ],
    })
  })

  it('says which facts a change comes from', () => {
    expect(factOf(result(), 'month.mqls.change')).toMatchObject({
      unit: 'change',
      formula: '(month − month before) ÷ month before',
      inputs: ['lead_scoring.month.mqls', 'lead_scoring.month.mqls.previous'],
      source: [
        {
          dataset: 'leads',
          rows: 210,
          conditions: [{ anyOf: ['mql_on'], from: '2026-10-01', to: '2026-10-31' }],
        },
        {
          dataset: 'leads',
          rows: 200,
          conditions: [{ anyOf: ['mql_on'], from: '2026-09-01', to: '2026-09-30' }],
        },
      ],
    })
    expect(factOf(result(), 'month.created.change')?.inputs).toStrictEqual([
      'lead_scoring.month.created',
      'lead_scoring.month.created.previous',
    ])
    expect(factOf(result(), 'month.acceptance.change')).toMatchObject({
      unit: 'points',
      inputs: ['lead_scoring.month.acceptance', 'lead_scoring.month.acceptance.previous'],
    })
  })

  it('holds both rates against their targets', () => {
    expect(decisionOf(result(), 'acceptance')).toMatchObject({
      action: 'below_target',
      evidence: { reached: 150, base: 200, target: 0.8 },
    })
    expect(decisionOf(result(), 'sales_qualification')).toMatchObject({
      action: 'below_target',
      evidence: { reached: 40, base: 120, target: 0.4 },
    })
    expect(findingOf(result(), 'acceptance')?.severity).toBe('warning')
    expect(plain(result(), findingOf(result(), 'acceptance')?.detail ?? '')).toBe(
      `0.75 against a target of 0.8; the month before it was ${160 / 190}.`,
    )
  })

  it('is silent where targets are met', () => {
    const met = review({}, { leads: { acceptance_target: 0.7, mql_to_sql_target: 0.3 } })
    expect(decisionOf(met, 'acceptance')?.action).toBe('on_target')
    expect(findingOf(met, 'acceptance')).toBeUndefined()
    expect(findingOf(met, 'sales_qualification')).toBeUndefined()
    expect(met.findings.map(({ id }) => id)).toStrictEqual(['finding.lead_scoring.model'])
  })

  it('tells a rise and a fall beyond chance, and nothing else', () => {
    const months = (before: number, now: number) => [
      month('2026-09', { mqls: before }),
      month('2026-10', { mqls: now }),
    ]
    const fall = findingOf(review({ months: months(400, 200) }), 'trend:mqls')
    expect(fall).toMatchObject({ severity: 'warning', title: 'MQL volume fell beyond chance' })
    const rise = findingOf(review({ months: months(200, 400) }), 'trend:mqls')
    expect(rise).toMatchObject({ severity: 'info', title: 'MQL volume rose beyond chance' })
    expect(findingOf(review({ months: months(200, 210) }), 'trend:mqls')).toBeUndefined()
  })

  it('tells that the mix of channels moved MQL to SQL', () => {
    const mix = findingOf(result(), 'mix')
    expect(mix?.severity).toBe('info')
    expect(mix?.detail).toContain('most of it from Search')
    expect(mix?.detail).not.toContain('Every channel')
    expect(factOf(result(), 'mix.change')?.value).toBeCloseTo(40 / 120 - 90 / 200, 12)
    const { value: rate } = factOf(result(), 'mix.rate_effect') ?? { value: 0 }
    const { value: mixed } = factOf(result(), 'mix.mix_effect') ?? { value: 0 }
    expect(Number(rate) + Number(mixed)).toBeCloseTo(40 / 120 - 90 / 200, 12)
  })

  it('tells when every channel moved the other way', () => {
    const reversed = review({
      channels: [
        { month: '2026-09', channelId: 'CH_1', matureMqls: 1000, matureSalesQualified: 50 },
        { month: '2026-09', channelId: 'CH_2', matureMqls: 200, matureSalesQualified: 40 },
        { month: '2026-10', channelId: 'CH_1', matureMqls: 300, matureSalesQualified: 14 },
        { month: '2026-10', channelId: 'CH_2', matureMqls: 900, matureSalesQualified: 171 },
      ],
    })
    expect(findingOf(reversed, 'mix')?.detail).toContain(
      'Every channel present in both months moved the other way.',
    )
  })

  it('is silent on the mix when channels themselves changed', () => {
    const changed = review({
      channels: [
        { month: '2026-09', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 60 },
        { month: '2026-10', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 30 },
      ],
    })
    expect(findingOf(changed, 'mix')).toBeUndefined()
    expect(factOf(changed, 'mix.rate_effect')?.value).toBeCloseTo(-0.3, 12)
  })

  it('tells an unusual month among the earlier ones', () => {
    const past = ['2026-04', '2026-05', '2026-06', '2026-07', '2026-08', '2026-09']
    const months = [
      ...past.map((each) => month(each, { mqls: 300 })),
      month('2026-10', { mqls: 450 }),
    ]
    const unusual = review({ months })
    expect(findingOf(unusual, 'history')?.title).toContain('far above')
    expect(factOf(unusual, 'month.mqls.median')).toMatchObject({
      value: 300,
      source: [{ dataset: 'leads', rows: 450 }],
    })
    const low = review({ months: [...months.slice(0, -1), month('2026-10', { mqls: 150 })] })
    expect(findingOf(low, 'history')?.title).toContain('far below')
    expect(findingOf(result(), 'history')).toBeUndefined()
    expect(factOf(result(), 'month.mqls.median')).toMatchObject({ status: 'not_measured' })
  })

  it('shows month, month before, change and target side by side', () => {
    expect(tableOf(result(), 'month')?.columns.map(({ label }) => label)).toStrictEqual([
      'Figure',
      '2026-10',
      '2026-09',
      'Change',
      'Target',
    ])
    expect(tableOf(result(), 'month')?.rows[2]).toStrictEqual([
      { text: 'Acceptance by sales' },
      { fact: 'lead_scoring.month.acceptance' },
      { fact: 'lead_scoring.month.acceptance.previous' },
      { fact: 'lead_scoring.month.acceptance.change' },
      { fact: 'lead_scoring.month.acceptance.target' },
    ])
  })
})

describe('the bands', () => {
  const result = () => whole()

  it.each([
    ['band.hql.mqls', 60],
    ['band.hql.acceptance', 50 / 55],
    ['band.hql.sql_rate', 0.5],
    ['band.hql.opportunity_rate', 0.4],
    ['band.hql.win_rate', 0.25],
    ['band.hql.settled_rate', 0.5],
    ['band.mql.settled_rate', 0.3],
    ['band.mel.settled_rate', 0.15],
    ['band.below.settled_rate', 0.05],
    ['band.mql.mqls', 0],
  ])('%s is %d', (id, value) => {
    expect(factOf(result(), id)?.value).toBeCloseTo(value, 12)
  })

  it('have Wilson’s range of the win rate', () => {
    expect(factOf(result(), 'band.hql.settled_low')?.value).toBeCloseTo(0.46, 3)
    expect(factOf(result(), 'band.hql.settled_high')?.value).toBeCloseTo(0.5399, 3)
    expect(factOf(result(), 'band.hql.settled_rate')).toMatchObject({
      numerator: 300,
      denominator: 600,
    })
  })

  it('run from the best down, leads without a score last', () => {
    const names = tableOf(result(), 'bands')?.rows.map(([first]) =>
      first !== undefined && 'text' in first ? first.text : '',
    )
    expect(names).toStrictEqual([
      'Highly qualified',
      'Marketing qualified',
      'Marketing engaged',
      'Below the bands',
      'Without a score',
    ])
  })

  it('have no rate of what no lead reached', () => {
    expect(factOf(result(), 'band.unscored.acceptance')).toMatchObject({
      status: 'not_measured',
      reason: 'no lead of the band got so far',
    })
    expect(factOf(result(), 'band.unscored.settled_rate')).toMatchObject({
      status: 'not_measured',
      reason: 'too few settled leads to judge the score',
    })
    expect(factOf(result(), 'band.unscored.sql_rate')).toMatchObject({ status: 'zero' })
  })

  it.each([
    ['feedback', 'acceptance'],
    ['salesQualified', 'sql_rate'],
    ['salesQualified', 'opportunity_rate'],
    ['opportunity', 'opportunity_rate'],
    ['opportunity', 'win_rate'],
    ['won', 'win_rate'],
  ] as const)('have no rate of what is not recorded: %s', (column, figure) => {
    const filled = { ...leadInput().filled, [column]: 0 }
    const unrecorded = review({ filled, bands: BANDS })
    expect(factOf(unrecorded, `band.hql.${figure}`)).toMatchObject({
      status: 'not_measured',
      reason: 'the leads do not record it',
    })
  })

  it('are kept while they rise', () => {
    expect(decisionOf(result(), 'bands')?.action).toBe('keep')
    expect(findingOf(result(), 'bands')).toBeUndefined()
  })

  it('are to be redrawn when a higher one wins less', () => {
    const inverted = review({
      settled: settledGroups([
        [20, 600, 30],
        [50, 600, 200],
        [70, 600, 60],
        [90, 600, 300],
      ]),
    })
    expect(decisionOf(inverted, 'bands')).toMatchObject({ action: 'redraw' })
    expect(findingOf(inverted, 'bands')?.detail).toContain('A higher band wins less often')
  })

  it('are to be redrawn when they do not differ', () => {
    const flat = review({
      settled: settledGroups([
        [20, 600, 60],
        [90, 600, 61],
      ]),
    })
    expect(findingOf(flat, 'bands')?.detail).toContain('Win rates do not rise with the band')
  })

  it('are not shown without an MQL of the month and without settled leads', () => {
    expect(tableOf(review(), 'bands')).toBeUndefined()
  })

  it('are shown without settled leads, but not judged', () => {
    const young = review({ bands: BANDS })
    expect(tableOf(young, 'bands')?.rows).toHaveLength(2)
    expect(decisionOf(young, 'bands')).toBeUndefined()
    expect(young.charts[0]?.summary).toBe('No band has settled leads yet.')
  })
})

describe('the score', () => {
  const result = () => whole()

  it('that ranks and claims well is OK, without a finding', () => {
    expect(decisionOf(result(), 'model')?.action).toBe('OK')
    expect(findingOf(result(), 'model')).toBeUndefined()
    expect(decisionOf(result(), 'recalibration')).toBeUndefined()
  })

  it.each([
    'auc',
    'auc_error',
    'auc_older',
    'auc_newer',
    'average_precision',
    'base_rate',
    'ks',
    'brier',
    'brier_skill',
    'log_loss',
    'ece',
    'slope',
    'intercept',
    'in_the_large',
    'observed_expected',
    'spiegelhalter_p',
    'psi',
    'psi_p',
  ])('has its %s in the table', (id) => {
    expect(factOf(result(), `model.${id}`)?.status).toMatch(/known|zero/)
    const shown = tableOf(result(), 'model')?.rows.flat() ?? []
    expect(shown).toContainEqual({ fact: `lead_scoring.model.${id}` })
  })

  it('has the AUC of its groups', () => {
    // Four scores of 600 leads each with 30, 90, 180 and 300 wins, worked pair by pair.
    const wins = [30, 90, 180, 300]
    let won = 0
    for (const [i, up] of wins.entries()) {
      for (const [j, down] of wins.entries()) {
        const share = i > j ? 1 : 0
        won += up * (600 - down) * (i === j ? 0.5 : share)
      }
    }
    expect(factOf(result(), 'model.auc')?.value).toBeCloseTo(won / 600 / 1800, 12)
    expect(factOf(result(), 'model.base_rate')?.value).toBe(0.25)
  })

  it('has the lift of every tenth', () => {
    expect(factOf(result(), 'model.decile.1.lift')?.value).toBeCloseTo(2, 1)
    expect(factOf(result(), 'model.decile.10.lift')?.value).toBeLessThan(0.5)
    expect(result().charts[1]?.categories).toStrictEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
    ])
  })

  it('that cannot be judged yet says how many outcomes there are', () => {
    const young = review({ settled: settledGroups([[50, 40, 5]]) })
    expect(decisionOf(young, 'model')?.action).toBe('INSUFFICIENT_OUTCOMES')
    expect(factOf(young, 'model.settled')?.value).toBe(40)
    expect(factOf(young, 'model.auc')).toBeUndefined()
    expect(findingOf(young, 'model')).toMatchObject({ severity: 'info' })
    expect(young.status).toBe('partial')
  })

  it('that knows the outcome is suspected, and not tuned', () => {
    const leaky = review({
      settled: settledGroups([
        [10, 600, 3],
        [95, 300, 298],
      ]),
    })
    expect(decisionOf(leaky, 'model')?.action).toBe('LEAKAGE_SUSPECT')
    expect(findingOf(leaky, 'model')?.severity).toBe('serious')
    expect(decisionOf(leaky, 'contact_threshold')).toBeUndefined()
    expect(tableOf(leaky, 'channels')).toBeUndefined()
    expect(leaky.summary.join(' ')).toContain('too good to be true')
  })

  it('that no longer ranks needs a new model, and is not tuned', () => {
    const spent = review({
      settled: settledGroups([
        [20, 900, 200],
        [90, 900, 205],
      ]),
    })
    expect(decisionOf(spent, 'model')).toMatchObject({ action: 'RETRAIN' })
    expect(findingOf(spent, 'model')?.severity).toBe('serious')
    expect(spent.summary.join(' ')).toContain('The score needs a new model: its AUC is ')
    expect(decisionOf(spent, 'contact_threshold')).toBeUndefined()
  })

  it('whose promises fail is to be recalibrated, with the correction that held', () => {
    // Stated as chances of 0.2, 0.5, 0.7 and 0.9; wins are half as frequent.
    const halved = review(
      {
        settled: settledGroups([
          [20, 600, 60],
          [50, 600, 150],
          [70, 600, 210],
          [90, 600, 270],
        ]),
      },
      { leads: { score_meaning: 'probability' } },
    )
    expect(decisionOf(halved, 'model')).toMatchObject({
      action: 'RECALIBRATE',
      reason: 'claims_too_high',
    })
    expect(decisionOf(halved, 'recalibration')?.action).not.toBe('none')
    expect(findingOf(halved, 'recalibration')?.title).toBe(
      'A correction of the claimed chances held on newer outcomes',
    )
    expect(findingOf(halved, 'recalibration')?.detail).toContain('lowered the log loss')
    expect(findingOf(halved, 'model')?.severity).toBe('warning')
    expect(halved.summary.join(' ')).toContain('of what it promises')
  })

  it('says how many scores lie outside the range of a chance', () => {
    const settled = settledGroups([
      [120, 60, 40],
      [50, 60, 25],
      [20, 60, 10],
    ])
    const probable = review({ settled }, { leads: { score_meaning: 'probability' } })
    const told = probable.findings.find(({ id }) => id === 'finding.lead_scoring.score_range')
    expect(told?.severity).toBe('warning')
    expect(told?.detail).toContain('{{lead_scoring.model.outside_range}} have a score below zero')
    const outside = probable.facts.find(({ id }) => id === 'lead_scoring.model.outside_range')
    expect(outside).toMatchObject({ value: 60 })
    const asPoints = review({ settled })
    expect(asPoints.findings.map(({ id }) => id)).not.toContain('finding.lead_scoring.score_range')
    expect(asPoints.facts.map(({ id }) => id)).not.toContain('lead_scoring.model.outside_range')
  })

  it('whose correction did not hold says so', () => {
    // The older two thirds win half of the promise, the newest third all of it: nothing learned holds.
    const groups = (wins: number) => [
      [20, 300, Math.round(60 * wins)] as const,
      [60, 300, Math.round(180 * wins)] as const,
    ]
    const turned = review(
      {
        settled: [
          ...settledGroups(groups(0.5)),
          ...settledGroups(groups(0.5)),
          ...settledGroups(groups(1)),
        ],
      },
      { leads: { score_meaning: 'probability' } },
    )
    expect(decisionOf(turned, 'model')?.action).toBe('RECALIBRATE')
    expect(decisionOf(turned, 'recalibration')?.action).toBe('none')
    expect(findingOf(turned, 'recalibration')?.title).toContain('No correction')
  })

  it('warns when the month’s leads score differently', () => {
    const moved = review({ settled: HEALTHY, currentScores: Array.from({ length: 300 }, () => 90) })
    expect(findingOf(moved, 'drift')).toMatchObject({ severity: 'warning' })
    expect(findingOf(result(), 'drift')).toBeUndefined()
    const unsure = review(
      { settled: HEALTHY, currentScores: Array.from({ length: 60 }, () => 90) },
      { leads: { alpha: 1e-200 } },
    )
    expect(findingOf(unsure, 'drift')).toBeUndefined()
    // 30, 25, 25 and 20 % where there were 25 % each: index 0.0203, beyond chance in 2,000 leads, but far from the alarm.
    const scores = [20, 20, 20, 20, 20, 20, 50, 50, 50, 50, 50, 70, 70, 70, 70, 70, 90, 90, 90, 90]
    const slight = review({
      settled: HEALTHY,
      currentScores: Array.from({ length: 100 }, () => scores).flat(),
    })
    expect(factOf(slight, 'model.psi')?.value).toBeCloseTo(0.0203, 4)
    expect(Number(factOf(slight, 'model.psi_p')?.value)).toBeLessThan(0.001)
    expect(findingOf(slight, 'drift')).toBeUndefined()
  })

  it('without a score in the month has no drift', () => {
    expect(factOf(review({ settled: HEALTHY }), 'model.psi')).toMatchObject({
      status: 'not_measured',
      reason: 'too few scored leads were created in the month',
    })
  })

  it('names the version it judged', () => {
    const versioned = review({ settled: HEALTHY, scoreVersion: 'v7 {x}' })
    expect(tableOf(versioned, 'model')?.note).toMatch(/^Score version v7 \(x\)\. Read from/)
    expect(tableOf(result(), 'model')?.note).toMatch(/^Read from/)
  })
})

describe('the contact threshold', () => {
  it('moves when the gain is beyond chance', () => {
    const result = review({ settled: HEALTHY }, { leads: { value_of_win: 1000 } })
    // A contact costs 60 and a win is worth 1,000: chances from 0.06 up pay, so 50 pays and 20 does not.
    expect(decisionOf(result, 'contact_threshold')).toMatchObject({
      action: 'lower',
      evidence: { currentThreshold: 60, bestThreshold: 50 },
    })
    expect(factOf(result, 'threshold.best')).toMatchObject({ unit: 'score', value: 50 })
    expect(factOf(result, 'threshold.current')?.value).toBe(60)
    expect(factOf(result, 'threshold.gain')?.value).toStrictEqual({
      currency: 'USD',
      // 300 leads of the newer half at 50, 45 of them won.
      minor: (45 * 1000 - 300 * 60) * 100,
    })
    expect(findingOf(result, 'contact_threshold')?.title).toBe('The contact threshold should fall')
    expect(findingOf(result, 'contact_threshold')?.detail).toBe(
      'A threshold of {{lead_scoring.threshold.best}} instead of {{lead_scoring.threshold.current}} would have gained {{lead_scoring.threshold.gain}} on the newer settled leads (between {{lead_scoring.threshold.gain_low}} and {{lead_scoring.threshold.gain_high}}). Leads below the threshold in force may never have been contacted; try the change on a part of them first.',
    )
    expect(result.summary.join(' ')).toContain('another contact threshold')
  })

  it('rises when the lowest contacted scores do not pay', () => {
    const result = review({ settled: HEALTHY }, { leads: { cost_of_contact: 200 } })
    expect(decisionOf(result, 'contact_threshold')).toMatchObject({ action: 'raise' })
    expect(findingOf(result, 'contact_threshold')?.title).toBe('The contact threshold should rise')
  })

  it('is given up when no contact pays', () => {
    const result = review({ settled: HEALTHY }, { leads: { cost_of_contact: 400 } })
    expect(decisionOf(result, 'contact_threshold')?.action).toBe('stop_contacting')
    expect(findingOf(result, 'contact_threshold')?.detail).toContain('Contacting nobody')
    expect(findingOf(result, 'contact_threshold')?.title).toBe(
      'No score is worth a contact at the stated value and cost',
    )
    expect(factOf(result, 'threshold.best')).toMatchObject({ status: 'not_measured' })
  })

  it('stays, without a finding, when nothing is gained', () => {
    const result = review({ settled: HEALTHY }, { leads: { cost_of_contact: 120 } })
    expect(decisionOf(result, 'contact_threshold')?.action).toBe('keep')
    expect(findingOf(result, 'contact_threshold')).toBeUndefined()
    expect(result.summary.join(' ')).not.toContain('threshold')
  })

  it('is not looked at when a win is worth nothing', () => {
    const result = review({ settled: HEALTHY }, { leads: { value_of_win: 0 } })
    expect(decisionOf(result, 'contact_threshold')).toBeUndefined()
    expect(factOf(result, 'threshold.best')).toBeUndefined()
  })
})

describe('channels', () => {
  /** Two channels: leads of the first win twice as often as those of the second at the same score. */
  const settled = [0, 1].flatMap((channel) =>
    settledGroups(
      [
        [30, 500, channel === 0 ? 80 : 40],
        [80, 500, channel === 0 ? 250 : 125],
      ],
      () => (channel === 0 ? 'CH_1' : 'CH_9'),
    ),
  )
  // Interleaves the two, so that both are old and new.
  const mixed = settled
    .map((lead, index) => ({ lead, at: index % 1000 }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ lead }) => lead)
  const result = () => review({ settled: mixed })

  it('get other points where they win more or less than scored', () => {
    expect(decisionOf(result(), 'channel_points:CH_1')).toMatchObject({
      action: 'raise_points',
      subjectName: 'Search',
    })
    expect(decisionOf(result(), 'channel_points:CH_9')).toMatchObject({
      action: 'lower_points',
      subjectName: 'CH_9',
    })
    expect(findingOf(result(), 'channel_points:CH_1')?.title).toBe(
      'Search leads win more often than their score says',
    )
    expect(findingOf(result(), 'channel_points:CH_9')?.detail).toContain('should fall')
    expect(result().summary.join(' ')).toContain('other points for some channels')
  })

  it('stand in a table with their ratio', () => {
    expect(tableOf(result(), 'channels')?.rows[0]).toStrictEqual([
      { text: 'Search' },
      { fact: 'lead_scoring.channel.CH_1.leads' },
      { fact: 'lead_scoring.channel.CH_1.ratio' },
      { fact: 'lead_scoring.channel.CH_1.p' },
      { decision: 'lead_scoring.channel_points:CH_1' },
    ])
    expect(factOf(result(), 'channel.CH_1.ratio')?.value).toBeGreaterThan(1.2)
    expect(factOf(result(), 'channel.CH_9.ratio')?.value).toBeLessThan(0.8)
    expect(danglingFacts(result())).toStrictEqual([])
  })

  it('keep their points where they win as scored', () => {
    const even = review({
      settled: HEALTHY.map((lead, i) => ({ ...lead, channelId: i % 2 === 0 ? 'CH_1' : 'CH_2' })),
    })
    expect(tableOf(even, 'channels')?.rows.map((row) => row.at(-1))).toStrictEqual([
      { text: 'keep' },
      { text: 'keep' },
    ])
  })

  it('are not compared when there is only one', () => {
    const one = review({ settled: HEALTHY.map((lead) => ({ ...lead, channelId: 'CH_1' })) })
    expect(tableOf(one, 'channels')).toBeUndefined()
  })

  it('are cut to the largest, those to be changed first', () => {
    const many = review({
      settled: mixed.map((lead, i) =>
        lead.channelId === 'CH_9' ? { ...lead, channelId: `X${i % 14}` } : lead,
      ),
    })
    const rows = tableOf(many, 'channels')?.rows ?? []
    expect(rows).toHaveLength(6)
    expect(rows[0]?.[0]).toStrictEqual({ text: 'Search' })
  })
})

describe('the answers of sales', () => {
  const result = () => whole()

  it('stand in a table, acceptance first', () => {
    expect(tableOf(result(), 'reasons')?.rows.map(([first]) => first)).toStrictEqual([
      { text: 'accepted' },
      { text: 'budget' },
    ])
    expect(factOf(result(), 'reason.budget.share')).toMatchObject({
      value: 0.25,
      numerator: 50,
      denominator: 200,
    })
    expect(factOf(result(), 'reason.budget.previous')?.value).toBeCloseTo(30 / 190, 12)
    expect(factOf(result(), 'reason.budget.residual')?.value).toBeGreaterThan(2)
  })

  it('ask for a criterion where a reason grew', () => {
    expect(decisionOf(result(), 'rejection_reason:budget')?.action).toBe('add_exclusion_criterion')
    expect(findingOf(result(), 'rejection_reason:budget')?.title).toBe(
      'Sales rejects more MQLs as budget',
    )
    expect(result().summary.join(' ')).toContain('a new exclusion criterion')
  })

  it('have no residual while they are few', () => {
    const few = review({ answers: [{ month: '2026-10', answer: 'accepted', count: 3 }] })
    expect(factOf(few, 'reason.accepted.residual')).toMatchObject({ status: 'not_measured' })
    expect(factOf(few, 'reason.accepted.previous')).toMatchObject({
      status: 'not_measured',
      reason: 'sales gave no answer in the month before',
    })
  })

  it('show at most six lines', () => {
    const reasons = Array.from({ length: 9 }, (_, i) => `reason ${i}`)
    const many = review({
      answers: reasons.flatMap((answer, i) => [
        { month: '2026-09', answer, count: 20 + i },
        { month: '2026-10', answer, count: 20 + i },
      ]),
    })
    expect(tableOf(many, 'reasons')?.rows).toHaveLength(6)
    expect(danglingFacts(many)).toStrictEqual([])
  })

  it('differ by rep', () => {
    expect(tableOf(result(), 'reps')?.rows[0]).toStrictEqual([
      { text: 'dan' },
      { fact: 'lead_scoring.rep.dan.raw' },
      { fact: 'lead_scoring.rep.dan.shrunken' },
      { decision: 'lead_scoring.rep_acceptance:dan' },
    ])
    expect(factOf(result(), 'rep.dan.raw')?.value).toBe(0.3)
    expect(factOf(result(), 'rep.dan.shrunken')?.value).toBeGreaterThan(0.3)
    expect(findingOf(result(), 'rep_acceptance')?.detail).toContain(
      'dan accepts less than the others',
    )
    expect(decisionOf(result(), 'rep_acceptance:dan')?.action).toBe('align_with_rep')
  })

  it('of reps in line ask for nothing', () => {
    const even = review({
      reps: ['a', 'b', 'c'].map((owner) => ({ owner, decided: 50, accepted: 40 })),
    })
    expect(findingOf(even, 'rep_acceptance')).toBeUndefined()
    expect(tableOf(even, 'reps')?.rows.map((row) => row.at(-1))).toStrictEqual([
      { text: 'in line' },
      { text: 'in line' },
      { text: 'in line' },
    ])
  })

  it('show flagged reps first and at most six', () => {
    const reps = [
      ...Array.from({ length: 8 }, (_, i) => ({ owner: `r${i}`, decided: 100, accepted: 60 + i })),
      { owner: 'zed', decided: 100, accepted: 99 },
    ]
    const rows = tableOf(review({ reps }), 'reps')?.rows ?? []
    expect(rows).toHaveLength(6)
    expect(rows.map(([first]) => first)).toContainEqual({ text: 'zed' })
  })

  it('are not shown where none were given', () => {
    expect(tableOf(review(), 'reasons')).toBeUndefined()
    expect(tableOf(review(), 'reps')).toBeUndefined()
  })
})

describe('what is not recorded is said to be missing, never zero', () => {
  const without = (column: string, changes: Partial<LeadScoringInput> = {}) =>
    review({ filled: { ...leadInput().filled, [column]: 0 }, ...changes })

  it.each([
    ['absent', 'not_measured', 'there is no leads data set'],
    ['empty', 'not_measured', 'the leads data set has no accepted row of the month'],
    ['unreadable', 'unreadable', 'the leads data set could not be read'],
  ] as const)('a data set that is %s', (presence, status, words) => {
    const result = review({ presence })
    expect(result.status).toBe('not_measured')
    expect(result.facts.map((fact) => fact.status)).toStrictEqual([status, status, status, status])
    expect(result.facts.map((fact) => fact.value)).toStrictEqual([null, null, null, null])
    const reason = status === 'unreadable' ? 'leads could not be read' : 'there are no leads'
    expect(new Set(result.facts.map((fact) => fact.reason))).toStrictEqual(new Set([reason]))
    expect(result.summary[0]).toContain(words)
    expect(result.summary).toHaveLength(2)
    expect(result).toMatchObject({ decisions: [], findings: [], tables: [], charts: [] })
  })

  it('a data set without a lead in time', () => {
    const result = without('leads')
    expect(result.status).toBe('not_measured')
    expect(result.summary[0]).toContain('no lead was created or qualified in time')
  })

  it('MQL dates', () => {
    const result = without('mql', { months: [] })
    for (const id of ['mqls', 'mqls.previous', 'mqls.change', 'open_mqls', 'wins']) {
      expect(factOf(result, `month.${id}`)).toMatchObject({ status: 'not_measured', value: null })
    }
    expect(factOf(without('mql'), 'month.mqls.change')?.reason).toBe('no lead has an MQL date')
    expect(factOf(result, 'month.created')?.value).toBe(400)
    expect(decisionOf(result, 'trend:mqls')?.action).toBe('unknown')
    expect(result.summary[0]).toContain('how many became an MQL is not recorded')
    expect(result.status).toBe('partial')
    // A score that can be judged does not make up for them.
    expect(without('mql', { settled: HEALTHY }).status).toBe('partial')
  })

  it('answers of sales', () => {
    const months = [month('2026-10', { mqls: 50 })]
    const result = without('feedback', { months, settled: HEALTHY })
    expect(factOf(result, 'month.acceptance')).toMatchObject({
      status: 'not_measured',
      reason: 'no lead has an answer from sales',
    })
    expect(decisionOf(result, 'acceptance')?.action).toBe('not_assessable')
    expect(findingOf(result, 'acceptance')).toBeUndefined()
    expect(result.summary[1]).toBe('Whether sales accepts the MQLs is not recorded.')
    expect(result.status).toBe('partial')
  })

  it('answers of sales in the month', () => {
    const result = review({ months: [month('2026-10', { mqls: 50 })] })
    expect(factOf(result, 'month.acceptance')).toMatchObject({
      status: 'not_measured',
      reason: 'sales answered on no MQL of the month',
    })
  })

  it('SQL dates', () => {
    const result = without('salesQualified')
    expect(factOf(result, 'month.sales_qualification')).toMatchObject({
      status: 'not_measured',
      reason: 'no lead has an SQL date',
    })
    expect(factOf(result, 'month.sales_qualified')).toMatchObject({ status: 'not_measured' })
    expect(decisionOf(result, 'sales_qualification')?.action).toBe('not_assessable')
    expect(result.summary[2]).toBe('MQL to SQL cannot be stated for the month yet.')
  })

  it('MQLs old enough', () => {
    const result = review({ months: [month('2026-10', { mqls: 50 })] })
    expect(factOf(result, 'month.sales_qualification')).toMatchObject({
      status: 'not_measured',
      reason: 'no MQL of the month is old enough to have been worked',
    })
  })

  it.each([
    ['opportunity', 'month.opportunities'],
    ['won', 'month.wins'],
  ])('the column %s', (column, id) => {
    expect(factOf(without(column), id)).toMatchObject({ status: 'not_measured' })
  })

  it.each([
    ['score', 'no lead carries a score', 'No lead carries a score'],
    ['won', 'no lead has a date of winning', 'No lead has a date of winning'],
  ])('the column %s for the quality of the score', (column, reason, title) => {
    const result = without(column, { settled: HEALTHY, bands: BANDS })
    expect(factOf(result, 'model.auc')).toMatchObject({ status: 'not_measured', reason })
    expect(findingOf(result, 'no_score')?.title).toBe(title)
    expect(decisionOf(result, 'model')).toBeUndefined()
    expect(tableOf(result, 'bands')).toBeDefined()
    expect(result.summary[3]).toBe(
      'The score itself cannot be judged: scores or wins are not recorded.',
    )
    expect(result.status).toBe('partial')
    expect(danglingFacts({ ...result, texts: result.summary })).toStrictEqual([])
  })

  it('a month before with nothing has no change', () => {
    const result = review({ created: { current: 5, previous: 0 } })
    expect(factOf(result, 'month.created.change')).toMatchObject({
      status: 'not_measured',
      reason: 'the month before had none',
    })
  })
})

describe('the summary', () => {
  it('tells volume, acceptance, MQL to SQL, the score and what is proposed', () => {
    const result = whole()
    expect(result.summary.map((sentence) => plain(result, sentence))).toStrictEqual([
      'The month brought 210 MQLs after 200 the month before, a difference too uncertain to call a rise or a fall.',
      'Sales accepted 0.75 of those it answered on, short of the target of 0.8.',
      `Of the MQLs old enough, ${40 / 120} became SQLs in time, which is below the target of 0.4.`,
      `The score holds, with an AUC of ${JSON.stringify(factOf(result, 'model.auc')?.value)} on 2400 settled leads.`,
      'Proposed for the scoring: a new exclusion criterion.',
    ])
  })

  it('says when targets are met', () => {
    const result = review({}, { leads: { acceptance_target: 0.7, mql_to_sql_target: 0.3 } })
    expect(result.summary[1]).toContain('which meets the target')
    expect(result.summary[2]).toContain('which meets the target')
  })

  it.each([
    [400, 200, 'a fall beyond chance'],
    [200, 400, 'a rise beyond chance'],
    [200, 205, 'a difference too uncertain to call a rise or a fall'],
    [200_000, 200_200, 'a change too small to act on'],
    [2, 3, 'a change that cannot be judged yet'],
  ])('says of %d and then %d: %s', (before, now, words) => {
    const months = [month('2026-09', { mqls: before }), month('2026-10', { mqls: now })]
    expect(review({ months }).summary[0]).toContain(words)
  })

  it('says when the score cannot be judged yet', () => {
    const result = review({ settled: settledGroups([[50, 40, 5]]) })
    expect(plain(result, result.summary[3] ?? '')).toBe(
      'The score cannot be judged yet: 5 of 40 settled leads won.',
    )
    const fresh = review({ settled: [] })
    expect(plain(fresh, fresh.summary[3] ?? '')).toBe(
      'The score cannot be judged yet: no lead with a score is old enough for its outcome to count.',
    )
    const finding = fresh.findings.find(({ ruleId }) => ruleId === 'lead_scoring.model')
    expect(plain(fresh, finding?.detail ?? '')).toBe(
      'No lead with a score is 90 old, from when on its outcome counts.',
    )
  })

  it('proposes new bands', () => {
    const flat = review({
      settled: settledGroups([
        [20, 600, 20],
        [50, 600, 200],
        [70, 600, 60],
        [90, 600, 300],
      ]),
    })
    expect(flat.summary.join(' ')).toContain('new band limits')
  })

  it('speaks only of facts that are there, in two to six sentences', () => {
    for (const result of [whole(), review(), review({ presence: 'absent' })]) {
      const known = new Set(result.facts.map((fact) => fact.id))
      expect(result.summary.flatMap(tokensOf).filter((id) => !known.has(id))).toStrictEqual([])
      expect(result.summary.length).toBeGreaterThanOrEqual(2)
      expect(result.summary.length).toBeLessThanOrEqual(6)
    }
  })
})
