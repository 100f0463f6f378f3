import { type Issue, narrativeTokens, renderSentence } from './sentence.ts'
import type { StageCatalogue } from './stage-catalogue.ts'

/** Sections of an account, in the order of the page. */
export const SECTIONS = ['headline', 'performance', 'decisions', 'risks'] as const

/** The words of a stage as templates over its facts, and who arranged them. */
export interface Account {
  readonly sentences: readonly string[]
  readonly source: 'llm' | 'mixed' | 'template'
  /** A model's sentences of tokens, as they were kept; absent where all words are the stage's own. */
  readonly arranged?: readonly string[]
}

/** A section that passed every check. */
export interface UsableSection {
  readonly id: string
  readonly sentences: readonly string[]
}

/** What of a model's sections is kept: in the order of the page, each statement and each fact told once. */
export function keptSentences(sections: readonly UsableSection[]): string[] {
  const told = new Set<string>()
  const ordered = SECTIONS.flatMap((id) => sections.filter((section) => section.id === id))
  return ordered
    .flatMap(({ sentences }) => sentences)
    .filter((sentence) => {
      const tokens = narrativeTokens(sentence)
      // A name is always told with a fact of its own, so that it makes nothing new.
      if (tokens.every((id) => told.has(id))) return false
      for (const id of tokens) told.add(id)
      return true
    })
}

/**
 * The account of a stage from what a model arranged. Statements of the rules stand word for word, without a model's words around them; every
 * other sentence is rendered. Of what must be told that was left out follows, the stage's first sentence on top, so that nothing the rules want
 * said can be dropped. The same sentences and facts give the same bytes.
 *
 * @param arranged Kept sentences without a breach; none gives the stage's own words.
 * @param own The stage's own sentences.
 */
export function accountOf(
  arranged: readonly string[],
  own: readonly string[],
  { catalogue, required, whole }: StageCatalogue,
): Account {
  if (arranged.length === 0) return { sentences: [...own], source: 'template' }
  const told = arranged.map((sentence) => {
    const [first = ''] = narrativeTokens(sentence)
    return whole.get(first) ?? renderSentence(sentence, catalogue)
  })
  const missing = (ids: readonly string[]): string[] =>
    ids
      .map((id) => whole.get(id) ?? renderSentence(`{{${id}}}.`, catalogue))
      .filter((sentence) => !told.includes(sentence))
  const sentences = [...missing(required.slice(0, 1)), ...told, ...missing(required.slice(1))]
  return {
    sentences,
    source: sentences.length === told.length ? 'llm' : 'mixed',
    arranged: [...arranged],
  }
}

/** What is wrong with a sentence, by the rules of a mode. */
export type SentenceJudge = (sentence: string) => readonly Issue[]

/** Whether an account is what its facts and its arrangement give, to the byte, with no sentence that breaks a rule. */
export function accountHolds(
  account: Account,
  {
    own,
    told,
    judge,
  }: {
    readonly own: readonly string[]
    readonly told: StageCatalogue
    readonly judge: SentenceJudge
  },
): boolean {
  const arranged = account.arranged ?? []
  if (arranged.some((sentence) => judge(sentence).length > 0)) return false
  const again = accountOf(arranged, own, told)
  return (
    again.source === account.source &&
    again.sentences.length === account.sentences.length &&
    again.sentences.every((sentence, index) => sentence === account.sentences[index])
  )
}
