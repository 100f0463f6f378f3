import { promptOf } from '#prompts/narrator.ts'
import { stageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { StageResult } from '#rules/schema/review.ts'
import { messagesOf } from '#src/llm/conversation.ts'
import { formatFact } from '#src/report/format.ts'

/** Everything a model is told in its first call about each stage. */
export function promptsOf(
  stages: readonly (StageResult & { readonly executive?: readonly string[] })[],
): string[] {
  return stages.map((result, index) => {
    const told = stageCatalogue({
      result,
      sentences: result.executive ?? result.summary,
      facts: stages.slice(0, index + 1).flatMap(({ facts }) => facts),
      show: formatFact,
    })
    return JSON.stringify(messagesOf(promptOf(result.stage, 'strict'), told, undefined))
  })
}
