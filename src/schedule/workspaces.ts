import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { SchedulePlan } from '#rules/schema/schedule-plan.ts'

import { AppError } from '../errors.ts'
import { healBell } from '../queue/dead-letters.ts'
import { openWorkspace } from '../runtime/workspace.ts'
import { execute, Instant, query } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'

const WorkspaceRow = z
  .object({
    workspace: z.string(),
    directory: z.string(),
    time_zone: z.string(),
    schedule: z.string().nullable(),
    first_month: z.string().nullable(),
    next_look_at: Instant.nullable(),
  })
  .transform((row) => ({
    /** The company's name, which its reviews carry. */
    name: row.workspace,
    directory: row.directory,
    timeZone: row.time_zone,
    plan: row.schedule === null ? null : SchedulePlan.parse(JSON.parse(row.schedule)),
    firstMonth: row.first_month,
    nextLookAt: row.next_look_at,
  }))
/** A workspace that workers of this store know. */
export type KnownWorkspace = z.output<typeof WorkspaceRow>

const COLUMNS = 'workspace, directory, time_zone, schedule, first_month, next_look_at'

/** Who a workspace is and where it lies. */
export interface WorkspaceIdentity {
  readonly name: string
  readonly directory: string
  readonly timeZone: string
}

/**
 * Makes a workspace known to the workers of this store; known already, its time zone is brought up to date, and its folder where the one on
 * record is no workspace any more: it was moved, and all workers see the folders under the same paths.
 *
 * @throws AppError `WORKSPACE_INVALID` when another folder has the company's name: reviews are told apart by it.
 */
export async function registerWorkspace(db: Queryable, identity: WorkspaceIdentity): Promise<void> {
  await execute(db, {
    text: `insert into mo.workspaces (workspace, directory, time_zone) values ($1, $2, $3)
           on conflict do nothing`,
    values: [identity.name, identity.directory, identity.timeZone],
  })
  const known = await findWorkspace(db, identity.name)
  const isMoved = known !== undefined && (await isGone(known.directory))
  const updated = await execute(db, {
    text: `update mo.workspaces set time_zone = $3, directory = $2, updated_at = now()
           where workspace = $1 and (directory = $2 or $4)
             and not exists (select from mo.workspaces other where other.directory = $2 and other.workspace <> $1)`,
    values: [identity.name, identity.directory, identity.timeZone, isMoved],
  })
  if (updated === 0) throw await taken(db, identity)
}

/**
 * Lets nobody review a company in a copy of its folder: the review would take the place of the one that its own folder has.
 *
 * @throws AppError `WORKSPACE_INVALID` when the company is known in another folder that still is a workspace.
 */
export async function requireOwnFolder(
  db: Queryable,
  identity: Pick<WorkspaceIdentity, 'name' | 'directory'>,
): Promise<void> {
  const known = await findWorkspace(db, identity.name)
  if (known === undefined || known.directory === identity.directory) return
  if (!(await isGone(known.directory))) throw await taken(db, identity)
}

async function isGone(directory: string): Promise<boolean> {
  return openWorkspace(directory).then(
    () => false,
    (error: unknown) => error instanceof AppError,
  )
}

async function taken(
  db: Queryable,
  { name, directory }: Pick<WorkspaceIdentity, 'name' | 'directory'>,
): Promise<AppError> {
  const [other] = await query(db, WorkspaceRow, {
    text: `select ${COLUMNS} from mo.workspaces where workspace = $1 or directory = $2`,
    values: [name, directory],
  })
  return new AppError('WORKSPACE_INVALID', {
    message: 'the database knows another folder or another company by this name',
    expected: `${other?.name ?? name} in ${other?.directory ?? 'its folder'}`,
    got: `${name} in ${directory}`,
    next: 'give each company a name of its own in policy.yaml, or remove the old one with: mo schedule remove',
  })
}

/** Sets when a workspace's reviews start, from `firstMonth` on. The calendar is looked at again at once. */
export async function setPlan(
  db: Queryable,
  name: string,
  { plan, firstMonth }: { readonly plan: SchedulePlan; readonly firstMonth: string },
): Promise<void> {
  await execute(db, {
    text: `update mo.workspaces
           set schedule = $2, first_month = $3, next_look_at = null, updated_at = now()
           where workspace = $1`,
    values: [name, canonicalJson(plan), firstMonth],
  })
}

/**
 * Lets reviews of a workspace start by hand only, and forgets the name its folder had before its company was called otherwise. Returns whether
 * there was a plan.
 */
export async function removePlan(
  db: Queryable,
  { name, directory }: Pick<WorkspaceIdentity, 'name' | 'directory'>,
): Promise<boolean> {
  const removed = await execute(db, {
    text: `update mo.workspaces
           set schedule = null, first_month = null, next_look_at = null, updated_at = now()
           where workspace = $1 and schedule is not null`,
    values: [name],
  })
  const forgotten = await query(db, z.object({ had_plan: z.boolean() }), {
    text: `delete from mo.workspaces where directory = $2 and workspace <> $1
           returning schedule is not null as had_plan`,
    values: [name, directory],
  })
  return removed === 1 || forgotten.some((each) => each.had_plan)
}

/** Notes that the calendar was looked at, and when it is to be again; whatever made a worker give it up is over. */
export async function noteLook(
  { pool }: Pick<Store, 'pool'>,
  name: string,
  nextLookAt: Date,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await execute(client, {
      text: 'update mo.workspaces set next_look_at = $2, updated_at = now() where workspace = $1',
      values: [name, nextLookAt.toISOString()],
    })
    const how = { actor: 'system:schedule', reason: 'the calendar was looked at' }
    await healBell(client, { kind: 'tick', subject: name }, how)
  })
}

export async function listWorkspaces(db: Queryable): Promise<KnownWorkspace[]> {
  return query(db, WorkspaceRow, {
    text: `select ${COLUMNS} from mo.workspaces order by workspace`,
  })
}

export async function findWorkspace(
  db: Queryable,
  name: string,
): Promise<KnownWorkspace | undefined> {
  const [found] = await query(db, WorkspaceRow, {
    text: `select ${COLUMNS} from mo.workspaces where workspace = $1`,
    values: [name],
  })
  return found
}

/** Names of workspaces whose calendar is to be looked at by `now`. */
export async function workspacesToLookAt(db: Queryable, now: Date): Promise<string[]> {
  const rows = await query(db, z.object({ workspace: z.string() }), {
    text: `select workspace from mo.workspaces
           where schedule is not null and (next_look_at is null or next_look_at <= $1)
           order by next_look_at nulls first, workspace`,
    values: [now.toISOString()],
  })
  return rows.map((row) => row.workspace)
}
