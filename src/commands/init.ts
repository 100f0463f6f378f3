import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { DATASETS } from '#rules/schema/review.ts'

import { AppError } from '../errors.ts'
import { columnReference } from '../ingest/column-reference.ts'
import { CONTRACTS } from '../ingest/contracts/all.ts'
import { shellWord } from '../terminal/next-command.ts'
import type { CommandContext, CommandExit } from './context.ts'

const TEMPLATE = fileURLToPath(new URL('../workspace/template/', import.meta.url))

/**
 * `mo init`: a new workspace with a commented policy and an empty file per data set to fill in. A folder that is not empty is left alone.
 */
export async function runInit(
  { output }: CommandContext,
  options: { readonly directory: string },
): Promise<CommandExit> {
  await mkdir(options.directory, { recursive: true })
  const present = await readdir(options.directory)
  if (present.length > 0) {
    throw new AppError('USAGE', {
      message: 'the folder is not empty',
      expected: 'a new or empty folder',
      got: `${present.length} entries, such as ${present[0] ?? ''}`,
      where: { file: options.directory },
    })
  }
  await mkdir(join(options.directory, 'templates'), { recursive: true })
  await mkdir(join(options.directory, 'data'), { recursive: true })
  await copyFile(join(TEMPLATE, 'policy.yaml'), join(options.directory, 'policy.yaml'))
  await copyFile(join(TEMPLATE, 'README.md'), join(options.directory, 'README.md'))
  for (const dataset of DATASETS) {
    const head = CONTRACTS[dataset].columns.map((column) => column.name).join(',')
    await writeFile(join(options.directory, 'templates', `${dataset}.csv`), `${head}\n`)
  }
  await writeFile(
    join(options.directory, 'templates', 'README.md'),
    `# Columns of every data set\n\nMade from the data contract; \`npm run -s mo -- validate --columns\` prints the same.\n\n${columnReference(DATASETS)}`,
  )
  const shown = relative(process.cwd(), options.directory) || '.'
  output.line(`Created a workspace in ${shown}`)
  output.line('Next:')
  output.line(`  1. set company and people in ${join(shown, 'policy.yaml')}`)
  output.line(
    `  2. copy the templates you have data for from ${join(shown, 'templates')} to ${join(shown, 'data')} and fill them`,
  )
  output.line(`  3. npm run -s mo -- validate --workspace ${shellWord(shown)}`)
  output.line(`  4. npm run -s mo -- review --workspace ${shellWord(shown)} --month YYYY-MM`)
  return 0
}
