import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import type { ExperimentArmRow, ExperimentsInput, LoggedDecision } from '#rules/experiment/input.ts'
import { type ExperimentsReview, reviewExperiments } from '#rules/experiment/review.ts'
import { Decision, Fact, Finding, Table } from '#rules/schema/review.ts'
import { literal, tokensOf } from '#rules/schema/template.ts'
import { misalignedColumns } from '#test/support/columns.ts'
import { policyWith } from '#test/support/policy.ts'

import { arm, arms } from './arms.ts'

const near = (value: number, digits = 10): unknown => expect.closeTo(value, digits)
const context = (experiments: Readonly<Record<string, unknown>> = {}) => ({
  month: '2026-03',
  asOfOn: '2026-03-31',
  policy: policyWith({ experiments }),
})
const review = (
  input: Partial<ExperimentsInput>,
  experiments: Readonly<Record<string, unknown>> = {},
): ExperimentsReview =>
  reviewExperiments(
    { rows: [], presence: 'present', log: [], earlierReadings: [], ...input },
    context(experiments),
  )
const factOf = ({ facts }: ExperimentsReview, id: string): Fact | undefined =>
  facts.find((fact) => fact.id === id)
const valueOf = (found: ExperimentsReview, id: string): unknown => factOf(found, id)?.value
const findingOf = ({ findings }: ExperimentsReview, id: string): Finding | undefined =>
  findings.find((finding) => finding.id === id)

/** The five experiments of the published report: users are impressions of the asset. */
function published(): ExperimentArmRow[] {
  const test = (
    id: string,
    metric: string,
    changes: Partial<ExperimentArmRow>,
    [n0, k0, n1, k1]: readonly [number, number, number, number],
  ): ExperimentArmRow[] => {
    const base = { experimentId: id, name: `${id} ${metric}`, metric, ...changes }
    return [
      arm({ ...base, arm: `${id}_A`, users: n0, conversions: k0 }),
      arm({ ...base, arm: `${id}_B`, isControl: false, users: n1, conversions: k1 }),
    ]
  }
  const running = { status: 'running', endedOn: null }
  return [
    ...test(
      'EXP_001',
      'conversion_rate',
      { ...running, startedOn: '2026-03-04' },
      [8000, 48, 8200, 74],
    ),
    ...test(
      'EXP_002',
      'conversion_rate',
      { startedOn: '2026-03-05', endedOn: '2026-03-12' },
      [9000, 63, 9100, 82],
    ),
    ...test(
      'EXP_003',
      'demo_request_rate',
      { ...running, startedOn: '2026-03-06' },
      [6000, 36, 6200, 62],
    ),
    ...test(
      'EXP_004',
      'click_through_rate',
      { startedOn: '2026-03-08', endedOn: '2026-03-15' },
      [14_000, 0, 14_500, 0],
    ),
    ...test(
      'EXP_005',
      'feature_click_through_rate',
      { ...running, startedOn: '2026-03-09' },
      [4000, 0, 4200, 0],
    ),
  ]
}

const log = (id: string, decidedOn: string, text: string): LoggedDecision => ({
  id,
  decidedOn,
  campaignId: 'CAMP_001',
  text,
})

