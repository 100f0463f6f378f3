import type { TokenScope } from '#rules/schema/token-scope.ts'

import { admit, identify, type Identity } from '../people/identity.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './context.ts'

interface Place {
  readonly store: Store
  readonly workspace: Workspace
}

/** Who runs a command that is done in a person's name: the holder of the token in `MO_TOKEN`, else whom `--as` names. */
export async function whoActs(
  { config }: CommandContext,
  { store, workspace, options }: Place & { readonly options: { readonly as?: string | undefined } },
  scope: TokenScope,
): Promise<Identity> {
  const { policy } = await workspacePolicy(workspace)
  return identify(store, { policy, as: options.as, token: config.token, scope })
}

/** Lets a command that is done in nobody's name go on, or refuses it: a token that is brought along must be good for it. */
export async function mayAct(
  { config }: CommandContext,
  { store, workspace }: Place,
  scope: TokenScope,
): Promise<void> {
  const { policy } = await workspacePolicy(workspace)
  await admit(store, { policy, token: config.token, scope })
}
