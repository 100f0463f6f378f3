import { keepHead, type HeadKeeping } from '../audit/kept-heads.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './context.ts'

/** How the heads of a workspace's audit log are kept. */
export async function headKeepingOf(
  { config }: Pick<CommandContext, 'config'>,
  workspace: Workspace,
): Promise<HeadKeeping> {
  const { policy } = await workspacePolicy(workspace)
  return {
    workspace: policy.company.name,
    workspaceDir: workspace.directory,
    everyHours: policy.security.head_every_hours,
    signingKey: config.auditSigningKey,
    headDir: config.auditHeadDir,
  }
}

/** Keeps a head when one is due. Returns what is wrong with the log, in words, when it is broken. */
export async function keepDueHead(
  context: Pick<CommandContext, 'config' | 'now'>,
  store: Store,
  workspace: Workspace,
): Promise<string | undefined> {
  const keeping = await headKeepingOf(context, workspace)
  const look = await keepHead(store.pool, keeping, context.now())
  return look.kind === 'broken'
    ? `the audit log is broken at row ${look.verdict.seq} (${look.verdict.fault}); see: mo audit verify`
    : undefined
}
