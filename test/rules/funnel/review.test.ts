import { describe, expect, test } from 'vitest'

import { createCohortTally } from '#rules/funnel/cohort.ts'
import type { FunnelInput } from '#rules/funnel/input.ts'
import type { MotionPeople, PeriodPeople } from '#rules/funnel/people.ts'
import { reviewFunnel } from '#rules/funnel/review.ts'
import { pooledZTest } from '#rules/kernel/two-proportions.ts'
import { StageResult } from '#rules/schema/review.ts'
import { misalignedColumns } from '#test/support/columns.ts'

import {
  BEFORE,
  contextWith,
  count,
  facts,
  MONTH,
  REFERENCE,
  referredFacts,
  valueOf,
} from './inputs.ts'

function review(input: FunnelInput, funnel: Readonly<Record<string, unknown>> = {}): StageResult {
  const result = reviewFunnel(input, contextWith(funnel))
  const ids = new Set(result.facts.map((fact) => fact.id))
  // Whatever is told stands on a fact, and the result fits the contract.
  expect(referredFacts(result).filter((id) => !ids.has(id))).toEqual([])
  expect(StageResult.parse(result)).toEqual(result)
  for (const table of result.tables) {
    // A step without a target says so in the column of targets.
    expect(misalignedColumns(table).filter((key) => key !== 'target')).toEqual([])
    expect(table.rows.map((row) => row.length)).toEqual(table.rows.map(() => table.columns.length))
  }
  expect(new Set(result.decisions.map((decision) => decision.id)).size).toBe(
    result.decisions.length,
  )
  expect(new Set(result.findings.map((finding) => finding.id)).size).toBe(result.findings.length)
  return result
}

function decisionsOf(result: StageResult, rule: string): [string, string, string][] {
  return result.decisions
    .filter((decision) => decision.ruleId === `funnel.${rule}`)
    .map(({ subject, action, reason }) => [subject, action, reason])
}

test('a step that hardly anyone takes, where a fifth does elsewhere, is told first and with its chance', () => {
  const cells = [
    ['S1 C P', 10_000, 2000],
    ['S2 C P', 9000, 1900],
    ['S3 C P', 8000, 1600],
    ['S4 C P', 10_000, 1],
  ] as const
  const result = review(
    facts({
      counts: cells.flatMap(([cell, visits, signups]) => [
        count(cell, 'visit', visits),
        count(cell, 'signup', signups),
      ]),
    }),
  )
  expect(decisionsOf(result, 'drop_off')).toEqual([
    ['cell:S4@C@P:visit>signup', 'investigate', 'far_below'],
    ['cell:S1@C@P:visit>signup', 'none', 'ok'],
    ['cell:S2@C@P:visit>signup', 'none', 'ok'],
    ['cell:S3@C@P:visit>signup', 'none', 'ok'],
  ])
  expect(result.decisions[0]?.evidence).toMatchObject({
    entered: 10_000,
    reached: 1,
    baseline: 5500 / 27_000,
    alpha: 0.05,
  })
  expect(Object.keys(result.decisions[0]?.evidence ?? {})).toEqual(
    expect.arrayContaining(['pHolm', 'highestPlausible', 'usualLow']),
  )
  const told = result.findings.find(({ id }) => id.startsWith('finding.funnel.drop_off'))
  const prefix = 'funnel.cell.S4:C:P.visit-signup'
  expect(told).toMatchObject({
    severity: 'warning',
    subject: 'cell:S4@C@P:visit>signup',
  })
  expect(told?.title).toContain('far fewer go on from visit to signup than elsewhere')
  expect(told?.detail).toContain(`where {{${prefix}.baseline}} do in the other cells`)
  expect(valueOf(result, `${prefix}.baseline`)).toBeCloseTo(5500 / 27_000, 12)
  expect(valueOf(result, `${prefix}.p_lower`)).toBe(Number.MIN_VALUE)
  expect(valueOf(result, 'funnel.steps.far_below')).toBe(1)
  expect(valueOf(result, 'funnel.steps.ok')).toBe(3)
  const chips = result.tables.find(({ id }) => id === 'funnel.cells')?.rows.map((row) => row.at(-1))
  expect(chips?.[0]).toEqual({ chip: 'bad', text: 'far below other cells' })
})

