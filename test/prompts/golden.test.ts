import { join } from 'node:path'

import { beforeAll, expect, it } from 'vitest'

import { STAGES } from '#rules/schema/review.ts'

import { messagesAbout } from '../support/stage-prompts.ts'
import { runStages } from '../support/stage-run.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')

let run: Awaited<ReturnType<typeof runStages>>
beforeAll(async () => {
  run = await runStages(COMPANY, '2026-03', '2026-03-31')
})

it.each(STAGES.flatMap((stage) => [[stage, 'strict'] as const, [stage, 'fluent'] as const]))(
  'asks about %s under %s as it always did',
  async (stage, mode) => {
    const messages = messagesAbout(run.stages, stage, mode)
    const text = messages.map(({ role, content }) => `## ${role}\n${content}\n`).join('\n')
    await expect(text).toMatchFileSnapshot(`golden/${stage}.${mode}.txt`)
  },
)
