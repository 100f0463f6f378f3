import { describe, expect, it } from 'vitest'

import type { LeadScoringInput } from '#rules/leads/input.ts'
import { reviewLeadScoring } from '#rules/leads/review.ts'
import type { Cell, StageResult } from '#rules/schema/review.ts'
import { misalignedColumns } from '#test/support/columns.ts'
import { policyWith } from '#test/support/policy.ts'

import { leadInput, settledGroups } from './inputs.ts'

/** A workspace small enough to count by hand: 160 settled leads of two channels, one band with MQLs, two months of answers. */
function small(changes: Partial<LeadScoringInput> = {}, leads: object = {}): StageResult {
  const settled = settledGroups(
    [
      [20, 40, 2],
      [50, 40, 6],
      [70, 40, 12],
      [90, 40, 20],
    ],
    (index) => (index % 2 === 0 ? 'CH_1' : 'CH_2'),
  )
  const answers = (answer: string, before: number, now: number) => [
    { month: '2026-09', answer, count: before },
    { month: '2026-10', answer, count: now },
  ]
  const rep = (owner: string, accepted: number) => ({ owner, decided: 100, accepted })
  const input = leadInput({
    settled,
    currentScores: settled.slice(0, 60).map(({ score }) => score),
    bands: [
      {
        band: 'hql',
        mqls: 60,
        accepted: 50,
        rejected: 5,
        salesQualified: 30,
        opportunities: 12,
        wins: 3,
      },
    ],
    answers: [...answers('accepted', 160, 150), ...answers('budget', 30, 50)],
    reps: [rep('ana', 80), rep('ben', 82), rep('dan', 30)],
    channels: [
      { month: '2026-09', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 60 },
      { month: '2026-09', channelId: 'CH_2', matureMqls: 100, matureSalesQualified: 30 },
      { month: '2026-10', channelId: 'CH_1', matureMqls: 20, matureSalesQualified: 12 },
      { month: '2026-10', channelId: 'CH_2', matureMqls: 100, matureSalesQualified: 28 },
    ],
    ...changes,
  })
  const policy = policyWith({ leads: { bootstrap_resamples: 100, min_outcomes: 10, ...leads } })
  return reviewLeadScoring(input, { month: '2026-10', asOfOn: '2026-11-05', policy })
}

const bare = (id: string): string => id.replace('lead_scoring.', '')
function shown(cell: Cell): string {
  if ('fact' in cell) return bare(cell.fact)
  return 'decision' in cell ? `call ${bare(cell.decision)}` : cell.text
}
const rowsOf = ({ tables }: StageResult, id: string): readonly string[] =>
  (tables.find((table) => table.id === `lead_scoring.${id}`)?.rows ?? []).map((row) =>
    row.map(shown).join(' | '),
  )
/** A figure as `value of rows`, or its reason. */
const read = ({ facts }: StageResult, id: string): string => {
  const fact = facts.find((one) => one.id === `lead_scoring.${id}`)
  if (fact === undefined) return 'not entered'
  const value = typeof fact.value === 'number' ? Number(fact.value.toFixed(4)) : fact.reason
  return `${value} of ${fact.source.reduce((sum, { rows }) => sum + rows, 0)}`
}

