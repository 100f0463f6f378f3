import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'

import { sha256 } from '../store/hash.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Files on which a stage's result depends beside data and policy: rules, specialists, and the queries they ask. */
const DECIDING = ['rules/**/*.ts', 'agents/**/*.ts', 'src/warehouse/**/*.{ts,sql}'] as const

let known: Promise<string> | undefined

/** The hash of the program that decides, read once a process: the same hash, inputs and policy give the same bytes. */
export function programSha256(): Promise<string> {
  known ??= hashProgram(ROOT)
  return known
}

/** The hash of every deciding file below a folder, by path and content, whatever the order in which the disk lists them. */
export async function hashProgram(root: string): Promise<string> {
  const paths: string[] = []
  for await (const path of glob([...DECIDING], { cwd: root })) paths.push(path)
  const files = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      const content = await readFile(join(root, path), 'utf8')
      return [path.replaceAll('\\', '/'), sha256(content)]
    }),
  )
  return sha256(canonicalJson(Object.fromEntries(files)))
}
