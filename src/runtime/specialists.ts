import { attributionAgent } from '#agents/attribution/agent.ts'
import { budgetAgent } from '#agents/budget/agent.ts'
import { campaignRoiAgent } from '#agents/campaign-roi/agent.ts'
import { contentAgent } from '#agents/content/agent.ts'
import { funnelAgent } from '#agents/funnel/agent.ts'
import { leadScoringAgent } from '#agents/lead-scoring/agent.ts'
import type { Agent } from '#agents/ports.ts'
import { synthesisAgent } from '#agents/synthesis/agent.ts'
import { compareText } from '#rules/kernel/order.ts'
import { movementFacts } from '#rules/narrative/movement-facts.ts'
import type { StageName, StageResult } from '#rules/schema/review.ts'
import type { EarlierStages } from '#rules/synthesis/input.ts'

import type { Approval } from '../store/approvals.ts'
import { moveOf } from './moves.ts'
import type { ReviewRecords, StageRecord } from './records.ts'
import type { ReviewSession } from './session.ts'

/** What earlier stages left behind and how the review's requests stand. */
export interface Earlier {
  readonly records: ReviewRecords
  readonly approvals: readonly Approval[]
}

const SPECIALISTS: Readonly<Record<Exclude<StageName, 'synthesis'>, Agent>> = {
  campaign_roi: campaignRoiAgent,
  funnel: funnelAgent,
  attribution: attributionAgent,
  content: contentAgent,
  lead_scoring: leadScoringAgent,
  budget: budgetAgent,
}

/** Runs a specialist on a session. Its words are its own; the last one is told what all others found. */
export async function runSpecialist(
  stage: StageName,
  session: ReviewSession,
  earlier: Earlier,
): Promise<StageRecord> {
  const ports = { warehouse: session.data.warehouse }
  if (stage !== 'synthesis') {
    const result = await SPECIALISTS[stage].run(session.context, ports, undefined)
    return inOwnWords(result, result.summary)
  }
  const result = await synthesisAgent.run(session.context, ports, earlierStages(earlier))
  return inOwnWords(result, result.executive)
}

/** A result with the size of every movement it may tell of, in its own words. */
function inOwnWords(result: StageResult, sentences: readonly string[]): StageRecord {
  return {
    result: { ...result, facts: [...result.facts, ...movementFacts(result.facts)] },
    narrative: { sentences: [...sentences], source: 'template' },
  }
}

function earlierStages({ records, approvals }: Earlier): EarlierStages {
  return {
    stages: Array.from(records.stages.values(), (record) => record.result).filter(
      (result) => result.stage !== 'synthesis',
    ),
    moves: records.budget?.result.moves ?? [],
    approvals: approvals
      .map((approval) => ({ moveId: moveOf(approval).id, state: approval.status }))
      .toSorted((left, right) => compareText(left.moveId, right.moveId)),
    grade: records.intake?.grade ?? null,
  }
}
