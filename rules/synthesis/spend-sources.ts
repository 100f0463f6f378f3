import { compareRatio, exactRatio } from '../kernel/printed-decimal.ts'
import { isMeasured, type Measured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Finding } from '../schema/review.ts'
import { token } from '../schema/template.ts'

/** Media spend of the month as three sources know it; minor units. */
export interface SpendSources {
  readonly ledger: Quantity
  readonly platforms: Quantity
  readonly rollups: Quantity
  /** Rows behind each. */
  readonly rows: { readonly ledger: number; readonly platforms: number; readonly rollups: number }
}

const RULE_ID = 'synthesis.spend_sources'
const PREFIX = 'synthesis.media_spend'

/**
 * Do ledger, platforms and rollups agree on what media cost?
 *
 * Told when a source lies further from the ledger than the policy's tolerance as a share of the ledger; the ledger is what was paid, so it
 * is the one to use. Where one of the three was not measured nothing is told: campaign ROI reconciles ledger and platforms.
 */
export function spendSourceFinding(
  book: FactBook,
  sources: SpendSources,
  { currency, toleranceShare }: { readonly currency: string; readonly toleranceShare: number },
): Finding[] {
  const { ledger, platforms, rollups, rows } = sources
  if (!isMeasured(ledger) || !isMeasured(platforms) || !isMeasured(rollups)) return []
  if (![platforms, rollups].some((source) => isApart(source, ledger, toleranceShare))) return []
  const enter = (
    source: keyof SpendSources['rows'],
    label: string,
    dataset: 'cost_ledger' | 'ad_performance' | 'segment_rollups',
  ): string =>
    token(
      book.add({
        id: `${PREFIX}.${source}`,
        label: `Media spend ${label}`,
        unit: 'money',
        currency,
        quantity: sources[source],
        source: [{ dataset, rows: rows[source] }],
      }),
    )
  const told = {
    ledger: enter('ledger', 'in the ledger', 'cost_ledger'),
    platforms: enter('platforms', 'in the platforms’ rows', 'ad_performance'),
    rollups: enter('rollups', 'in the segment rollups', 'segment_rollups'),
  }
  return [
    {
      id: `finding.${RULE_ID}`,
      ruleId: RULE_ID,
      severity: 'warning',
      subject: 'spend:media',
      title: `Media spend is ${told.ledger} in the ledger, ${told.platforms} by asset and ${told.rollups} in rollups`,
      detail:
        'Three sources give three sums for the same month. The ledger is what was paid and is used here; rates and returns read from the other two speak only of the part they cover.',
    },
  ]
}

/** Does a sum lie further from the ledger's than the tolerance, as a share of the ledger's? */
export function isApart(source: Measured, ledger: Measured, toleranceShare: number): boolean {
  const gap = Math.abs(source.value - ledger.value)
  if (ledger.value === 0) return gap > 0
  return compareRatio(exactRatio(gap, Math.abs(ledger.value)), toleranceShare) > 0
}
