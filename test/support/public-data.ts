import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the public data sets lie beside the repository. They are not copied into it. */
const PUBLIC_DATA = join(import.meta.dirname, '../../../shared/data')

/** True when they are there. Tests that need them are skipped otherwise, and say so once. */
export const hasPublicData = existsSync(PUBLIC_DATA)
if (!hasPublicData) {
  process.stderr.write(
    `public data sets are not at ${PUBLIC_DATA}: tests that read them are skipped\n`,
  )
}

/** The path of a public file, such as `attribution/mta_campaign_10k.csv`. */
export function publicFile(name: string): string {
  return join(PUBLIC_DATA, name)
}
