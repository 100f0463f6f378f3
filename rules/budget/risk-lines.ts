import { lineId } from '../schema/budget-move.ts'
import type { DeliveryDay, RiskRow } from './input.ts'

/** Where a risk lies: these lines, or every line of the campaign when its evidence names no channel. */
export interface RiskScope {
  readonly riskId: string
  readonly severity: string
  readonly campaignId: string
  readonly lines: ReadonlySet<string> | 'all'
  readonly raisedMs: number
}

/** Which risks keep money out. */
export interface BlockingRisk {
  readonly severities: readonly string[]
  readonly statuses: readonly string[]
}

/**
 * Which risks let no money in, and on which lines do they lie?
 *
 * A risk names its campaign. Its evidence may name a channel (`channel_id`) or quote counts; when impressions, clicks and conversions
 * quoted there are the sums of exactly one channel of the campaign, the risk lies on that one. Otherwise it lies on the whole campaign:
 * caution costs less than money put into a fault. A risk without a campaign names no line.
 */
export function blockingRisks(
  risks: readonly RiskRow[],
  delivery: readonly DeliveryDay[],
  { severities, statuses }: BlockingRisk,
): readonly RiskScope[] {
  return risks.flatMap((risk) => {
    const { campaignId } = risk
    const blocks = severities.includes(risk.severity) && statuses.includes(risk.status)
    if (!blocks || campaignId === null) return []
    const channel = channelOf(risk, delivery)
    return [
      {
        riskId: risk.riskId,
        severity: risk.severity,
        campaignId,
        lines: channel === null ? 'all' : new Set([lineId(campaignId, channel)]),
        raisedMs: risk.raisedMs,
      },
    ]
  })
}

/** Is this line under one of the risks? A line without a channel is under every risk of its campaign. */
export function isUnderRisk(
  line: { readonly campaignId: string | null; readonly channelId: string | null },
  scopes: readonly RiskScope[],
): boolean {
  return scopes.some(
    (scope) =>
      (line.campaignId === null || scope.campaignId === line.campaignId) &&
      (scope.lines === 'all' ||
        line.channelId === null ||
        scope.lines.has(lineId(scope.campaignId, line.channelId))),
  )
}

/**
 * Does a risk on the receiving line keep a move out? A risk that names lines does; one that lies on its whole campaign keeps out money from elsewhere,
 * not money that stays within the campaign. The concern that people are shown and the gate that refuses ask this one question.
 *
 * @param fromCampaignId Campaign of the giver; null for the reserve.
 */
export function keepsOut(risk: RiskScope, fromCampaignId: string | null): boolean {
  return risk.lines !== 'all' || fromCampaignId !== risk.campaignId
}

const QUOTED = ['impressions', 'clicks', 'conversions'] as const

function channelOf(risk: RiskRow, delivery: readonly DeliveryDay[]): string | null {
  const evidence = parseEvidence(risk.evidence)
  const named = evidence.get('channel_id')
  if (typeof named === 'string') return named
  const quoted = QUOTED.flatMap((key) => {
    const value = evidence.get(key)
    return typeof value === 'number' ? [{ key, value }] : []
  })
  if (quoted.every(({ value }) => value === 0)) return null
  const matching = [...channelSums(risk.campaignId, delivery)].filter(([, sums]) =>
    quoted.every(({ key, value }) => sums[key] === value),
  )
  return matching.length === 1 ? (matching[0]?.[0] ?? null) : null
}

type Sums = Record<(typeof QUOTED)[number], number>

function channelSums(
  campaignId: string | null,
  delivery: readonly DeliveryDay[],
): ReadonlyMap<string, Sums> {
  const sums = new Map<string, Sums>()
  for (const day of delivery) {
    if (day.campaignId !== campaignId) continue
    const sum = sums.get(day.channelId) ?? { impressions: 0, clicks: 0, conversions: 0 }
    for (const key of QUOTED) sum[key] += day[key] ?? 0
    sums.set(day.channelId, sum)
  }
  return sums
}

function parseEvidence(text: string | null): ReadonlyMap<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? 'null')
    // A number or a list has no fields of these names either.
    return new Map(Object.entries(parsed ?? {}))
  } catch {
    // Evidence is free text; text that is no JSON quotes no counts.
    return new Map()
  }
}
