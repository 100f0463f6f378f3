import { readFile } from 'node:fs/promises'

import { invariant } from '#rules/kernel/invariant.ts'

const NAME = /^[a-z0-9-]+(\/[a-z0-9-]+)*$/
const cache = new Map<string, Promise<string>>()

/** The text of `src/warehouse/sql/NAME.sql`, read once. @throws InvariantError on a name that is none or has no file. */
export function queryText(name: string): Promise<string> {
  invariant(
    NAME.test(name.replaceAll('_', '-')),
    `query ${name}: expected a name such as funnel/cells`,
  )
  const cached = cache.get(name)
  if (cached !== undefined) return cached
  const text = readFile(new URL(`sql/${name}.sql`, import.meta.url), 'utf8')
  cache.set(name, text)
  return text
}
