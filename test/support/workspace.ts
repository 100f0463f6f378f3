import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { onTestFinished } from 'vitest'

import { openWarehouse, type OpenOptions, type OpenWarehouse } from '#src/warehouse/open.ts'

/** Files of a workspace by path, such as `data/campaigns.csv`. */
export type WorkspaceFiles = Readonly<Record<string, string | Buffer>>

/** A workspace in a temporary directory that goes with the test. */
export async function workspaceWith(files: WorkspaceFiles): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'mo-workspace-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
  return directory
}

/** The warehouse of a workspace (USD, New York unless told otherwise), closed when the test ends. */
export async function warehouseOf(
  workspaceDir: string,
  options: Partial<Omit<OpenOptions, 'workspaceDir'>> = {},
): Promise<OpenWarehouse> {
  const opened = await openWarehouse({
    workspaceDir,
    company: { currency: 'USD', timeZone: 'America/New_York' },
    ...options,
  })
  onTestFinished(() => opened.close())
  return opened
}

/** The warehouse over the given files. */
export async function warehouseWith(
  files: WorkspaceFiles,
  options: Partial<Omit<OpenOptions, 'workspaceDir'>> = {},
): Promise<OpenWarehouse> {
  return warehouseOf(await workspaceWith(files), options)
}
