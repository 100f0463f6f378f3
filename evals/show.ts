import { parseArgs } from 'node:util'

import { promptOf } from '#prompts/narrator.ts'
import { accountOf, keptSentences, SECTIONS } from '#rules/narrative/account.ts'
import { fluentJudge } from '#rules/narrative/fluent-judge.ts'
import { judgeOutput } from '#rules/narrative/output.ts'
import { messagesOf } from '#src/llm/conversation.ts'
import { renderText } from '#src/report/words.ts'

import { replayedModel } from './recorded.ts'
import { type EvalState, loadStates } from './states.ts'

/** Prints the words of the reference company as a reader gets them, from the templates or as `--recorded NAME` told them, in strict mode or with `--fluent`. */
const { values } = parseArgs({
  options: { recorded: { type: 'string' }, fluent: { type: 'boolean', default: false } },
})
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
    messages: messagesOf(
      promptOf(result.stage, values.fluent ? 'fluent' : 'strict'),
      told,
      undefined,
    ),
    format: 'json_schema',
    limits: { timeoutMs: 0, maxTokens: 0, maxBytes: 0 },
  })
  if (!reply.ok) process.stdout.write(`\n(${result.stage}: nobody recorded an answer)\n`)
  const shape = { sections: SECTIONS, ...(values.fluent ? { judge: fluentJudge(told) } : {}) }
  const judged = judgeOutput(reply.ok ? reply.content : '', shape, told.catalogue)
  return keptSentences(judged.sections.filter(({ issues }) => issues.length === 0))
}
