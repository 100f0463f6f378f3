import { parseArgs } from 'node:util'

import { promptOf } from '#prompts/narrator.ts'
import { accountOf, keptSentences, SECTIONS } from '#rules/narrative/account.ts'
import { judgeOutput } from '#rules/narrative/output.ts'
import { messagesOf } from '#src/llm/conversation.ts'
import { renderText } from '#src/report/words.ts'

import { replayedModel } from './recorded.ts'
import { type EvalState, loadStates } from './states.ts'

/** Prints the words of the reference company as a reader gets them, from the templates or as `--recorded NAME` arranged them. */
const { values } = parseArgs({ options: { recorded: { type: 'string' } } })
const stages = (await loadStates()).slice(0, 7)

for (const state of stages) {
  const { sentences, source } = accountOf(await arranged(state), state.sentences, state.told)
  const facts = new Map(state.facts.map((fact) => [fact.id, fact]))
  const words = sentences.map((sentence) => renderText(sentence, { facts, decisions: new Map() }))
  process.stdout.write(`\n## ${state.result.stage} (${source})\n${words.join('\n')}\n`)
}

async function arranged({ result, told }: EvalState): Promise<string[]> {
  if (values.recorded === undefined) return []
  const reply = await replayedModel(values.recorded).complete({
    messages: messagesOf(promptOf(result.stage, 'strict'), told, undefined),
    format: 'json_schema',
    limits: { timeoutMs: 0, maxTokens: 0, maxBytes: 0 },
  })
  if (!reply.ok) process.stdout.write(`\n(${result.stage}: nobody recorded an answer)\n`)
  const judged = judgeOutput(reply.ok ? reply.content : '', { sections: SECTIONS }, told.catalogue)
  return keptSentences(judged.sections.filter(({ issues }) => issues.length === 0))
}
