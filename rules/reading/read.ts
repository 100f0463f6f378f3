// cspell:ignore aksr aksrpwj BOVTV MVTV OVTV Pcdz UDIW VMVTV XIWUD
import { because, budget, counted, decided, listed, noted, period } from './decision-claims.ts'
import {
  beforeAndNow,
  comparison,
  equality,
  flat,
  movement,
  multiple,
  nounMovement,
  respective,
  share,
  smallMovement,
  superlative,
} from './figure-claims.ts'
import { createLexer, type Token } from './lexer.ts'
import { type Context, type Passage, passageOf, type Verdict } from './passage.ts'
import { PORTFOLIO, type ReadableState } from './state.ts'

/** Ways of making a claim, and how each is judged; the first that fits is the one meant. */
const CLAIMS: readonly (readonly [RegExp, (passage: Passage) => Verdict])[] = [
  [/@T@\/@T@/y, period],
  [/c[aksr]V(?:E+|N)|d[pwj]VV(?:E+|N)/y, listed],
  [/mVVi|VV?J|V?xVx|VxP?|VY/y, noted],
  [/E{2,}hMV{2,}Z/y, respective],
  [/E{2,}SV{2,}Z/y, (passage) => respective(passage, 'spend')],
  [/QVEMb?V/y, beforeAndNow],
  [/V{1,2}C[UDIW]M|[AN]C[UDIW]M/y, counted],
  [/V{1,2}Cb?[aksrpwj]|[AN]Cb?[aksrpwj]/y, counted],
  [/V{1,2}db?[pwj]|[AN]db?[pwj]/y, counted],
  [/T?[asr]EB?OVTV|E?T?[asr]BOVTV|E?T?sB?VTV|E?T?kV/y, budget],
  [/E[Bd][XUD]?OVTV|E[Bd]b?[eUD]V?(?:TV)?/y, budget],
  [/&*K&+z?[pwj]?|z[pwj]/y, reasonOrStatus],
  [/p[aksr]E|[aksr]Eb?[pwj]|Eb?[pwj](?![aksr])/y, decided],
  [/[aksr]E+/y, decided],
  [/E+b[aksr]|E+[aksr](?!E)/y, decided],
  [/Xu?VMVTV/y, smallMovement],
  [/V[UD]MVTV/y, nounMovement],
  [/FMV=|ME?b?FV?/y, flat],
  [/[2345]M|(?:EM|ME)[2345]/y, multiple],
  [/ME*b?[XIWUD]OVTV/y, movement],
  [/ME*b?[UDIW](?:y?V)?(?:TV)?(?:OV)?/y, movement],
  [/[UDIW]M(?:y?V)?(?:TV)?(?:OV)?/y, movement],
  [/[UD](?:y?V)?(?:TV)?OV|[UD]V/y, movement],
  [/[Ll]MV?/y, superlative],
  [/[Ggq]MtE(?:VvV)?/y, comparison],
  [/S[Gg]t?E/y, (passage) => comparison(passage, 'spend')],
  [/n?[V6789]EM/y, share],
  [/n?[6789]M/y, share],
  [/SVQ?/y, (passage) => equality(passage, 'spend')],
  [/RV1?Q?/y, (passage) => equality(passage, 'score')],
  [/ME?[hb]*V1?Q?/y, equality],
  [/VMQ?/y, valueOrShare],
  [/E[hb]*V(?![UDM]|EM)/y, equality],
]

/** Pieces that may stand between claims: entities that are spoken of next, a verb of being or having, nouns that claim nothing alone. */
const BETWEEN = /[hbtPcdzBC$]|E+(?=.)/y

/**
 * Whether every claim of a text is true of a state. It reads the text back from its words alone and shares no code with what wrote it: figures
 * with their units, directions, entities, comparisons, decisions, statuses and causes. What it does not understand it does not accept.
 */
export function readsTrue(text: string, state: ReadableState): boolean {
  const tokens = createLexer(state).read(text)
  if (tokens === null) return false
  const sentences = sentencesOf(tokens)
  return sentences.length > 0 && sentences.every((sentence) => sentenceHolds(sentence, state))
}

function sentencesOf(tokens: readonly Token[]): Token[][] {
  const sentences: Token[][] = [[]]
  for (const token of tokens) {
    if (token.meaning === '.') sentences.push([])
    else sentences.at(-1)?.push(token)
  }
  return sentences.filter((sentence) => sentence.length > 0)
}

function sentenceHolds(tokens: readonly Token[], state: ReadableState): boolean {
  const meanings = tokens.map(({ meaning }) => meaning).join('')
  let context: Context = { subjects: [], metric: null, decided: null }
  let claims = 0
  let at = 0
  while (at < meanings.length) {
    const claim = claimAt(meanings, at)
    if (claim !== null) {
      const passage = passageOf(tokens.slice(at, at + claim.length), state, context)
      const verdict = claim.judge(passage)
      if (verdict === null) return false
      context = { ...context, decided: null, ...verdict }
      claims++
      at += claim.length
      continue
    }
    const skipped = matchAt(BETWEEN, meanings, at)
    if (skipped === 0) return false
    const named = tokens.slice(at, at + skipped).filter(({ meaning }) => meaning === 'E')
    const place = meanings[at] === '$' && context.subjects.length === 0 ? [PORTFOLIO] : []
    const subjects = [...named.map(({ id }) => id), ...place]
    if (subjects.length > 0) context = { ...context, subjects }
    at += skipped
  }
  return claims > 0
}

function claimAt(
  meanings: string,
  at: number,
): { readonly length: number; readonly judge: (passage: Passage) => Verdict } | null {
  for (const [pattern, judge] of CLAIMS) {
    const length = matchAt(pattern, meanings, at)
    if (length > 0) return { length, judge }
  }
  return null
}

/** Length of what a sticky pattern finds at a place; 0 when nothing. */
function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

function reasonOrStatus(passage: Passage): Verdict {
  const holds = because(passage) !== null && decided(passage) !== null
  return holds ? { decided: passage.context.decided } : null
}

/** `95 leads` is a count, `42.3% of leads` a share. */
function valueOrShare(passage: Passage): Verdict {
  return equality(passage) ?? share(passage)
}
