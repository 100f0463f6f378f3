import type { ApprovalState } from '../schema/approval-state.ts'
import type { SeriousFinding } from './alike.ts'
import type { EarlierStages } from './input.ts'

/** How far a request has come: not put before anybody, before people, decided by them, or void without a decision. */
const STANDING: Readonly<Record<ApprovalState, 'unasked' | 'asked' | 'decided' | 'void'>> = {
  draft: 'unasked',
  proposed: 'asked',
  pending: 'asked',
  approved: 'decided',
  applying: 'decided',
  applied: 'decided',
  verified: 'decided',
  // The line is as it was.
  failed: 'void',
  rolled_back: 'void',
  rejected: 'decided',
  expired: 'void',
  superseded: 'void',
  withdrawn: 'void',
}

/**
 * Which serious findings are still a question to leadership, after what people were asked and decided?
 *
 * The budget stage speaks as things were before anybody decided. A proposal does not wait once its request is decided or void. A stopped line is
 * not to be stopped a second time where its stop-loss move is before people or was decided by them: whoever rejected it has answered. Such
 * findings stay with their stage; they are no action any more.
 */
export function unanswered(
  serious: readonly SeriousFinding[],
  { moves, approvals }: Pick<EarlierStages, 'moves' | 'approvals'>,
): SeriousFinding[] {
  const states = new Map(approvals.map(({ moveId, state }) => [moveId, STANDING[state]]))
  const settled = new Set(
    moves.flatMap(({ id, fromLine, reasonCode }) => {
      const standing = states.get(id) ?? 'unasked'
      const waits = standing === 'unasked' || standing === 'asked'
      const isStopped =
        reasonCode === 'stop_loss' && (standing === 'asked' || standing === 'decided')
      return [
        ...(waits ? [] : [`budget.carried_move move:${id}`]),
        ...(isStopped ? [`budget.stop_loss line:${fromLine ?? ''}`] : []),
      ]
    }),
  )
  return serious.filter(({ finding }) => !settled.has(`${finding.ruleId} ${finding.subject}`))
}
