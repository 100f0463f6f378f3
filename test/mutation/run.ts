import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { Stryker } from '@stryker-mutator/core'

/** What Stryker's own score counts: a change that cannot be run at all is neither noticed nor missed. */
const COUNTED = new Set(['Killed', 'Timeout', 'Survived', 'NoCoverage'])

/** The rules' answer sheet: of every hundred small changes to a folder, its own tests must notice this many. */
const SCORE_MIN = 95

/**
 * Changes the rules one small thing at a time and asks whether a test notices: `npm run check:rules [-- FOLDER …]`, every folder of `rules/`
 * when none is named. A folder is judged by its own tests alone, so that what is proven of it is proven where a reader would look for it.
 */
async function main(): Promise<void> {
  const known = folders()
  const asked = process.argv.slice(2)
  const unknown = asked.find((folder) => !known.includes(folder))
  if (unknown !== undefined) {
    process.stderr.write(`no folder rules/${unknown}; there are ${known.join(', ')}\n`)
    process.exitCode = 2
    return
  }
  const lines: string[] = []
  for (const folder of asked.length === 0 ? known : asked) {
    const { mutants, noticed } = await judge(folder)
    if (noticed * 100 < mutants * SCORE_MIN) process.exitCode = 1
    const share = ((100 * noticed) / mutants).toFixed(1)
    lines.push(`${folder.padEnd(14)}${String(mutants).padStart(8)}${share.padStart(10)} %`)
  }
  process.stdout.write(`${['folder         changes   noticed', ...lines].join('\n')}\n`)
}

function folders(): readonly string[] {
  return readdirSync(join(import.meta.dirname, '../../rules'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
}

async function judge(folder: string): Promise<{ mutants: number; noticed: number }> {
  const results = await new Stryker({
    mutate: [`rules/${folder}/**/*.ts`],
    vitest: {
      configFile: 'test/mutation/vitest.config.ts',
      dir: `test/rules/${folder}`,
      related: false,
    },
  }).runMutationTest()
  const counted = results.filter(({ status }) => COUNTED.has(status))
  const noticed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout')
  return { mutants: counted.length, noticed: noticed.length }
}

await main()