describe('the parts of the stage', () => {
  it('are decided in this order, each with its reason', () => {
    expect(
      small().decisions.map(({ id, action, reason }) => [bare(id), action, reason].join(' ')),
    ).toEqual([
      'trend:mqls undecided within_chance',
      'trend:acceptance undecided within_chance',
      'trend:sales_qualification undecided within_chance',
      'acceptance below_target rate_below_target',
      'sales_qualification below_target rate_below_target',
      'bands keep bands_rise',
      'model RECALIBRATE claims_too_low',
      'recalibration none no_correction_held_on_newer_outcomes',
      'contact_threshold keep gain_within_chance',
      'rejection_reason:budget add_exclusion_criterion rejection_reason_grew',
      'rep_acceptance:dan align_with_rep accepts_less_than_peers',
      'rep_acceptance:ana align_with_rep accepts_more_than_peers',
      'rep_acceptance:ben align_with_rep accepts_more_than_peers',
    ])
  })

  it('are told in this order, each as serious as its rule', () => {
    expect(
      small().findings.map(({ id, ruleId, severity }) => [bare(id), bare(ruleId), severity]),
    ).toEqual([
      ['finding.acceptance', 'acceptance', 'warning'],
      ['finding.sales_qualification', 'sales_qualification', 'warning'],
      ['finding.mix', 'mix', 'info'],
      ['finding.model', 'model', 'warning'],
      ['finding.recalibration', 'recalibration', 'info'],
      ['finding.rejection_reason:budget', 'rejection_reason', 'warning'],
      ['finding.rep_acceptance', 'rep_acceptance', 'info'],
    ])
  })

  it('set every column of figures to the right, and no other', () => {
    const { tables } = small()
    expect(tables.map((table) => [bare(table.id), misalignedColumns(table)])).toEqual([
      // A change of volume has no target, and says so in words.
      ['month', ['target']],
      ['bands', []],
      ['model', ['value']],
      ['channels', []],
      ['reasons', []],
      ['reps', []],
    ])
  })
})

describe('tables', () => {
  it('are headed by what they show, one heading for each column', () => {
    const { tables } = small()
    expect(
      tables.map(({ id, columns }) => [bare(id), ...columns.map(({ label }) => label)].join(' | ')),
    ).toEqual([
      'month | Figure | 2026-10 | 2026-09 | Change | Target',
      'bands | Band | MQLs | Accepted | MQL to SQL | SQL to opportunity | Opportunity to win | Wins of settled leads | Low | High',
      'model | Figure | Value',
      'channels | Channel | Settled leads | Wins ÷ promised | p | Points',
      'reasons | Answer | 2026-10 | 2026-09 | Adjusted residual',
      'reps | Rep | As counted | Drawn towards all | Call',
    ])
    for (const { columns, rows } of tables) {
      for (const row of rows) expect(row).toHaveLength(columns.length)
    }
  })
})

