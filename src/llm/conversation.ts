import type { NarratorPrompt } from '#prompts/narrator.ts'
import type { StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import { VOCABULARY } from '#rules/narrative/vocabulary.ts'

import type { ChatMessage } from './chat.ts'
import type { CallOutcome } from './ledger.ts'

const ISSUES_SHOWN = 12

type Answered = Extract<CallOutcome, { readonly kind: 'answered' }>

/**
 * The question of an attempt: the role, in strict mode the words allowed, and the tokens with their figures, and after a refusal what was wrong. It holds no
 * text from data. An answer is not sent back: what of it was accepted is kept here.
 */
export function messagesOf(
  prompt: NarratorPrompt,
  { brief }: StageCatalogue,
  last: Answered | undefined,
): ChatMessage[] {
  const words = `\nAllowed words: ${Object.values(VOCABULARY).join(' ')}.`
  return [
    { role: 'system', content: `${prompt.text}${prompt.mode === 'strict' ? words : ''}` },
    { role: 'user', content: [`Catalogue:\n${brief.join('\n')}`, ...feedback(last)].join('\n\n') },
  ]
}

function feedback(last: Answered | undefined): string[] {
  if (last === undefined) return []
  const accepted = last.sections.map(({ id }) => id)
  const lines = last.issues
    .slice(0, ISSUES_SHOWN)
    .map(({ code, span, hint }) => `- ${code} near "${plain(span)}": ${plain(hint)}`)
  return [
    `Your last answer broke these rules:\n${lines.join('\n')}`,
    accepted.length === 0
      ? 'Write the whole JSON again without these breaches.'
      : `Accepted and kept: ${accepted.join(', ')}. Write the other sections again, as the whole JSON with those sections only.`,
  ]
}

function plain(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]/g, '?')
}
