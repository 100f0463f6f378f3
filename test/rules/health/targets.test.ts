import { describe, expect, it } from 'vitest'

import { roundingFinding } from '#rules/health/target-rounding.ts'
import { reviewTargets } from '#rules/health/targets.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { Target } from '#rules/policy/verdict.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { Decision, Finding, type Fact } from '#rules/schema/review.ts'
import { TargetStatus } from '#rules/schema/synthesis.ts'
import { danglingFacts } from '#test/support/dangling.ts'

const fact = (id: string, changes: Partial<Fact>): Fact => ({
  id,
  label: `Label of ${id}`,
  unit: 'count',
  status: 'known',
  value: 0,
  source: [],
  ...changes,
})

/** The figures that the reference company's targets speak of. */
const FACTS: readonly Fact[] = [
  fact('campaign_roi.total.roi', {
    unit: 'change',
    value: 0.7256,
    numerator: 805_245,
    denominator: 1_109_755,
  }),
  fact('synthesis.approvals.rate_of_decided', {
    unit: 'rate',
    value: 1,
    numerator: 5,
    denominator: 5,
  }),
  fact('synthesis.segments.on_target_rate', {
    unit: 'rate',
    value: 4 / 6,
    numerator: 4,
    denominator: 6,
  }),
  fact('synthesis.risks.open', { value: 3 }),
  fact('synthesis.pending_reallocations.count', { value: 1 }),
  fact('campaign_roi.total.cac', {
    unit: 'money',
    status: 'not_measured',
    value: null,
    reason: 'no deals were provided',
  }),
]

const REFERENCE = [
  { id: 'roi', at_least: 0.5 },
  { id: 'approval_rate_of_decided', at_least: 0.8 },
  { id: 'segments_on_target', at_least: 0.67 },
  { id: 'open_risks', at_most: 0 },
  { id: 'pending_reallocations', at_most: 0 },
  { id: 'cac', at_most: 180, unit: 'money' },
]

function run(targets: readonly object[], facts: readonly Fact[] = FACTS) {
  const book = createFactBook()
  const review = reviewTargets(book, {
    targets: targets.map((target) => Target.parse(target)),
    currency: 'USD',
    policyVersion: 'p1',
    facts: new Map(facts.map((entry) => [entry.id, entry])),
  })
  return { ...review, tables: [], facts: [...book.list(), ...facts] }
}

const UNASSESSED = { status: 'not_measured', reason: 'not every target could be assessed' }

const review = () => run(REFERENCE)
const entered = (id: string) => review().facts.find((entry) => entry.id === id)

describe('reviewTargets on the reference company', () => {
  it('compares each target as printed', () => {
    expect(review().statuses.map(({ id, status }) => [id, status])).toEqual([
      ['roi', 'met'],
      ['approval_rate_of_decided', 'met'],
      ['segments_on_target', 'missed'],
      ['open_risks', 'missed'],
      ['pending_reallocations', 'missed'],
      ['cac', 'not_assessable'],
    ])
    for (const status of review().statuses) TargetStatus.parse(status)
  })

  it('counts them', () => {
    const counts = ['total', 'met', 'missed'].map((metric) =>
      entered(`synthesis.targets.${metric}`),
    )
    expect(counts.map((count) => count?.value)).toEqual([6, 2, 3])
  })

  it.each([
    // Positions in the list above: 0 and 1 are met, 2 to 4 missed, 5 has no figure.
    ['missed', [0, 2, 3, 4], { value: 3 }],
    ['met', [0, 2, 3, 4], { value: 1 }],
    ['missed', [0, 1], { status: 'zero' }],
    ['met', [2, 3], { status: 'zero' }],
    ['missed', [0, 5], UNASSESSED],
    ['met', [2, 5], UNASSESSED],
    ['missed', [2, 5], { value: 1 }],
    ['met', [0, 5], { value: 1 }],
  ])('counts the %s of targets %j: %j', (metric, chosen, expected) => {
    const targets = REFERENCE.filter((_, index) => chosen.includes(index))
    const count = run(targets).facts.find(({ id }) => id === `synthesis.targets.${metric}`)
    // Counted over the policy's targets, not over rows of data.
    expect(count).toMatchObject({ ...expected, source: [] })
  })

  it('finds that 66.7 % is below 67 %, though it looks alike', () => {
    expect(review().findings).toEqual([
      {
        id: 'finding.health.target_rounding:segments_on_target',
        ruleId: 'health.target_rounding',
        severity: 'warning',
        subject: 'target:segments_on_target',
        title:
          'Segments at the target ROI: {{synthesis.segments.on_target_rate}} is below the target of at least {{synthesis.target.segments_on_target.bound}}',
        detail: expect.stringMatching(
          /^Exactly it is \{\{synthesis\.target\.segments_on_target\.exact\}\}\. Rounded .* Meeting it takes .*needed\}\} of .* instead of /,
        ),
      },
    ])
  })

  it('enters each bound in the unit of its figure', () => {
    const bounds = ['roi', 'segments_on_target', 'open_risks', 'cac'].map((id) =>
      entered(`synthesis.target.${id}.bound`),
    )
    expect(bounds.map((bound) => [bound?.unit, bound?.value])).toEqual([
      ['change', 0.5],
      ['rate', 0.67],
      ['count', 0],
      ['money', { currency: 'USD', minor: 18_000 }],
    ])
  })

  it('draws no bound from data', () => {
    expect(entered('synthesis.target.roi.bound')).toStrictEqual({
      id: 'synthesis.target.roi.bound',
      label: 'ROI: target',
      unit: 'change',
      status: 'known',
      value: 0.5,
      source: [],
    })
  })

  it('decides on the quantities compared', () => {
    expect(review().decisions[2]).toEqual({
      id: 'health.target:segments_on_target',
      stage: 'synthesis',
      subject: 'target:segments_on_target',
      subjectName: 'Segments at the target ROI',
      action: 'missed',
      reason: 'bound_broken',
      ruleId: 'health.target',
      policyVersion: 'p1',
      evidence: {
        actualFact: 'synthesis.segments.on_target_rate',
        actual: 4 / 6,
        numerator: 4,
        denominator: 6,
        operator: 'at_least',
        bound: 0.67,
      },
    })
    expect(review().decisions[5]?.evidence).toMatchObject({
      actual: null,
      numerator: null,
      operator: 'at_most',
    })
  })

  it('speaks only of facts it knows, in the agreed shapes', () => {
    expect(danglingFacts(review())).toEqual([])
    for (const entry of review().decisions) Decision.parse(entry)
    for (const entry of review().findings) Finding.parse(entry)
  })
})

