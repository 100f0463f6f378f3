import type { ClientBase } from 'pg'

import { APPLICATION_ROLE } from './connection.ts'
import { hasCode } from './embedded/files.ts'

/** insufficient_privilege, undefined_object (no such role), invalid_parameter_value (may not take the role). */
const NOT_ALLOWED = ['42501', '42704', '22023', '0LP01', '0A000'] as const

/**
 * Makes sure the application's role exists, with a password of its own where the server is ours.
 *
 * @returns False on a server whose administrator does not let us create roles: then the program works as the owner of its tables,
 * and only triggers, no rights, guard the rows of record.
 */
export async function ensureApplicationRole(
  owner: ClientBase,
  password: string | undefined,
): Promise<boolean> {
  const found = await owner.query('select from pg_roles where rolname = $1', [APPLICATION_ROLE])
  if (password !== undefined) {
    const login = `role ${APPLICATION_ROLE} login password ${owner.escapeLiteral(password)}`
    if (found.rowCount === 0) await tryStatement(owner, `create ${login}`, EXISTS)
    return true
  }
  if (found.rowCount === 0) {
    await tryStatement(owner, `create role ${APPLICATION_ROLE} nologin`, [
      ...EXISTS,
      ...NOT_ALLOWED,
    ])
  }
  if (await canTakeRole(owner)) return true
  await tryStatement(owner, `grant ${APPLICATION_ROLE} to current_user`, NOT_ALLOWED)
  return canTakeRole(owner)
}

async function canTakeRole(client: ClientBase): Promise<boolean> {
  const taken = await tryStatement(client, `set role ${APPLICATION_ROLE}`, NOT_ALLOWED)
  if (taken) await client.query('reset role')
  return taken
}

/** Several processes may create it at once, on a server of many databases too: the loser of the race finds it there. */
const EXISTS = ['42710', '23505'] as const

/** Runs a statement; false when it is refused with one of the codes. */
async function tryStatement(
  client: ClientBase,
  text: string,
  refusals: readonly string[],
): Promise<boolean> {
  try {
    await client.query(text)
    return true
  } catch (error) {
    if (hasCode(error, ...refusals)) return false
    throw error
  }
}