describe('figures of the month', () => {
  it.each([
    ['month.created', '400 of 400'],
    ['month.created.previous', '320 of 320'],
    ['month.created.change', '0.25 of 720'],
    ['month.mqls', '210 of 210'],
    ['month.mqls.previous', '200 of 200'],
    ['month.mqls.change', '0.05 of 410'],
    ['month.mqls.median', 'too few past months, or the month still runs of 0'],
    ['month.open_mqls', '90 of 90'],
    ['month.acceptance', '0.75 of 200'],
    ['month.acceptance.previous', '0.8421 of 190'],
    ['month.acceptance.change', '-0.0921 of 390'],
    ['month.acceptance.target', '0.8 of 0'],
    ['month.sales_qualification', '0.3333 of 120'],
    ['month.sales_qualification.previous', '0.45 of 200'],
    ['month.sales_qualification.change', '-0.1167 of 320'],
    ['month.sales_days', '14 of 0'],
    ['month.sales_qualified', '70 of 70'],
    ['month.opportunities', '20 of 20'],
    ['month.wins', '4 of 4'],
    ['mix.change', '-0.1167 of 320'],
    // The rate of Social fell by 2 points, at its mean share of two thirds: half of 1/2 and 5/6.
    ['mix.rate_effect', '-0.0133 of 320'],
    ['mix.mix_effect', '-0.1033 of 320'],
  ])('%s is read as %s', (id, told) => {
    expect(read(small(), id)).toBe(told)
  })

  it('stand beside the month before, their change and their target', () => {
    expect(rowsOf(small(), 'month')).toEqual([
      'Leads created | month.created | month.created.previous | month.created.change | –',
      'MQLs | month.mqls | month.mqls.previous | month.mqls.change | –',
      'Acceptance by sales | month.acceptance | month.acceptance.previous | month.acceptance.change | month.acceptance.target',
      'MQL to SQL | month.sales_qualification | month.sales_qualification.previous | month.sales_qualification.change | month.sales_qualification.target',
    ])
  })

  it('name the formula, or the key of the policy, they come from', () => {
    const formulas = new Map(small().facts.map(({ id, formula }) => [bare(id), formula]))
    expect(formulas.get('month.mqls.change')).toBe('(month − month before) ÷ month before')
    expect(formulas.get('month.sales_qualification.target')).toBe('policy leads.mql_to_sql_target')
    expect(formulas.get('month.sales_days')).toBe('policy leads.sales_days')
    expect(formulas.get('model.outcome_days')).toBe('policy leads.outcome_days')
    expect(formulas.get('threshold.current')).toBe('policy leads.bands.mql')
  })

  it('name the channel whose share moved the rate most, wherever it stands', () => {
    // CH_2 falls from half of the MQLs to a sixth, at 60 %; CH_1 grows at 30 %.
    const swapped = small({
      channels: [
        { month: '2026-09', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 30 },
        { month: '2026-09', channelId: 'CH_2', matureMqls: 100, matureSalesQualified: 60 },
        { month: '2026-10', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 28 },
        { month: '2026-10', channelId: 'CH_2', matureMqls: 20, matureSalesQualified: 12 },
      ],
    })
    const told = swapped.findings.find(({ id }) => id === 'finding.lead_scoring.mix')
    expect(told?.detail).toContain('most of it from Social')
  })

  it('blame the mix for its part only while that part is the greater', () => {
    // Search keeps 60 % and Social 40 %: nothing converts differently, all of the change is mix.
    const alike = (now: readonly [number, number]) => [
      { month: '2026-09', channelId: 'CH_1', matureMqls: 100, matureSalesQualified: 60 },
      { month: '2026-09', channelId: 'CH_2', matureMqls: 100, matureSalesQualified: 40 },
      { month: '2026-10', channelId: 'CH_1', matureMqls: 50, matureSalesQualified: now[0] },
      { month: '2026-10', channelId: 'CH_2', matureMqls: 150, matureSalesQualified: now[1] },
    ]
    const told = (now: readonly [number, number]): boolean =>
      small({ channels: alike(now) }).findings.some(({ id }) => id.endsWith('.mix'))
    expect(told([30, 60])).toBe(true)
    // Neither mix nor rates moved anything: the parts are equal, and nothing is told.
    const still = alike([30, 60]).map((entry, index) => ({
      ...entry,
      matureMqls: 100,
      matureSalesQualified: index % 2 === 0 ? 60 : 40,
    }))
    expect(small({ channels: still }).findings.map(({ id }) => id)).not.toContain(
      'finding.lead_scoring.mix',
    )
  })
})

