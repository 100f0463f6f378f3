import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** No review runs as long as this; what is older was left behind by a process that died. */
const STALE_MS = 86_400_000

/** Removes entries of a folder that begin with `prefix` and have not been touched for a day. What cannot be removed is left. */
export async function sweep(directory: string, prefix: string, nowMs: number): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const path = join(directory, name)
    const status = await stat(path).catch(() => undefined)
    if (status === undefined || nowMs - status.mtimeMs < STALE_MS) continue
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
