import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { AppError } from '../errors.ts'
import { loadPolicy, type LoadedPolicy } from '../policy/load.ts'

/** A company's folder and where things lie in it. */
export interface Workspace {
  readonly directory: string
  readonly policyPath: string
  readonly reviewsDirectory: string
}

/**
 * The workspace at `directory`.
 *
 * @throws AppError `WORKSPACE_NOT_FOUND`, `WORKSPACE_INVALID` when it has no policy.
 */
export async function openWorkspace(directory: string): Promise<Workspace> {
  const root = resolve(directory)
  if (!(await isKind(root, 'directory'))) {
    throw new AppError('WORKSPACE_NOT_FOUND', { where: { file: directory } })
  }
  const policyPath = join(root, 'policy.yaml')
  if (!(await isKind(policyPath, 'file'))) {
    throw new AppError('WORKSPACE_INVALID', {
      expected: 'a policy.yaml in the folder',
      got: 'none',
      where: { file: directory },
    })
  }
  return { directory: root, policyPath, reviewsDirectory: join(root, 'reviews') }
}

/** The workspace's policy as it stands now. */
export async function workspacePolicy(workspace: Workspace): Promise<LoadedPolicy> {
  return loadPolicy(workspace.policyPath)
}

async function isKind(path: string, kind: 'file' | 'directory'): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return kind === 'file' ? found?.isFile() === true : found?.isDirectory() === true
}