describe('figures of the bands', () => {
  it.each([
    ['band.hql.mqls', '60 of 60'],
    ['band.hql.acceptance', '0.9091 of 55'],
    ['band.hql.sql_rate', '0.5 of 60'],
    ['band.hql.opportunity_rate', '0.4 of 30'],
    ['band.hql.win_rate', '0.25 of 12'],
    ['band.hql.settled_rate', '0.5 of 40'],
    // Wilson's range of 20 of 40.
    ['band.hql.settled_low', '0.352 of 40'],
    ['band.hql.settled_high', '0.648 of 40'],
    ['band.below.mqls', '0 of 0'],
    ['band.below.acceptance', 'no lead of the band got so far of 0'],
    ['band.below.sql_rate', 'no lead of the band got so far of 0'],
    ['band.below.settled_rate', '0.05 of 40'],
    ['band.unscored.mqls', 'not entered'],
  ])('%s is read as %s', (id, told) => {
    expect(read(small(), id)).toBe(told)
  })

  it('run through the bands that have leads, in the table and in the chart', () => {
    const two = small({
      settled: settledGroups([
        [20, 40, 8],
        [90, 40, 20],
      ]),
      bands: [
        {
          band: 'unscored',
          mqls: 10,
          accepted: 0,
          rejected: 0,
          salesQualified: 0,
          opportunities: 0,
          wins: 0,
        },
      ],
    })
    const figures = (band: string): string =>
      'mqls acceptance sql_rate opportunity_rate win_rate settled_rate settled_low settled_high'
        .split(' ')
        .map((key) => `band.${band}.${key}`)
        .join(' | ')
    expect(rowsOf(two, 'bands')).toEqual([
      `Highly qualified | ${figures('hql')}`,
      `Below the bands | ${figures('below')}`,
      `Without a score | ${figures('unscored')}`,
    ])
    // Of no answer at all there is no share, and nothing is divided by it.
    const unanswered = two.facts.find(({ id }) => id === 'lead_scoring.band.unscored.acceptance')
    expect(unanswered).toMatchObject({ status: 'not_measured', value: null })
    expect(unanswered).not.toHaveProperty('denominator')
    expect(two.charts[0]).toEqual({
      id: 'lead_scoring.band_win_rate',
      title: 'Win rate of settled leads by band',
      kind: 'bar',
      categories: ['Highly qualified', 'Below the bands'],
      series: [
        {
          name: 'Win rate',
          values: ['lead_scoring.band.hql.settled_rate', 'lead_scoring.band.below.settled_rate'],
        },
      ],
      summary:
        'Highly qualified {{lead_scoring.band.hql.settled_rate}}, Below the bands {{lead_scoring.band.below.settled_rate}}.',
    })
  })

  it('leave a band without settled leads out of the chart', () => {
    const [chart] = small({ settled: [] }).charts
    expect(chart).toMatchObject({
      categories: [],
      series: [{ name: 'Win rate', values: [] }],
      summary: 'No band has settled leads yet.',
    })
  })
})

describe('figures of the score', () => {
  it.each([
    ['model.settled', '160 of 160'],
    ['model.wins', '40 of 40'],
    ['model.outcome_days', '90 of 0'],
    // 40 wins against 120 others are 4,800 pairs: 2,200 won at 90 (20 · 100 + 20 · 20 ÷ 2), 1,032 at 70, 330 at 50 and 38 at 20.
    ['model.auc', '0.75 of 160'],
    ['model.base_rate', '0.25 of 160'],
    ['model.ks', '0.4 of 160'],
    ['model.psi', '0 of 160'],
    ['model.psi_p', '1 of 160'],
    // The best tenth are 16 of the 40 leads at 90, half of them won, against a quarter of all.
    ['model.decile.1.lift', '2 of 16'],
    ['model.decile.10.lift', '0.25 of 16'],
    ['model.outside_range', 'not entered'],
    ['threshold.current', '60 of 0'],
    ['threshold.best', '50 of 60'],
    ['channel.CH_1.leads', '53 of 53'],
    ['channel.CH_2.leads', '54 of 54'],
  ])('%s is read as %s', (id, told) => {
    expect(read(small(), id)).toBe(told)
  })

  it('stand under the verdict', () => {
    const rows = rowsOf(small(), 'model')
    expect(rows).toHaveLength(19)
    expect(rows.slice(0, 3)).toEqual([
      'Verdict | call model',
      'Area under the ROC curve | model.auc',
      'Its standard error (DeLong) | model.auc_error',
    ])
    expect(rows.at(-1)).toBe('Its p | model.psi_p')
  })

  it('draw the lift of every tenth', () => {
    const tenths = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']
    expect(small().charts[1]).toMatchObject({
      kind: 'bar',
      categories: tenths,
      series: [
        {
          name: 'Lift',
          values: tenths.map((tenth) => `lead_scoring.model.decile.${tenth}.lift`),
        },
      ],
    })
  })

  it('have no lift of a tenth without a lead', () => {
    const settled = settledGroups([
      [20, 3, 1],
      [90, 3, 2],
    ])
    const few = small({ settled }, { min_outcomes: 2 })
    const tenths = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']
    const lifts = tenths.map((tenth) => read(few, `model.decile.${tenth}.lift`))
    expect(lifts.filter((lift) => lift === 'the tenth holds no lead of 0')).toHaveLength(4)
    expect(lifts.filter((lift) => lift.endsWith(' of 1'))).toHaveLength(6)
  })

  it('have no AUC of a half that holds too few of a kind', () => {
    // The older half of 80 leads holds no win, the newer one 20.
    const late = small({
      settled: [...settledGroups([[20, 40, 0]]), ...settledGroups([[90, 40, 20]])],
    })
    expect(read(late, 'model.auc')).toBe('0.8333 of 80')
    expect(read(late, 'model.auc_older')).toBe('a half holds too few wins or other outcomes of 80')
    const early = small({
      settled: [...settledGroups([[90, 40, 20]]), ...settledGroups([[20, 40, 0]])],
    })
    expect(read(early, 'model.auc_newer')).toBe('a half holds too few wins or other outcomes of 80')
  })

  it('show a channel that keeps its points in words', () => {
    expect(rowsOf(small(), 'channels')).toEqual([
      'Social | channel.CH_2.leads | channel.CH_2.ratio | channel.CH_2.p | keep',
      'Search | channel.CH_1.leads | channel.CH_1.ratio | channel.CH_1.p | keep',
    ])
  })
})

