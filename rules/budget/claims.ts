import { addDays, monthRange } from '../kernel/calendar.ts'
import { groupByText } from '../kernel/order.ts'
import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { lineId } from '../schema/budget-move.ts'
import type { FactSource } from '../schema/review.ts'
import { type BudgetContext, type BudgetInput, type DeliveryDay, knownDelivery } from './input.ts'

/** Won deals of the month that name this campaign and channel, as far as they name any; null: not every deal has an amount. */
export interface DealSum extends Place {
  readonly wins: number
  readonly amountMinor: number | null
}

/** Value that the value ledger books for a campaign in the month. */
export interface ValueSum {
  readonly campaignId: string
  readonly amountMinor: number
  readonly rows: number
}

/** What the books say of the month; null where they are not there or not whole. Amounts in minor units. */
export interface SalesBooks {
  readonly deals: readonly DealSum[] | null
  readonly values: readonly ValueSum[] | null
}

/** What the platforms claim of a part of the month's sales, beside the books of the same. Null: one side does not say it. */
export interface ClaimCheck {
  readonly scope: 'line' | 'campaign' | 'platform' | 'company'
  readonly claimedConversions: number | null
  readonly bookedWins: number | null
  readonly claimedValueMinor: number | null
  readonly bookedValueMinor: number | null
  /** More is claimed than the policy's bound times what is booked. */
  readonly isContradicted: boolean
  /** The rows that each side was read from. */
  readonly sources: Readonly<Record<'claimed' | 'bookedWins' | 'bookedValue', FactSource[]>>
}

/** A campaign's channel, as far as they are named. */
interface Place {
  readonly campaignId: string | null
  readonly channelId: string | null
}

/** A part of the month's sales: the rows that any of these filters selects. */
interface Scope {
  readonly name: ClaimCheck['scope']
  readonly filters: readonly PlaceFilter[]
}

/** What the columns of a row must say. */
type PlaceFilter = Readonly<Partial<Record<'campaign_id' | 'channel_id', string>>>

type When = Pick<BudgetContext, 'month' | 'asOfOn'>

/** The books of one part. */
interface Booked {
  readonly wins: number | null
  readonly valueMinor: number | null
  readonly sources: Omit<ClaimCheck['sources'], 'claimed'>
}

/**
 * Do the books of the month bear what the platform claims of a line?
 *
 * The most specific part that the books speak of decides: the line, its campaign, all channels of its platform, the company. There claimed
 * conversions are held against won deals, and claimed value against booked value: the value ledger of a campaign where it has one, else won deals.
 * Above `trust.claim_ratio_warn` times the books a claim is contradicted; where they book nothing, any claim is.
 *
 * Deals speak of a part when each deal won in the month says whether it belongs to it: a deal that names no channel is no deal that the channel
 * did not bring. Then none of it is a zero, not a gap. A campaign that the value ledger books and no deal names sells outside the deals: of it, and
 * of all that it is a part of, they do not speak. A month without a won deal says nothing, for the book may end before it.
 *
 * @returns Asks for one line; null where the books speak of no part of it.
 */
export function createClaimCheck(
  input: Pick<BudgetInput, 'books' | 'channels' | 'delivery' | 'rejectedDelivery' | 'rejectedDays'>,
  { month, asOfOn, policy }: BudgetContext,
): (line: Place) => ClaimCheck | null {
  const days = knownDelivery(input).filter(({ date }) => date.startsWith(month))
  // Of many days and lines each line reads a sum for each place, not each day.
  const byPlace = groupByText(days, ({ campaignId, channelId }) => lineId(campaignId, channelId))
  const claims = [...byPlace.values()].flatMap((group) => claimOf(group))
  const claimSource = { dataset: 'ad_performance', where: { month_key: month } } as const
  return (line) => {
    for (const scope of scopesOf(line, input.channels)) {
      const booked = bookedIn(scope, input.books, { month, asOfOn })
      if (booked === null) continue
      const claimed = claims.filter((row) => isOf(scope, row))
      const claimedConversions = sumOfAny(claimed.map(({ conversions }) => conversions))
      const claimedValueMinor = sumOfAny(claimed.map(({ valueMinor }) => valueMinor))
      return {
        scope: scope.name,
        claimedConversions,
        claimedValueMinor,
        bookedWins: booked.wins,
        bookedValueMinor: booked.valueMinor,
        isContradicted: [
          [claimedConversions, booked.wins] as const,
          [claimedValueMinor, booked.valueMinor] as const,
        ].some((pair) => isAbove(pair, policy.trust.claim_ratio_warn)),
        sources: { claimed: sourcesOf(scope, claimed, claimSource), ...booked.sources },
      }
    }
    return null
  }
}

