import { addMonths, isMonthOver } from '../kernel/calendar.ts'
import { present } from '../kernel/invariant.ts'
import { momentumEvidence } from '../momentum/evidence.ts'
import { judgeMomentum, type MomentumCall } from '../momentum/momentum.ts'
import type { MomentumSubject, Observation } from '../momentum/observation.ts'
import type { RatioUnit } from '../momentum/ratio-metric.ts'
import type { NamedUnit } from '../momentum/repeated-ratio.ts'
import { pendingFigure, type Pending } from '../momentum/reporting-lag.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import type { AdMonth, CampaignRoiContext, CampaignRoiInput, DealAmount } from './input.ts'
import { rejectedIn } from './rejected.ts'

/** A figure whose change against the month before is asked for. */
export type TrendId = 'ctr' | 'cpc' | 'cpa' | 'deal_value'

/** Two sums whose quotient is the figure, with the rows behind them; money in minor units. */
export interface TrendSums {
  readonly numerator: number
  readonly denominator: number
  readonly rows: number
}

/** How a figure stands against the month before. */
export interface Trend {
  readonly id: TrendId
  readonly name: string
  readonly previous: TrendSums
  readonly current: TrendSums
  readonly call: MomentumCall
  readonly decision: Decision
}

interface Subject {
  readonly id: TrendId
  /** Counted in conversions, some of which are still expected. */
  readonly pending?: Pending
  readonly betterWhen: MomentumSubject['betterWhen']
  readonly previous: TrendSums
  readonly current: TrendSums
  readonly observation: Observation
}

/** Names as decisions and tables print them. */
const TREND_NAMES: Readonly<Record<TrendId, string>> = {
  ctr: 'Click-through rate',
  cpc: 'Cost per click',
  cpa: 'Media cost per conversion',
  deal_value: 'Value of a won deal',
}

const RULE_ID = 'campaign_roi.trend'
/** Draws of all resamples together: a bootstrap of very many deals takes fewer resamples, and its range is narrow anyway. */
const DRAWS_MAX = 10_000_000
const RESAMPLES_MIN = 100

/**
 * Did click-through rate, cost per click, cost per conversion or the value of a deal really move against the month before?
 *
 * The first three are ratios of sums over ads (creative × line), tested with how unlike the ads changed, an ad of both months being the same one; the value of a deal is tested by Welch,
 * a bootstrap and without the largest deal. All are corrected together. A figure that either month lacks is not asked about, nor is one of
 * which an ad or a deal left its part out, or either month may have lost a row.
 *
 * @returns In the order of `TREND_NAMES`, each with its decision; nothing where there is nothing to compare.
 * Source: rules/momentum.
 */
export function readTrends(
  { trend, rejected }: Pick<CampaignRoiInput, 'trend' | 'rejected'>,
  { month, asOfOn, policy }: CampaignRoiContext,
): Trend[] {
  const previousMonth = addMonths(month, -1)
  const lost = rejectedIn(rejected, [previousMonth, month])
  const ads = splitMonths(lost.ad_performance > 0 ? [] : trend.ads, previousMonth, month)
  const deals = splitMonths(lost.deals > 0 ? [] : trend.deals, previousMonth, month)
  const subjects = [
    ...ratio(ads, { id: 'ctr', betterWhen: 'higher', top: 'clicks', bottom: 'impressions' }),
    ...ratio(ads, { id: 'cpc', betterWhen: 'lower', top: 'spendMinor', bottom: 'clicks' }),
    ...ratio(ads, {
      id: 'cpa',
      betterWhen: 'lower',
      top: 'spendMinor',
      bottom: 'conversions',
    }).map((subject) => withExpected(subject, { month, asOfOn, policy })),
    ...dealValue(deals),
  ]
  const calls = judgeMomentum(
    subjects.map(({ previous: _before, current: _now, ...subject }) => ({
      ...subject,
      complete: isMonthOver(month, asOfOn),
    })),
    affordable(policy.momentum, trend.deals.length),
  )
  return subjects.map(({ id, previous, current }, index) => {
    const call = present(calls[index], 'a call for each subject')
    const decision = decisionOf(id, call, policy)
    return { id, name: TREND_NAMES[id], previous, current, call, decision }
  })
}

