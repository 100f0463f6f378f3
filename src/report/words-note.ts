import type { DocumentNarrative } from '#rules/schema/document.ts'

const WORDS_BY = {
  template: 'Words by template',
  mixed: 'Words arranged by a language model and by template',
  llm: 'Words arranged by a language model',
} as const

/** Who found the words of a section, for its reader. */
export function wordsNote({ source }: Pick<DocumentNarrative, 'source'>): string {
  return `${WORDS_BY[source]}; figures, names and calls by rules.`
}