describe('channels that miss their promise', () => {
  // A claim of 70 % and one of 30 %, right on the whole; X wins 19 and 11 of 20 each, Y 9 and 1.
  const channel = (id: string, high: number, low: number) =>
    settledGroups(
      [
        [70, 20, high],
        [30, 20, low],
      ],
      () => id,
    ).map((lead, place) => ({ lead, place }))
  const result = (): StageResult =>
    small(
      {
        settled: ['1', '2', '3', '4']
          .flatMap((number) => [...channel(`X${number}`, 19, 11), ...channel(`Y${number}`, 9, 1)])
          .toSorted((left, right) => left.place - right.place)
          .map(({ lead }) => lead),
        channelNames: new Map([['X1', 'Search']]),
      },
      { score_meaning: 'probability' },
    )
  const ofChannels = (list: StageResult['findings']) =>
    list.filter(({ ruleId }) => ruleId === 'lead_scoring.channel_points')

  it('are shown by id, six at most, and told only if shown', () => {
    expect(rowsOf(result(), 'channels').map((row) => row.split(' | ').at(-1))).toEqual(
      ['X1', 'X2', 'X3', 'X4', 'Y1', 'Y2'].map((id) => `call channel_points:${id}`),
    )
    expect(read(result(), 'channel.X1.ratio')).toBe('1.5 of 40')
    expect(read(result(), 'channel.Y2.ratio')).toBe('0.5 of 40')
    expect(
      result().decisions.filter(({ ruleId }) => ruleId === 'lead_scoring.channel_points'),
    ).toHaveLength(8)
    expect(ofChannels(result().findings).map(({ subject }) => subject)).toEqual(
      ['X1', 'X2', 'X3', 'X4', 'Y1', 'Y2'].map((id) => `channel:${id}`),
    )
  })

  it('are told on both sides', () => {
    const told = ofChannels(result().findings).map(({ title, detail }) => `${title}. ${detail}`)
    expect(told[0]).toBe(
      'Search leads win more often than their score says. They won {{lead_scoring.channel.X1.ratio}} of what their scores promised, once all promises are right on the whole. Points for the channel should rise.',
    )
    expect(told[4]).toBe(
      'Y1 leads win less often than their score says. They won {{lead_scoring.channel.Y1.ratio}} of what their scores promised, once all promises are right on the whole. Points for the channel should fall.',
    )
  })
})

