import {
  isMeasured,
  measured,
  notMeasured,
  type Measured,
  type Quantity,
} from '../kernel/quantity.ts'
import type { SegmentRollup } from '../portfolio/rollup.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Fact, Finding } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import { isApart } from './spend-sources.ts'

const RULE_ID = 'synthesis.value_sources'
const LEDGER = 'campaign_roi.total.value'
const PLATFORMS = 'campaign_roi.total.conversion_value'

/**
 * Do the books, the platforms and the rollups agree on what the month returned?
 *
 * Told once, when a source lies further from the books than the policy's tolerance as a share of them, because each of the three stands in
 * a table of its own. Without rollups the claims of the platforms are held against the books alone; without one of these two nothing is told.
 */
export function valueSourceFinding(
  book: FactBook,
  sources: {
    readonly facts: ReadonlyMap<string, Fact>
    readonly rollups: readonly SegmentRollup[]
  },
  { currency, toleranceShare }: { readonly currency: string; readonly toleranceShare: number },
): Finding[] {
  const [ledger, platforms] = [LEDGER, PLATFORMS].map((id) => amountOf(sources.facts.get(id)))
  const rollups = rollupValue(sources.rollups)
  if (ledger === undefined || platforms === undefined) return []
  if (!isMeasured(rollups)) {
    return isApart(platforms, ledger, toleranceShare) ? [claimFinding(book, platforms, ledger)] : []
  }
  if (![platforms, rollups].some((source) => isApart(source, ledger, toleranceShare))) return []
  const stated = token(
    book.add({
      id: 'synthesis.value.rollups',
      label: 'Value in the segment rollups',
      unit: 'money',
      currency,
      quantity: rollups,
      source: [{ dataset: 'segment_rollups', rows: sources.rollups.length }],
    }),
  )
  return [
    {
      id: `finding.${RULE_ID}`,
      ruleId: RULE_ID,
      severity: 'warning',
      subject: 'value:total',
      title: `Three sums of value: ${token(LEDGER)} in the books, ${token(PLATFORMS)} by platform and ${stated} in rollups`,
      detail:
        'The books’ value over full cost gives the return of the company and of campaigns. What platforms claim over media spend gives the ROAS of channels and segments, and the rollups’ the calls of the portfolio; neither is money that was booked.',
    },
  ]
}

/** What platforms claim beside what was booked, with how far apart they are. */
function claimFinding(book: FactBook, platforms: Measured, ledger: Measured): Finding {
  const gap = platforms.value - ledger.value
  const apart =
    ledger.value > 0
      ? `, ${token(
          book.add({
            id: 'synthesis.value.claimed_change',
            label: 'Value platforms claim against value in the books',
            unit: 'change',
            quantity: measured(gap / ledger.value),
            numerator: gap,
            denominator: ledger.value,
            formula: '(platforms − books) ÷ books',
            inputs: [PLATFORMS, LEDGER],
            source: [],
          }),
        )} against the books`
      : ''
  return {
    id: `finding.${RULE_ID}`,
    ruleId: RULE_ID,
    severity: 'warning',
    subject: 'value:total',
    title: `Platforms claim ${token(PLATFORMS)} of value where the books hold ${token(LEDGER)}`,
    detail: `The claims are of the same month${apart}. The books’ value over full cost gives the return of the company and of campaigns; the ROAS of channels and segments rests on the claims, which are not money that was booked.`,
  }
}

function amountOf(fact: Fact | undefined): Measured | undefined {
  const value = fact?.value
  return typeof value === 'object' && value !== null ? measured(value.minor) : undefined
}

function rollupValue(rollups: readonly SegmentRollup[]): Quantity {
  const amounts = rollups.flatMap(({ valueMinor }) => (valueMinor === null ? [] : [valueMinor]))
  return amounts.length === 0 || amounts.length < rollups.length
    ? notMeasured('a rollup states no value')
    : measured(amounts.reduce((sum, amount) => sum + amount, 0))
}
