import { attributionAgent } from '#agents/attribution/agent.ts'
import { budgetAgent } from '#agents/budget/agent.ts'
import { campaignRoiAgent } from '#agents/campaign-roi/agent.ts'
import { contentAgent } from '#agents/content/agent.ts'
import { leadScoringAgent } from '#agents/lead-scoring/agent.ts'
import { funnelAgent } from '#agents/funnel/agent.ts'
import type { Agent } from '#agents/ports.ts'
import type { StageName, StageResult } from '#rules/schema/review.ts'

import type { Approval } from '../store/approvals.ts'
import type { ReviewRecords, StageRecord } from './records.ts'
import type { ReviewSession } from './session.ts'

/** What earlier stages left behind and how the review's requests stand. */
export interface Earlier {
  readonly records: ReviewRecords
  readonly approvals: readonly Approval[]
}

const blank = (stage: StageName): Agent => ({
  stage,
  run: () =>
    Promise.resolve({
      stage,
      status: 'not_measured',
      facts: [],
      decisions: [],
      findings: [],
      tables: [],
      charts: [],
      summary: ['-'],
    }),
})

const SPECIALISTS: Readonly<Record<Exclude<StageName, 'synthesis'>, Agent>> = {
  campaign_roi: campaignRoiAgent,
  funnel: funnelAgent,
  attribution: attributionAgent,
  content: contentAgent,
  lead_scoring: leadScoringAgent,
  budget: budgetAgent,
}

/** Runs a specialist on a session and puts its words beside its result. */
export async function runSpecialist(
  stage: StageName,
  session: ReviewSession,
  _earlier: Earlier,
): Promise<StageRecord> {
  const ports = { warehouse: session.data.warehouse }
  if (stage === 'synthesis') {
    const empty = { health: { verdict: 'attention', decisionId: 'x', reasons: [] }, targets: [], segments: [], risks: [], actions: [], focus: [], executive: [] }
    return tell({ ...(await blank(stage).run(session.context, ports, undefined)), ...empty })
  }
  return tell(await SPECIALISTS[stage].run(session.context, ports, undefined))
}

/** The template narrator: the stage's own sentences. A language model may later put the same facts into other words. */
function tell(result: StageResult): StageRecord {
  return { result, narrative: { sentences: result.summary, source: 'template' } }
}
