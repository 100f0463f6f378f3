import { describe, expect, it } from 'vitest'

import type { HealthFacts } from '#rules/health/verdict.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { Decision } from '#rules/schema/review.ts'
import { Health } from '#rules/schema/synthesis.ts'
import { reviewHealth } from '#rules/synthesis/health.ts'
import { policyWith } from '#test/support/policy.ts'

const facts = (changes: Partial<HealthFacts> = {}): HealthFacts => ({
  trustGrade: 'B',
  openRisks: [],
  months: [{ costMinor: 100, valueMinor: 150 }],
  segmentStops: 0,
  pendingReallocations: 0,
  targetsMissed: 0,
  ...changes,
})

function run(changes: Partial<HealthFacts>, health?: unknown) {
  const book = createFactBook()
  const policy = policyWith(health === undefined ? {} : { health })
  const review = reviewHealth(book, facts(changes), policy)
  const entered = new Map(book.list().map((fact) => [fact.id, fact.value]))
  // Bounds and counts are the policy's and the review's own, of no row of data.
  const read = book.list().filter(({ id, source }) => !id.endsWith('.age') && source.length > 0)
  expect(read).toEqual([])
  return { ...review, entered }
}

describe('reviewHealth', () => {
  it('tells the reference month: attention, because of risks, stops and a pending reallocation', () => {
    const { health, decision } = run({
      openRisks: [
        { severity: 'critical', ageDays: 14 },
        { severity: 'high', ageDays: 16 },
        { severity: 'low', ageDays: 12 },
      ],
      segmentStops: 2,
      pendingReallocations: 1,
      targetsMissed: 3,
    })
    expect(health).toEqual({
      verdict: 'attention',
      decisionId: 'health.verdict:company',
      reasons: [
        { code: 'open_risk', count: 3, text: '{{synthesis.risks.open}} open risks' },
        { code: 'segment_stop', count: 2, text: '{{synthesis.segments.stop}} segments to stop' },
        {
          code: 'pending_reallocation',
          count: 1,
          text: '{{synthesis.pending_reallocations.count}} reallocation pending',
        },
        { code: 'target_missed', count: 3, text: '{{synthesis.targets.missed}} targets missed' },
      ],
      unmeasured: [],
    })
    Health.parse(health)
    expect(Decision.parse(decision)).toMatchObject({
      id: 'health.verdict:company',
      subjectName: 'Test Company',
      action: 'attention',
      reason: 'open_risk',
      policyVersion: 'test-1',
      evidence: {
        tableRow: 4,
        concerns: ['open_risk', 'segment_stop', 'pending_reallocation', 'target_missed'],
        trustGrade: 'B',
        openRisks: 3,
        openRiskSeverities: ['critical', 'high', 'low'],
        openRiskAgesDays: [14, 16, 12],
        segmentStops: 2,
        pendingReallocations: 1,
        targetsMissed: 3,
        costMinorByMonth: [100],
        valueMinorByMonth: [150],
      },
    })
  })

  it('says one in the singular', () => {
    const { health } = run({
      openRisks: [{ severity: 'low', ageDays: 0 }],
      segmentStops: 1,
      pendingReallocations: 2,
      targetsMissed: 1,
    })
    expect(health.reasons.map(({ text }) => text)).toEqual([
      '{{synthesis.risks.open}} open risk',
      '{{synthesis.segments.stop}} segment to stop',
      '{{synthesis.pending_reallocations.count}} reallocations pending',
      '{{synthesis.targets.missed}} target missed',
    ])
  })

  it('has no reason on track', () => {
    const { health, decision } = run({})
    expect(health).toEqual({
      verdict: 'on_track',
      decisionId: 'health.verdict:company',
      reasons: [],
      unmeasured: [],
    })
    expect(decision.reason).toBe('no_concern')
  })

  it('names what was not looked at, and keeps it as unknown in the evidence', () => {
    const { health, decision } = run({
      openRisks: null,
      months: [],
      segmentStops: null,
      pendingReallocations: null,
      targetsMissed: null,
    })
    expect(health).toEqual({
      verdict: 'not_assessable',
      decisionId: 'health.verdict:company',
      reasons: [
        {
          code: 'nothing_measured',
          count: 5,
          text: 'what the policy’s table asks for was not measured: open risks, ROI, the direction of segments, reallocations that wait and targets',
        },
      ],
      unmeasured: [
        'open risks',
        'ROI',
        'the direction of segments',
        'reallocations that wait',
        'targets',
      ],
    })
    expect(decision).toMatchObject({
      reason: 'nothing_measured',
      evidence: {
        openRisks: null,
        openRiskSeverities: null,
        segmentStops: null,
        unmeasured: [
          'open_risk',
          'roi_below',
          'segment_stop',
          'pending_reallocation',
          'target_missed',
        ],
      },
    })
    Decision.parse(decision)
    Health.parse(health)
  })

  const UNMEASURED = {
    openRisks: null,
    months: [],
    segmentStops: null,
    pendingReallocations: null,
    targetsMissed: null,
  }

  it('on data too poor to judge on says that and no more, whatever was measured', () => {
    const { health } = run({ ...UNMEASURED, trustGrade: 'E' })
    expect(health.verdict).toBe('not_assessable')
    expect(health.reasons.map(({ code }) => code)).toEqual(['trust_grade'])
  })

  it('has no such reason for a verdict that the policy gives by itself', () => {
    const otherwise = (verdict: string) => [
      { when: 'any_of', list: ['target_missed'], verdict: 'critical' },
      { otherwise: verdict },
    ]
    const codes = (changes: Partial<HealthFacts>, verdict: string) =>
      run(changes, otherwise(verdict)).health.reasons.map(({ code }) => code)
    expect(codes({}, 'not_assessable')).toEqual([])
    expect(codes(UNMEASURED, 'attention')).toEqual([])
    expect(codes(UNMEASURED, 'not_assessable')).toEqual(['nothing_measured'])
    expect(run({}, otherwise('not_assessable')).decision.reason).toBe('no_concern')
  })

  it('names the grade that is too low', () => {
    const { health, entered } = run({ trustGrade: 'E' })
    expect(health.reasons[0]).toEqual({
      code: 'trust_grade',
      count: 1,
      text: 'the data are graded {{synthesis.health.trust_grade}}, too low to judge on',
    })
    expect(entered.get('synthesis.health.trust_grade')).toBe('E')
  })

  it('names risks that are open for too long', () => {
    const { health, entered } = run({ openRisks: [{ severity: 'critical', ageDays: 15 }] })
    expect(health.reasons[0]?.text).toBe(
      '{{synthesis.health.aged_risks}} risk of critical severity open for more than {{synthesis.health.aged_after}}',
    )
    expect(entered.get('synthesis.health.aged_after')).toBe(14)
    expect(entered.get('synthesis.health.aged_risks')).toBe(1)
    const table = [
      { when: 'open_risk_severity', at_least: 'medium', older_than_days: 3, verdict: 'critical' },
      { otherwise: 'on_track' },
    ]
    const aged = [
      { severity: 'medium', ageDays: 4 },
      { severity: 'high', ageDays: 9 },
    ] as const
    const lower = run({ openRisks: aged }, table)
    expect(lower.health.reasons[0]?.text).toMatch(/risks of medium severity or graver open for/)
  })

  it('names months of loss in a row', () => {
    const loss = { costMinor: 100, valueMinor: 90 }
    const { health, entered } = run({ months: [loss, loss] })
    expect(health.reasons[0]?.text).toBe(
      'ROI below {{synthesis.health.roi_bound}} for {{synthesis.health.bad_months}} months in a row',
    )
    expect(entered.get('synthesis.health.roi_bound')).toBe(0)
    expect(entered.get('synthesis.health.bad_months')).toBe(2)
    const one = run({ months: [loss] }, [
      { when: 'roi_below', than: 0.1, for_months: 1, verdict: 'critical' },
      { otherwise: 'on_track' },
    ])
    expect(one.health.reasons[0]?.text).toMatch(/ month$/)
    expect(one.entered.get('synthesis.health.roi_bound')).toBe(0.1)
  })
})
