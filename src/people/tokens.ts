import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'
import { TokenScope } from '#rules/schema/token-scope.ts'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type Actor, type AuditEntry } from '../audit/entry.ts'
import { sha256 } from '../store/hash.ts'
import { execute, Instant, query } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'
import { newToken } from './token-text.ts'

const DAY_SECONDS = 86_400

const Row = z.object({
  token_id: z.string(),
  workspace: z.string(),
  person: z.string(),
  label: z.string(),
  scopes: z.array(TokenScope),
  created_by: z.string(),
  created_at: Instant,
  expires_at: Instant,
  revoked_at: Instant.nullable(),
  last_used_at: Instant.nullable(),
  is_expired: z.boolean(),
})

const TokenRow = Row.transform(tokenOf)
const HeldRow = Row.extend({ secret_sha256: z.string() }).transform((row) => ({
  token: tokenOf(row),
  secretSha256: row.secret_sha256,
}))

/** A token as it may be shown: without its secret and without the hash of it. */
export type Token = z.output<typeof TokenRow>

function tokenOf(row: z.output<typeof Row>) {
  return {
    tokenId: row.token_id,
    workspace: row.workspace,
    person: row.person,
    label: row.label,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    /** By the database's clock. */
    state: stateOf(row),
  }
}

function stateOf(row: z.output<typeof Row>): 'live' | 'revoked' | 'expired' {
  if (row.revoked_at !== null) return 'revoked'
  return row.is_expired ? 'expired' : 'live'
}

const COLUMNS = `token_id, workspace, person, label, scopes, created_by, created_at, expires_at, revoked_at,
  last_used_at, clock_timestamp() >= expires_at as is_expired`

/** What is asked for: a token of one person, for some uses and days. */
export interface NewTokenRequest {
  readonly workspace: string
  readonly person: string
  readonly label: string
  readonly scopes: readonly TokenScope[]
  readonly days: number
}

/** Creates a token, in the name of the owner of the tables. Its text is in the answer and nowhere else: it is kept as a hash. */
export async function createToken(
  { asOwner }: Pick<Store, 'asOwner'>,
  request: NewTokenRequest,
  actor: Actor,
): Promise<{ readonly token: Token; readonly text: string }> {
  const { id, secret, text } = newToken()
  const { workspace, person, label, scopes, days } = request
  const write = async (client: Queryable) => {
    const [token] = await query(client, TokenRow, {
      text: `insert into mo.api_tokens
               (token_id, workspace, person, label, scopes, secret_sha256, created_by, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + make_interval(secs => $8))
             returning ${COLUMNS}`,
      values: [
        id,
        workspace,
        person,
        label,
        scopes,
        sha256(secret),
        actor.actor,
        days * DAY_SECONDS,
      ],
    })
    const created = present(token, 'the token just written')
    await audit(client, actor, {
      action: 'token.created',
      tokenId: id,
      reason: label,
      after: { person, scopes: [...scopes], expiresAt: created.expiresAt },
    })
    return { token: created, text }
  }
  return asOwner((owner) => inTransaction(owner, write))
}

/** The tokens of a company, the newest first. */
export async function listTokens(db: Queryable, workspace: string): Promise<Token[]> {
  return query(db, TokenRow, {
    text: `select ${COLUMNS} from mo.api_tokens where workspace = $1
           order by created_at desc, token_id`,
    values: [workspace],
  })
}

/** Whether somebody of a company holds a live token for issuing others. */
export async function isIssued(db: Queryable, workspace: string): Promise<boolean> {
  const tokens = await listTokens(db, workspace)
  return tokens.some(({ state, scopes }) => state === 'live' && scopes.includes('issue'))
}

/** Ends a token at once, in the name of the owner of the tables. False: the company has none of this id, or it was ended before. */
export async function revokeToken(
  { asOwner }: Pick<Store, 'asOwner'>,
  { workspace, tokenId, reason }: { workspace: string; tokenId: string; reason: string },
  actor: Actor,
): Promise<boolean> {
  const end = async (client: Queryable) => {
    const revoked = await execute(client, {
      text: `update mo.api_tokens set revoked_at = clock_timestamp()
             where token_id = $1 and workspace = $2 and revoked_at is null`,
      values: [tokenId, workspace],
    })
    if (revoked === 0) return false
    await audit(client, actor, { action: 'token.revoked', tokenId, reason, after: null })
    return true
  }
  return asOwner((owner) => inTransaction(owner, end))
}

/** A token with the hash of its secret, for whoever has to compare it. */
export async function loadToken(
  db: Queryable,
  tokenId: string,
): Promise<z.output<typeof HeldRow> | undefined> {
  const [held] = await query(db, HeldRow, {
    text: `select ${COLUMNS}, secret_sha256 from mo.api_tokens where token_id = $1`,
    values: [tokenId],
  })
  return held
}

/** Notes that a token was used, and for what. Reading is noted with its time only. */
export async function noteUse(
  { pool }: Pick<Store, 'pool'>,
  { tokenId, person }: Token,
  scope: TokenScope,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await execute(client, {
      text: 'update mo.api_tokens set last_used_at = clock_timestamp() where token_id = $1',
      values: [tokenId],
    })
    if (scope === 'read') return
    const actor = { actor: person, role: null, onBehalfOf: null }
    await audit(client, actor, { action: 'token.used', tokenId, reason: scope, after: null })
  })
}

/** Puts on the audit log that a token was refused. A forged one is named by the id it claims. */
export async function auditTokenRefusal(
  { pool }: Pick<Store, 'pool'>,
  refusal: { readonly tokenId: string; readonly person: string | null; readonly why: string },
): Promise<void> {
  const actor = { actor: refusal.person ?? 'system:tokens', role: null, onBehalfOf: null }
  await inTransaction(pool, (client) =>
    audit(client, actor, {
      action: 'token.refused',
      tokenId: refusal.tokenId,
      reason: refusal.why,
      after: null,
    }),
  )
}

async function audit(
  client: Queryable,
  actor: Actor,
  { tokenId: subject, ...what }: TokenEvent,
): Promise<void> {
  await appendAudit(client, auditEntry(actor, { ...what, subject, ruleIds: ['people.tokens'] }))
}

interface TokenEvent extends Pick<AuditEntry, 'action' | 'reason' | 'after'> {
  readonly tokenId: string
}