describe('the reference company', () => {
  const result = review(REFERENCE)

  test('has two broken steps and three that work', () => {
    expect(decisionsOf(result, 'drop_off')).toEqual([
      ['cell:SEG_003@CH_03@CAMP_002:visit>demo_request', 'investigate', 'broken'],
      ['cell:SEG_005@CH_04@CAMP_003:visit>feature_adopt', 'investigate', 'broken'],
      ['cell:SEG_001@CH_01@CAMP_001:visit>signup', 'none', 'ok'],
      ['cell:SEG_002@CH_01@CAMP_001:visit>signup', 'none', 'ok'],
      ['cell:SEG_002@CH_02@CAMP_002:visit>demo_request', 'none', 'ok'],
    ])
  })

  test('tells the two true zeros as serious, with the very quantities compared', () => {
    const serious = result.findings.filter((finding) => finding.severity === 'serious')
    expect(serious.map((finding) => finding.subject)).toEqual([
      'cell:SEG_003@CH_03@CAMP_002:visit>demo_request',
      'cell:SEG_005@CH_04@CAMP_003:visit>feature_adopt',
      'stage:funnel',
    ])
    expect(result.decisions[0]?.evidence).toMatchObject({
      entered: 480,
      reached: 0,
      rows: 2,
      motion: ['visit', 'demo_request'],
      against: 'policy_floor',
      floorConversion: 0.01,
      alpha: 0.05,
    })
    // 0.99^480 = 0.00803, twice for two zeros.
    expect(result.decisions[0]?.evidence['chanceOfZeroHolm']).toBeCloseTo(0.016067, 6)
    expect(result.decisions[1]?.evidence['chanceOfZero']).toBeCloseTo(0.016234, 6)
  })

  test('calls all six published drop-offs missing, not zero, and outside the motion', () => {
    expect(decisionsOf(result, 'claimed_drop_off')).toEqual(
      [
        'SEG_001@CH_01@-:signup>demo_request',
        'SEG_002@CH_01@-:signup>demo_request',
        'SEG_002@CH_02@-:visit>signup',
        'SEG_002@CH_02@-:demo_request>feature_adopt',
        'SEG_003@CH_03@-:visit>signup',
        'SEG_005@CH_04@-:visit>signup',
      ].map((subject) => [`claim:${subject}`, 'correct', 'missing_not_zero']),
    )
    expect(valueOf(result, 'funnel.claims')).toBe(6)
    expect(valueOf(result, 'funnel.claims.missing_not_zero')).toBe(6)
    expect(valueOf(result, 'funnel.claims.unreported')).toBe(2)
    expect(valueOf(result, 'funnel.claims.true_zero')).toBe(0)
    const told = result.findings.find((finding) => finding.id.endsWith(':missing_not_zero'))
    expect(told?.detail.match(/not part of this motion/g)).toHaveLength(6)
  })

  test('counts ten rows, stages and steps', () => {
    expect(valueOf(result, 'funnel.rows')).toBe(10)
    expect(valueOf(result, 'funnel.cells')).toBe(5)
    expect(
      ['visit', 'signup', 'demo_request', 'feature_adopt'].map((stage) =>
        valueOf(result, `funnel.stage.${stage}.count`),
      ),
    ).toEqual([3660, 320, 72, 0])
    expect(valueOf(result, 'funnel.step.visit-signup.rate')).toBeCloseTo(320 / 2150, 12)
    expect(valueOf(result, 'funnel.step.visit-demo_request.rate')).toBeCloseTo(72 / 1100, 12)
    expect(valueOf(result, 'funnel.step.visit-feature_adopt.rate')).toBe(0)
    expect(valueOf(result, 'funnel.steps.broken')).toBe(2)
    expect(valueOf(result, 'funnel.steps.missing')).toBe(0)
    expect(valueOf(result, 'funnel.step.visit-signup.prior_rate')).toBe('not_measured')
  })

  test('says so in a few sentences', () => {
    expect(result.status).toBe('assessed')
    expect(result.summary).toHaveLength(4)
    expect(result.summary[0]).toContain('LinkedIn · Operations Teams · SMB Savings')
    expect(result.summary[1]).toContain('visit to feature adopt')
    expect(result.summary.at(-1)).toBe('There is no earlier month to compare the steps with.')
    expect(result.charts[0]?.series[0]?.values).toHaveLength(4)
    expect(result.tables.map((table) => table.id)).toEqual([
      'funnel.steps',
      'funnel.cells',
      'funnel.claims',
    ])
  })

  test('cites the rows of a cell', () => {
    const fact = result.facts.find(({ id }) =>
      id.endsWith('SEG_003:CH_03:CAMP_002.visit-demo_request.reached'),
    )
    expect(fact).toMatchObject({
      status: 'zero',
      source: [
        {
          dataset: 'funnel_counts',
          rows: 1,
          where: {
            month_key: '2026-03',
            campaign_id: 'CAMP_002',
            segment_id: 'SEG_003',
            channel_id: 'CH_03',
            stage: 'demo_request',
          },
        },
      ],
    })
  })
})