describe('the published experiments', () => {
  const found = review({
    rows: published(),
    log: [
      log('DEC_001', '2026-03-07', 'Variant outperformed control. Moved traffic to EXP_001_B'),
      log('DEC_002', '2026-03-13', 'Completed experiment EXP_002 showed consistent uplift'),
    ],
  })

  it('are three running and two completed', () => {
    expect(valueOf(found, 'campaign_roi.experiments.running')).toBe(3)
    expect(valueOf(found, 'campaign_roi.experiments.completed')).toBe(2)
    expect(factOf(found, 'campaign_roi.experiments.stopped')?.status).toBe('zero')
  })

  it('decide nothing: two point one way, one has too few users, two no conversion', () => {
    expect(found.decisions.map(({ id, action, reason }) => [id, action, reason])).toEqual([
      ['experiment.verdict:EXP_002', 'INCONCLUSIVE', 'underpowered'],
      ['experiment.verdict:EXP_004', 'INCONCLUSIVE', 'no_conversions'],
      ['experiment.verdict:EXP_001', 'DIRECTIONAL', 'still_running'],
      ['experiment.verdict:EXP_003', 'DIRECTIONAL', 'still_running'],
      ['experiment.verdict:EXP_005', 'TOO_EARLY', 'no_conversions'],
    ])
    const counts = [
      'WIN',
      'LOSS',
      'EQUIVALENT',
      'INCONCLUSIVE',
      'DIRECTIONAL',
      'TOO_EARLY',
      'GUARDRAIL_BREACH',
      'INVALID',
    ]
    expect(
      counts.map((verdict) => valueOf(found, `campaign_roi.experiments.verdict.${verdict}`)),
    ).toEqual([0, 0, 0, 2, 2, 1, 0, 0])
  })

  it('show the completed one with p = 0.13, 0.15 as first published', () => {
    const prefix = 'campaign_roi.experiment.EXP_002'
    expect(valueOf(found, `${prefix}.p_value`)).toBeCloseTo(0.1289, 4)
    expect(valueOf(found, `${prefix}.p_value_corrected`)).toBeCloseTo(0.1516, 4)
    expect(factOf(found, `${prefix}.control.value`)).toMatchObject({
      value: 0.007,
      unit: 'rate',
      numerator: 63,
      denominator: 9000,
      formula: 'conversions ÷ users',
      source: [
        {
          dataset: 'experiments',
          rows: 2,
          where: { experiment_id: 'EXP_002', metric: 'conversion_rate' },
        },
      ],
    })
    expect(findingOf(found, 'finding.experiment.verdict:EXP_002')).toMatchObject({
      severity: 'warning',
      title: 'EXP_002 conversion_rate ended without a result',
    })
  })

  it('do not carry the decisions that were taken on them', () => {
    const acted = found.findings.filter(({ ruleId }) => ruleId === 'experiment.acted_on_undecided')
    expect(acted.map(({ severity, subject, title }) => [severity, subject, title])).toEqual([
      ['serious', 'experiment:EXP_001', 'DEC_001 acted on an undecided experiment'],
      ['serious', 'experiment:EXP_002', 'DEC_002 acted on an undecided experiment'],
    ])
    expect(tokensOf(acted[1]?.detail ?? '')).toContain(
      'campaign_roi.experiment.EXP_002.p_value_corrected',
    )
    expect(acted[0]?.detail).toContain('still running')
  })

  it('keep every quantity the verdict was compared on', () => {
    expect(found.decisions[0]).toMatchObject({
      stage: 'campaign_roi',
      subject: 'experiment:EXP_002',
      subjectName: 'EXP_002 conversion_rate',
      ruleId: 'experiment.verdict',
      policyVersion: 'test-1',
      evidence: {
        phase: 'completed',
        controlUsers: 9000,
        treatmentUsers: 9100,
        minUsersPerArm: 100,
        conversions: 145,
        daysRun: 7,
        minDays: 7,
        looks: null,
        readMoreThanOnce: false,
        traffic: 'as_planned',
        trafficPValue: near(0.457_303_614_8),
        srmAlarm: 0.001,
        srmWatch: 0.01,
        leakedShare: 0,
        maxLeakedShare: 0.01,
        alpha: 0.05,
        minLift: 0.1,
        anytimeReading: true,
        neededUsersPerArm: 233_735,
        method: 'welch',
        difference: near(0.002_010_989_011),
        differenceLow: near(-0.000_584_662_466),
        differenceHigh: near(0.004_606_640_488),
        lift: near(0.287_284_144_427),
        liftLow: near(-0.072_008_097_625),
        liftHigh: near(0.812_534_184_317),
        pValue: near(0.128_883_163_149),
        pValueAdjustedForComparisons: near(0.128_883_163_149),
        pValueWithContinuityCorrection: near(0.151_552_848_547),
        anytimeCallable: false,
        anytimeLow: near(-0.002_115_523_388),
        anytimeHigh: near(0.006_137_501_410),
      },
    })
  })

  it('are summed up by how they ended', () => {
    const count = (name: string) => `{{campaign_roi.experiments.${name}}}`
    expect(found.summary).toEqual([
      `Experiments: ${count('completed')} completed, ${count('running')} running; of their comparisons ${count('verdict.INCONCLUSIVE')} ended without a result, ${count('verdict.DIRECTIONAL')} only point one way, ${count('verdict.TOO_EARLY')} are too early to read.`,
    ])
    expect(factOf(found, 'campaign_roi.experiments.running')?.source).toEqual([
      { dataset: 'experiments', rows: 10 },
    ])
  })

  it('stay small and refer only to what is there', () => {
    expectSound(found)
    expect(JSON.stringify(found).length).toBeLessThan(45_000)
  })
})

/** Every part fits the schema, and every fact or decision referred to exists. */
function expectSound(found: ExperimentsReview): void {
  z.object({
    facts: z.array(Fact),
    decisions: z.array(Decision),
    findings: z.array(Finding),
    tables: z.array(Table),
  }).parse(found)
  const facts = new Set(found.facts.map((fact) => fact.id))
  const decisions = new Set(found.decisions.map((decision) => decision.id))
  const cells = found.tables.flatMap((table) => table.rows.flat())
  const templates = [
    ...found.findings.flatMap((finding) => [finding.title, finding.detail]),
    ...found.tables.map((table) => table.note ?? ''),
    ...found.summary,
  ]
  const referred = [
    ...templates.flatMap(tokensOf),
    ...found.facts.flatMap((fact) => fact.inputs ?? []),
    ...cells.flatMap((cell) => ('fact' in cell ? [cell.fact] : [])),
  ]
  const decided = cells.flatMap((cell) => ('decision' in cell ? [cell.decision] : []))
  expect(referred.filter((id) => !facts.has(id))).toEqual([])
  expect(decided.filter((id) => !decisions.has(id))).toEqual([])
  expect(decisions.size).toBe(found.decisions.length)
  const ragged = found.tables.filter(({ columns, rows }) =>
    rows.some((row) => row.length !== columns.length),
  )
  expect(ragged).toEqual([])
}

