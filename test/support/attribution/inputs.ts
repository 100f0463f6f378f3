import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** The lines of an input file without its header; the file lies beside the oracle, or among the public data sets. */
export function readInput(directory: string, input: string): string[] {
  const name = basename(input)
  const candidates = [
    join(directory, input),
    join(directory, name),
    join(directory, '../../data/attribution', name),
    join(import.meta.dirname, '../../../../shared/data/attribution', name),
  ]
  const path = candidates.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error(`input ${name}: none of ${candidates.join(', ')}`)
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
}
