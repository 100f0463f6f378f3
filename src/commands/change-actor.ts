import { mayCarryOut } from '#rules/governance/change-rights.ts'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type Actor } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import type { CommandContext } from './context.ts'
import { whoActs } from './who.ts'

/** A deed about change orders, in whose name, and on what. */
export interface ChangeDeed {
  readonly as: string | undefined
  readonly deed: 'send' | 'confirm' | 'import'
  /** The id of a request or a review, or the name of a file. */
  readonly subject: string
}

/**
 * Who sends, confirms or imports: somebody whom the policy lets carry moves out, as what is put on record may end an approved move.
 *
 * @throws AppError `APPROVAL_REFUSED`, which is on the audit log, and as `whoActs`.
 */
export async function changeActor(
  context: CommandContext,
  place: { readonly store: Store; readonly workspace: Workspace },
  { as, deed, subject }: ChangeDeed,
): Promise<Actor> {
  const { person } = await whoActs(context, { ...place, options: { as } }, 'change')
  const actor = { actor: person.id, role: person.roles[0] ?? null, onBehalfOf: null }
  const { policy } = await workspacePolicy(place.workspace)
  if (mayCarryOut(person, policy.changes)) return actor
  const entry = auditEntry(actor, { action: 'changes.refused', subject, after: { deed } })
  await inTransaction(place.store.pool, (client) => appendAudit(client, entry))
  const able = policy.people.filter((each) => mayCarryOut(each, policy.changes))
  throw new AppError('APPROVAL_REFUSED', {
    message: `the policy does not let ${person.id} ${deed} change orders`,
    expected: `one of ${able.map(({ id }) => id).join(', ') || '(the policy lets nobody)'}`,
    got: `${person.id} with the roles ${person.roles.join(', ') || '(none)'}`,
    next: 'ask one of them, or name one of the person’s roles in changes.roles of policy.yaml',
  })
}