describe('a review of experiments', () => {
  it('measures nothing where there is no data set', () => {
    const absent = review({ presence: 'absent' })
    expect(absent).toMatchObject({ decisions: [], findings: [], tables: [], summary: [] })
    expect(factOf(absent, 'campaign_roi.experiments.running')).toMatchObject({
      status: 'not_measured',
      value: null,
      reason: 'there is no data set experiments',
    })
    expect(factOf(absent, 'campaign_roi.experiments.expected_false_winners')?.status).toBe(
      'not_measured',
    )
    expect(
      factOf(review({ presence: 'unreadable' }), 'campaign_roi.experiments.running')?.reason,
    ).toBe('the data set experiments is unreadable')
  })

  it('counts nothing in a data set without rows', () => {
    expect(factOf(review({ presence: 'empty' }), 'campaign_roi.experiments.running')?.status).toBe(
      'not_measured',
    )
    expect(
      factOf(review({ presence: 'empty' }), 'campaign_roi.experiments.verdict.WIN')?.status,
    ).toBe('not_measured')
  })

  it('reads only what was alive in the month, and pools with what came before', () => {
    const rows = [
      ...arms([100, 130], { experimentId: 'OLD', startedOn: '2025-01-01', endedOn: '2025-02-01' }),
      ...arms([100, 130], { experimentId: 'NOW' }),
      ...arms([100, 130], { experimentId: 'NEXT', startedOn: '2026-04-01', endedOn: null }),
    ]
    const found = review({ rows })
    expect(found.decisions.map(({ id }) => id)).toEqual(['experiment.verdict:NOW'])
    expectSound(found)
    expect(valueOf(found, 'campaign_roi.experiments.pooled.conversion_rate.experiments')).toBe(3)
    expect(valueOf(found, 'campaign_roi.experiments.pooled.conversion_rate.lift')).toBeCloseTo(
      0.3,
      10,
    )
    expect(factOf(found, 'campaign_roi.experiments.pooled.conversion_rate.lift.low')).toMatchObject(
      {
        unit: 'change',
        formula: 'Hartung–Knapp interval of level 0.95',
        source: [{ dataset: 'experiments', rows: 6, where: { metric: 'conversion_rate' } }],
      },
    )
    expect(found.tables.map(({ id, rows: lines }) => [id, lines.length])).toEqual([
      ['campaign_roi.experiments', 1],
      ['campaign_roi.experiments.pooled', 1],
    ])
    expect(found.tables.flatMap(misalignedColumns)).toEqual([])
    expect(found.tables[1]?.columns).toHaveLength(5)
    expect(findingOf(found, 'finding.experiment.pooling:conversion_rate')?.severity).toBe('info')
  })

  it('lists what can be acted on first, then by id', () => {
    const rows = [
      ...arms([1, 2], { experimentId: 'E1', status: 'cancelled' }),
      ...arms([1, 2], { experimentId: 'E2', status: 'planned' }),
      ...arms([1, 2], { experimentId: 'E3', status: 'running', endedOn: null }),
      ...arms([1, 2], { experimentId: 'E5', status: 'stopped' }),
      ...arms([1, 2], { experimentId: 'E7' }),
      ...arms([1, 2], { experimentId: 'E6' }),
      ...arms([1, 2], { experimentId: 'E4', status: 'stopped' }),
    ]
    const found = review({ rows })
    expect(found.decisions.map(({ id }) => id.split(':')[1])).toEqual([
      'E6',
      'E7',
      'E4',
      'E5',
      'E3',
      'E2',
      'E1',
    ])
    expectSound(found)
  })

  it('shows at most two dozen with figures, counts the rest, and keeps every decision', () => {
    const many = (count: number): ExperimentArmRow[] =>
      Array.from({ length: count }, (_, index) =>
        arms([100, 101], { experimentId: `E${String(index).padStart(3, '0')}` }),
      ).flat()
    const full = review({ rows: many(24) })
    expect(factOf(full, 'campaign_roi.experiments.not_shown')).toBeUndefined()
    expect(full.tables[0]?.rows).toHaveLength(24)
    expect(full.tables[0]?.note).not.toContain('more stand')
    const over = review({ rows: many(26), log: [log('D', '2026-03-20', 'E025 rolled out')] })
    expect(over.decisions).toHaveLength(26)
    expect(over.tables[0]?.rows).toHaveLength(25)
    expect(valueOf(over, 'campaign_roi.experiments.not_shown')).toBe(1)
    expect(over.tables[0]?.note).toContain('{{campaign_roi.experiments.not_shown}} more stand')
    expectSound(over)
  })

  it('tells how the arms differ where a mean is tested', () => {
    const rows = arms([1, 1], { conversions: null, mean: 10, variance: 25 }).map((row, index) => ({
      ...row,
      mean: 10 + index,
    }))
    const found = review({ rows })
    const prefix = 'campaign_roi.experiment.EXP_1'
    expectSound(found)
    expect(factOf(found, `${prefix}.control.value`)).toMatchObject({
      unit: 'number',
      value: 10,
      label: 'Mean, control',
    })
    expect(factOf(found, `${prefix}.difference`)).toMatchObject({ unit: 'number', value: 1 })
    expect(factOf(found, `${prefix}.difference.low`)).toMatchObject({
      unit: 'number',
      formula: 'Welch t interval of level 0.95',
    })
    expect(factOf(found, `${prefix}.p_value_corrected`)).toBeUndefined()
  })

  it('names the method and the level of its figures', () => {
    const exact = review({ rows: arms([2, 9]) }, { alpha: 0.1 })
    const prefix = 'campaign_roi.experiment.EXP_1'
    expect(factOf(exact, `${prefix}.difference.low`)?.formula).toBe(
      'Miettinen–Nurminen score interval of level 0.9',
    )
    expect(factOf(exact, `${prefix}.lift.low`)?.formula).toBe(
      'Miettinen–Nurminen score interval of level 0.9',
    )
    expect(factOf(exact, `${prefix}.p_value`)?.formula).toBe('Fisher exact test, two-sided')
    expect(factOf(exact, `${prefix}.difference`)?.unit).toBe('points')
    const none = review({ rows: arms([0, 9]) })
    expect(factOf(none, `${prefix}.lift.low`)).toMatchObject({
      status: 'not_measured',
      reason: 'the control is too near zero to relate to',
    })
    const welch = review({ rows: arms([100, 120]) })
    expect(factOf(welch, `${prefix}.lift.low`)?.formula).toBe('Fieller interval of level 0.95')
    expect(factOf(welch, `${prefix}.p_value`)?.formula).toBe('Welch t test, two-sided')
    expect(factOf(welch, `${prefix}.lift.high`)).toMatchObject({ unit: 'change', status: 'known' })
    expect(factOf(welch, 'campaign_roi.experiments.expected_false_winners')).toMatchObject({
      value: 0.025,
      unit: 'number',
      inputs: ['campaign_roi.experiments.judged'],
      formula: 'comparisons that could have been called a win × 0.05 ÷ 2',
    })
  })

  it('enters adjusted p values, leaks, looks and needed users only where they say something', () => {
    const ids = (found: ExperimentsReview): string[] =>
      found.facts
        .map((fact) => fact.id.split('EXP_1').at(-1) ?? '')
        .filter((id) => id.startsWith('.') || id.startsWith('-'))
    const plain = ids(review({ rows: arms([100, 160]) }))
    expect(plain).toEqual([
      '.control.users',
      '.control.value',
      '.treatment.users',
      '.treatment.value',
      '.difference',
      '.difference.low',
      '.difference.high',
      '.lift',
      '.lift.low',
      '.lift.high',
      '.per_day',
      '.per_day.low',
      '.per_day.high',
      '.p_value',
      '.p_value_corrected',
      '.chance_to_win',
      '.false_discovery_rate',
      '.traffic_p_value',
    ])
    const undecided = ids(review({ rows: arms([100, 101]) }))
    expect(undecided.filter((id) => !plain.includes(id))).toEqual(['.needed_users'])
    const looked = ids(review({ rows: arms([100, 160], { looks: 3 }) }))
    expect(looked.filter((id) => !plain.includes(id))).toEqual([
      '.looks',
      '.false_alarm_rate',
      '.anytime.low',
      '.anytime.high',
    ])
    expect(plain.filter((id) => !looked.includes(id))).toEqual(['.false_discovery_rate'])
    const once = ids(review({ rows: arms([100, 160], { looks: 1 }) }))
    expect(once.filter((id) => !plain.includes(id))).toEqual(['.looks'])
    const stopped = ids(review({ rows: arms([100, 160], { status: 'stopped' }) }))
    expect(stopped.filter((id) => !plain.includes(id))).toEqual(['.anytime.low', '.anytime.high'])
    const leaking = [
      ...arms([100, 160]),
      arm({ arm: 'C', isControl: false, users: 3, conversions: 0, plannedShare: 0 }),
    ]
    expect(ids(review({ rows: leaking })).filter((id) => !plain.includes(id))).toEqual([
      '.leaked_users',
    ])
    const two = [...arms([100, 160]), arm({ arm: 'C', isControl: false, conversions: 150 })]
    expect(
      review({ rows: two }).facts.filter(({ id }) => id.endsWith('.p_value_adjusted')),
    ).toHaveLength(1)
  })

  it('has no interval for every look where nobody came yet', () => {
    const rows = arms([0, 0], { users: 0, status: 'running', endedOn: null })
    const found = review({ rows })
    expectSound(found)
    for (const end of ['low', 'high']) {
      expect(factOf(found, `campaign_roi.experiment.EXP_1.anytime.${end}`)).toMatchObject({
        status: 'not_measured',
        reason: 'there is no interval that holds at every look',
      })
    }
  })

  it('has no figures where an experiment cannot be compared', () => {
    const found = review({ rows: [arm({ users: 0, conversions: 0 })] })
    expectSound(found)
    const prefix = 'campaign_roi.experiment.EXP_1'
    expect(factOf(found, `${prefix}.control.value`)).toMatchObject({
      status: 'not_measured',
      reason: 'no users came',
    })
    expect(factOf(found, `${prefix}.difference`)).toMatchObject({
      status: 'not_measured',
      reason: 'the arms cannot be compared',
    })
    expect(factOf(found, `${prefix}.lift`)?.reason).toBe('the arms cannot be compared')
    expect(factOf(found, `${prefix}.p_value`)?.reason).toBe('the arms cannot be compared')
    expect(factOf(found, `${prefix}.chance_to_win`)).toBeUndefined()
    expect(found.tables[0]?.rows[0]?.slice(2, 4)).toEqual([{ text: '–' }, { text: '–' }])
    expect(findingOf(found, 'finding.experiment.verdict:EXP_1')).toMatchObject({
      severity: 'serious',
      title: 'Button test cannot be read',
      detail: 'No figure of it may be used: no arm was compared with the control.',
    })
  })

  it('has the figures of the other arm where no arm is the control', () => {
    const found = review({ rows: [arm({ isControl: false })] })
    expectSound(found)
    const prefix = 'campaign_roi.experiment.EXP_1'
    expect(found.facts.map(({ id }) => id).filter((id) => id.startsWith(prefix))).toEqual(
      [
        'treatment.users',
        'treatment.value',
        'difference',
        'difference.low',
        'difference.high',
        'lift',
        'lift.low',
        'lift.high',
        'p_value',
        'traffic_p_value',
      ].map((metric) => `${prefix}.${metric}`),
    )
    expect(found.decisions[0]).toMatchObject({
      action: 'INVALID',
      reason: 'no_control',
      evidence: { controlUsers: null, treatmentUsers: 1000, conversions: null },
    })
    const cells = found.tables[0]?.rows[0]?.slice(2, 6)
    const ids = ['difference', 'difference.low'].map((metric) => `${prefix}.${metric}`)
    expect(cells).toEqual([{ text: '–' }, { text: '–' }, ...ids.map((fact) => ({ fact }))])
    expect(found.tables).toHaveLength(1)
  })

  it('misses a mean that no arm states, and a plan that is not complete', () => {
    const mixed = [
      arm({ conversions: null, mean: 3, variance: 1 }),
      arm({ arm: 'B', isControl: false, conversions: null }),
    ]
    const found = review({ rows: mixed })
    expectSound(found)
    expect(factOf(found, 'campaign_roi.experiment.EXP_1.treatment.value')?.reason).toBe(
      'the data set states no mean',
    )
    // One arm that counts conversions makes no rate of the other.
    const half = review({
      rows: [arm({}), arm({ arm: 'B', isControl: false, conversions: null, mean: 3, variance: 1 })],
    })
    expect(factOf(half, 'campaign_roi.experiment.EXP_1.treatment.value')).toMatchObject({
      label: expect.stringContaining('Mean, treatment'),
      value: 3,
    })
    const unplanned = review({
      rows: [arm({}), arm({ arm: 'B', isControl: false, plannedShare: null })],
    })
    expect(factOf(unplanned, 'campaign_roi.experiment.EXP_1.traffic_p_value')?.reason).toBe(
      'the planned shares are incomplete',
    )
  })
})

