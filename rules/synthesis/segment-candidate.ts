import {
  nextRun,
  runsNow,
  standingToTell,
  type CampaignStanding,
} from '../governance/campaign-standing.ts'
import type { JudgedSegment } from '../portfolio/judge.ts'
import { segmentKey } from '../portfolio/rollup.ts'
import {
  type ActionCandidate,
  type CandidateContext,
  dueIn,
  RESOURCES,
  URGENCY,
} from './candidate.ts'
import { unknown } from './impact.ts'
import { segmentSaving } from './stop-saving.ts'

/** What leadership could be asked for about a segment: to scale, revise or stop it; nothing where it is held. */
export function segmentCandidates(
  segment: JudgedSegment,
  context: CandidateContext,
): ActionCandidate[] {
  const { ruling, name, decision, subject } = segment
  const { action } = ruling
  if (action === 'hold') return []
  const standing = context.standings.get(subject.campaignId)
  return [
    {
      id: `${action}:segment:${segmentKey(subject)}`,
      kind: action,
      subject: decision.subject,
      title: segmentTitle(action, name, standing),
      area: 'campaigns',
      dueOn: dueIn(action, context),
      ruling:
        action === 'stop'
          ? segmentSaving(segment, context)
          : unknown('what one more unit of spend returns there was not measured'),
      urgency: URGENCY[action],
      resources: RESOURCES[action],
      decisionIds: [decision.id],
    },
  ]
}

/** What can still be done about a segment of a campaign that may be over. */
function segmentTitle(
  action: 'scale' | 'stop' | 'revise',
  name: string,
  standing: CampaignStanding | undefined,
): string {
  const told = standingToTell(standing)
  const next = told === undefined ? null : nextRun(told)
  if (action === 'scale') return `Scale ${name}${next === null ? '' : ` in ${next}`}`
  if (action === 'revise') {
    return `Revise what is said to ${name}${next === null ? '' : ` for ${next}`}`
  }
  if (next === null) return `Stop ${name}`
  return runsNow(standing)
    ? `Stop ${name}, and leave it out of ${next}`
    : `Leave ${name} out of ${next}`
}
