import { standingToTell, standingWords } from '../governance/campaign-standing.ts'
import { distinctPart } from '../kernel/text-id.ts'
import { endsOfLine, type BudgetMove } from '../schema/budget-move.ts'
import { literal, token } from '../schema/template.ts'
import {
  type ActionCandidate,
  type CandidateContext,
  dueIn,
  RESOURCES,
  URGENCY,
} from './candidate.ts'
import { unknown, type Derivation } from './impact.ts'
import { amendedAmount } from './pending.ts'

/** What leadership is asked for about a move that waits: to decide it. */
export function moveCandidate(move: BudgetMove, context: CandidateContext): ActionCandidate {
  const stopLoss = move.reasonCode === 'stop_loss'
  const amended = amendedAmount(move)
  const amount = context.facts.has(amended)
    ? amended
    : `budget.move.${distinctPart(move.id)}.amount`
  const sum = context.facts.has(amount) ? `the move of ${token(amount)}` : 'the move'
  return {
    id: `decide_move:${move.id}`,
    kind: 'decide_move',
    subject: `move:${move.id}`,
    title: `Decide ${stopLoss ? 'the stop-loss: ' : ''}${sum} from ${literal(move.fromName)} to ${literal(move.toName)}${receiverNote(move, context)}`,
    area: 'budget',
    dueOn: dueIn('decide_move', context),
    ruling:
      move.expectedImpact === null
        ? unknown(move.impactNotMeasured ?? 'the impact of the move was not measured')
        : {
            impact: move.expectedImpact,
            notMeasured: null,
            derivation: derivationOf(move, context),
          },
    urgency: stopLoss ? URGENCY.stop_loss : URGENCY.move,
    resources: RESOURCES.decide_move,
    decisionIds: move.actionId === null ? [] : [`governance.pending_moves:${move.actionId}`],
  }
}

/** The move's own impact, whose facts say how it comes about. */
function derivationOf({ id }: BudgetMove, { facts }: CandidateContext): Derivation {
  const of = (end: string) => ({
    formula: 'the expected impact of the move',
    inputs: [`budget.move.${distinctPart(id)}.impact_${end}`].filter((fact) => facts.has(fact)),
  })
  return { low: of('low'), mid: of('mid'), high: of('high') }
}

/** Money for a campaign that does not run on has nowhere to go. */
function receiverNote({ toLine, campaignId }: BudgetMove, { standings }: CandidateContext): string {
  if (toLine === null) return ''
  const receiver = standings.get(endsOfLine(toLine).campaignId ?? campaignId ?? '')
  const standing = standingToTell(receiver)
  return standing === undefined ? '' : `; the receiving campaign ${standingWords(standing)}`
}
