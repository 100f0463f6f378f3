import { readFile } from 'node:fs/promises'

import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'

import { AppError } from '#src/errors.ts'

import { LOCK_KEYS } from './advisory-locks.ts'
import { sha256 } from './hash.ts'
import { query } from './query.ts'
import { withAdvisoryLock } from './transaction.ts'
import type { Queryable } from './transaction.ts'

/** Forward only: a step that was released is never changed, a new one is added at the end. */
const MIGRATIONS = [
  '0001-foundation',
  '0002-audit',
  '0003-approvals',
  '0004-approval-life',
  '0005-money',
  '0006-people',
  '0007-work',
  '0010-llm-calls',
  '0011-tokens',
  '0012-narratives',
  '0013-program',
  '0014-sessions',
  '0015-words',
  '0016-deciders',
  '0017-guards',
  '0018-proofs',
  '0019-rights',
  '0020-deeds',
  '0021-way-back',
  '0022-borne-out',
  '0023-superseded',
  '0024-admissions',
  '0025-earlier-readings',
] as const

/** Grows when an upgrade of LangGraph's checkpointer brings migrations of its own. */
const CHECKPOINTER_STEP = 'checkpointer-1.0.5'

interface Step {
  readonly name: string
  readonly sha256: string
  readonly run: (client: PoolClient) => Promise<unknown>
}

const AppliedStep = z.object({ name: z.string(), sha256: z.string() })
type AppliedStep = z.infer<typeof AppliedStep>

/**
 * Brings the database to this version's tables. Cheap when there is nothing to do; several processes may call it at once.
 *
 * @param owner A pool of the role that owns the tables, with room for two connections.
 * @param applicationRoleExists Whether rights can be given to the application's own role.
 * @throws AppError `STORE_SCHEMA_NEWER` when the database holds a step that this version does not know.
 */
export async function migrate(owner: Pool, applicationRoleExists: boolean): Promise<void> {
  const steps = await loadSteps(owner, applicationRoleExists)
  if (missing(steps, await loadApplied(owner)).length === 0) return
  await withAdvisoryLock(owner, LOCK_KEYS.migration, async (client) => {
    await client.query(`create schema if not exists mo;
      create table if not exists mo.migrations (
        name text primary key, sha256 text not null, applied_at timestamptz not null default now())`)
    for (const step of missing(steps, await loadApplied(client))) await apply(client, step)
  })
}

/**
 * Holds a database that this process may not migrate to this version's tables.
 *
 * @throws AppError `STORE_OWNER_NEEDED` when a step is still to be taken, `STORE_SCHEMA_NEWER` when there is one too many.
 */
export async function requireMigrated(db: Pool): Promise<void> {
  const open = missing(await loadSteps(db, true), await loadApplied(db))
  if (open.length === 0) return
  throw new AppError('STORE_OWNER_NEEDED', {
    message: 'the tables are not of this version, and this login may not change them',
    expected: 'tables that are up to date',
    got: `steps to take: ${open.map((step) => step.name).join(', ')}`,
    next: 'run any command once with DATABASE_OWNER_URL set, such as: mo status',
  })
}

async function apply(client: PoolClient, step: Step): Promise<void> {
  // A step that fails ends the session, see withAdvisoryLock, and with it the transaction.
  await client.query('begin')
  await step.run(client)
  await client.query(
    `insert into mo.migrations (name, sha256) values ($1, $2)
     on conflict (name) do update set sha256 = excluded.sha256, applied_at = now()`,
    [step.name, step.sha256],
  )
  await client.query('commit')
}

async function loadSteps(owner: Pool, applicationRoleExists: boolean): Promise<Step[]> {
  const migrations = await Promise.all(
    MIGRATIONS.map((name) => loadSqlStep(name, `migrations/${name}.sql`)),
  )
  const checkpointer: Step = {
    name: CHECKPOINTER_STEP,
    sha256: sha256(CHECKPOINTER_STEP),
    run: async () => {
      // Loaded on demand: LangGraph costs a command half a second, and most commands do not need it.
      const { ReviewCheckpointer } = await import('./checkpointer.ts')
      await new ReviewCheckpointer(owner).setup()
    },
  }
  const grants = applicationRoleExists ? [await loadSqlStep(GRANTS, 'grants.sql')] : []
  return [...migrations, checkpointer, ...grants]
}

const GRANTS = 'grants'

async function loadSqlStep(name: string, file: string): Promise<Step> {
  const text = await readFile(new URL(file, import.meta.url), 'utf8')
  return { name, sha256: sha256(text), run: (client) => client.query(text) }
}

/** The steps still to be taken. Rights are said anew after every other step, and when their file changed. */
function missing(steps: readonly Step[], applied: readonly AppliedStep[]): Step[] {
  const known = new Map(applied.map((step) => [step.name, step.sha256]))
  const names = new Set(steps.map((step) => step.name))
  const strange = applied.find((step) => step.name !== GRANTS && !names.has(step.name))
  if (strange !== undefined) throw newer(strange.name, 'a step this version does not know')
  const changed = steps.find(
    (step) => step.name !== GRANTS && (known.get(step.name) ?? step.sha256) !== step.sha256,
  )
  if (changed !== undefined) throw newer(changed.name, 'another text of this step')
  const open = steps.filter((step) => known.get(step.name) !== step.sha256)
  return open.length === 0
    ? []
    : steps.filter((step) => step.name === GRANTS || open.includes(step))
}

function newer(step: string, got: string): AppError {
  return new AppError('STORE_SCHEMA_NEWER', {
    expected: MIGRATIONS.join(', '),
    got: `${step}: ${got}`,
  })
}

async function loadApplied(db: Queryable): Promise<AppliedStep[]> {
  const [table] = await query(db, z.object({ exists: z.boolean() }), {
    text: `select to_regclass('mo.migrations') is not null as exists`,
  })
  if (table?.exists !== true) return []
  return query(db, AppliedStep, { text: 'select name, sha256 from mo.migrations' })
}
