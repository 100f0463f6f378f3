import { randomBytes } from 'node:crypto'

import { z } from 'zod'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type AuditEntry } from '../audit/entry.ts'
import { sha256 } from '../store/hash.ts'
import { execute, query } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'
import { loadToken, type Token } from './tokens.ts'

const SECRET_BYTES = 32
const HOUR_SECONDS = 3600

/** What a browser is given to keep: the secret of its session, and for how long. */
export interface Session {
  readonly secret: string
  readonly seconds: number
}

/** A token and what its holder proved it with. */
interface HeldToken {
  readonly token: Token
  readonly tokenSecret: string
}

/** Begins a session of a token's holder, of `hours` at most. Its secret is in the answer and nowhere else: it is kept as a hash. */
export async function beginSession(
  { pool }: Pick<Store, 'pool'>,
  { token, tokenSecret }: HeldToken,
  hours: number,
): Promise<Session> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const seconds = hours * HOUR_SECONDS
  await inTransaction(pool, async (client) => {
    await execute(client, {
      text: `insert into mo.sessions (secret_sha256, token_id, token_secret, expires_at)
             values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`,
      values: [sha256(secret), token.tokenId, tokenSecret, seconds],
    })
    await audit(client, token, 'session.begun')
  })
  return { secret, seconds }
}

/** The token that a session stands for; undefined when the session or its token is unknown, over or ended. */
export async function loadSession(db: Queryable, secret: string): Promise<Token | undefined> {
  const [session] = await query(db, z.object({ token_id: z.string() }), {
    text: `select token_id from mo.sessions
           where secret_sha256 = $1 and ended_at is null and clock_timestamp() < expires_at`,
    values: [sha256(secret)],
  })
  if (session === undefined) return undefined
  const held = await loadToken(db, session.token_id)
  return held?.token.state === 'live' ? held.token : undefined
}

/** Ends a session at once. */
export async function endSession(
  { pool }: Pick<Store, 'pool'>,
  { secret, token }: { readonly secret: string; readonly token: Token },
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const ended = await execute(client, {
      text: `update mo.sessions set ended_at = clock_timestamp()
             where secret_sha256 = $1 and ended_at is null`,
      values: [sha256(secret)],
    })
    if (ended > 0) await audit(client, token, 'session.ended')
  })
}

async function audit(
  client: Queryable,
  { person, tokenId }: Token,
  action: AuditEntry['action'],
): Promise<void> {
  const actor = { actor: person, role: null, onBehalfOf: null }
  const ruleIds = ['people.tokens']
  await appendAudit(client, auditEntry(actor, { action, subject: tokenId, ruleIds }))
}