describe('what sales answered', () => {
  it.each([
    ['reason.accepted.share', '0.75 of 200'],
    ['reason.accepted.previous', '0.8421 of 190'],
    ['reason.budget.share', '0.25 of 200'],
    // 50 of 200 where 41.03 were expected, over the root of 41.03 · (1 − 80/390) · 190/390.
    ['reason.budget.residual', '2.2516 of 390'],
    ['rep.mean', '0.6301 of 300'],
    ['rep.dan.raw', '0.3 of 100'],
    ['rep.dan.shrunken', '0.3135 of 100'],
  ])('%s is read as %s', (id, told) => {
    expect(read(small(), id)).toBe(told)
  })

  it('stands answer by answer and rep by rep', () => {
    expect(rowsOf(small(), 'reasons')).toEqual([
      'accepted | reason.accepted.share | reason.accepted.previous | reason.accepted.residual',
      'budget | reason.budget.share | reason.budget.previous | reason.budget.residual',
    ])
    expect(rowsOf(small(), 'reps')).toEqual([
      'dan | rep.dan.raw | rep.dan.shrunken | call rep_acceptance:dan',
      'ana | rep.ana.raw | rep.ana.shrunken | call rep_acceptance:ana',
      'ben | rep.ben.raw | rep.ben.shrunken | call rep_acceptance:ben',
    ])
  })

  it('names reps on both sides in one finding', () => {
    expect(small().findings.at(-1)?.detail).toBe(
      'dan accepts less than the others, ana accepts more than the others, ben accepts more than the others, beyond what chance explains; all together accept {{lead_scoring.rep.mean}}. Agree on the definition before the score is changed.',
    )
  })

  it('names six reps at most, those out of line first, and enters no figure of the others', () => {
    const reps = [
      ...Array.from({ length: 7 }, (_, index) => ({
        owner: `r${index}`,
        decided: 1000,
        accepted: index % 2 === 0 ? 300 : 700,
      })),
      ...['mid', 'nil'].map((owner) => ({ owner, decided: 10, accepted: 5 })),
    ]
    const result = small({ reps })
    expect(rowsOf(result, 'reps').map((row) => row.split(' | ')[0])).toEqual([
      'r0',
      'r2',
      'r4',
      'r6',
      'r1',
      'r3',
    ])
    expect(read(result, 'rep.r5.raw')).toBe('not entered')
    // The mean is of all nine, shown or not.
    expect(read(result, 'rep.mean')).toMatch(/ of 7020$/)
    const told = result.findings.at(-1)?.detail ?? ''
    expect(told).toContain('r3 accepts more')
    expect(told).not.toContain('r5')
  })

  it('tells nothing of reps in line', () => {
    const even = ['ana', 'ben', 'dan'].map((owner) => ({ owner, decided: 50, accepted: 40 }))
    expect(small({ reps: even }).findings.at(-1)?.id).toBe(
      'finding.lead_scoring.rejection_reason:budget',
    )
    expect(rowsOf(small({ reps: even }), 'reps')[0]).toBe(
      'ana | rep.ana.raw | rep.ana.shrunken | in line',
    )
  })

  it('tells of grown reasons that are shown only', () => {
    const counts = (count: (index: number) => number, month: string) =>
      Array.from({ length: 7 }, (_, index) => ({
        month,
        answer: `reason ${index}`,
        count: count(index),
      }))
    const result = small({
      answers: [
        { month: '2026-09', answer: 'accepted', count: 5000 },
        { month: '2026-10', answer: 'accepted', count: 1000 },
        ...counts(() => 20, '2026-09'),
        ...counts((index) => 300 - index, '2026-10'),
      ],
    })
    const grown = (list: readonly { readonly ruleId: string }[]): number =>
      list.filter(({ ruleId }) => ruleId === 'lead_scoring.rejection_reason').length
    expect(grown(result.decisions)).toBe(7)
    expect(grown(result.findings)).toBe(5)
    expect(rowsOf(result, 'reasons')).toHaveLength(6)
  })
})