function decisionOf(id: TrendId, call: MomentumCall, policy: Policy): Decision {
  return {
    id: `${RULE_ID}:${id}`,
    stage: 'campaign_roi',
    subject: `trend:${id}`,
    subjectName: TREND_NAMES[id],
    action: call.direction,
    reason: call.reason,
    ruleId: RULE_ID,
    policyVersion: policy.version,
    evidence: momentumEvidence(call, policy.momentum),
  }
}

interface TwoMonths<Row> {
  readonly previous: readonly Row[]
  readonly current: readonly Row[]
}

function splitMonths<Row extends { readonly month: string }>(
  rows: readonly Row[],
  previousMonth: string,
  month: string,
): TwoMonths<Row> {
  return {
    previous: rows.filter((row) => row.month === previousMonth),
    current: rows.filter((row) => row.month === month),
  }
}

interface RatioSubject extends Subject {
  readonly observation: Extract<Observation, { readonly kind: 'repeated_ratio' }>
}

type AdFigure = 'spendMinor' | 'impressions' | 'clicks' | 'conversions'

function ratio(
  { previous, current }: TwoMonths<AdMonth>,
  {
    top,
    bottom,
    ...subject
  }: Pick<Subject, 'id' | 'betterWhen'> & { readonly top: AdFigure; readonly bottom: AdFigure },
): RatioSubject[] {
  const [before, now] = [units(previous, top, bottom), units(current, top, bottom)]
  if (before === null || now === null) return []
  return [
    {
      ...subject,
      previous: { ...sumOf(before), rows: rowsOf(previous) },
      current: { ...sumOf(now), rows: rowsOf(current) },
      observation: { kind: 'repeated_ratio', previous: before, current: now },
    },
  ]
}

/** The cost of a conversion with the spend counted as far as its conversions can be in. */
function withExpected(subject: RatioSubject, context: CampaignRoiContext): Subject {
  const { previous, current } = subject.observation
  const pending = pendingFigure(context, (shares) => ({
    kind: 'repeated_ratio',
    previous: previous.map((unit) => spentFor(unit, shares.previous)),
    current: current.map((unit) => spentFor(unit, shares.current)),
  }))
  return pending === undefined ? subject : { ...subject, pending }
}

function spentFor(unit: NamedUnit, share: number): NamedUnit {
  return { ...unit, numerator: unit.numerator * share }
}

/** The ads as units of a ratio; null without ads, or where one of them lacks a part. */
function units(ads: readonly AdMonth[], top: AdFigure, bottom: AdFigure): NamedUnit[] | null {
  const known = ads.flatMap((ad) => {
    const [numerator, denominator] = [ad[top], ad[bottom]]
    return numerator === null || denominator === null ? [] : [{ id: ad.ad, numerator, denominator }]
  })
  return ads.length === 0 || known.length < ads.length ? null : known
}

function sumOf(parts: readonly RatioUnit[]): RatioUnit {
  return parts.reduce(
    (sum, unit) => ({
      numerator: sum.numerator + unit.numerator,
      denominator: sum.denominator + unit.denominator,
    }),
    { numerator: 0, denominator: 0 },
  )
}

function rowsOf(ads: readonly AdMonth[]): number {
  return ads.reduce((sum, ad) => sum + ad.rows, 0)
}

function dealValue({ previous, current }: TwoMonths<DealAmount>): Subject[] {
  const [before, now] = [amounts(previous), amounts(current)]
  if (before === null || now === null) return []
  return [
    {
      id: 'deal_value',
      betterWhen: 'higher',
      previous: meanParts(before),
      current: meanParts(now),
      observation: { kind: 'revenue', previous: before, current: now },
    },
  ]
}

function amounts(deals: readonly DealAmount[]): number[] | null {
  const known = deals.flatMap(({ amountMinor }) => (amountMinor === null ? [] : [amountMinor]))
  return deals.length === 0 || known.length < deals.length ? null : known
}

function meanParts(values: readonly number[]): TrendSums {
  return {
    numerator: values.reduce((sum, value) => sum + value, 0),
    denominator: values.length,
    rows: values.length,
  }
}

/** The same policy with as many resamples as the number of deals affords. */
function affordable(momentum: Policy['momentum'], deals: number): Policy['momentum'] {
  const most = Math.floor(DRAWS_MAX / Math.max(1, deals))
  return {
    ...momentum,
    bootstrap_resamples: Math.max(RESAMPLES_MIN, Math.min(momentum.bootstrap_resamples, most)),
  }
}
