import { nextRun, standingToTell, type CampaignStanding } from '../governance/campaign-standing.ts'
import { countWords } from '../health/target-counts.ts'
import type { Fact } from '../schema/review.ts'
import type { RiskItem, SegmentCall, TargetStatus } from '../schema/synthesis.ts'
import { token } from '../schema/template.ts'

/** What next month's focus is chosen from. */
export interface FocusSources {
  readonly risks: readonly RiskItem[]
  readonly targets: readonly TargetStatus[]
  readonly segments: readonly SegmentCall[]
  /** Stages that could not be assessed, as a reader names them. */
  readonly unmeasured: readonly string[]
  readonly facts: ReadonlyMap<string, Fact>
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

/**
 * What should next month be about?
 *
 * Grave open risks, then the first target that is missed and can be worked on, then segments to scale, spend that cannot be traced, and
 * stages nobody measured; as many as the policy shows. Phrases without a full stop.
 */
export function focusOf(sources: FocusSources, shown: number): string[] {
  return [
    ...graveRisks(sources.risks),
    ...missedTarget(sources),
    ...scaling(sources.segments, sources.standings),
    ...tracing(sources.facts),
    ...measuring(sources.unmeasured),
  ].slice(0, shown)
}

function graveRisks(risks: readonly RiskItem[]): string[] {
  const [gravest] = risks.filter(({ severity }) => severity === 'critical' || severity === 'high')
  return gravest === undefined ? [] : [`Close the risk of ${gravest.title}`]
}

/** Targets on risks and pending moves follow from the work above; the focus names a target of performance. */
const FOLLOWING = new Set(['open_risks', 'pending_reallocations'])

function missedTarget({ targets, facts }: FocusSources): string[] {
  const missed = targets.find(({ id, status }) => status === 'missed' && !FOLLOWING.has(id))
  if (missed === undefined) return []
  const operator = missed.operator === 'at_least' ? 'at least' : 'at most'
  const counts = countWords(missed.id, (id) => facts.has(id))
  return [
    `Bring ${lowerFirst(missed.label)} from ${token(missed.actual)} to ${operator} ${token(missed.target)}${counts === '' ? '' : `: ${counts}`}`,
  ]
}

/** A label within a sentence; an abbreviation keeps its capitals. */
function lowerFirst(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? `${label.slice(0, 1).toLowerCase()}${label.slice(1)}` : label
}

function scaling(segments: readonly SegmentCall[], standings: FocusSources['standings']): string[] {
  const [first] = segments.filter(({ action }) => action === 'scale')
  if (first === undefined) return []
  const standing = standingToTell(standings.get(first.campaignId))
  return [
    standing === undefined
      ? `Scale ${first.name} while it improves`
      : `Scale ${first.name} in ${nextRun(standing)}`,
  ]
}

const UNTRACEABLE = 'campaign_roi.spend_trace.untraceable_share'

function tracing(facts: ReadonlyMap<string, Fact>): string[] {
  const share = facts.get(UNTRACEABLE)
  return share?.status === 'known'
    ? [`Trace the ${token(UNTRACEABLE)} of media spend that has no row behind it`]
    : []
}

function measuring(stages: readonly string[]): string[] {
  return stages.length === 0 ? [] : [`Provide the data for ${stages.join(', ')}`]
}
