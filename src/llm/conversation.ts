import { NARRATOR_PROMPTS } from '#prompts/narrator.ts'
import type { Issue } from '#rules/narrative/sentence.ts'
import type { StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import { VOCABULARY } from '#rules/narrative/vocabulary.ts'
import type { StageName } from '#rules/schema/review.ts'

import type { ChatMessage } from './chat.ts'

const ISSUES_SHOWN = 12
const ECHO_MAX = 4000

/** The first question: the role, the words allowed and the tokens with their figures. It holds no text from data. */
export function openingMessages(stage: StageName, { brief }: StageCatalogue): ChatMessage[] {
  const words = `Allowed words: ${Object.values(VOCABULARY).join(' ')}.`
  return [
    { role: 'system', content: `${NARRATOR_PROMPTS[stage]?.text ?? ''}\n${words}` },
    { role: 'user', content: `Catalogue:\n${brief.join('\n')}` },
  ]
}

/** The question again with what was wrong in the last answer. */
export function withFeedback(
  opening: readonly ChatMessage[],
  answer: string,
  issues: readonly Issue[],
): ChatMessage[] {
  const lines = issues
    .slice(0, ISSUES_SHOWN)
    .map(({ code, span, hint }) => `${code} near "${plain(span)}": ${plain(hint)}`)
  return [
    ...opening,
    { role: 'assistant', content: answer.slice(0, ECHO_MAX) },
    {
      role: 'user',
      content: `Refused. Mend only this, return the whole JSON:\n${lines.join('\n')}`,
    },
  ]
}

function plain(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]/g, '?')
}
