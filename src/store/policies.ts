import { z } from 'zod'

import { appendAudit } from '../audit/append.ts'
import { auditEntry, type AuditEntry } from '../audit/entry.ts'
import type { ShownToken } from './approval-decisions.ts'
import { Instant, query } from './query.ts'
import type { Store } from './store.ts'
import { inTransaction, type Queryable } from './transaction.ts'

/** A policy as it is kept: its text, and what it says of rights as canonical JSON. */
interface KeptPolicy {
  readonly sha256: string
  readonly text: string
  /** The company's name. */
  readonly workspace: string
  readonly rights: string
}

type PolicyName = Pick<KeptPolicy, 'sha256' | 'workspace'>

/** Keeps a policy, or answers false when it is kept already. Only the owner of the tables may: nobody who writes as the application can forge one. */
export async function keepPolicy(
  { pool, asOwner }: Pick<Store, 'pool' | 'asOwner'>,
  policy: KeptPolicy,
): Promise<boolean> {
  if (await isKept(pool, policy)) return false
  await asOwner((owner) => inTransaction(owner, (client) => keep(client, policy)))
  return true
}

/** Whether a policy was ever admitted. */
export async function isKept(db: Queryable, { sha256, workspace }: PolicyName): Promise<boolean> {
  const kept = await query(db, z.unknown(), {
    text: 'select from mo.policy_rights where policy_sha256 = $1 and workspace = $2',
    values: [sha256, workspace],
  })
  return kept.length > 0
}

async function keep(
  client: Queryable,
  { sha256, text, workspace, rights }: KeptPolicy,
): Promise<void> {
  await client.query(
    'insert into mo.policies (policy_sha256, policy) values ($1, $2) on conflict do nothing',
    [sha256, text],
  )
  await client.query(
    `insert into mo.policy_rights (policy_sha256, workspace, rights) values ($1, $2, $3)
     on conflict do nothing`,
    [sha256, workspace, rights],
  )
}

/** Who puts a policy in force. */
export interface Admitter {
  /** Null: a review brings it along, and nobody is named. */
  readonly person: { readonly id: string; readonly roles: readonly string[] } | null
  readonly token: ShownToken | null
  readonly reason: string | null
}

/** Nobody: a review brings the policy along. */
export const BROUGHT_ALONG: Admitter = { person: null, token: null, reason: null }

/** A policy to be put in force, under the version it calls itself. */
export interface NewAdmission extends KeptPolicy {
  readonly version: string
}

/**
 * Puts a policy in force, with its row on the audit log, or answers false when it is already, and the person named answers for it. The database
 * judges: the policy in force says whether a token is needed, and a version that another policy had is not given twice by anybody who is named.
 * Done in the name of the owner of the tables.
 */
export async function putInForce(
  { asOwner }: Pick<Store, 'asOwner'>,
  policy: NewAdmission,
  { person, token, reason }: Admitter,
): Promise<boolean> {
  const { sha256, workspace, version } = policy
  const write = async (client: Queryable): Promise<boolean> => {
    await keep(client, policy)
    const [row] = await query(client, z.object({ previous_sha256: z.string().nullable() }), {
      text: `insert into mo.policy_admissions (workspace, policy_sha256, version, admitted_by, token_id, token_secret)
             values ($1, $2, $3, $4, $5, $6) returning previous_sha256`,
      values: [
        workspace,
        sha256,
        version,
        person?.id ?? null,
        token?.id ?? null,
        token?.secret ?? null,
      ],
    })
    if (row === undefined) return false
    await appendAudit(client, toldOf(policy, { person, token, reason }, row.previous_sha256))
    return true
  }
  return asOwner((owner) => inTransaction(owner, write))
}

function toldOf(
  { sha256, version, workspace }: NewAdmission,
  { person, token, reason }: Admitter,
  previousSha256: string | null,
): AuditEntry {
  const role = person?.roles[0] ?? null
  return auditEntry(
    { actor: person?.id ?? 'system:review', role, onBehalfOf: null },
    {
      action: 'policy.admitted',
      subject: sha256,
      ruleIds: ['governance.policy_in_force'],
      reason,
      before: { policySha256: previousSha256 },
      after: { version, tokenId: token?.id ?? null, workspace },
    },
  )
}

const AdmissionRow = z
  .object({
    policy_sha256: z.string(),
    version: z.string().nullable(),
    previous_sha256: z.string().nullable(),
    admitted_by: z.string().nullable(),
    admitted_at: Instant,
  })
  .transform((row) => ({
    sha256: row.policy_sha256,
    /** Null: it was admitted before versions were kept here. */
    version: row.version,
    previousSha256: row.previous_sha256,
    /** Null: a review brought it along. */
    admittedBy: row.admitted_by,
    admittedAt: row.admitted_at,
  }))
/** When which policy of a company came in force, and who answers for it. */
export type Admission = z.output<typeof AdmissionRow>

/** The admissions of a company, the newest first: its policy is in force. */
export async function listAdmissions(db: Queryable, workspace: string): Promise<Admission[]> {
  return query(db, AdmissionRow, {
    text: `select policy_sha256, version, previous_sha256, admitted_by, admitted_at
           from mo.policy_admissions where workspace = $1 order by seq desc`,
    values: [workspace],
  })
}

const StandingRow = z
  .object({ is_in_force: z.boolean().nullable(), editors: z.array(z.string()) })
  .transform((row) => ({
    isInForce: row.is_in_force === true,
    /** Who decides nothing under it: whoever answered for it, or for what it follows on. */
    editors: row.editors,
  }))
export type PolicyStanding = z.output<typeof StandingRow>

/** Is a policy in force, and who answers for it? */
export async function policyStanding(
  db: Queryable,
  { sha256, workspace }: PolicyName,
): Promise<PolicyStanding> {
  const [standing] = await query(db, StandingRow, {
    text: `select (select policy_sha256 = $2 from mo.policy_admissions where workspace = $1 order by seq desc limit 1) as is_in_force,
             array(select admitted_by from mo.policy_admissions
               where workspace = $1 and policy_sha256 = $2 and admitted_by is not null
               union
               select unnest(last.editors) from (select editors from mo.policy_admissions
                 where workspace = $1 and policy_sha256 = $2 order by seq desc limit 1) last
               order by 1) as editors`,
    values: [workspace, sha256],
  })
  return standing ?? { isInForce: false, editors: [] }
}

/** Does the policy in force ask for tokens? What a changed file says counts from its admission on. */
export async function asksForTokens(db: Queryable, workspace: string): Promise<boolean> {
  const [row] = await query(db, z.object({ asks: z.boolean().nullable() }), {
    text: `select (r.rights::jsonb ->> 'requireToken')::boolean as asks
           from mo.policy_admissions a join mo.policy_rights r using (policy_sha256, workspace)
           where a.workspace = $1 order by a.seq desc limit 1`,
    values: [workspace],
  })
  return row?.asks === true
}

/** The text of a policy that a request is bound to; undefined when it was never kept. */
export async function loadPolicyText(db: Queryable, sha256: string): Promise<string | undefined> {
  const [row] = await query(db, z.object({ policy: z.string() }), {
    text: 'select policy from mo.policies where policy_sha256 = $1',
    values: [sha256],
  })
  return row?.policy
}