describe('reviewTargets elsewhere', () => {
  it('counts none without targets', () => {
    const none = run([])
    expect(none.statuses).toEqual([])
    expect(none.facts.find((entry) => entry.id === 'synthesis.targets.missed')?.status).toBe('zero')
  })

  it('speaks of the fact and the label that the policy names', () => {
    const [status] = run([
      { id: 'quick', at_most: 3, fact: 'synthesis.risks.open', label: 'Fires' },
    ]).statuses
    expect(status).toMatchObject({ label: 'Fires', actual: 'synthesis.risks.open', status: 'met' })
  })

  it('takes an unknown id for the id of a fact, and its label from there', () => {
    const [status] = run([{ id: 'synthesis.risks.open', at_most: 3 }]).statuses
    expect(status).toMatchObject({ label: 'Label of synthesis.risks.open', status: 'met' })
  })

  it('cannot assess a target the review has no figure for', () => {
    const unknown = run([{ id: 'net_promoter.score', at_least: 50 }])
    expect(unknown.statuses[0]).toMatchObject({
      label: 'Net promoter score',
      actual: expect.stringMatching(/^synthesis\.target\.net_promoter-score:[0-9a-f]{8}\.actual$/),
      status: 'not_assessable',
    })
    expect(unknown.facts.find((entry) => entry.id === unknown.statuses[0]?.actual)).toMatchObject({
      status: 'not_measured',
      reason: 'the review has no figure of that name',
      source: [],
    })
    expect(unknown.facts.find((entry) => entry.id.endsWith('.bound'))?.unit).toBe('number')
    expect(danglingFacts(unknown)).toEqual([])
  })

  it('enters a bound of money where only the policy says that it is money', () => {
    const unknown = run([{ id: 'x', at_least: 12.5, unit: 'money' }])
    expect(unknown.facts.find((entry) => entry.id.endsWith('.bound'))?.value).toEqual({
      currency: 'USD',
      minor: 1250,
    })
  })

  it.each([
    ['date', '2026-03-01'],
    ['text', 'three'],
  ] as const)('takes a %s for no number', (unit, value) => {
    const dated = run([{ id: 'd', at_least: 1 }], [fact('d', { unit, value })])
    expect(dated.statuses[0]?.status).toBe('not_assessable')
    expect(dated.facts.find((entry) => entry.id.endsWith('.bound'))?.unit).toBe('number')
  })
})

