import type { DocumentNarrative, ReviewDocument } from '#rules/schema/document.ts'
import { STAGES, type StageName } from '#rules/schema/review.ts'

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
function howTold({ source, approvedBy, approvedOn, adjusted, shortfall }: SectionWords): string {
  const since = source === 'template' ? '' : adjustedInWords(adjusted ?? [])
  if (approvedBy !== undefined) {
    const day = approvedOn === undefined ? '' : ` on ${approvedOn}`
    return `Fluent words of a language model, approved by ${approvedBy}${day}${since}`
  }
  const why =
    shortfall === undefined ? '' : `, for the language model ${shortfallInWords(shortfall)}`
  return `${WORDS_BY[source]}${since}${why}`
}

/** What was told of moves before people answered is not what was approved any more: rules say it. */
function adjustedInWords(adjusted: NonNullable<SectionWords['adjusted']>): string {
  const after = (what: 'amendment' | 'decision', lead: string): string[] => {
    const moves = adjusted.filter((each) => each.after === what).map(({ moveId }) => moveId)
    return moves.length === 0 ? [] : [`${lead} ${moves.join(', ')}`]
  }
  const said = [...after('amendment', 'the amendment of'), ...after('decision', 'the decision on')]
  return said.length === 0 ? '' : `, adjusted by rules after ${said.join(' and ')}`
}

const FLUENT = {
  waits: 'Fluent words of the model wait for a person’s approval.',
  rejected: 'Fluent words of the model were rejected by a person.',
} as const

/** The note below the words of the whole page. */
export function pageWordsNote(document: ToldPage): string {
  const { synthesis } = document.narratives
  if (synthesis === undefined) return ''
  return isToldLater(document)
    ? `${TOLD_LATER}; figures, names and calls by rules.`
    : wordsNote(synthesis)
}

/** Who found the words of each section of a document, in the order of the page. */
export function howSectionsWereTold(document: ToldPage): { stage: StageName; how: string }[] {
  return STAGES.flatMap((stage) => {
    const words = document.narratives[stage]
    if (words === undefined) return []
    const isLater = stage === 'synthesis' && isToldLater(document)
    return [{ stage, how: isLater ? TOLD_LATER : howTold(words) }]
  })
}

type ToldPage = Pick<ReviewDocument, 'interim' | 'narratives'>

const TOLD_LATER = 'Words by template until the last request is decided, then by the language model'

/** The words of an interim page are never a model's, and no model was asked for them. */
function isToldLater({ interim, narratives: { synthesis: _page, ...stages } }: ToldPage): boolean {
  const asked = Object.values(stages).some(({ source, shortfall, fluent }) => {
    return source !== 'template' || shortfall !== undefined || fluent !== undefined
  })
  return interim && asked
}

/** How the sections of a review were told, where a model was to tell any; empty where none was. */
export function tellingOf(sections: readonly SectionWords[]): string[] {
  const waiting = sections.filter(({ fluent }) => fluent?.status === 'waits')
  const told = sections.filter(
    ({ source, shortfall }) => source !== 'template' && shortfall === undefined,
  ).length
  const partly = sections.filter(({ source }) => source !== 'template')
  return [
    ...shortfallLine(
      'told by template',
      sections.filter(({ source }) => source === 'template'),
      sections.length,
    ),
    ...shortfallLine('told by the model in part', partly, sections.length),
    ...(told === 0 ? [] : [`${sectionsOf(told)} of ${sections.length} told by a language model`]),
    ...(waiting.length === 0
      ? []
      : [`fluent words of ${sectionsOf(waiting.length)} wait for ${whoDecides(waiting)}`]),
  ]
}

function shortfallLine(what: string, among: readonly SectionWords[], all: number): string[] {
  const failed = among.flatMap(({ shortfall }) => shortfall ?? [])
  if (failed.length === 0) return []
  const reasons = [...new Set(failed.map(shortfallInWords))]
  const models = [...new Set(failed.map(({ model }) => model))]
  return [
    `${sectionsOf(failed.length)} of ${all} ${what}, for the language model ${models.join(', ')} ${reasons.join(', and ')}`,
  ]
}

function sectionsOf(count: number): string {
  return count === 1 ? '1 section' : `${count} sections`
}

function whoDecides(waiting: readonly SectionWords[]): string {
  const names = (waiting[0]?.fluent?.mayDecide ?? []).map(({ name }) => name)
  return names.length === 0 ? 'nobody: the policy lets no one decide them' : names.join(' or ')
}
