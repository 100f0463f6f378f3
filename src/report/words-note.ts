import type { DocumentNarrative, ReviewDocument } from '#rules/schema/document.ts'

import { shortfallInWords } from './shortfall-words.ts'

const WORDS_BY = {
  template: 'Words by template',
  mixed: 'Words arranged by a language model and by template',
  llm: 'Words arranged by a language model',
} as const

/** Who found the words of a section. */
export type SectionWords = Omit<DocumentNarrative, 'text' | 'sentences' | 'factIds'>

/** Who found the words of a section, and what of a model is not among them, for its reader. */
export function wordsNote(words: SectionWords): string {
  const prose = words.fluent === undefined ? '' : ` ${FLUENT[words.fluent.status]}`
  return `${howTold(words)}; figures, names and calls by rules.${prose}`
}

/** Who found the words of a section; of a template where a model was to tell it, why. */
export function howTold({ source, approvedBy, shortfall }: SectionWords): string {
  if (approvedBy !== undefined) {
    return `Fluent words of a language model, approved by ${approvedBy}`
  }
  const why =
    shortfall === undefined ? '' : `, for the language model ${shortfallInWords(shortfall)}`
  return `${WORDS_BY[source]}${why}`
}

const FLUENT = {
  waits: 'Fluent words of the model wait for a person’s approval.',
  rejected: 'Fluent words of the model were rejected by a person.',
} as const

/** The note below the words of the whole page: those of an interim page are never a model's, and no model was asked for them. */
export function pageWordsNote({
  interim,
  narratives,
}: Pick<ReviewDocument, 'interim' | 'narratives'>): string {
  const { synthesis, ...stages } = narratives
  if (synthesis === undefined) return ''
  const asked = Object.values(stages).some(({ source, shortfall, fluent }) => {
    return source !== 'template' || shortfall !== undefined || fluent !== undefined
  })
  if (!interim || !asked) return wordsNote(synthesis)
  return 'Words by template until the last request is decided, then by the language model; figures, names and calls by rules.'
}

/** How the sections of a review were told, where a model was to tell any; empty where none was. */
export function tellingOf(sections: readonly SectionWords[]): string[] {
  const failed = sections.flatMap(({ shortfall }) => shortfall ?? [])
  const waiting = sections.filter(({ fluent }) => fluent?.status === 'waits')
  const told = sections.filter(({ source }) => source !== 'template').length
  const reasons = [...new Set(failed.map(shortfallInWords))]
  const models = [...new Set(failed.map(({ model }) => model))]
  return [
    ...(failed.length === 0
      ? []
      : [
          `${sectionsOf(failed.length)} of ${sections.length} told by template, for the language model ${models.join(', ')} ${reasons.join(', and ')}`,
        ]),
    ...(told === 0 ? [] : [`${sectionsOf(told)} of ${sections.length} told by a language model`]),
    ...(waiting.length === 0
      ? []
      : [`fluent words of ${sectionsOf(waiting.length)} wait for ${whoDecides(waiting)}`]),
  ]
}

function sectionsOf(count: number): string {
  return count === 1 ? '1 section' : `${count} sections`
}

function whoDecides(waiting: readonly SectionWords[]): string {
  const names = (waiting[0]?.fluent?.mayDecide ?? []).map(({ name }) => name)
  return names.length === 0 ? 'nobody: the policy lets no one decide them' : names.join(' or ')
}