describe('the finding about rounding', () => {
  const told = (target: object, changes: Partial<Fact>): number =>
    run([{ id: 'x', ...target }], [fact('x', changes)]).findings.length

  it.each([
    // At least 67 %: 66.5 % rounds to it, a thousandth less does not.
    [{ at_least: 0.67 }, { unit: 'rate', value: 0.665 }, 1],
    [{ at_least: 0.67 }, { unit: 'rate', value: 0.664_999 }, 0],
    [{ at_least: 0.67 }, { unit: 'rate', value: 0.67 }, 0],
    // 0.5 is printed as 50 %: 49.5 % looks alike, 46 % does not.
    [{ at_least: 0.5 }, { unit: 'change', value: 0.495 }, 1],
    [{ at_least: 0.5 }, { unit: 'change', value: 0.46 }, 0],
    // At most 3.0 %: below 3.5 % looks alike.
    [{ at_most: 0.03 }, { unit: 'rate', value: 0.0349 }, 1],
    [{ at_most: 0.03 }, { unit: 'rate', value: 0.035 }, 0],
    // A ratio is printed with the digits the bound has.
    [{ at_least: 3 }, { unit: 'ratio', value: 2.5 }, 1],
    [{ at_least: 3 }, { unit: 'ratio', value: 2.49 }, 0],
    [{ at_most: 180 }, { unit: 'money', value: { currency: 'USD', minor: 18_049 } }, 1],
    [{ at_most: 180 }, { unit: 'money', value: { currency: 'USD', minor: 18_050 } }, 0],
    [{ at_most: 0 }, { unit: 'count', value: 1 }, 0],
  ] as const)('%j, %j: %d', (target, changes, count) => {
    expect(told(target, changes)).toBe(count)
  })

  it('says what is compared, and no counts where the figure has none', () => {
    const { findings } = run(
      [{ id: 'x', at_least: 0.67 }],
      [fact('x', { unit: 'rate', value: 0.666 })],
    )
    expect(findings[0]?.detail).toBe(
      'Exactly it is {{synthesis.target.x.exact}}. Rounded to as many digits as the target is written in, it would read as the target; what is compared is the exact figure with the target as it is written.',
    )
  })

  it.each([
    // The digits of the page where they tell the two apart, more where they do not.
    [{ at_least: 0.67 }, { unit: 'rate', value: 0.667, numerator: 2, denominator: 3 }, '66.7%'],
    [{ at_least: 0.67 }, { unit: 'rate', value: 0.669_96 }, '66.996%'],
    [{ at_least: -0.1 }, { unit: 'change', value: -0.100_04 }, '−10.004%'],
    [{ at_most: -0.1 }, { unit: 'change', value: -0.099_95 }, '−9.995%'],
    [{ at_least: 3 }, { unit: 'ratio', value: 2.999_6 }, '2.9996×'],
    [{ at_least: 3 }, { unit: 'ratio', value: 2.93 }, '2.93×'],
    // The page prints 0.01× for the bound; nothing has no sign.
    [{ at_least: 0.005 }, { unit: 'ratio', value: 0.004_7 }, '0.00×'],
    [
      { at_most: 180 },
      {
        unit: 'money',
        value: { currency: 'USD', minor: 18_000 },
        numerator: 54_001,
        denominator: 3,
      },
      '180.003 USD',
    ],
    [{ at_most: 44 }, { unit: 'minutes', value: 44.04 }, '44.04 minutes'],
    [{ at_most: 7 }, { unit: 'number', value: 7.25 }, '7.25'],
    [{ at_least: 1 }, { unit: 'number', value: 0.999 }, '0.999'],
  ] as const)('%j, %j is told as %s', (target, changes, exact) => {
    const { facts } = run([{ id: 'x', ...target }], [fact('x', changes)])
    expect(facts.find(({ id }) => id === 'synthesis.target.x.exact')).toMatchObject({
      unit: 'text',
      value: exact,
    })
  })

  it('enters no exact figure where nobody could take it for the target', () => {
    const { facts } = run([{ id: 'x', at_least: 0.67 }], [fact('x', { unit: 'rate', value: 0.5 })])
    expect(facts.find(({ id }) => id.endsWith('.exact'))).toBeUndefined()
  })

  it.each([[undefined], [fact('x', { unit: 'text', value: 'three' })]])(
    'refuses a target missed by no number',
    (actual) => {
      const [status] = run([{ id: 'x', at_least: 1 }], [fact('x', { value: 0 })]).statuses
      if (status === undefined) throw new TypeError('expected a status')
      const target = Target.parse({ id: 'x', at_least: 1 })
      expect(() => roundingFinding(target, status, { actual, has: () => false })).toThrow(
        InvariantError,
      )
    },
  )

  it('says above for a ceiling', () => {
    const { findings } = run(
      [{ id: 'x', at_most: 0.03 }],
      [fact('x', { unit: 'rate', value: 0.031 })],
    )
    expect(findings[0]?.title).toContain('is above the target of at most')
  })
})
