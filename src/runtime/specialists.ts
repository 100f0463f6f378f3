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
import type { Fact, StageName, StageResult } from '#rules/schema/review.ts'
import type { EarlierStages } from '#rules/synthesis/input.ts'

import { monthName } from '../report/words.ts'
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
    return inOwnWords(result, result.summary, session)
  }
  const result = await synthesisAgent.run(session.context, ports, earlierStages(earlier))
  return inOwnWords(result, result.executive, session)
}

/** A result with the size of every movement it may tell of, in its own words. */
function inOwnWords(
  result: StageResult,
  sentences: readonly string[],
  { context }: ReviewSession,
): StageRecord {
  const period = result.stage === 'synthesis' ? [periodFact(context.month)] : []
  return {
    result: { ...result, facts: [...result.facts, ...movementFacts(result.facts), ...period] },
    narrative: { sentences: [...sentences], source: 'template' },
  }
}

/** Id of the fact that holds the month of a review in words. */
export const PERIOD_FACT = 'synthesis.period'

function periodFact(month: string): Fact {
  const shown = { unit: 'text' as const, status: 'known' as const, value: monthName(month) }
  return { id: PERIOD_FACT, label: 'The month of the review', ...shown, source: [] }
}

function earlierStages({ records, approvals }: Earlier): EarlierStages {
  const asked = new Map(approvals.map((approval) => [moveOf(approval).id, moveOf(approval)]))
  return {
    stages: Array.from(records.stages.values(), (record) => record.result).filter(
      (result) => result.stage !== 'synthesis',
    ),
    // What is asked for by now: a person may have amended it.
    moves: (records.budget?.result.moves ?? []).map((move) => asked.get(move.id) ?? move),
    approvals: approvals
      .map((approval) => ({ moveId: moveOf(approval).id, state: approval.status }))
      .toSorted((left, right) => compareText(left.moveId, right.moveId)),
    grade: records.intake?.grade ?? null,
  }
}
