import type { Policy } from '#rules/policy/policy.ts'

import { AppError } from '../errors.ts'
import { admit, tokenIn } from '../people/identity.ts'
import { loadSession } from '../people/sessions.ts'
import type { Token } from '../people/tokens.ts'
import { openWorkspace, workspacePolicy } from '../runtime/workspace.ts'
import { findWorkspace } from '../schedule/workspaces.ts'
import type { Store } from '../store/store.ts'

/** Somebody who signed in, and what the person may do here. */
export interface Visitor {
  readonly token: Token
  readonly person: string
  /** The role that lets the person act on jobs; null: may only read. */
  readonly operatorRole: string | null
  readonly company: string
  readonly sessionHours: number
}

/**
 * Who brings this token along: its company's policy, as it stands now, says what its person may do.
 *
 * @throws AppError `TOKEN_REFUSED`, which is on the audit log.
 */
export async function visitorWithToken(store: Store, text: string): Promise<Visitor> {
  const token = await tokenIn(store, text)
  const policy = await policyOf(store, token)
  await admit(store, { policy, token: text, scope: scopeOf(token) })
  return visitorOf(token, policy)
}

/** Who this session belongs to; undefined when it is over, or its token is. */
export async function visitorWithSession(
  store: Store,
  secret: string,
): Promise<Visitor | undefined> {
  const token = await loadSession(store.pool, secret)
  return token === undefined ? undefined : visitorOf(token, await policyOf(store, token))
}

const OPERATE = 'operate'

/** A token for operating need not be one for reading as well. */
function scopeOf({ scopes }: Token): 'operate' | 'read' {
  return scopes.includes(OPERATE) ? OPERATE : 'read'
}

async function policyOf(store: Store, { workspace: company }: Token): Promise<Policy> {
  const known = await findWorkspace(store.pool, company)
  if (known === undefined) {
    throw new AppError('TOKEN_REFUSED', {
      message: 'no worker of this database knows the company of the token',
      next: 'run in its folder: mo schedule set, or mo worker',
    })
  }
  return (await workspacePolicy(await openWorkspace(known.directory))).policy
}

function visitorOf(token: Token, { people, security, company }: Policy): Visitor {
  const person = people.find(({ id }) => id === token.person)
  if (person === undefined) {
    throw new AppError('TOKEN_REFUSED', {
      message: 'the policy no longer names the person of the token',
      next: 'ask whoever keeps policy.yaml',
    })
  }
  const role = person.roles.find((each) => security.operator_roles.includes(each))
  return {
    token,
    person: person.id,
    operatorRole: token.scopes.includes(OPERATE) && role !== undefined ? role : null,
    company: company.name,
    sessionHours: security.session_hours,
  }
}
