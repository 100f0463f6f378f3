import { describe, expect, it } from 'vitest'

import { judgeHealth, type HealthFacts } from '#rules/health/verdict.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { fillTemplate } from '#rules/schema/template.ts'
import { verdictBasis } from '#rules/synthesis/verdict-basis.ts'
import { policyWith } from '#test/support/policy.ts'

const calm: HealthFacts = {
  trustGrade: 'B',
  openRisks: [],
  months: [{ costMinor: 100, valueMinor: 150 }],
  segmentStops: 0,
  pendingReallocations: 0,
  targetsMissed: 0,
}

function told(changes: Partial<HealthFacts>, health?: readonly unknown[]): string {
  const facts = { ...calm, ...changes }
  const table = policyWith(health === undefined ? {} : { health }).health
  const book = createFactBook()
  const [finding] = verdictBasis(book, judgeHealth(facts, table), { facts, table })
  const values = new Map(book.list().map(({ id, value }) => [id, JSON.stringify(value)]))
  return fillTemplate(
    finding === undefined ? '' : `${finding.title} | ${finding.detail}`,
    (id) => values.get(id) ?? `[${id}]`,
  )
}

describe('verdictBasis', () => {
  it('says which row matched and how near the graver ones came', () => {
    const openRisks = [
      { severity: 'critical', ageDays: 13, riskId: 'RSK_1' },
      { severity: 'critical', ageDays: 14, riskId: 'RSK_2' },
      { severity: 'high', ageDays: 90, riskId: 'RSK_3' },
    ] as const
    expect(told({ openRisks })).toBe(
      'Why the verdict is ATTENTION | Row 4 of the policy’s table is the first that holds: at least one of an open risk, a segment to stop, a reallocation that waits and a missed target. Row 1, NOT ASSESSABLE, does not: it asks for data graded below D. Row 2, CRITICAL, does not: it asks for a risk of critical severity open for more than 14, and the oldest, RSK_2, has been open for 14: at the bound, not above it. Row 3, CRITICAL, does not: it asks for an ROI below 0 for 2 months in a row.',
    )
  })

  it('says how old a risk below the bound is, without a name too', () => {
    expect(told({ openRisks: [{ severity: 'critical', ageDays: 13 }] })).toContain(
      'and the oldest has been open for 13.',
    )
    expect(told({ openRisks: [{ severity: 'high', ageDays: 99 }] })).toContain(
      'and none of that severity is open.',
    )
  })

  it('reads that age off the row of one risk', () => {
    const facts: HealthFacts = { ...calm, openRisks: [{ severity: 'critical', ageDays: 13 }] }
    const table = policyWith().health
    const book = createFactBook()
    verdictBasis(book, judgeHealth(facts, table), { facts, table })
    expect(book.list().find(({ id }) => id.endsWith('.age'))).toMatchObject({
      value: 13,
      unit: 'days',
      source: [{ dataset: 'risk_signals', rows: 1 }],
    })
  })

  it('does not say that no risk is open where nobody measured them', () => {
    expect(told({ openRisks: null, targetsMissed: 1 })).toContain(
      'open for more than 14, and open risks were not measured. Row 3',
    )
  })

  it('names the row of a graver verdict, and none of the same verdict before it', () => {
    const critical = told({ openRisks: [{ severity: 'critical', ageDays: 15 }] })
    expect(critical).toMatch(
      /^Why the verdict is CRITICAL \| Row 2 .* open for more than 14\. Row 1, NOT ASSESSABLE/,
    )
    expect(critical).not.toContain('Row 3')
    const lost = { costMinor: 100, valueMinor: 50 }
    const loss = told({ months: [lost, lost] })
    expect(loss).toMatch(/^Why the verdict is CRITICAL \| Row 3 /)
    expect(loss).not.toContain('Row 2')
  })

  it('reads a table of other rows', () => {
    const table = [
      { when: 'open_risk_severity', at_least: 'high', older_than_days: 3, verdict: 'critical' },
      { when: 'roi_below', than: 0.1, for_months: 1, verdict: 'attention' },
      { otherwise: 'on_track' },
    ]
    expect(told({}, table)).toBe(
      'Why the verdict is ON TRACK | Row 3 of the policy’s table is the first that holds: nothing else applies. Row 1, CRITICAL, does not: it asks for a risk of high severity or graver open for more than 3, and none of that severity is open. Row 2, ATTENTION, does not: it asks for an ROI below 0.1 for 1 month.',
    )
  })

  it('says nothing of a verdict that could not be given', () => {
    expect(told({ trustGrade: 'F' })).toBe('')
  })
})
