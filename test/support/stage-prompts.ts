import { promptOf } from '#prompts/narrator.ts'
import { stageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { StageName, StageResult } from '#rules/schema/review.ts'
import type { ChatMessage } from '#src/llm/chat.ts'
import { messagesOf } from '#src/llm/conversation.ts'
import { formatFact } from '#src/report/format.ts'

type Told = StageResult & { readonly executive?: readonly string[] }

/** Everything a model is told in its first call about a stage. */
export function messagesAbout(
  stages: readonly Told[],
  stage: StageName,
  mode: 'strict' | 'fluent',
): ChatMessage[] {
  const index = stages.findIndex((each) => each.stage === stage)
  const result = stages[index]
  if (result === undefined) throw new Error(`${stage} was not run`)
  const told = stageCatalogue({
    result,
    sentences: result.executive ?? result.summary,
    facts: stages.slice(0, index + 1).flatMap(({ facts }) => facts),
    show: formatFact,
  })
  return messagesOf(promptOf(stage, mode), told, undefined)
}

/** Everything a model is told in its first call about each stage in strict mode. */
export function promptsOf(stages: readonly Told[]): string[] {
  return stages.map(({ stage }) => JSON.stringify(messagesAbout(stages, stage, 'strict')))
}
