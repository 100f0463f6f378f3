import { businessHoursOf } from '../governance/business-hours.ts'
import type { SynthesisStageResult } from '../schema/synthesis.ts'
import { topActions } from './actions.ts'
import { foldAlike } from './alike.ts'
import { unanswered } from './answered.ts'
import type { CandidateContext } from './candidate.ts'
import { actionCandidates } from './candidates.ts'
import { focusOf } from './focus.ts'
import type { SynthesisContext, SynthesisInput } from './input.ts'
import { executiveNarrative } from './narrative.ts'
import { factsById, gatherParts, ownFacts, type SynthesisParts } from './parts.ts'
import { decisionIdsOf, seriousFindings, statusOf, unmeasuredStages } from './stages.ts'

/**
 * What does the month come to: one verdict with its reasons, targets against actuals, the segments, the risks, the actions that matter most
 * and what next month is about?
 *
 * Nothing is measured anew here: the earlier stages' facts, the risk signals, the segments and the approvals are brought together, and what
 * an earlier report claimed is held against them.
 */
export function reviewSynthesis(
  input: SynthesisInput,
  context: SynthesisContext,
): SynthesisStageResult {
  const parts = gatherParts(input, context)
  const { risks, portfolio, approvals, targets, health, published, book } = parts
  const serious = foldAlike(book, unanswered(seriousFindings(input.earlier.stages), input.earlier))
  const facts = factsById(input.earlier.stages, ownFacts(parts))
  const actions = topActions(
    book,
    actionCandidates(
      {
        risks: risks.items,
        segments: portfolio.judged,
        pendingMoves: parts.pending.moves,
        serious,
        taken: input.taken,
        decisionIds: decisionIdsOf(input.earlier.stages),
      },
      candidateContext(parts, context, facts),
    ),
    context.policy,
  )
  const told = {
    targets: targets.statuses,
    segments: portfolio.segments,
    unmeasured: unmeasuredStages(input.earlier.stages),
    facts,
    standings: parts.standings,
  }
  const executive = executiveNarrative({
    ...told,
    health: health.health,
    actions,
    serious: serious.map(({ finding }) => finding),
    published: published.findings,
  })
  return {
    stage: 'synthesis',
    status: statusOf(input.earlier.stages, health.health),
    facts: ownFacts(parts),
    decisions: [
      health.decision,
      ...targets.decisions,
      ...risks.decisions,
      ...portfolio.decisions,
      ...approvals.decisions,
    ],
    findings: [
      ...published.findings,
      ...parts.spend,
      ...parts.changes,
      ...health.basis,
      ...targets.findings,
      ...risks.findings,
      ...approvals.findings,
      ...portfolio.findings,
    ],
    tables: [...portfolio.tables, ...risks.tables, ...approvals.tables, ...published.tables],
    charts: [],
    summary: executive,
    health: health.health,
    targets: [...targets.statuses],
    segments: [...portfolio.segments],
    risks: [...risks.items],
    actions,
    focus: focusOf({ ...told, risks: risks.items }, context.policy.synthesis.focus_shown),
    executive,
  }
}

function candidateContext(
  { standings }: SynthesisParts,
  context: SynthesisContext,
  facts: CandidateContext['facts'],
): CandidateContext {
  return { ...context, calendar: businessHoursOf(context.policy.calendar), facts, standings }
}
