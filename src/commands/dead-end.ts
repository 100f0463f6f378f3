import { formatMoney } from '../report/format.ts'
import { lacksApprovers } from '../report/words.ts'
import { REFUSAL_WORDS, RIGHTS_WORDS } from '../runtime/decide.ts'
import type { BarredPerson, Progress } from '../runtime/may-decide.ts'
import { moveOf } from '../runtime/moves.ts'
import type { Approval } from '../store/approvals.ts'
import { runnable } from '../terminal/next-command.ts'

/** How far a request has come, and who else of the policy may not decide it. */
export interface Standing extends Progress {
  readonly barred: readonly BarredPerson[]
}

/**
 * Who is barred from a request that nobody can approve, why, and what whoever answers for the policy can do about it: name and text of each line. None where enough
 * people are left.
 *
 * @param workspace As it was typed.
 */
export function deadEndInWords(
  approval: Approval,
  progress: Standing,
  workspace: string,
): readonly (readonly [name: string, text: string])[] {
  if (!lacksApprovers(progress)) return []
  const { amount } = moveOf(approval)
  const { tier, roles, approvalId, reviewId } = approval
  const role = roles.length === 0 ? '' : `, one of the roles ${roles.join(', ')}`
  const sum = formatMoney(amount.currency, amount.minor)
  const typed = (command: string): string => runnable(command, workspace)
  const ways = [
    `in policy.yaml, let another person decide it: may_approve: [${tier}]${role}, and a limit of ${sum} or more or none; or let somebody who is barred by no more than a missing right decide for one who has it, under delegations`,
    `whoever edits the policy decides nothing under it, so let it be edited by somebody who is not to decide: ${typed('mo policy admit --as PERSON --reason TEXT')}`,
    `the request is void then, and asked anew under the policy as it stands: ${typed(`mo resume ${reviewId}`)}`,
    `or take it back: ${typed(`mo withdraw ${approvalId} --as PERSON --reason TEXT`)}`,
  ]
  return [
    ...reasonsIn(progress.barred).map(([why, names]) => ['barred', `${names}: ${why}`] as const),
    ...ways.map((way, at) => [at === 0 ? 'way out' : '', way] as const),
  ]
}

/** Each reason once, with the names of all whom it bars. */
function reasonsIn(barred: readonly BarredPerson[]): readonly (readonly [string, string])[] {
  const named = new Map<string, string[]>()
  for (const { name, bar } of barred) {
    const why = wordsOf(bar)
    named.set(why, [...(named.get(why) ?? []), name])
  }
  return [...named].map(([why, names]) => [why, names.join(', ')])
}

function wordsOf(bar: BarredPerson['bar']): string {
  if (bar === 'had_a_hand') return REFUSAL_WORDS['conflict-of-interest']
  return bar === 'unknown_person' ? 'the policy does not name this person' : RIGHTS_WORDS[bar]
}
