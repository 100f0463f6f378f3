import { logistic } from '../kernel/beta.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import { normalTwoSided } from '../kernel/normal.ts'
import { groupByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { LeadPolicy } from '../policy/leads.ts'
import type { Decision } from '../schema/review.ts'
import { logOdds } from './calibration-line.ts'
import type { ClaimedLead } from './claimed-probability.ts'
import { fitInterceptOnly } from './logistic-fit.ts'

const RULE_ID = 'lead_scoring.channel_points'

/** One channel's wins against what its scores promised, once the promises are right on the whole. */
export interface ChannelCalibration {
  readonly channelId: string
  readonly leads: number
  readonly wins: number
  readonly expectedWins: number
  /** wins ÷ expectedWins. */
  readonly ratio: number
  /** Two-sided p, corrected for the number of channels. */
  readonly adjustedP: number
}

/**
 * Do leads of some channels win more, or less, often than their score promises?
 *
 * Claims are first shifted on the ln odds so that all wins equal all expected wins; a channel's p then comes from
 * z = (wins − Σp) ÷ √Σp(1 − p), corrected by Benjamini and Hochberg.
 *
 * @param leads Judged leads; those without a channel are left out of the comparison, not of the shift.
 * @returns Channels with at least min_outcomes leads, by id.
 */
export function calibrateChannels(
  leads: readonly ClaimedLead[],
  { min_outcomes }: Pick<LeadPolicy, 'min_outcomes'>,
): ChannelCalibration[] {
  const shift = fitInterceptOnly(
    leads.map(({ probability, converted }) => ({
      x: logOdds(probability),
      target: converted ? 1 : 0,
    })),
  )
  if (shift === null) return []
  const known = leads.flatMap((lead) =>
    lead.channelId === null ? [] : [{ ...lead, channelId: lead.channelId }],
  )
  const groups = Array.from(groupByText(known, (lead) => lead.channelId)).filter(
    ([, members]) => members.length >= min_outcomes,
  )
  const tallies = groups.map(([channelId, members]) => tally(channelId, members, shift))
  const adjusted = adjustPValues(
    tallies.map(({ p }) => p),
    'benjamini_hochberg',
  )
  return tallies.map(({ p, ...rest }, index) => ({ ...rest, adjustedP: adjusted[index] ?? p }))
}

/**
 * Which channels deserve more points, which fewer?
 *
 * One decision for each channel whose wins miss the promise beyond chance and by more than calibration_gap.
 */
export function judgeChannels(
  channels: readonly ChannelCalibration[],
  policy: LeadPolicy,
  { names, version }: { readonly names: ReadonlyMap<string, string>; readonly version: string },
): Decision[] {
  return channels
    .filter(
      ({ ratio, adjustedP }) =>
        adjustedP <= policy.alpha && Math.abs(ratio - 1) > policy.model.calibration_gap,
    )
    .map(({ channelId, leads, wins, expectedWins, ratio, adjustedP }) => ({
      id: `${RULE_ID}:${distinctPart(channelId)}`,
      stage: 'lead_scoring' as const,
      subject: `channel:${channelId}`,
      subjectName: names.get(channelId) ?? channelId,
      action: ratio > 1 ? 'raise_points' : 'lower_points',
      reason: ratio > 1 ? 'wins_more_than_scored' : 'wins_less_than_scored',
      ruleId: RULE_ID,
      policyVersion: version,
      evidence: {
        leads,
        wins,
        expectedWins,
        ratio,
        adjustedP,
        alpha: policy.alpha,
        calibrationGap: policy.model.calibration_gap,
      },
    }))
}

function tally(channelId: string, members: readonly ClaimedLead[], shift: number) {
  let [wins, expectedWins, variance] = [0, 0, 0]
  for (const { probability, converted } of members) {
    const { x: p, complement } = logistic(logOdds(probability) + shift)
    wins += converted ? 1 : 0
    expectedWins += p
    variance += p * complement
  }
  const z = variance > 0 ? (wins - expectedWins) / Math.sqrt(variance) : 0
  return {
    channelId,
    leads: members.length,
    wins,
    expectedWins,
    ratio: wins / expectedWins,
    p: normalTwoSided(z),
  }
}
