import { describe, expect, it } from 'vitest'

import { createFactBook } from '#rules/schema/fact-book.ts'
import type { Decision, StageResult } from '#rules/schema/review.ts'
import { changesTested, withdrawnChanges } from '#rules/synthesis/changes-tested.ts'
import { policyWith } from '#test/support/policy.ts'

const { momentum } = policyWith()

const change = (changes: Partial<Decision> = {}): Decision => ({
  id: 'lead_scoring.trend:mqls',
  stage: 'lead_scoring',
  subject: 'trend:mqls',
  subjectName: 'MQL volume',
  action: 'improving',
  reason: 'significant_change',
  ruleId: 'lead_scoring.trend',
  policyVersion: 'test-1',
  evidence: { p: 0.02, adjustedP: 0.02 },
  ...changes,
})
const stages = (...decisions: Decision[]): StageResult[] => [
  {
    stage: 'lead_scoring',
    status: 'assessed',
    facts: [],
    decisions,
    findings: [],
    tables: [],
    charts: [],
    summary: [],
  },
]
const withdrawn = (decisions: readonly Decision[], ofSegments: readonly number[], over = {}) => {
  const book = createFactBook()
  const findings = withdrawnChanges(book, stages(...decisions), {
    ofSegments,
    momentum: { ...momentum, ...over },
  })
  expect(book.list().every(({ source }) => source.length === 0)).toBe(true)
  return { findings, counts: book.list().map(({ id, value }) => [id, value]) }
}

describe('changesTested', () => {
  it('keeps the changes of the two rules that were looked at', () => {
    const kept = change({ ruleId: 'campaign_roi.trend', evidence: { p: 0.5, adjustedP: 0.6 } })
    const found = changesTested(
      stages(
        kept,
        change({ ruleId: 'lead_scoring.model', evidence: { p: 0.1, adjustedP: 0.1 } }),
        change({ evidence: { p: 0.1, adjustedP: null } }),
        change({ evidence: { p: null, adjustedP: 0.1 } }),
        change({ evidence: { p: null, adjustedP: null } }),
        change({ evidence: {} }),
      ),
    )
    expect(found).toEqual([{ decision: kept, p: 0.5 }])
  })
})

describe('withdrawnChanges', () => {
  it('names a call that does not hold among all tests of the review', () => {
    // Benjamini and Hochberg of 0.02 as the smallest of three: 0.02 · 3 ÷ 1 = 0.06 > 0.05.
    const { findings, counts } = withdrawn([change()], [0.3, 0.9])
    expect(findings).toEqual([
      {
        id: 'finding.synthesis.changes_tested',
        ruleId: 'synthesis.changes_tested',
        severity: 'info',
        subject: 'review',
        title: 'Changes that may be chance once the whole review is counted',
        detail:
          'MQL volume: called by the stage beyond chance among its own tests, not among the {{synthesis.changes.tested}} that the review made. Nothing is decided on them here.',
      },
    ])
    expect(counts).toEqual([
      ['synthesis.changes.tested', 3],
      ['synthesis.changes.called', 1],
    ])
  })

  it.each([
    // 0.02 · 2 ÷ 1 = 0.04: holds.
    ['that holds among two', [change()], [0.9]],
    // On the bound: 0.025 · 2 ÷ 1 = 0.05.
    ['on the bound', [change({ evidence: { p: 0.025, adjustedP: 0.025 } })], [0.9]],
    ['that was never called', [change({ action: 'stable' })], [0.3, 0.9]],
  ])('says nothing of a change %s', (_, decisions, ofSegments) => {
    expect(withdrawn(decisions, ofSegments).findings).toEqual([])
  })

  it('names every one that does not hold, falls as well as rises', () => {
    const fall = change({ action: 'declining', subjectName: 'Cost per click' })
    const firm = change({ subjectName: 'Acceptance', evidence: { p: 1e-9, adjustedP: 1e-9 } })
    const [finding] = withdrawn([change(), fall, firm], [0.6, 0.7, 0.8, 0.9, 1, 1, 1]).findings
    expect(finding?.detail).toMatch(/^MQL volume, Cost per click: called/)
  })

  it('asks nothing where nothing was tested or the policy corrects nothing', () => {
    expect(withdrawn([], [0.3, 0.9])).toEqual({ findings: [], counts: [] })
    expect(withdrawn([change()], [0.3, 0.9], { correction: 'none' })).toEqual({
      findings: [],
      counts: [],
    })
  })
})