describe('counts', () => {
  const twelve = Array.from({ length: 12 }, (_, index) => `S${index + 10} C P`)

  test('nothing to read is not measured, and no figure is zero', () => {
    const result = review(facts())
    expect(result.status).toBe('not_measured')
    expect(result.summary[0]).toContain('was not measured')
    expect(result.charts).toEqual([])
    expect(result.tables).toEqual([])
    expect(result.decisions).toEqual([])
    expect(valueOf(result, 'funnel.stage.visit.count')).toBe('not_measured')
    expect(valueOf(result, 'funnel.rows')).toBe('not_measured')
    expect(result.facts.find(({ id }) => id === 'funnel.rows')?.source[0]?.dataset).toBe(
      'funnel_counts',
    )
    expect(valueOf(result, 'funnel.steps.broken')).toBe('not_measured')
  })

  test('only stages without a step between them are a part', () => {
    const result = review(facts({ counts: [count('S C P', 'visit', 90)] }))
    expect(result.status).toBe('partial')
    expect(result.summary[0]).toContain('No step is broken')
    expect(result.summary[1]).toBe('No step has enough entries to be called the bottleneck.')
  })

  test('steps with nobody before them are a part', () => {
    const counts = [count('S C P', 'visit', 0), count('S C P', 'signup', 0)]
    expect(review(facts({ counts })).status).toBe('partial')
  })

  test('a missing stage of the motion is told, not judged as zero', () => {
    const result = review(
      facts({
        counts: [
          count('S1 C P', 'visit', 900),
          count('S1 C P', 'signup', 90),
          count('S2 C P', 'visit', 900),
          count('S3 C P', 'signup', 9),
        ],
      }),
    )
    expect(decisionsOf(result, 'drop_off')).toEqual([
      ['cell:S2@C@P:visit>signup', 'watch', 'missing'],
      ['cell:S3@C@P:visit>signup', 'watch', 'missing_before'],
      ['cell:S1@C@P:visit>signup', 'none', 'ok'],
    ])
    expect(valueOf(result, 'funnel.step.visit-signup.rate')).toBe(0.1)
    expect(valueOf(result, 'funnel.cell.S2:C:P.visit-signup.reached')).toBe('not_measured')
    expect(valueOf(result, 'funnel.cell.S2:C:P.visit-signup.rate')).toBe('not_measured')
    const told = result.findings.find((finding) => finding.id === 'finding.funnel.missing')
    expect(told).toMatchObject({ severity: 'info' })
    expect(told?.detail).toContain('C · S2 · P (signup)')
    expect(told?.detail).toContain('C · S3 · P (visit)')
    expect(result.summary.join(' ')).toContain('funnel.steps.missing')
  })

  test('zeros without enough traffic are watched, steps without traffic left alone', () => {
    const result = review(
      facts({
        counts: [
          count('S1 C P', 'visit', 50),
          count('S1 C P', 'signup', 0),
          count('S2 C P', 'visit', 0),
          count('S2 C P', 'signup', 0),
        ],
      }),
    )
    expect(decisionsOf(result, 'drop_off')).toEqual([
      ['cell:S1@C@P:visit>signup', 'watch', 'not_enough_traffic'],
      ['cell:S2@C@P:visit>signup', 'none', 'no_traffic'],
    ])
    expect(valueOf(result, 'funnel.cell.S2:C:P.visit-signup.rate')).toBe('not_measured')
    expect(result.findings).toEqual([])
  })

  test('a step that no cell counts at both ends has no people, which is not zero', () => {
    const result = review(
      facts({ counts: [count('S1 C P', 'visit', 900), count('S2 C P', 'signup', 90)] }),
    )
    expect(
      ['entered', 'reached', 'rate'].map((part) =>
        valueOf(result, `funnel.step.visit-signup.${part}`),
      ),
    ).toEqual(['not_measured', 'not_measured', 'not_measured'])
  })

  // Twelve cells of each kind: ten are told, the others are counted.
  test.each([
    ['broken', 900, 0],
    ['more_than_before', 5, 6],
  ])('tells ten of twelve steps that are %s', (status, visits, signups) => {
    const counts = twelve.flatMap((cell) => [
      count(cell, 'visit', visits),
      count(cell, 'signup', signups),
    ])
    const result = review(facts({ counts }))
    expect(valueOf(result, `funnel.steps.${status}`)).toBe(12)
    expect(result.findings).toHaveLength(10)
  })

  test('names ten of twelve cells whose next stage nobody counted', () => {
    const counts = [
      count('A C P', 'visit', 900),
      count('A C P', 'signup', 90),
      ...twelve.map((cell) => count(cell, 'visit', 900)),
    ]
    const [missing] = review(facts({ counts })).findings
    expect(missing?.id).toBe('finding.funnel.missing')
    expect(missing?.detail.match(/\(signup\)/g)).toHaveLength(10)
  })

  test('names ten of twelve stages that two sources count', () => {
    const counts = twelve.flatMap((cell) => [
      count(cell, 'visit', 500, { source: 'web', sharedDays: 2 }),
      count(cell, 'visit', 480, { source: 'app', sharedDays: 2 }),
      count(cell, 'signup', 50),
    ])
    const [conflicts] = review(facts({ counts }), { source_order: ['web'] }).findings
    expect(conflicts?.id).toBe('finding.funnel.sources')
    expect(conflicts?.detail.match(/web counts, app does not/g)).toHaveLength(10)
  })

  test('names ten of twelve stages that the operating model does not know', () => {
    const counts = [
      count('S C P', 'visit', 5),
      count('S C P', 'signup', 1),
      ...twelve.map((_, index) => count('S C P', `zebra${index}`, 1)),
    ]
    const [unknown] = review(facts({ counts })).findings
    expect(unknown?.id).toBe('finding.funnel.unknown_stage')
    expect(unknown?.detail.match(/zebra/g)).toHaveLength(10)
  })

  test.each([
    ['people went on a month ago', 900, 90, 0.1, { enteredBefore: 900, reachedBefore: 90 }, true],
    ['nobody did a month ago either', 900, 0, 0, { enteredBefore: 900, reachedBefore: 0 }, false],
    ['nobody was there a month ago', 0, 0, 'not_measured', { enteredBefore: 0 }, false],
    ['the month before cannot be read', 5, 6, 'not_measured', {}, false],
    ['nobody counted the stage after it a month ago', 5, null, 'not_measured', {}, false],
    ['nobody counted the stage before it a month ago', null, 5, 'not_measured', {}, false],
  ])(
    'a broken step beside its month before: %s',
    (_name, visits, signups, rate, evidence, told) => {
      const result = review(
        facts({
          counts: [
            count('S C P', 'visit', 900),
            count('S C P', 'signup', 0),
            ...(visits === null ? [] : [count('S C P', 'visit', visits, { month: BEFORE })]),
            ...(signups === null ? [] : [count('S C P', 'signup', signups, { month: BEFORE })]),
          ],
        }),
      )
      expect(valueOf(result, 'funnel.cell.S:C:P.visit-signup.prior_rate')).toBe(rate)
      expect(result.decisions[0]?.evidence).toMatchObject(evidence)
      expect('enteredBefore' in (result.decisions[0]?.evidence ?? {})).toBe(
        'enteredBefore' in evidence,
      )
      expect(result.findings[0]?.detail.includes('A month ago')).toBe(told)
    },
  )

  test('more people after than before is a fault of tracking', () => {
    const result = review(
      facts({ counts: [count('S C P', 'visit', 5), count('S C P', 'signup', 50)] }),
    )
    expect(decisionsOf(result, 'drop_off')[0]).toEqual([
      'cell:S@C@P:visit>signup',
      'investigate',
      'more_than_before',
    ])
    expect(result.findings).toMatchObject([{ severity: 'warning', ruleId: 'funnel.drop_off' }])
    expect(valueOf(result, 'funnel.cell.S:C:P.visit-signup.rate')).toBe('not_measured')
  })

  test('a fall against the month before is told when chance does not explain it', () => {
    const counts = (signups: number) => [
      count('S C P', 'visit', 1000),
      count('S C P', 'signup', signups),
      count('S C P', 'visit', 1000, { month: BEFORE }),
      count('S C P', 'signup', 150, { month: BEFORE }),
    ]
    const fallen = review(facts({ counts: counts(100) }))
    expect(fallen.findings.map((finding) => finding.id)).toEqual([
      'finding.funnel.change:visit>signup',
    ])
    expect(valueOf(fallen, 'funnel.step.visit-signup.change')).toBeCloseTo(-0.05, 12)
    expect(valueOf(fallen, 'funnel.stage.visit.prior_month')).toBe(1000)
    expect(fallen.summary.at(-1)).toContain('moved most')
    expect(valueOf(fallen, 'funnel.step.visit-signup.rate_effect')).toBeCloseTo(-0.05, 12)
    expect(valueOf(fallen, 'funnel.step.visit-signup.mix_effect')).toBeCloseTo(0, 12)
    expect(fallen.findings[0]?.detail).toContain('how cells convert')
    expect(fallen.findings[0]?.detail).not.toContain('moved the other way')
    expect(review(facts({ counts: counts(140) })).findings).toEqual([])
    expect(review(facts({ counts: counts(200) })).findings).toEqual([])
  })

  test('a fall that is as likely as alpha is chance', () => {
    const counts = [
      count('S C P', 'visit', 1000),
      count('S C P', 'signup', 100),
      count('S C P', 'visit', 1000, { month: BEFORE }),
      count('S C P', 'signup', 150, { month: BEFORE }),
    ]
    const { pValue } = pooledZTest({
      control: { successes: 150, trials: 1000 },
      treatment: { successes: 100, trials: 1000 },
    })
    expect(review(facts({ counts }), { alpha: pValue * 1.01 }).findings).toHaveLength(1)
    expect(review(facts({ counts }), { alpha: pValue }).findings).toEqual([])
  })

  test('names the step that moved most, up or down', () => {
    const month = (signups: number, demos: number, changes = {}) => [
      count('S C P', 'visit', 1000, changes),
      count('S C P', 'signup', signups, changes),
      count('S C P', 'demo_request', demos, changes),
    ]
    // Visit to signup: 0.4 to 0.5. Signup to demo request: 0.5 to 0.2, then 0.5 to 0.48.
    const moved = (demos: number) =>
      review(
        facts({ counts: [...month(500, demos), ...month(400, 200, { month: BEFORE })] }),
      ).summary.at(-1)
    expect(moved(100)).toContain('signup to demo request moved most')
    expect(moved(240)).toContain('visit to signup moved most')
  })

  test('says when every cell moved the other way', () => {
    const result = review(
      facts({
        counts: [
          count('S1 C P', 'visit', 1000),
          count('S1 C P', 'signup', 210),
          count('S2 C P', 'visit', 9000),
          count('S2 C P', 'signup', 495),
          count('S1 C P', 'visit', 9000, { month: BEFORE }),
          count('S1 C P', 'signup', 1800, { month: BEFORE }),
          count('S2 C P', 'visit', 1000, { month: BEFORE }),
          count('S2 C P', 'signup', 50, { month: BEFORE }),
        ],
      }),
    )
    expect(result.findings[0]?.detail).toContain('moved the other way')
  })

  // 15 of 100 is 0.15 exactly; the target is compared as printed.
  test.each([
    [15, 100, 'met', 'at_or_above_target', 0],
    [14, 100, 'missed', 'below_target', 1],
    [14, 99, 'not_assessed', 'too_few_entries', 0],
    [16, 100, 'met', 'at_or_above_target', 0],
  ])('%i of %i against a target of 15 %%: %s', (signups, visits, action, reason, findings) => {
    const result = review(
      facts({ counts: [count('S C P', 'visit', visits), count('S C P', 'signup', signups)] }),
      { target_conversion: { 'visit>signup': 0.15 } },
    )
    expect(decisionsOf(result, 'target')).toEqual([['step:visit>signup', action, reason]])
    expect(result.findings).toHaveLength(findings)
    expect(valueOf(result, 'funnel.step.visit-signup.target')).toBe(0.15)
    expect(result.tables[0]?.columns.at(-1)?.key).toBe('target')
  })

  test('a target for one step leaves the others without', () => {
    const result = review(
      facts({
        counts: [
          count('S C P', 'visit', 500),
          count('S C P', 'signup', 100),
          count('S C P', 'demo_request', 50),
        ],
      }),
      { target_conversion: { 'visit>signup': 0.1, 'visit>never': 0.5 } },
    )
    expect(decisionsOf(result, 'target')).toHaveLength(1)
    expect(result.tables[0]?.rows[1]?.at(-1)).toEqual({ text: 'none' })
  })

  test('two sources of the same days are told, and only one counts', () => {
    const result = review(
      facts({
        counts: [
          count('S C P', 'visit', 500, { source: 'web', sharedDays: 2 }),
          count('S C P', 'visit', 480, { source: 'app', sharedDays: 2 }),
          count('S C P', 'signup', 50),
        ],
      }),
      { source_order: ['web'] },
    )
    expect(valueOf(result, 'funnel.stage.visit.count')).toBe(500)
    expect(result.findings).toMatchObject([{ id: 'finding.funnel.sources', severity: 'warning' }])
    expect(result.findings[0]?.detail).toContain('web counts, app does not')
  })

  test('stages that the operating model does not know are told', () => {
    const result = review(
      facts({
        counts: [
          count('S C P', 'visit', 5),
          count('S C P', 'signup', 1),
          count('S C P', 'zebra', 1),
          count('S C P', 'mql', 1),
        ],
      }),
    )
    expect(result.findings).toMatchObject([{ id: 'finding.funnel.unknown_stage' }])
    expect(result.findings[0]?.detail).toMatch(/^zebra: /)
  })

  test('a stage that only a motion of the policy names is known', () => {
    const counts = [count('S C P', 'visit', 5), count('S C P', 'pilot', 1)]
    const motions = [{ id: 'm', stages: ['visit', 'pilot'] }]
    expect(reviewFunnel(facts({ counts }), contextWith({}, { motions })).findings).toEqual([])
    expect(reviewFunnel(facts({ counts }), contextWith()).findings).toMatchObject([
      { id: 'finding.funnel.unknown_stage' },
    ])
  })

  test('shows the gravest steps and counts the rest', () => {
    const many = Array.from({ length: 40 }, (_, index) => {
      const cell = `S${String(index).padStart(2, '0')} C P`
      return [count(cell, 'visit', 1000 + index), count(cell, 'signup', index === 7 ? 0 : 100)]
    }).flat()
    const result = review(facts({ counts: many }))
    const cells = result.tables.find((table) => table.id === 'funnel.cells')
    expect(cells?.rows).toHaveLength(16)
    expect(cells?.rows[0]?.[0]).toEqual({ text: 'C · S07 · P' })
    // Of equal statuses the most people first.
    expect(cells?.rows[1]?.[0]).toEqual({ text: 'C · S39 · P' })
    expect(cells?.note).toContain('{{funnel.steps.ok}}')
    expect(valueOf(result, 'funnel.steps.ok')).toBe(39)
    expect(JSON.stringify(result).length).toBeLessThan(60_000)
  })

  test('three broken steps are named two by two and counted', () => {
    const counts = ['S1', 'S2', 'S3'].flatMap((segment) => [
      count(`${segment} C P`, 'visit', 900),
      count(`${segment} C P`, 'signup', 0),
    ])
    const result = review(facts({ counts }))
    expect(result.summary[0]).toContain('and more listed below')
    expect(result.findings).toHaveLength(3)
  })

  test('a name from data cannot put a figure into a text', () => {
    const result = review(
      facts({
        counts: [count('S C P', 'visit', 900), count('S C P', 'signup', 0)],
        segments: new Map([['S', '{{funnel.cells}}']]),
      }),
    )
    expect(result.findings[0]?.title).toContain('((funnel.cells))')
  })
})

