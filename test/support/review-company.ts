import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { openWorkspace, workspacePolicy, type Workspace } from '#src/runtime/workspace.ts'

const COMPANY = fileURLToPath(new URL('../../examples/reference-company', import.meta.url))

/** The month the reference company has data of. */
export const COMPANY_MONTH = '2026-03'

/** Puts the reference company into a folder, under a name of its own where several share a database. */
export async function createCompany(directory: string, name?: string): Promise<Workspace> {
  await cp(COMPANY, directory, { recursive: true })
  if (name !== undefined) {
    const path = join(directory, 'policy.yaml')
    const policy = await readFile(path, 'utf8')
    await writeFile(path, policy.replace(/(company:[^]*?name:\s*)[^\n,]+/, `$1${name}`))
  }
  return openWorkspace(directory)
}

/** Name and time zone as the policy says them. */
export async function identityOf(workspace: Workspace) {
  const { company } = (await workspacePolicy(workspace)).policy
  return { name: company.name, timeZone: company.time_zone, directory: workspace.directory }
}
