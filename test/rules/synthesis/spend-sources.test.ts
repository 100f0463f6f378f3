import { describe, expect, it } from 'vitest'

import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { spendSourceFinding, type SpendSources } from '#rules/synthesis/spend-sources.ts'

const rules = { currency: 'USD', toleranceShare: 0.05 }
const sources = (changes: Partial<SpendSources> = {}): SpendSources => ({
  ledger: measured(1_050_000),
  platforms: measured(274_400),
  rollups: measured(222_300),
  rows: { ledger: 3, platforms: 10, rollups: 6 },
  ...changes,
})

describe('spendSourceFinding', () => {
  it('shows $10,500 in the ledger, $2,744 by asset and $2,223 in rollups', () => {
    const book = createFactBook()
    const [finding] = spendSourceFinding(book, sources(), rules)
    expect(finding).toMatchObject({
      id: 'finding.synthesis.spend_sources',
      severity: 'warning',
      title:
        'Media spend is {{synthesis.media_spend.ledger}} in the ledger, {{synthesis.media_spend.platforms}} by asset and {{synthesis.media_spend.rollups}} in rollups',
    })
    expect(
      book.list().map(({ value, source }) => [value, source[0]?.dataset, source[0]?.rows]),
    ).toEqual([
      [{ currency: 'USD', minor: 1_050_000 }, 'cost_ledger', 3],
      [{ currency: 'USD', minor: 274_400 }, 'ad_performance', 10],
      [{ currency: 'USD', minor: 222_300 }, 'segment_rollups', 6],
    ])
  })

  it.each([
    // Five per cent of the ledger is within the tolerance, one cent more is not; either side counts.
    [{ platforms: 95_000, rollups: 100_000 }, 0],
    [{ platforms: 94_999, rollups: 100_000 }, 1],
    [{ platforms: 105_000, rollups: 105_001 }, 1],
    [{ platforms: 105_000, rollups: 105_000 }, 0],
  ])('with %j of 100,000 tells %d', ({ platforms, rollups }, told) => {
    const near = sources({
      ledger: measured(100_000),
      platforms: measured(platforms),
      rollups: measured(rollups),
    })
    expect(spendSourceFinding(createFactBook(), near, rules)).toHaveLength(told)
  })

  it.each(['ledger', 'platforms', 'rollups'] as const)('says nothing without %s', (source) => {
    const missing = sources({ [source]: notMeasured('not provided') })
    expect(spendSourceFinding(createFactBook(), missing, rules)).toEqual([])
  })

  it('needs no quotient where the ledger is empty', () => {
    const free = sources({ ledger: measured(0), platforms: measured(0), rollups: measured(0) })
    expect(spendSourceFinding(createFactBook(), free, rules)).toEqual([])
    const claimed = { ...free, platforms: measured(1) }
    expect(spendSourceFinding(createFactBook(), claimed, rules)).toHaveLength(1)
  })
})