describe('claims', () => {
  test('claims that are refuted are told one by one', () => {
    const claim = { segmentId: 'S', channelId: 'C', campaignId: null, fromStage: null }
    const result = review(
      facts({
        counts: [count('S C P', 'visit', 900), count('S C P', 'signup', 90)],
        claims: [
          { ...claim, stage: 'signup' },
          { ...claim, stage: 'signup', segmentId: 'T' },
        ],
      }),
    )
    expect(result.findings.map((finding) => [finding.subject, finding.severity])).toEqual([
      ['claim:S@C@-:signup', 'warning'],
      ['claim:T@C@-:signup', 'warning'],
    ])
    expect(result.findings[0]?.detail).toContain('people did reach the stage')
    expect(result.findings[1]?.detail).toContain('nothing was counted')
    expect(result.summary.join(' ')).not.toContain('funnel.claims')
  })

  test('a claim that holds is confirmed and nothing is unreported', () => {
    const result = review(
      facts({
        counts: [count('S C P', 'visit', 900), count('S C P', 'signup', 0)],
        claims: [
          { segmentId: 'S', channelId: 'C', campaignId: null, fromStage: 'visit', stage: 'signup' },
        ],
      }),
    )
    expect(decisionsOf(result, 'claimed_drop_off')).toEqual([
      ['claim:S@C@-:visit>signup', 'confirm', 'true_zero'],
    ])
    expect(result.findings.map((finding) => finding.ruleId)).toEqual(['funnel.drop_off'])
  })

  test('claims of a month without a row are counted, but what became of them is not measured', () => {
    const claims = [
      { segmentId: 'S', channelId: 'C', campaignId: null, fromStage: null, stage: 'signup' },
    ]
    const result = review(facts({ claims }))
    expect(valueOf(result, 'funnel.claims')).toBe(1)
    expect(valueOf(result, 'funnel.claims.true_zero')).toBe('not_measured')
    expect(valueOf(result, 'funnel.claims.unreported')).toBe('not_measured')
  })

  test('without claims nothing is called unreported', () => {
    const result = review(
      facts({ counts: [count('S C P', 'visit', 900), count('S C P', 'signup', 0)] }),
    )
    expect(result.facts.some((fact) => fact.id.startsWith('funnel.claims'))).toBe(false)
    expect(result.findings).toHaveLength(1)
  })
})

