import type { DocumentNarrative } from '#rules/schema/document.ts'

const WORDS_BY = {
  template: 'Words by template',
  mixed: 'Words arranged by a language model and by template',
  llm: 'Words arranged by a language model',
} as const

/** Who found the words of a section, for its reader. */
export function wordsNote({
  source,
  approvedBy,
}: Pick<DocumentNarrative, 'source' | 'approvedBy'>): string {
  if (approvedBy !== undefined) {
    return `Fluent words of a language model, approved by ${approvedBy}; figures, names and calls by rules.`
  }
  return `${WORDS_BY[source]}; figures, names and calls by rules.`
}