/** The parts that a line belongs to, the most specific first. */
function scopesOf(
  { campaignId, channelId }: Place,
  channels: BudgetInput['channels'],
): readonly Scope[] {
  const company: Scope = { name: 'company', filters: [{}] }
  const campaign: readonly Scope[] =
    campaignId === null ? [] : [{ name: 'campaign', filters: [{ campaign_id: campaignId }] }]
  if (channelId === null) return [...campaign, company]
  const line: readonly Scope[] =
    campaignId === null
      ? []
      : [{ name: 'line', filters: [{ campaign_id: campaignId, channel_id: channelId }] }]
  const platform = channels.find((channel) => channel.channelId === channelId)?.platform ?? null
  const beside = channels.filter(
    (channel) =>
      platform !== null && channel.platform === platform && channel.channelId !== channelId,
  )
  const ofPlatform = [channelId, ...beside.map((channel) => channel.channelId)]
  return [
    ...line,
    ...campaign,
    { name: 'platform', filters: ofPlatform.map((id) => ({ channel_id: id })) },
    company,
  ]
}

/** What the books say of a part; null where they do not speak of it. */
function bookedIn(scope: Scope, books: SalesBooks, when: When): Booked | null {
  const won = wonIn(scope, books, when)
  const value = ledgerOf(scope, books, when) ?? won
  return (
    value && {
      wins: won?.wins ?? null,
      valueMinor: value.valueMinor,
      sources: { bookedWins: won?.source ?? [], bookedValue: value.source },
    }
  )
}

/** Won deals of a part, which may be none; null where they do not speak of it. */
function wonIn(scope: Scope, { deals, values }: SalesBooks, { month, asOfOn }: When) {
  if (deals === null || deals.length === 0) return null
  const isUnsettled = deals.some((deal) => mayBeOf(scope, deal) && !isOf(scope, deal))
  const sellsElsewhere = (values ?? [])
    .filter((sum) => deals.every((deal) => deal.campaignId !== sum.campaignId))
    .some(({ campaignId }) => mayBeOf(scope, { campaignId, channelId: null }))
  if (isUnsettled || sellsElsewhere) return null
  const won = deals
    .filter((deal) => isOf(scope, deal))
    .map((deal) => ({ ...deal, rows: deal.wins }))
  const { from, to } = monthRange(month)
  const lastOn = addDays(asOfOn, -1)
  return {
    wins: won.reduce((sum, { wins }) => sum + wins, 0),
    valueMinor: sumOrNull(won.map(({ amountMinor }) => amountMinor)),
    source: sourcesOf(scope, won, {
      dataset: 'deals',
      conditions: [{ anyOf: ['won_on'], from, to: lastOn < to ? lastOn : to }],
    }),
  }
}

/** The value ledger of a campaign, where it has one. */
function ledgerOf(scope: Scope, { values }: SalesBooks, { month }: When) {
  if (scope.name !== 'campaign') return null
  const sums = (values ?? [])
    .map((sum) => ({ ...sum, channelId: null }))
    .filter((sum) => isOf(scope, sum))
  if (sums.length === 0) return null
  return {
    valueMinor: sumOrNull(sums.map(({ amountMinor }) => amountMinor)),
    source: sourcesOf(scope, sums, { dataset: 'value_ledger', where: { month_key: month } }),
  }
}

function isOf({ filters }: Scope, row: Place): boolean {
  return filters.some((filter) => selects(filter, row))
}

/** May a row be of a part, whatever it leaves open? */
function mayBeOf({ filters }: Scope, { campaignId, channelId }: Place): boolean {
  return filters.some((filter) =>
    selects(filter, {
      campaignId: campaignId ?? filter.campaign_id ?? null,
      channelId: channelId ?? filter.channel_id ?? null,
    }),
  )
}

function selects(filter: PlaceFilter, { campaignId, channelId }: Place): boolean {
  return (
    (filter.campaign_id === undefined || filter.campaign_id === campaignId) &&
    (filter.channel_id === undefined || filter.channel_id === channelId)
  )
}

/** The rows of a part, by each of its filters. */
function sourcesOf(
  { filters }: Scope,
  sums: readonly (Place & { readonly rows: number })[],
  base: Omit<FactSource, 'rows'>,
): FactSource[] {
  return filters.map((filter) => ({
    ...base,
    rows: sums.filter((sum) => selects(filter, sum)).reduce((total, { rows }) => total + rows, 0),
    where: { ...base.where, ...filter },
  }))
}

/** What the platform claims of one campaign's channel in the month. */
function claimOf(days: readonly DeliveryDay[]) {
  return days.slice(0, 1).map(({ campaignId, channelId }) => ({
    campaignId,
    channelId,
    conversions: sumOrNull(days.map(({ conversions }) => conversions)),
    valueMinor: sumOrNull(days.map(({ valueMinor }) => valueMinor)),
    rows: days.reduce((total, { rows }) => total + rows, 0),
  }))
}

/** A part without delivery claims nothing that is known. */
function sumOfAny(values: readonly (number | null)[]): number | null {
  return values.length === 0 ? null : sumOrNull(values)
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}

/** Where nothing is booked, or more was taken back than booked, every claim is above it. */
function isAbove([claimed, booked]: readonly [number | null, number | null], bound: number) {
  if (claimed === null || booked === null) return false
  if (booked <= 0) return claimed > 0
  return compareToPrinted({ numerator: claimed, denominator: booked }, bound) > 0
}
