import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { promptOf } from '#prompts/narrator.ts'
import { SECTIONS } from '#rules/narrative/account.ts'
import { fluentJudge } from '#rules/narrative/fluent-judge.ts'
import { judgeOutput } from '#rules/narrative/output.ts'
import { messagesOf } from '#src/llm/conversation.ts'
import { copyWithPayloads, PAYLOADS } from '#test/support/hostile-workspace.ts'
import { runReadingTrial } from '#test/support/reading-trial.ts'
import { promptsOf } from '#test/support/stage-prompts.ts'
import { runStages } from '#test/support/stage-run.ts'
import { workspaceWith } from '#test/support/workspace.ts'

import { runFluentTrial } from './fluent-trial.ts'
import { replayedModel } from './recorded.ts'
import { loadStates } from './states.ts'

const COMPANY = join(import.meta.dirname, '../examples/reference-company')
/** Cells of the column with the fewest of them: each run moves on by as many, so that every payload meets every column. */
const STEP = 3

describe('the second reader', () => {
  it('agrees on 100,000 random outputs and sees 98% of planted faults', () => {
    const { accepted, disagreements, planted, missed } = runReadingTrial(100_000, 1)
    const caught = planted - missed.length
    process.stdout.write(
      `\n${accepted} accepted, ${disagreements.length} disagreements; ${caught} of ${planted} planted faults seen\n`,
    )
    expect(disagreements).toEqual([])
    expect(caught / planted).toBeGreaterThanOrEqual(0.98)
  })
})

describe('the reader of fluent prose', () => {
  it('agrees on what the rules accept of the stages, and sees 98% of planted faults', async () => {
    const trial = runFluentTrial(await loadStates(), { each: 300, seed: 1 })
    const caught = trial.planted - trial.missed.length
    process.stdout.write(
      `\n${trial.accepted} accepted, ${trial.disagreements.length} disagreements; ${caught} of ${trial.planted} planted faults seen\n`,
    )
    expect(trial.disagreements).toEqual([])
    expect(caught / trial.planted).toBeGreaterThanOrEqual(0.98)
  })
})

describe('recorded fluent prose', () => {
  it('is kept whole by its judge', async () => {
    const model = replayedModel('written-by-hand-fluent')
    const states = (await loadStates()).slice(0, model.answers)
    for (const { result, told } of states) {
      const reply = await model.complete({
        messages: messagesOf(promptOf(result.stage, 'fluent'), told, undefined),
        format: 'none',
        limits: { timeoutMs: 0, maxTokens: 0, maxBytes: 0 },
      })
      const shape = { sections: SECTIONS, judge: fluentJudge(told) }
      const judged = judgeOutput(reply.ok ? reply.content : '', shape, told.catalogue)
      expect(judged.issues).toEqual([])
      expect(judged.sections).toHaveLength(4)
    }
  })
})

describe('the prompts', () => {
  it('stay the same bytes under every payload in every text column', async () => {
    const plain = promptsOf((await runStages(COMPANY, '2026-03', '2026-03-31')).stages)
    for (let first = 0; first < PAYLOADS.length; first += STEP) {
      const directory = await workspaceWith({})
      await copyWithPayloads(COMPANY, directory, first)
      const told = promptsOf((await runStages(directory, '2026-03', '2026-03-31')).stages)
      expect(told).toEqual(plain)
    }
  })
})
