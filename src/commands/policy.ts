import { admitPolicy } from '../people/policy-rights.ts'
import { workspacePolicy } from '../runtime/workspace.ts'
import { policyAdmittedAt } from '../store/past-moves.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/** `mo policy`: is the policy of the workspace, as it stands, admitted to the database? 1 when it is not. */
export async function runPolicyShow(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy, sha256 } = await workspacePolicy(workspace)
    const named = { sha256, workspace: policy.company.name }
    const admittedAt = await policyAdmittedAt(store.pool, named)
    if (context.output.json) context.output.document({ ...named, admittedAt: admittedAt ?? null })
    else {
      context.output.line(`Policy ${sha256} of ${named.workspace}`)
      context.output.line(
        admittedAt === undefined
          ? 'Not admitted as it stands; the next review, or mo policy admit, does it.'
          : `Admitted ${admittedAt.slice(0, 16).replace('T', ' ')} UTC.`,
      )
    }
    return admittedAt === undefined ? 1 : 0
  })
}

/** `mo policy admit`: makes the policy known to the database, which holds every request to it. Done by whoever has the owner's login. */
export async function runPolicyAdmit(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const loaded = await workspacePolicy(workspace)
    const isNew = await admitPolicy(store, loaded)
    const { sha256 } = loaded
    if (context.output.json) context.output.document({ sha256, isNew })
    else context.output.line(`${isNew ? 'Admitted' : 'Was admitted before'}: policy ${sha256}`)
    return 0
  })
}
