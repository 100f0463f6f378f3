import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { CampaignLine } from './campaigns.ts'
import type { RejectedRows } from './rejected.ts'
import { isPartlyBooked, type Totals } from './totals.ts'

const RULE_ID = 'campaign_roi.completeness'
/** Names told one by one; the rest are counted in the campaign table. */
const NAMES_SHOWN = 3

/**
 * What the books leave out, which is why a total of the month is not stated.
 *
 * @param isOver False while the month runs: what is booked for it as a whole does not count yet, so that a gap is no fault.
 */
export function bookFindings(
  totals: Totals,
  campaigns: readonly CampaignLine[],
  { rejected, isOver }: { readonly rejected: RejectedRows; readonly isOver: boolean },
): Finding[] {
  return [...rejectFindings(totals, rejected), ...gapFindings(totals, campaigns, isOver)]
}

interface Book {
  readonly id: keyof RejectedRows
  readonly name: string
  /** What cannot be stated while rows of it are missing, and the total of the books that is left of it. */
  readonly missing: string
  readonly total?: 'cost' | 'value'
}

/** Without a value ledger the deals speak for value, too. */
function booksOf({ booked }: Totals): readonly Book[] {
  const deals =
    booked.basis === 'deals'
      ? ({ missing: 'the number of wins, value, net and ROI', total: 'value' } as const)
      : { missing: 'the number of wins' }
  return [
    { id: 'cost_ledger', name: 'cost ledger', missing: 'full cost, net and ROI', total: 'cost' },
    { id: 'value_ledger', name: 'value ledger', missing: 'value, net and ROI', total: 'value' },
    {
      id: 'ad_performance',
      name: 'platforms’ reports',
      missing: 'what the platforms spent and delivered',
    },
    { id: 'deals', name: 'deals', ...deals },
  ]
}

function rejectFindings(totals: Totals, rejected: RejectedRows): Finding[] {
  return booksOf(totals)
    .filter(({ id }) => rejected[id] > 0)
    .map(({ id, name, missing, total }) => ({
      id: `finding.${RULE_ID}:rejected_${id}`,
      ruleId: RULE_ID,
      subject: `book:${id}`,
      severity: 'serious',
      title: `Rows of the ${name} were rejected, so ${missing} of the month cannot be stated`,
      detail: `${inBooks(totals, total)}Validation names each rejected row, what was expected and what came; correct them and review again.`,
    }))
}

function inBooks(totals: Totals, total: Book['total']): string {
  if (total === undefined || !isPartlyBooked(totals, total)) return ''
  return `The rows that could be read book ${token(`campaign_roi.total.booked_${total}`)}. `
}

function gapFindings(
  totals: Totals,
  campaigns: readonly CampaignLine[],
  isOver: boolean,
): Finding[] {
  return (['cost', 'value'] as const).flatMap((metric) => {
    const missing = new Set(totals.gaps[metric])
    const lines = campaigns.filter(({ id }) => missing.has(id))
    if (lines.length === 0) return []
    const rest = isPartlyBooked(totals, metric)
      ? ` The ledger books ${token(`campaign_roi.total.booked_${metric}`)} for the others.`
      : ''
    return [
      {
        id: `finding.${RULE_ID}:no_${metric}_entry`,
        ruleId: RULE_ID,
        subject: `book:${metric}_ledger`,
        severity: isOver ? 'serious' : 'info',
        title: `The ${metric} ledger has no entry of ${named(lines)}${isOver ? '' : ' that counts so far'}`,
        detail: `${isOver ? '' : 'The month is not over; what is booked for it as a whole counts at its end. '}${
          metric === 'cost'
            ? `${spentSentence(lines)}${rest} Full cost, net and ROI of the month are not stated until it is booked.`
            : `It ran this month.${rest} Value, net and ROI of the month are not stated until it is booked; what returned nothing is booked with an entry of zero.`
        }`,
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