describe('findings', () => {
  const titles = (found: ExperimentsReview): string[] => found.findings.map(({ title }) => title)

  it('stay silent on a win, an equivalence, a test too early and one cancelled', () => {
    const rows = [
      ...arms([100, 160], { experimentId: 'E1' }),
      ...arms([100_000, 100_010], { experimentId: 'E2', metric: 'other', users: 1_000_000 }),
      ...arms([100, 101], { experimentId: 'E3', status: 'running', endedOn: null }),
      ...arms([100, 160], { experimentId: 'E4', status: 'cancelled' }),
    ]
    const found = review({ rows })
    expect(found.decisions.map(({ action }) => action)).toEqual([
      'WIN',
      'EQUIVALENT',
      'TOO_EARLY',
      'INVALID',
    ])
    expect(found.findings).toEqual([])
    expect(found.summary[0]).toMatch(
      / won, \S+ made no difference that matters, \S+ are too early to read, \S+ cannot be read\.$/,
    )
  })

  it('tell a loss with its figures', () => {
    const found = review({ rows: arms([160, 100]) })
    expect(findingOf(found, 'finding.experiment.verdict:EXP_1')).toEqual({
      id: 'finding.experiment.verdict:EXP_1',
      ruleId: 'experiment.verdict',
      subject: 'experiment:EXP_1',
      severity: 'warning',
      title: 'Button test: the treatment is worse',
      detail:
        'Keep the control: the interval of the difference excludes zero. It shows a lift of {{campaign_roi.experiment.EXP_1.lift}} ({{campaign_roi.experiment.EXP_1.lift.low}} to {{campaign_roi.experiment.EXP_1.lift.high}}), p = {{campaign_roi.experiment.EXP_1.p_value}} ({{campaign_roi.experiment.EXP_1.p_value_corrected}} with continuity correction). Over all traffic of the experiment that is {{campaign_roi.experiment.EXP_1.per_day}} a day ({{campaign_roi.experiment.EXP_1.per_day.low}} to {{campaign_roi.experiment.EXP_1.per_day.high}}).',
    })
  })

  it('say what a called difference is worth a day, on the traffic of all arms', () => {
    const found = review({
      rows: arms([100, 160], { startedOn: '2026-03-01', endedOn: '2026-03-11' }),
    })
    const prefix = 'campaign_roi.experiment.EXP_1'
    const of = (id: string): number => Number(valueOf(found, `${prefix}.${id}`))
    const usersADay = (of('control.users') + of('treatment.users')) / 10
    const inputsOf = (id: string) => factOf(found, `${prefix}.${id}`)?.inputs
    const values = [`${prefix}.treatment.value`, `${prefix}.control.value`]
    expect(inputsOf('difference')).toEqual(values)
    expect(inputsOf('lift')).toEqual(values)
    expect(inputsOf('per_day')).toEqual([`${prefix}.difference`])
    expect(inputsOf('control.value')).toBeUndefined()
    expect(of('per_day')).toBeCloseTo(of('difference') * usersADay, 9)
    expect(of('per_day.low')).toBeCloseTo(of('difference.low') * usersADay, 9)
    expect(of('per_day.high')).toBeCloseTo(of('difference.high') * usersADay, 9)
  })

  it('say nothing of a day before the first one is over', () => {
    const sameDay = { startedOn: '2026-03-11', endedOn: '2026-03-11' }
    const found = review({ rows: arms([160, 100], sameDay) }, { min_days: 0 })
    expect(findingOf(found, 'finding.experiment.verdict:EXP_1')?.detail).not.toContain('a day')
    expect(factOf(found, 'campaign_roi.experiment.EXP_1.per_day')).toBeUndefined()
  })

  it('tell a difference where no lift can be told, and no correction for a mean', () => {
    const thin = findingOf(review({ rows: arms([0, 3]) }), 'finding.experiment.verdict:EXP_1')
    expect(thin?.detail).toContain('a difference of {{campaign_roi.experiment.EXP_1.difference}}')
    expect(thin?.detail).not.toContain('needs')
    const mean = arms([1, 1], { conversions: null, mean: 10, variance: 25 }).map((row, index) => ({
      ...row,
      mean: 10 - index,
    }))
    const detail = findingOf(review({ rows: mean }), 'finding.experiment.verdict:EXP_1')?.detail
    expect(detail).toContain('p = {{campaign_roi.experiment.EXP_1.p_value}}.')
    expect(detail).not.toContain('continuity')
  })

  it('tell how many users an undecided test needs', () => {
    const detail = findingOf(
      review({ rows: arms([100, 101]) }),
      'finding.experiment.verdict:EXP_1',
    )?.detail
    expect(detail).toContain(
      'each arm needs {{campaign_roi.experiment.EXP_1.needed_users}} users; the control had {{campaign_roi.experiment.EXP_1.control.users}}',
    )
    const flat = review({ rows: arms([1, 1], { conversions: null, mean: 3, variance: 0 }) })
    expect(findingOf(flat, 'finding.experiment.verdict:EXP_1')?.detail).toBe(
      'Nothing can be decided from it: an arm has no spread.',
    )
  })

  it.each<[string, ExperimentArmRow[], Readonly<Record<string, unknown>>]>([
    [
      'It may not be acted on: it is still running, and the interval that holds at every look still contains zero.',
      arms([100, 130], { status: 'running', endedOn: null }),
      {},
    ],
    [
      'It may not be acted on: it is still running, and the policy has no plan for calling it before its end.',
      arms([100, 200], { status: 'running', endedOn: null }),
      { sequential: false },
    ],
    [
      'It may not be acted on: it is still running, and the odds that the rates differ do not decide yet.',
      arms([5, 16], { status: 'running', endedOn: null }),
      {},
    ],
    [
      'Keep the control: the odds that the rates differ are high enough to decide at any look.',
      arms([40, 0], { status: 'running', endedOn: null }),
      {},
    ],
    [
      'Keep the control: the interval that holds at every look excludes zero.',
      arms([300, 100], { status: 'running', endedOn: null }),
      {},
    ],
    ['Keep the control: the exact test tells the difference from chance.', arms([20, 5]), {}],
    ['Keep the control: the interval of the difference excludes zero.', arms([200, 100]), {}],
    [
      'Keep the control: the interval of the difference excludes zero.',
      arms([200, 100]),
      { sequential: false },
    ],
    [
      'Nothing can be decided from it: the exact test does not tell the difference from chance.',
      arms([5, 12]),
      { min_lift: 3 },
    ],
    [
      'Nothing can be decided from it: the interval holds both zero and a lift worth acting on.',
      arms([1000, 1050], { users: 10_000 }),
      { min_lift: 0.13 },
    ],
    [
      'Nothing can be decided from it: corrected for the comparisons of the experiment, the test does not tell the difference from chance.',
      ['a', 'b'].flatMap((metric) => arms([100, 129], { metric })),
      { min_lift: 0.5, correction: 'holm', alpha: 0.042 },
    ],
    [
      'Nothing can be decided from it: the interval of the difference holds zero.',
      arms([1, 1], { conversions: null, mean: 0, variance: 4 }),
      {},
    ],
  ])('say only what was compared: %s', (expected, rows, experiments) => {
    const details = review({ rows }, experiments).findings.map(({ detail }) => detail)
    expect(details.some((detail) => detail.startsWith(expected))).toBe(true)
  })

  it('tell that a split without a full plan could not be checked', () => {
    const rows = arms([100, 160]).map((row, index) =>
      index === 0 ? row : { ...row, plannedShare: null },
    )
    const found = review({ rows })
    expect(found.decisions[0]?.action).toBe('WIN')
    expect(findingOf(found, 'finding.experiment.traffic:EXP_1')).toMatchObject({
      severity: 'warning',
      title: expect.stringMatching(/^The traffic split of .*Button test.* could not be checked$/),
      detail: expect.stringContaining('states a share for some arms only'),
    })
    const empty = review({ rows: rows.map((row) => ({ ...row, users: 0, conversions: 0 })) })
    expect(findingOf(empty, 'finding.experiment.traffic:EXP_1')).toBeUndefined()
  })

  it('tell what several looks do', () => {
    const twice = review({ rows: arms([100, 130], { looks: 2 }) })
    const detail = findingOf(twice, 'finding.experiment.verdict:EXP_1')?.detail
    expect(twice.decisions[0]?.reason).toBe('repeated_looks')
    expect(detail).toContain('Read {{campaign_roi.experiment.EXP_1.looks}} times')
    expect(detail).toMatch(/without any effect\.$/)
    expect(factOf(twice, 'campaign_roi.experiment.EXP_1.false_alarm_rate')?.inputs).toEqual([
      'campaign_roi.experiment.EXP_1.looks',
    ])
    expectSound(twice)
    const running = review({ rows: arms([100, 130], { status: 'running', endedOn: null }) })
    expect(findingOf(running, 'finding.experiment.verdict:EXP_1')?.detail).not.toContain('times')
  })

  it('name the reviews that showed a test before it ended', () => {
    const shown = (reviewId: string, conversions: readonly [number, number], users: number) => ({
      reviewId,
      experimentId: 'EXP_1',
      metric: 'conversion_rate',
      campaignId: 'CAMP_1',
      startedOn: '2026-03-02',
      arms: arms(conversions, { users }),
    })
    const earlierReadings = [
      shown('2026-01-aa', [40, 50], 400),
      shown('2026-02-bb', [100, 125], 1000),
      shown('2026-03-cc', [100, 130], 1000),
    ]
    const found = review({ rows: arms([100, 130]), earlierReadings })
    expect(valueOf(found, 'campaign_roi.experiment.EXP_1.looks')).toBe(3)
    expect(found.decisions[0]).toMatchObject({
      action: 'DIRECTIONAL',
      reason: 'repeated_looks',
      evidence: {
        experimentId: 'EXP_1',
        metric: 'conversion_rate',
        treatment: 'B',
        campaignId: 'CAMP_1',
        startedOn: '2026-03-02',
        earlierReviews: ['2026-01-aa', '2026-02-bb'],
        looks: 3,
      },
    })
    const once = review({ rows: arms([100, 130]), earlierReadings: earlierReadings.slice(2) })
    expect(once.decisions[0]).toMatchObject({ action: 'WIN', evidence: { looks: null } })
    for (const name of ['statedLooks', 'earlierReviews', 'breachedGuardrails']) {
      expect(once.decisions[0]?.evidence).not.toHaveProperty(name)
    }
    expect(findingOf(found, 'finding.experiment.verdict:EXP_1')?.detail).toContain(
      `without any effect. It was shown before with other figures, in ${['2026-01-aa', '2026-02-bb'].map(literal).join(', ')}.`,
    )
    expectSound(found)
  })

  it('tell an uneven split and a leak', () => {
    const uneven = review({
      rows: [arm({ users: 5000 }), arm({ arm: 'B', isControl: false, users: 5300 })],
    })
    expect(findingOf(uneven, 'finding.experiment.traffic:EXP_1')).toMatchObject({
      ruleId: 'experiment.traffic',
      severity: 'warning',
      title: 'The traffic of Button test split unevenly',
    })
    const leaking = [
      ...arms([100, 160]),
      arm({ arm: 'C', isControl: false, users: 3, conversions: 0, plannedShare: 0 }),
    ]
    const found = review({ rows: leaking })
    expect(titles(found)).toEqual(['Button test: users came into an arm planned to get none'])
    expect(findingOf(found, 'finding.experiment.leak:EXP_1')?.ruleId).toBe('experiment.leak')
    expectSound(found)
  })

  it('tell a broken guardrail by name', () => {
    const rows = [...arms([100, 160]), ...arms([300, 200], { metric: 'retention' })]
    const found = review({ rows }, { guardrail_metrics: ['retention'] })
    expectSound(found)
    expect(findingOf(found, 'finding.experiment.verdict:EXP_1@conversion_rate@B')).toMatchObject({
      severity: 'serious',
      title: 'Button test: conversion_rate, B breaks a guardrail',
      detail:
        'Whatever its own metric shows, the treatment makes a guardrail metric worse: retention.',
    })
    expect(found.decisions[0]?.evidence['breachedGuardrails']).toEqual(['retention'])
    expect(found.summary[0]).toContain(' hurt a metric that must not get worse.')
  })

  it('warn when chance alone may explain half of the winners', () => {
    const winners = (tests: number): ExperimentsReview =>
      review({
        rows: [
          ...arms([100, 160], { experimentId: 'W' }),
          ...Array.from({ length: tests - 1 }, (_, index) =>
            arms([100, 101], { experimentId: `E${index}`, metric: `m${index}` }),
          ).flat(),
        ],
      })
    // One winner of 20 tests: 20 · 0.05 ÷ 2 = 0.5, on the half; of 19 it is below.
    expect(titles(winners(20))).toContain('Chance alone may explain half of the winners')
    expect(titles(winners(19))).not.toContain('Chance alone may explain half of the winners')
    const none = review({ rows: arms([100, 101]) })
    expect(titles(none)).not.toContain('Chance alone may explain half of the winners')
    expectSound(winners(20))
  })

  it('make names from data safe', () => {
    const found = review({ rows: arms([160, 100], { name: '{{campaign_roi.x}} <b>' }) })
    expectSound(found)
    expect(found.findings[0]?.title).toBe('((campaign_roi.x)) <b>: the treatment is worse')
  })
})

