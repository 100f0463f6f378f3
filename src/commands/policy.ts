import { AppError } from '../errors.ts'
import { admitPolicy } from '../people/policy-rights.ts'
import type { LoadedPolicy } from '../policy/load.ts'
import { healBell, listDeadLetters } from '../queue/dead-letters.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import { shortHash } from '../store/hash.ts'
import { asksForTokens, listAdmissions, type Admission, type Admitter } from '../store/policies.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { columns } from '../terminal/output.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'
import { whoActs } from './who.ts'

export interface AdmitOptions extends CommonOptions {
  readonly as?: string
  readonly reason?: string
}

/** `mo policy`: is the policy of the workspace, as it stands, in force? 1 when it is not. */
export async function runPolicyShow(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy, sha256 } = await workspacePolicy(workspace)
    const { version, company } = policy
    const admissions = await listAdmissions(store.pool, company.name)
    const [last] = admissions
    const inForce = last?.sha256 === sha256 ? last : undefined
    const { output } = context
    if (output.json) {
      const { admittedAt = null, admittedBy = null } = inForce ?? {}
      output.document({ sha256, version, workspace: company.name, admittedAt, admittedBy })
    } else {
      output.line(`Policy ${version} of ${company.name}, ${sha256}`)
      output.line(
        inForce === undefined
          ? notInForce(last, await asksForTokens(store.pool, company.name))
          : `In force since ${admittedInWords(inForce)}.`,
      )
    }
    if (versionIsTaken({ version, sha256 }, admissions)) output.warning(VERSION_TAKEN)
    return inForce === undefined ? 1 : 0
  })
}

function notInForce(last: Admission | undefined, asks: boolean): string {
  const how = asks
    ? 'The one in force asks for tokens: nothing is reviewed or decided until somebody admits this one, with a token made with --scope admit: mo policy admit --reason TEXT.'
    : 'The next review or decision puts it in force in nobody’s name, or mo policy admit --as PERSON --reason TEXT in somebody’s.'
  return last === undefined
    ? `No policy of the company is in force yet. ${how}`
    : `Not in force as it stands: version ${last.version ?? '(not kept)'}, ${shortHash(last.sha256)}, is. ${how}`
}

/** `mo policy list`: which policy was in force when, and who answers for it. */
export async function runPolicyList(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy } = await workspacePolicy(workspace)
    const admissions = await listAdmissions(store.pool, policy.company.name)
    const { output } = context
    if (output.json) output.document(admissions)
    else if (admissions.length === 0) output.line('No policy of the company was admitted yet.')
    else {
      const rows = admissions.map(({ admittedAt, version, sha256, admittedBy }) => [
        minute(admittedAt),
        version ?? '',
        shortHash(sha256),
        admittedBy ?? 'nobody named',
      ])
      output.line(columns([['SINCE (UTC)', 'VERSION', 'POLICY', 'ADMITTED BY'], ...rows]))
    }
    return 0
  })
}

/** `mo policy admit`: puts the policy in force in a person's name, who decides nothing under it. Done where the owner's login is at hand. */
export async function runPolicyAdmit(
  context: CommandContext,
  options: AdmitOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const loaded = await workspacePolicy(workspace)
    const by = await admitterOf(context, { store, workspace, options, loaded })
    const { isNew } = await admitPolicy(store, loaded, by)
    const { sha256 } = loaded
    const healed = await healWaiting(
      store,
      loaded.policy.company.name,
      by.person?.id ?? 'system:cli',
    )
    tellAdmission(context.output, { sha256, isNew, admittedBy: by.person?.id ?? null, healed })
    return 0
  })
}

