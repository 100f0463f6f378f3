import {
  accountHolds,
  SECTIONS,
  type Account,
  type SentenceJudge,
} from '#rules/narrative/account.ts'
import { judgeOutput } from '#rules/narrative/output.ts'
import { judgeSentence, narrativeTokens } from '#rules/narrative/sentence.ts'
import { tokensOf } from '#rules/schema/template.ts'

import type { EvalState } from './states.ts'

/** What a first answer and the final words are worth, without a judge. */
export interface Score {
  readonly schema: boolean
  readonly tokensKnown: boolean
  readonly vocabulary: boolean
  readonly oneSubject: boolean
  /** The first answer had no breach at all. */
  readonly clean: boolean
  /** Share of the stage's own sentences that the model itself told. */
  readonly coverage: number
  /** Share of sentences that tell nothing told before. */
  readonly distinct: number
  /** The first thing told is the stage's first sentence. */
  readonly order: boolean
  readonly words: number
  /** Breaches in what a reader would get; there must be none. */
  readonly violations: readonly string[]
}

/** Scores a first answer (null: there was none) and the account that came of all of them. */
export function scoreOf(state: EvalState, first: string | null, account: Account): Score {
  const judged = judgeOutput(first ?? '', { sections: SECTIONS }, state.told.catalogue)
  const codes = new Set(judged.issues.map(({ code }) => code))
  const arranged = account.arranged ?? []
  const used = arranged.flatMap(narrativeTokens)
  return {
    schema: !codes.has('schema') && !codes.has('duplicate_section'),
    tokensKnown: first !== null && !codes.has('unknown_token'),
    vocabulary: first !== null && !codes.has('word') && !codes.has('character'),
    oneSubject: !codes.has('one_subject') && !codes.has('name_first'),
    clean: judged.issues.length === 0,
    coverage: share(
      state.told.required.filter((id) => used.includes(id)).length,
      state.told.required.length,
    ),
    distinct: share(new Set(account.sentences).size, account.sentences.length),
    order: arranged[0] === undefined || arranged[0].includes('{{say.1}}'),
    words: account.sentences.join(' ').split(/\s+/).length,
    violations: violationsOf(state, account),
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

/** Everything a final output must hold: sentences by the rules, every fact known, every own sentence there, the same words again. */
function violationsOf({ told, sentences, facts }: EvalState, account: Account): string[] {
  const ids = new Set(facts.map(({ id }) => id))
  const judge: SentenceJudge = (sentence) => judgeSentence(sentence, told.catalogue)
  const broken = (account.arranged ?? []).flatMap(judge).map(({ code, span }) => `${code}: ${span}`)
  const unknown = account.sentences.flatMap(tokensOf).filter((id) => !ids.has(id))
  const lost = sentences.filter((sentence) => !account.sentences.includes(sentence))
  return [
    ...broken,
    ...unknown.map((id) => `no fact ${id}`),
    ...lost.map((sentence) => `lost: ${sentence}`),
    ...(accountHolds(account, { own: sentences, told, judge })
      ? []
      : ['words differ when made again']),
  ]
}