describe('persons', () => {
  const motion = { id: 'trial', stages: ['visit', 'signup'], from: 'policy' } as const

  function period(
    entered: number,
    converted: number,
    elapsedDays: number,
    convertedAfterDays = 2,
  ): PeriodPeople {
    const tally = createCohortTally(30)
    for (let person = 0; person < entered; person++) {
      tally.enter({
        elapsedDays,
        convertedAfterDays: person < converted ? convertedAfterDays : null,
      })
    }
    const cohort = tally.finish()
    const funnel = {
      steps: motion.stages.map((stage, step) => ({
        stage,
        persons: step === 0 ? entered : converted,
        fromPrevious: null,
        fromFirst: null,
        meanMs: null,
        medianMs: null,
      })),
      totalMeanMs: null,
      totalMedianMs: null,
      excluded: 0,
    }
    return { funnel, byLabel: new Map([[0, funnel]]), cohort, gaps: [cohort], habits: [] }
  }

  function input(
    people: Pick<MotionPeople, 'current' | 'before'> & Partial<MotionPeople>,
    changes: Partial<FunnelInput> = {},
  ): FunnelInput {
    return facts({
      people: {
        motions: [{ motion, weeks: [], wholeWindow: null, ...people }],
        cellKeys: [{ campaignId: 'P', segmentId: 'S', channelId: 'C' }],
        events: new Map([['visit', 9]]),
      },
      presence: { funnel_counts: 'absent', funnel_events: 'present' },
      ...changes,
    })
  }

  test('a mature month states its rate and the pace of its step', () => {
    const result = review(input({ current: period(1000, 200, 60), before: period(1000, 210, 90) }))
    expect(result.status).toBe('assessed')
    expect(decisionsOf(result, 'maturity')).toEqual([['motion:trial', 'compare', 'mature']])
    expect(decisionsOf(result, 'pace')).toEqual([['motion:trial', 'none', 'unchanged']])
    expect(decisionsOf(result, 'velocity')).toEqual([
      ['step:trial:visit>signup', 'none', 'unchanged'],
    ])
    expect(valueOf(result, 'funnel.motion.trial.matured_rate')).toBe(0.2)
    expect(valueOf(result, 'funnel.motion.trial.curve_rate')).toBeCloseTo(0.2, 12)
    expect(valueOf(result, 'funnel.motion.trial.prior_month.rate_so_far')).toBe(0.21)
    expect(valueOf(result, 'funnel.motion.trial.typical_days')).toBe(2)
    expect(valueOf(result, 'funnel.motion.trial.median_days')).toBe('not_measured')
    expect(valueOf(result, 'funnel.motion.trial.matured_rate_low')).toBeCloseTo(0.1764, 4)
    expect(valueOf(result, 'funnel.motion.trial.visit-signup.typical_days')).toBe(2)
    expect(result.findings).toEqual([])
    expect(result.summary.join(' ')).toContain('reached the goal within the window')
    expect(result.tables.map((table) => table.id)).toEqual([
      'funnel.steps',
      'funnel.cells',
      'funnel.people',
      'funnel.velocity',
      'funnel.waits',
    ])
  })

  test('tells the weeks, the waiting times and the habits of those who entered', () => {
    const goesWith = { successWith: 90, failureWith: 30, successTotal: 100, failureTotal: 300 }
    const makesNone = { successWith: 50, failureWith: 150, successTotal: 100, failureTotal: 300 }
    const current = {
      ...period(400, 100, 60),
      habits: [
        { stage: 'read_docs', table: goesWith },
        { stage: 'blog', table: makesNone },
        { stage: 'refund', table: { ...makesNone, successWith: 10, failureWith: 270 } },
      ],
    }
    const weeks = [
      { period: 4, entered: 90, converted: 9, rate: 0.1 },
      { period: 5, entered: 80, converted: 20, rate: 0.25 },
      { period: 6, entered: 0, converted: 0, rate: null },
    ]
    const result = review(input({ current, before: period(400, 100, 90), weeks }))
    const trial = 'funnel.motion.trial'
    const table = (id: string) => result.tables.find((found) => found.id === id)
    expect(
      result.facts.find(({ id }) => id === `${trial}.habit.read_docs.odds_ratio`)?.inputs,
    ).toEqual([`${trial}.habit.read_docs.with_goal`, `${trial}.habit.read_docs.without_goal`])
    expect(result.facts.find(({ id }) => id === `${trial}.week.4.entered`)?.source).toEqual([
      { dataset: 'funnel_events', rows: 90 },
    ])
    // A rate that is not measured has no parts either.
    expect(
      [4, 6].map((week) => {
        const fact = result.facts.find(({ id }) => id === `${trial}.week.${week}.rate`)
        return [fact?.numerator, fact?.denominator]
      }),
    ).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ])
    // Day 28 back is inside the window of thirty days, day 35 is not.
    expect(
      [4, 5, 6].map((week) => [
        valueOf(result, `${trial}.week.${week}.back`),
        valueOf(result, `${trial}.week.${week}.entered`),
        valueOf(result, `${trial}.week.${week}.rate`),
      ]),
    ).toEqual([
      [5, 90, 'not_measured'],
      [6, 80, 0.25],
      [7, 0, 'not_measured'],
    ])
    expect(result.facts.find((fact) => fact.id === `${trial}.week.5.rate`)).toMatchObject({
      numerator: 20,
      denominator: 80,
    })
    expect(
      [4, 6].map(
        (week) => result.facts.find((fact) => fact.id === `${trial}.week.${week}.rate`)?.reason,
      ),
    ).toEqual(['the window of its entrants is still open', 'nobody entered'])
    expect(table('funnel.weeks')?.rows).toHaveLength(3)
    expect(table('funnel.waits')?.rows).toHaveLength(7)
    expect(valueOf(result, `${trial}.wait.1.from_days`)).toBe(2)
    expect(valueOf(result, `${trial}.wait.1.persons`)).toBe(100)
    expect(valueOf(result, `${trial}.habit.read_docs.with_goal`)).toBe(0.9)
    expect(valueOf(result, `${trial}.habit.read_docs.without_goal`)).toBe(0.1)
    // (90 + 1)(270 + 1) ÷ ((10 + 1)(30 + 1))
    expect(valueOf(result, `${trial}.habit.read_docs.odds_ratio`)).toBeCloseTo(24_661 / 341, 9)
    expect(valueOf(result, `${trial}.habit.blog.p`)).toBeCloseTo(1, 9)
    expect(table('funnel.habits')?.rows.map((row) => [row[1], row[6]])).toEqual([
      [{ text: 'read docs' }, { chip: 'ok', text: 'goes with the goal' }],
      [{ text: 'refund' }, { chip: 'watch', text: 'goes with dropping off' }],
      [{ text: 'blog' }, { chip: 'info', text: 'not told apart' }],
    ])
  })

  test('a week whose entrants had the whole window to the day is over', () => {
    const weeks = [{ period: 4, entered: 80, converted: 20, rate: 0.25 }]
    const result = review(
      input({ current: period(400, 100, 60), before: period(400, 100, 90), weeks }),
      { window_days: 28 },
    )
    expect(valueOf(result, 'funnel.motion.trial.week.4.rate')).toBe(0.25)
  })

  test('where nobody reached the goal, no share of those is stated for a habit', () => {
    const table = { successWith: 0, failureWith: 30, successTotal: 0, failureTotal: 400 }
    const current = { ...period(400, 0, 60), habits: [{ stage: 'blog', table }] }
    const result = review(input({ current, before: period(400, 0, 90) }))
    const prefix = 'funnel.motion.trial.habit.blog'
    expect(valueOf(result, `${prefix}.with_goal`)).toBe('not_measured')
    expect(valueOf(result, `${prefix}.without_goal`)).toBe(0.075)
  })

  test('shows five habits, the clearest first', () => {
    const current = {
      ...period(400, 100, 60),
      habits: Array.from({ length: 7 }, (_, index) => ({
        stage: `h${index}`,
        table: {
          successWith: 20 + 10 * index,
          failureWith: 60,
          successTotal: 100,
          failureTotal: 300,
        },
      })),
    }
    const result = review(input({ current, before: period(400, 100, 90) }))
    const rows = result.tables.find((found) => found.id === 'funnel.habits')?.rows
    expect(rows?.map((row) => row[1])).toEqual(
      ['h6', 'h5', 'h4', 'h3', 'h2'].map((stage) => ({ text: stage })),
    )
  })

  test('cells come from persons where nobody counted, and zero is a zero', () => {
    const result = review(input({ current: period(900, 0, 60), before: period(900, 90, 90) }))
    expect(decisionsOf(result, 'drop_off')).toEqual([
      ['cell:S@C@P:visit>signup', 'investigate', 'broken'],
    ])
    expect(result.facts.find((fact) => fact.id === 'funnel.rows')?.source[0]?.dataset).toBe(
      'funnel_events',
    )
    expect(valueOf(result, 'funnel.step.visit-signup.prior_rate')).toBe(0.1)
  })

  test('counts decide on cells where there are any', () => {
    const result = review(
      input(
        { current: period(900, 90, 60), before: period(900, 90, 90) },
        {
          counts: [count('S1 C1 P1', 'visit', 500), count('S1 C1 P1', 'signup', 0)],
          presence: { funnel_counts: 'present', funnel_events: 'present' },
        },
      ),
    )
    expect(decisionsOf(result, 'drop_off')[0]?.[0]).toBe('cell:S1@C1@P1:visit>signup')
    expect(valueOf(result, 'funnel.motion.trial.entered')).toBe(900)
  })

  test('a month of counts is compared however young its persons are', () => {
    const counts = [100, 50].flatMap((people, back) => [
      count('S C P', 'visit', 1000, { month: back === 0 ? MONTH : BEFORE }),
      count('S C P', 'signup', people, { month: back === 0 ? MONTH : BEFORE }),
    ])
    const young = { current: period(900, 9, 3), before: period(900, 90, 40) }
    const result = review(
      input(young, { counts, presence: { funnel_counts: 'present', funnel_events: 'present' } }),
    )
    expect(decisionsOf(result, 'maturity')).toEqual([['motion:trial', 'wait', 'young']])
    expect(valueOf(result, 'funnel.step.visit-signup.change')).toBeCloseTo(0.05, 12)
  })

  test('a month is compared only when every motion is mature', () => {
    const mature = { current: period(900, 90, 60), before: period(900, 90, 90) }
    const young = { current: period(900, 9, 3), before: period(900, 90, 40) }
    const both = (...months: readonly (typeof mature)[]) =>
      review(
        facts({
          people: {
            motions: months.map((people, index) => ({
              motion: { ...motion, id: `m${index}` },
              weeks: [],
              wholeWindow: null,
              ...people,
            })),
            cellKeys: [{ campaignId: 'P', segmentId: 'S', channelId: 'C' }],
            events: new Map(),
          },
          presence: { funnel_counts: 'absent', funnel_events: 'present' },
        }),
      )
    const change = 'funnel.step.visit-signup.change'
    expect(valueOf(both(mature, mature), change)).toBe(0)
    expect(valueOf(both(mature, young), change)).toBe('not_measured')
  })

  test('counts that could not be read leave a part, also where persons were followed', () => {
    const people = { current: period(900, 90, 60), before: period(900, 90, 90) }
    const presence = { funnel_counts: 'unreadable', funnel_events: 'present' } as const
    expect(review(input(people, { presence })).status).toBe('partial')
  })

  test('a young month is not compared, not held against a target, and no collapse', () => {
    const young = input({ current: period(1000, 50, 3), before: period(1000, 200, 40) })
    const result = review(young, { target_conversion: { 'visit>signup': 0.2 } })
    expect(decisionsOf(result, 'maturity')).toEqual([['motion:trial', 'wait', 'young']])
    expect(decisionsOf(result, 'target')).toEqual([
      ['step:visit>signup', 'not_assessed', 'month_too_young'],
    ])
    expect(valueOf(result, 'funnel.step.visit-signup.change')).toBe('not_measured')
    const ids = result.findings.map((finding) => finding.id)
    expect(ids).not.toContain('finding.funnel.change:visit>signup')
    expect(ids).not.toContain('finding.funnel.target:visit>signup')
    expect(ids).toContain('finding.funnel.maturity:trial')
    expect(result.summary.join(' ')).toContain('is not yet a rate')
    expect(result.summary.join(' ')).toContain('The bottleneck so far')
    expect(valueOf(result, 'funnel.motion.trial.curve_rate')).toBe('not_measured')
    expect(valueOf(result, 'funnel.motion.trial.matured_rate')).toBe('not_measured')
    expect(valueOf(result, 'funnel.motion.trial.open')).toBe(950)
  })

  test.each([
    [
      'nobody had the whole window in either month',
      3,
      20,
      ' Nobody of the month has had the whole window yet.',
    ],
    [
      'the month before did',
      3,
      40,
      ' Nobody of the month has had the whole window yet. Of the month before it was {{funnel.motion.trial.prior_month.matured_rate}}.',
    ],
  ])('of a young month it says what is known of the matured: %s', (_name, now, before, said) => {
    const result = review(input({ current: period(900, 50, now), before: period(900, 90, before) }))
    expect(result.findings.at(-1)?.detail).toBe(
      `{{funnel.motion.trial.open}} of {{funnel.motion.trial.entered}} persons are still inside the window. The {{funnel.motion.trial.rate_so_far}} so far is no collapse.${said}`,
    )
  })

  test('states the rate of those of a young month who had the whole window', () => {
    const tally = createCohortTally(30)
    tally.enter({ elapsedDays: 30, convertedAfterDays: 2 })
    for (let person = 0; person < 99; person++) {
      tally.enter({ elapsedDays: 3, convertedAfterDays: null })
    }
    const current = { ...period(100, 1, 3), cohort: tally.finish() }
    const result = review(input({ current, before: period(900, 90, 20) }))
    expect(result.findings.at(-1)?.detail).toContain(
      ' Those who had the whole window converted at {{funnel.motion.trial.matured_rate}}.',
    )
  })

  test('a month that really fell is told by its curve, also while it is young', () => {
    const result = review(input({ current: period(1000, 20, 10), before: period(1000, 200, 40) }))
    expect(decisionsOf(result, 'pace')).toEqual([['motion:trial', 'investigate', 'worse']])
    expect(decisionsOf(result, 'velocity')).toEqual([
      ['step:trial:visit>signup', 'investigate', 'worse'],
    ])
    expect(result.findings.map((finding) => finding.id)).toEqual([
      'finding.funnel.pace:trial',
      'finding.funnel.maturity:trial',
    ])
    expect(result.findings[0]?.detail).not.toContain('Half of those')
    expect(valueOf(result, 'funnel.motion.trial.compared_days')).toBe(10)
    expect(valueOf(result, 'funnel.motion.trial.compared_rate')).toBeCloseTo(0.02, 12)
    expect(valueOf(result, 'funnel.motion.trial.prior_month.compared_rate')).toBeCloseTo(0.2, 12)
  })

  test('as many came through, but later: says by which day half of them did', () => {
    const result = review(
      input({ current: period(1000, 400, 60, 20), before: period(1000, 400, 90) }),
    )
    expect(decisionsOf(result, 'pace')).toEqual([['motion:trial', 'investigate', 'worse']])
    // Day 2: none of 400 where 200 are expected. Day 20: 400 where 1000 of 1600 make 250.
    expect(
      result.decisions.find(({ ruleId }) => ruleId === 'funnel.pace')?.evidence[
        'conversionsAboveEqualPace'
      ],
    ).toBeCloseTo(-50, 9)
    expect(result.findings[0]?.detail).toContain(
      'Half of those who came through did so within {{funnel.motion.trial.typical_days}}, against {{funnel.motion.trial.prior_month.typical_days}} then.',
    )
    expect(valueOf(result, 'funnel.motion.trial.typical_days')).toBe(20)
    expect(valueOf(result, 'funnel.motion.trial.prior_month.typical_days')).toBe(2)
  })

  test('nobody entered: nothing is read from it', () => {
    const result = review(input({ current: period(0, 0, 3), before: period(0, 0, 3) }))
    expect(decisionsOf(result, 'maturity')).toEqual([['motion:trial', 'not_assessed', 'empty']])
    expect(decisionsOf(result, 'pace')).toEqual([['motion:trial', 'none', 'not_comparable']])
    expect(valueOf(result, 'funnel.motion.trial.rate_so_far')).toBe('not_measured')
    expect(valueOf(result, 'funnel.motion.trial.pace_p')).toBe('not_measured')
  })

  test('events that could not be read leave a part', () => {
    const result = review(
      facts({
        counts: [count('S C P', 'visit', 500), count('S C P', 'signup', 50)],
        presence: { funnel_counts: 'present', funnel_events: 'unreadable' },
      }),
    )
    expect(result.status).toBe('partial')
  })
})