describe('the summary proposes', () => {
  it('nothing where every rule keeps what there is', () => {
    const quiet = small({ answers: [], reps: [] })
    expect(quiet.summary).toHaveLength(4)
    expect(quiet.summary.join(' ')).not.toContain('Proposed')
  })

  it('what sales rejects more', () => {
    expect(small().summary.at(-1)).toBe('Proposed for the scoring: a new exclusion criterion.')
  })
})

describe('the leads behind a figure', () => {
  /** Each source as words: rows, equal columns, and conditions. */
  const sourcesOf = (id: string): readonly string[] =>
    (small().facts.find((fact) => bare(fact.id) === id)?.source ?? []).map(
      ({ rows, where = {}, conditions = [] }) =>
        [
          rows,
          ...Object.entries(where).map(([column, value]) => `${column}=${value}`),
          ...conditions.map(({ anyOf, from = '', to = '', empty = '' }) =>
            [anyOf.join('|'), from, to, empty].filter((part) => part !== '').join(' '),
          ),
        ].join('; '),
    )
  const NOW = 'mql_on 2026-10-01 2026-10-31'
  const BEFORE = 'mql_on 2026-09-01 2026-09-30'
  // Sales is given 14 days: on 5 November those of up to 22 October are old enough.
  const MATURE = 'mql_on 2026-10-01 2026-10-22'

  it.each<[string, readonly string[]]>([
    ['month.created', ['400; month_key=2026-10']],
    ['month.created.previous', ['320; month_key=2026-09']],
    ['month.created.change', ['400; month_key=2026-10', '320; month_key=2026-09']],
    ['month.mqls', [`210; ${NOW}`]],
    ['month.mqls.change', [`210; ${NOW}`, `200; ${BEFORE}`]],
    ['month.mqls.previous', [`200; ${BEFORE}`]],
    ['month.acceptance', [`200; ${NOW}; sales_feedback`]],
    ['month.acceptance.change', [`200; ${NOW}; sales_feedback`, `190; ${BEFORE}; sales_feedback`]],
    ['month.sales_qualification', [`120; ${MATURE}`]],
    ['mix.change', [`120; ${MATURE}`, `200; ${BEFORE}`]],
    ['month.open_mqls', ['90; mql_on 2026-10-23 2026-10-31']],
    ['month.sales_qualified', [`70; ${NOW}; sql_on|opportunity_on|won_on 2026-11-05`]],
    ['month.wins', [`4; ${NOW}; won_on 2026-11-05`]],
    ['band.hql.mqls', [`60; ${NOW}; score_e6 80000000`]],
    ['band.hql.acceptance', [`55; ${NOW}; score_e6 80000000; sales_feedback`]],
    ['band.hql.sql_rate', [`60; ${NOW}; score_e6 80000000`]],
    [
      'band.hql.opportunity_rate',
      [`30; ${NOW}; score_e6 80000000; sql_on|opportunity_on|won_on 2026-11-05`],
    ],
    ['band.hql.win_rate', [`12; ${NOW}; score_e6 80000000; opportunity_on|won_on 2026-11-05`]],
    ['reason.budget.share', [`200; ${NOW}; sales_feedback`]],
    ['reason.budget.previous', [`190; ${BEFORE}; sales_feedback`]],
    ['reason.budget.residual', [`200; ${NOW}; sales_feedback`, `190; ${BEFORE}; sales_feedback`]],
    ['rep.mean', ['300; mql_on 2025-10-01 2026-10-31; sales_feedback; owner']],
    ['rep.dan.raw', ['100; owner=dan; mql_on 2025-10-01 2026-10-31; sales_feedback']],
    ['rep.dan.shrunken', ['100; owner=dan; mql_on 2025-10-01 2026-10-31; sales_feedback']],
  ])('of %s are told by what holds of them', (id, expected) => {
    expect(sourcesOf(id)).toEqual(expected)
  })
})
