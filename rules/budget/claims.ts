import { groupByText } from '../kernel/order.ts'
import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { lineId } from '../schema/budget-move.ts'
import { type BudgetInput, type DeliveryDay, knownDelivery } from './input.ts'

/** Won deals of the month that name this campaign and channel, as far as they name any; null: not every deal has an amount. */
export interface DealSum extends Place {
  readonly wins: number
  readonly amountMinor: number | null
}

/** Value that the value ledger books for a campaign in the month. */
export interface ValueSum {
  readonly campaignId: string
  readonly amountMinor: number
}

/** What the books say of the month; null where they are not there or not whole. Amounts in minor units. */
export interface SalesBooks {
  readonly deals: readonly DealSum[] | null
  readonly values: readonly ValueSum[] | null
}

/** What the platforms claim of a line, its campaign or its platform, beside the books of the same. Null: one side does not say it. */
export interface ClaimCheck {
  readonly scope: 'line' | 'campaign' | 'platform'
  readonly claimedConversions: number | null
  readonly bookedWins: number | null
  readonly claimedValueMinor: number | null
  readonly bookedValueMinor: number | null
  /** More is claimed than the policy's bound times what is booked. */
  readonly isContradicted: boolean
}

/** A campaign's channel, as far as they are named. */
interface Place {
  readonly campaignId: string | null
  readonly channelId: string | null
}

interface Scope {
  readonly name: ClaimCheck['scope']
  readonly holds: (row: Place) => boolean
  /** The campaign whose ledger speaks for all of the scope. */
  readonly ledgerOf: string | null
}

/**
 * Do the books of the month bear what the platform claims of a line?
 *
 * The most specific part that the books speak of decides: the line, its campaign, all channels of its platform. There claimed conversions are
 * held against won deals, and claimed value against booked value: the value ledger of a campaign where it has one, else won deals. Above
 * `bound` times the books a claim is contradicted. Where the books hold nothing of a part, nothing is said: a deal that names no channel is
 * no deal that the channel did not bring.
 *
 * @param month `YYYY-MM`.
 * @param bound `trust.claim_ratio_warn` of the policy, as printed.
 * @returns Asks for one line; null where the books speak of no part of it.
 */
export function createClaimCheck(
  input: Pick<BudgetInput, 'books' | 'channels' | 'delivery' | 'rejectedDelivery' | 'rejectedDays'>,
  { month, bound }: { readonly month: string; readonly bound: number },
): (line: Place) => ClaimCheck | null {
  const days = knownDelivery(input).filter(({ date }) => date.startsWith(month))
  // Of many days and lines each line reads a sum for each place, not each day.
  const byPlace = groupByText(days, ({ campaignId, channelId }) => lineId(campaignId, channelId))
  const claims = [...byPlace.values()].flatMap((group) => claimOf(group))
  return (line) => {
    for (const scope of scopesOf(line, input.channels)) {
      const booked = bookedIn(scope, input.books)
      if (booked === null) continue
      const claimed = claims.filter(scope.holds)
      const claimedConversions = sumOrNull(claimed.map(({ conversions }) => conversions))
      const claimedValueMinor = sumOrNull(claimed.map(({ valueMinor }) => valueMinor))
      return {
        scope: scope.name,
        claimedConversions,
        claimedValueMinor,
        ...booked,
        isContradicted:
          isAbove(claimedConversions, bound, booked.bookedWins) ||
          isAbove(claimedValueMinor, bound, booked.bookedValueMinor),
      }
    }
    return null
  }
}

function scopesOf(
  { campaignId, channelId }: Place,
  channels: BudgetInput['channels'],
): readonly Scope[] {
  const line: Scope = {
    name: 'line',
    holds: (row) => row.campaignId === campaignId && row.channelId === channelId,
    ledgerOf: null,
  }
  const campaign: Scope = {
    name: 'campaign',
    holds: (row) => row.campaignId === campaignId,
    ledgerOf: campaignId,
  }
  const platformOf = (id: string | null): string | null =>
    channels.find((channel) => channel.channelId === id)?.platform ?? id
  const platform: Scope = {
    name: 'platform',
    holds: (row) => platformOf(row.channelId) === platformOf(channelId),
    ledgerOf: null,
  }
  return [
    ...(campaignId === null || channelId === null ? [] : [line]),
    ...(campaignId === null ? [] : [campaign]),
    ...(channelId === null ? [] : [platform]),
  ]
}

function bookedIn(
  { holds, ledgerOf }: Scope,
  { deals, values }: SalesBooks,
): Pick<ClaimCheck, 'bookedWins' | 'bookedValueMinor'> | null {
  const won = deals?.filter(holds) ?? []
  const booked = values?.filter(({ campaignId }) => campaignId === ledgerOf) ?? []
  if (won.length + booked.length === 0) return null
  const amounts = booked.length > 0 ? booked : won
  return {
    bookedWins: won.length === 0 ? null : won.reduce((sum, { wins }) => sum + wins, 0),
    bookedValueMinor: sumOrNull(amounts.map(({ amountMinor }) => amountMinor)),
  }
}

/** What the platform claims of one campaign's channel in the month. */
function claimOf(days: readonly DeliveryDay[]) {
  return days.slice(0, 1).map(({ campaignId, channelId }) => ({
    campaignId,
    channelId,
    conversions: sumOrNull(days.map(({ conversions }) => conversions)),
    valueMinor: sumOrNull(days.map(({ valueMinor }) => valueMinor)),
  }))
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}

/** Of nothing booked no share can be told. */
function isAbove(claimed: number | null, bound: number, booked: number | null): boolean {
  if (claimed === null || booked === null || booked <= 0) return false
  return compareToPrinted({ numerator: claimed, denominator: booked }, bound) > 0
}
