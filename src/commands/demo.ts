import { existsSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { CommandContext, CommandExit } from './context.ts'
import { runReview } from './review.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/reference-company/', import.meta.url))
const DEMO_DIRECTORY = fileURLToPath(new URL('../../demo/', import.meta.url))
const MONTH = '2026-03'

/**
 * `mo demo`: runs the review of the bundled company in a folder of its own (`demo/`), so that the example stays as it is. Asked again, it goes on
 * with the same review. Waiting for approval is what a demo is meant to show, so it ends with 0.
 */
export async function runDemo(context: CommandContext): Promise<CommandExit> {
  const { output } = context
  const isOld = existsSync(join(DEMO_DIRECTORY, '.orchestrator'))
  await mkdir(DEMO_DIRECTORY, { recursive: true })
  await rm(join(DEMO_DIRECTORY, 'data'), { recursive: true, force: true })
  await cp(join(EXAMPLE, 'policy.yaml'), join(DEMO_DIRECTORY, 'policy.yaml'))
  await cp(join(EXAMPLE, 'data'), join(DEMO_DIRECTORY, 'data'), { recursive: true })
  output.progress(`Reviewing ${MONTH} of the reference company:`)
  const exit = await runReview(context, { workspace: DEMO_DIRECTORY, month: MONTH })
  if (isOld && !output.json) output.line(startOver(relative(process.cwd(), DEMO_DIRECTORY)))
  return exit === 3 ? 0 : exit
}

/** What is said when the folder holds an earlier demo. */
function startOver(folder: string): string {
  return `${folder} holds an earlier demo, which this goes on with. To start over: rm -r ${folder}, then npm run demo`
}