function tellAdmission(
  output: CommandContext['output'],
  told: {
    readonly sha256: string
    readonly isNew: boolean
    readonly admittedBy: string | null
    readonly healed: number
  },
): void {
  const { sha256, isNew, admittedBy, healed } = told
  if (output.json) {
    output.document(told)
    return
  }
  output.line(`${isNew ? 'In force now' : 'Is in force already'}: policy ${sha256}`)
  if (healed > 0) {
    const jobs = healed === 1 ? 'A job that was' : `${healed} jobs that were`
    output.line(`${jobs} given up for want of it: workers take up what is left to do.`)
  }
  if (admittedBy !== null) {
    output.progress(`${admittedBy} answers for it, and decides nothing under it.`)
  }
}

/** What a policy that was not in force kept from being done is tried again. Returns how many jobs. */
async function healWaiting(store: Store, company: string, actor: string): Promise<number> {
  const waiting = (await listDeadLetters(store.pool, company)).filter(({ code }) =>
    WANTED_A_POLICY.has(code),
  )
  for (const bell of waiting) {
    await inTransaction(store.pool, (client) =>
      healBell(client, bell, { actor, reason: 'the policy is in force now' }),
    )
  }
  return waiting.length
}

/** Of a job that was given up because its policy was not in force. */
const WANTED_A_POLICY = new Set(['POLICY_NOT_ADMITTED', 'STORE_OWNER_NEEDED'])

async function admitterOf(
  context: CommandContext,
  {
    loaded,
    options,
    ...place
  }: {
    readonly store: Store
    readonly workspace: Workspace
    readonly options: AdmitOptions
    readonly loaded: LoadedPolicy
  },
): Promise<Admitter> {
  const reason = options.reason?.trim() ?? ''
  // Where the policy names nobody, nobody can be named, and nobody can decide.
  if (loaded.policy.people.length === 0) return { person: null, token: null, reason: null }
  if (reason === '') {
    throw new AppError('USAGE', {
      message: 'a policy is admitted for a reason',
      expected: '--reason TEXT: why it was changed',
      got: 'nothing',
    })
  }
  return { ...(await whoActs(context, { ...place, options }, 'admit')), reason }
}

/** Tells an operator that a command is about to bring a changed policy along. */
export async function warnOfChangedPolicy(
  { output }: CommandContext,
  { store, workspace }: { readonly store: Store; readonly workspace: Workspace },
): Promise<void> {
  const loaded = await workspacePolicy(workspace)
  const { name } = loaded.policy.company
  // Where tokens are asked for, nothing is brought along.
  if (await asksForTokens(store.pool, name)) return
  const admissions = await listAdmissions(store.pool, name)
  for (const told of changedPolicyInWords(loaded, admissions)) output.warning(told)
}

/**
 * What to tell an operator whose review brought a changed policy along; nothing where nobody could decide under it, or the file says who changed
 * it and has a version of its own.
 */
function changedPolicyInWords(
  {
    policy: { version, people, edited_by: editedBy },
    sha256,
  }: Pick<LoadedPolicy, 'policy' | 'sha256'>,
  admissions: readonly Admission[],
): string[] {
  const [last] = admissions
  if (last === undefined || last.sha256 === sha256 || people.length === 0) return []
  return [
    ...(editedBy.length === 0 ? [CHANGED_BY_NOBODY] : []),
    ...(versionIsTaken({ version, sha256 }, admissions) ? [VERSION_TAKEN] : []),
  ]
}

const CHANGED_BY_NOBODY =
  'policy.yaml was changed, and this puts it in force in nobody’s name: list who changed it in edited_by, or run mo policy admit --as PERSON --reason TEXT first'
const VERSION_TAKEN =
  'another policy of the company had the same version: give each edit a version of its own'

function versionIsTaken(
  { version, sha256 }: Readonly<Record<'version' | 'sha256', string>>,
  admissions: readonly Admission[],
): boolean {
  return admissions.some((each) => each.version === version && each.sha256 !== sha256)
}

function admittedInWords({ admittedAt, admittedBy }: Admission): string {
  const by =
    admittedBy === null
      ? 'brought along by a review or a decision, in nobody’s name'
      : `admitted by ${admittedBy}`
  return `${minute(admittedAt)} UTC, ${by}`
}

function minute(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}
