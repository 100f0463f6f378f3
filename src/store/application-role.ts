import { Client, type ClientBase, type ClientConfig } from 'pg'
import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'
import { AppError } from '#src/errors.ts'

import { APPLICATION_ROLE } from './connection.ts'
import { hasCode } from './embedded/files.ts'
import { query } from './query.ts'
import type { Queryable } from './transaction.ts'

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

/** Whether this login owns the tables, can become their owner, or, where there are none yet, can make them. */
export async function mayActAsOwner(db: Queryable): Promise<boolean> {
  const [row] = await query(db, z.object({ may: z.boolean() }), {
    text: `select coalesce(
             (select pg_has_role(session_user, nspowner, 'member') from pg_namespace where nspname = 'mo'),
             has_database_privilege(session_user, current_database(), 'create')) as may`,
  })
  return row?.may === true
}

/**
 * Makes the application's own login where there is none, with the password its address names, and lets it work in the application's role.
 * A login that is there keeps its password and its rights.
 */
export async function ensureLogin(owner: ClientBase, login: ClientConfig): Promise<void> {
  const { user, password } = new Client(login)
  if (user === undefined || user === APPLICATION_ROLE) return
  const name = owner.escapeIdentifier(user)
  const found = await owner.query('select from pg_roles where rolname = $1', [user])
  if (found.rowCount === 0 && typeof password === 'string') {
    const text = `create role ${name} login password ${owner.escapeLiteral(password)}`
    await tryStatement(owner, text, [...EXISTS, ...NOT_ALLOWED])
  }
  await tryStatement(owner, `grant ${APPLICATION_ROLE} to ${name}`, NOT_ALLOWED)
  // Logins of other databases are in the same role, which is of the whole server: they stay out of this one.
  const { rows } = await owner.query<{ name: string }>('select current_database() as name')
  const database = owner.escapeIdentifier(present(rows[0], 'the database').name)
  await tryStatement(owner, `grant connect on database ${database} to ${name}`, NOT_ALLOWED)
  await tryStatement(owner, `revoke connect on database ${database} from public`, NOT_ALLOWED)
}

/**
 * Holds a login of the application's own to its promise: it cannot become the owner of the tables, and has no right, from whatever role, to
 * write what only the owner may.
 *
 * @throws AppError `STORE_LOGIN_NOT_APART`.
 */
export async function requireLoginApart(db: Queryable): Promise<void> {
  if ((await mayActAsOwner(db)) || (await mayWriteAsOwner(db))) {
    throw new AppError('STORE_LOGIN_NOT_APART')
  }
}

/** Rights are those of the login and of every role it is in, inherited or to be taken. */
async function mayWriteAsOwner(db: Queryable): Promise<boolean> {
  const [row] = await query(db, z.object({ may: z.boolean() }), {
    text: `select exists (
             select from pg_roles r, unnest(array['policy_rights', 'policy_admissions', 'policies', 'api_tokens', 'reservations', 'ledger']) called
             where pg_has_role(session_user, r.oid, 'member')
               and has_table_privilege(r.oid, to_regclass('mo.' || called), 'insert, update, delete, truncate, trigger')) as may`,
  })
  return row?.may === true
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
