import { isMeasured } from '../kernel/quantity.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { CampaignLine } from './campaigns.ts'
import type { RejectedRows } from './input.ts'
import type { Totals } from './totals.ts'

const RULE_ID = 'campaign_roi.completeness'
/** Names told one by one; the rest are counted in the campaign table. */
const NAMES_SHOWN = 3

const BOOKS = {
  cost_ledger: { name: 'cost ledger', missing: 'full cost, net and ROI' },
  value_ledger: { name: 'value ledger', missing: 'value, net and ROI' },
  ad_performance: { name: 'platform rows', missing: 'what the platforms spent and delivered' },
  deals: { name: 'deals', missing: 'the number of wins' },
} as const

/** What the books leave out, which is why a total of the month is not stated. */
export function bookFindings(
  totals: Totals,
  campaigns: readonly CampaignLine[],
  rejected: RejectedRows,
): Finding[] {
  return [...rejectFindings(totals, rejected), ...gapFindings(totals, campaigns)]
}

function rejectFindings(totals: Totals, rejected: RejectedRows): Finding[] {
  const books = ['cost_ledger', 'value_ledger', 'ad_performance', 'deals'] as const
  return books
    .filter((book) => rejected[book] > 0)
    .map((book) => ({
      id: `finding.${RULE_ID}:rejected_${book}`,
      ruleId: RULE_ID,
      subject: `book:${book}`,
      severity: 'serious',
      title: `Rows of the ${BOOKS[book].name} were rejected, so ${BOOKS[book].missing} of the month cannot be stated`,
      detail: `${inBooks(totals, book)}Validation names each rejected row, what was expected and what came; correct them and review again.`,
    }))
}

function inBooks({ economics, inBooks: books }: Totals, book: keyof typeof BOOKS): string {
  const metric = book === 'cost_ledger' ? 'cost' : 'value'
  const isLedger = book === 'cost_ledger' || book === 'value_ledger'
  if (!isLedger || isMeasured(economics[metric]) || !isMeasured(books[metric])) return ''
  return `The rows that could be read book ${token(`campaign_roi.total.booked_${metric}`)}. `
}

function gapFindings(
  { gaps, inBooks: books }: Totals,
  campaigns: readonly CampaignLine[],
): Finding[] {
  return (['cost', 'value'] as const).flatMap((metric) => {
    const missing = new Set(gaps[metric])
    const lines = campaigns.filter(({ id }) => missing.has(id))
    if (lines.length === 0) return []
    const rest = isMeasured(books[metric])
      ? ` The ledger books ${token(`campaign_roi.total.booked_${metric}`)} for the others.`
      : ''
    return [
      {
        id: `finding.${RULE_ID}:no_${metric}_entry`,
        ruleId: RULE_ID,
        subject: `book:${metric}_ledger`,
        severity: 'serious',
        title: `The ${metric} ledger has no entry of ${named(lines)}`,
        detail:
          metric === 'cost'
            ? `${spentSentence(lines)}${rest} Full cost, net and ROI of the month are not stated until it is booked.`
            : `It ran this month.${rest} Value, net and ROI of the month are not stated until it is booked; what returned nothing is booked with an entry of zero.`,
      } as const,
    ]
  })
}

function named(lines: readonly CampaignLine[]): string {
  const names = lines.slice(0, NAMES_SHOWN).map(({ name }) => literal(name))
  return `${names.join(', ')}${lines.length > NAMES_SHOWN ? ' and others' : ''}`
}

function spentSentence(lines: readonly CampaignLine[]): string {
  return lines
    .slice(0, NAMES_SHOWN)
    .map(
      ({ name, prefix }) =>
        `${literal(name)} spent ${token(`${prefix}.platform_spend`)} by the platforms’ rows.`,
    )
    .join(' ')
}
