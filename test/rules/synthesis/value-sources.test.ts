import { describe, expect, it } from 'vitest'

import { createFactBook } from '#rules/schema/fact-book.ts'
import type { Fact } from '#rules/schema/review.ts'
import { valueSourceFinding } from '#rules/synthesis/value-sources.ts'
import { REFERENCE_ROLLUPS } from '#test/rules/portfolio/reference-segments.ts'

const money = (id: string, minor: number): Fact => ({
  id,
  label: id,
  unit: 'money',
  status: 'known',
  value: { currency: 'USD', minor },
  source: [],
})
const [LEDGER, PLATFORMS] = ['campaign_roi.total.value', 'campaign_roi.total.conversion_value']
const ROLLUPS = 1_775_000

function told(ledger: number | null, platforms: number | null, rollups = REFERENCE_ROLLUPS) {
  const book = createFactBook()
  const facts = [
    ...(ledger === null ? [] : [money(LEDGER, ledger)]),
    ...(platforms === null ? [] : [money(PLATFORMS, platforms)]),
  ]
  const findings = valueSourceFinding(
    book,
    { facts: new Map(facts.map((fact) => [fact.id, fact])), rollups },
    { currency: 'USD', toleranceShare: 0.02 },
  )
  return { findings, facts: book.list() }
}

describe('valueSourceFinding', () => {
  it('tells three sums of value that differ, once', () => {
    const { findings, facts } = told(1_915_000, 2_317_500)
    expect(findings.map(({ id, title }) => [id, title])).toEqual([
      [
        'finding.synthesis.value_sources',
        'Three sums of value: {{campaign_roi.total.value}} in the books, {{campaign_roi.total.conversion_value}} by platform and {{synthesis.value.rollups}} in rollups',
      ],
    ])
    expect(facts).toEqual([
      expect.objectContaining({
        id: 'synthesis.value.rollups',
        value: { currency: 'USD', minor: ROLLUPS },
        source: [{ dataset: 'segment_rollups', rows: 6 }],
      }),
    ])
  })

  it.each([
    [ROLLUPS, ROLLUPS, false],
    [ROLLUPS, ROLLUPS * 1.02, false],
    [ROLLUPS, ROLLUPS * 1.02 + 1, true],
    [ROLLUPS, ROLLUPS * 0.98 - 1, true],
    [ROLLUPS * 2, ROLLUPS * 2, true],
  ])('of %d in the books and %d by platform: %s', (ledger, platforms, isTold) => {
    expect(told(ledger, platforms).findings.length === 1).toBe(isTold)
  })

  it('takes a sum that was looked for and not measured for none', () => {
    const missing = { ...money(LEDGER, 1), status: 'not_measured' as const, value: null }
    const facts = new Map([missing, money(PLATFORMS, 2)].map((fact) => [fact.id, fact]))
    expect(
      valueSourceFinding(
        createFactBook(),
        { facts, rollups: REFERENCE_ROLLUPS },
        { currency: 'USD', toleranceShare: 0.02 },
      ),
    ).toEqual([])
  })

  it('is silent where books or platforms were not measured', () => {
    for (const none of [told(null, 1), told(1, null)]) {
      expect(none).toEqual({ findings: [], facts: [] })
    }
  })

  const bare = REFERENCE_ROLLUPS.map((row, index) =>
    index === 0 ? { ...row, valueMinor: null } : row,
  )

  it.each([
    ['without rollups', []],
    ['where a rollup states no value', bare],
  ])('holds the claims against the books alone %s', (_name, rollups) => {
    const { findings, facts } = told(100_000, 123_000, rollups)
    expect(findings).toEqual([
      {
        id: 'finding.synthesis.value_sources',
        ruleId: 'synthesis.value_sources',
        severity: 'warning',
        subject: 'value:total',
        title:
          'Platforms claim {{campaign_roi.total.conversion_value}} of value where the books hold {{campaign_roi.total.value}}',
        detail:
          'The claims are of the same month, {{synthesis.value.claimed_change}} against the books. The books’ value over full cost gives the return of the company and of campaigns; the ROAS of channels and segments rests on the claims, which are not money that was booked.',
      },
    ])
    expect(facts).toMatchObject([
      {
        id: 'synthesis.value.claimed_change',
        unit: 'change',
        value: 0.23,
        numerator: 23_000,
        denominator: 100_000,
        inputs: ['campaign_roi.total.conversion_value', 'campaign_roi.total.value'],
        source: [],
      },
    ])
  })

  it.each([
    [100_000, 102_000, 0],
    [100_000, 102_001, 1],
    [100_000, 97_999, 1],
    // Against nothing there is no share, but a difference all the same.
    [0, 1, 1],
    [0, 0, 0],
  ])('of %d in the books and %d claimed: %d', (ledger, platforms, count) => {
    const { findings, facts } = told(ledger, platforms, [])
    expect(findings).toHaveLength(count)
    expect(facts).toHaveLength(ledger === 0 ? 0 : count)
    expect(findings[0]?.detail.includes(' against the books') ?? false).toBe(
      ledger > 0 && count === 1,
    )
  })
})