describe('the tables', () => {
  it('say which were called by what holds at every look', () => {
    const noteOf = (conversions: readonly [number, number], status: string) => {
      const found = review({ rows: arms(conversions, { status, endedOn: null }) })
      expectSound(found)
      return [found.decisions[0]?.reason, found.tables[0]?.note ?? ''] as const
    }
    const called = 'is called by the interval of the difference that holds at every look, '
    const ends = ['low', 'high'].map((end) => `{{campaign_roi.experiment.EXP_1.anytime.${end}}}`)
    const [reason, note] = noteOf([100, 300], 'running')
    expect(reason).toBe('anytime_excludes_zero')
    expect(note).toContain(
      `no common lift. ${literal('Button test')} ${called}${ends.join(' to ')}.`,
    )
    const [exactReason, exactNote] = noteOf([1, 60], 'running')
    expect(exactReason).toBe('anytime_excludes_zero')
    expect(exactNote).toMatch(/is called by odds that hold at every look\.$/)
    for (const [other, status] of [
      [[100, 110], 'running'],
      [[100, 300], 'completed'],
    ] as const) {
      expect(noteOf(other, status)[1]).toMatch(/have no common lift\.$/)
    }
  })

  it('show each comparison in one line', () => {
    const [table] = review({ rows: arms([100, 160]) }).tables
    const prefix = 'campaign_roi.experiment.EXP_1'
    expect(table?.rows).toEqual([
      [
        { text: 'Button test' },
        { text: 'completed' },
        ...[
          'control.value',
          'treatment.value',
          'difference',
          'difference.low',
          'difference.high',
          'lift',
          'lift.low',
          'lift.high',
          'p_value',
          'traffic_p_value',
        ].map((metric) => ({ fact: `${prefix}.${metric}` })),
        { decision: 'experiment.verdict:EXP_1' },
      ],
    ])
    expect(table?.columns.map(({ numeric }) => numeric)).toEqual([
      false,
      false,
      ...Array.from({ length: 10 }, () => true),
      false,
    ])
    const [planned] = review({ rows: arms([0, 0], { status: 'planned' }) }).tables
    expect(planned?.rows[0]?.[1]).toEqual({ text: 'not started' })
  })

  it('sum up in one sentence, without verdicts that none has', () => {
    const count = (name: string) => `{{campaign_roi.experiments.${name}}}`
    const told = `Experiments: ${count('completed')} completed, ${count('running')} running; of their comparisons`
    expect(review({ rows: arms([100, 160]) }).summary).toEqual([
      `${told} ${count('verdict.WIN')} won.`,
    ])
    expect(review({ rows: arms([160, 100]) }).summary).toEqual([
      `${told} ${count('verdict.LOSS')} lost.`,
    ])
    const rows = [...arms([100, 160]), ...arms([5, 5], { experimentId: 'EXP_2', users: 10 })]
    expect(review({ rows }).summary[0]).toMatch(/ won, \{\{[^}]+\}\} [a-z ]+\.$/)
  })
})
