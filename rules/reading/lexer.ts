import { readFigure, type ShownFigure } from './figures.ts'
import { NUMBER_WORDS, PHRASES_BY_WORD } from './lexicon.ts'
import { PORTFOLIO, type ReadableState } from './state.ts'

/**
 * A piece of a text with its meaning: `E` an entity, `M` a metric, `V` a figure, `c` a reason the state gives, `@` a day, `.` the end of a
 * sentence, or a letter of the lexicon. `id` is that of the entity, metric, reason or day.
 */
export interface Token {
  readonly meaning: string
  readonly id: string
  readonly figure: ShownFigure | null
}

/** Meaning of a reason: a letter that the lexicon does not use. */
export const REASON = '&'
const CLAIMS_NOTHING = new Set(['_', 'H'])

/** Names of this state by meaning, the longest first. */
type Names = readonly {
  readonly text: string
  readonly meaning: string
  readonly id: string
  /** How much of the text is the name; all of it unless given. */
  readonly length?: number
}[]

/** Reads texts of one state. */
export interface Lexer {
  /** The pieces that claim something; null when any is not understood. */
  readonly read: (text: string) => Token[] | null
}

/** Printable ASCII, the signs of money and quotation marks: nothing that hides, mirrors or stands for a digit. */
const ALLOWED = /^[\u0020-\u007e€£“”’−×]*$/u
const MARKUP = /[<>{}[\]|\\`*_#@]|:\/\/|^\s*[=+@-]/

/** A lexer that knows the names of a state. */
export function createLexer(state: ReadableState): Lexer {
  const names = namesOf(state)
  return {
    read: (text) =>
      ALLOWED.test(text) && !MARKUP.test(withoutNames(text, state))
        ? readAll(text, names, state.currency)
        : null,
  }
}

/** The text without the names it quotes: within quotation marks a name may look like markup, for whatever shows it escapes it. */
function withoutNames(text: string, { entities }: ReadableState): string {
  return entities.reduce((rest, { name }) => rest.replaceAll(`“${name}”`, 'name'), text)
}

function namesOf(state: ReadableState): Names {
  const entities = state.entities.flatMap(({ id, name }) =>
    (id === PORTFOLIO ? ['the portfolio'] : spokenNames(name)).map((text) => ({
      text: text.toLowerCase(),
      meaning: 'E',
      id,
    })),
  )
  const metrics = state.metrics.flatMap(({ id, names }) =>
    names.map((text) => ({ text, meaning: 'M', id })),
  )
  // The bare word names the portfolio where a metric follows; elsewhere it is a noun like “review”.
  const whole = metrics.map(({ text }) => ({
    text: `portfolio ${text}`,
    length: 'portfolio'.length,
    meaning: 'E',
    id: PORTFOLIO,
  }))
  const reasons = state.decisions.flatMap((decision) =>
    decision.reasons.flatMap((reason) =>
      spokenReasons(reason).map((text) => ({ text, meaning: REASON, id: reason })),
    ),
  )
  const { now, before } = state.months
  const periods = [
    ...[`in ${now}`, now].map((text) => ({ text, meaning: 'P', id: now })),
    ...[`in ${before}`, before].map((text) => ({ text, meaning: 'Q', id: before })),
    ...state.days.map((day) => ({ text: day, meaning: '@', id: day })),
  ]
  return [...entities, ...whole, ...reasons, ...metrics, ...periods].toSorted(
    (left, right) => right.text.length - left.text.length,
  )
}

/** A name in quotation marks, and bare unless it is a word of the language: a campaign called “approved” is known only by its marks. */
function spokenNames(name: string): string[] {
  const [word = ''] = name.toLowerCase().split(' ')
  const isPhrase = PHRASES_BY_WORD.get(word)?.some(([phrase]) => phrase === name.toLowerCase())
  return isPhrase === true ? [`“${name}”`] : [`“${name}”`, name]
}

/** `ROAS below the floor` is also said `ROAS is below the floor`. */
function spokenReasons(reason: string): string[] {
  const [first = '', ...rest] = reason.split(' ')
  return [reason, ...['is', 'was', 'are', 'were'].map((verb) => [first, verb, ...rest].join(' '))]
}

function readAll(text: string, names: Names, currency: ReadableState['currency']): Token[] | null {
  const lower = text.toLowerCase()
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (' ,;:()'.includes(text.charAt(at))) {
      at++
      continue
    }
    const next = readName(lower, at, names) ?? readNumber(text, at, currency) ?? readWord(lower, at)
    if (next === null) return null
    if (!CLAIMS_NOTHING.has(next.token.meaning)) tokens.push(next.token)
    at += next.length
  }
  return tokens
}

interface Reading {
  readonly token: Token
  readonly length: number
}

function readName(lower: string, at: number, names: Names): Reading | null {
  const name = names.find(
    ({ text }) => lower.startsWith(text, at) && endsAt(lower, at + text.length),
  )
  if (name === undefined) return null
  const { meaning, id, text } = name
  return { token: { meaning, id, figure: null }, length: name.length ?? text.length }
}

function readNumber(text: string, at: number, currency: ReadableState['currency']): Reading | null {
  const read = readFigure(text.slice(at), currency)
  if (read === null || !endsAt(text, at + read.length)) return null
  return { token: { meaning: 'V', id: '', figure: read.figure }, length: read.length }
}

function readWord(lower: string, at: number): Reading | null {
  if (lower.startsWith('.', at)) return { token: plain('.'), length: 1 }
  const word = /^(?:['’]s|[a-z]+(?:-[a-z]+)*)/.exec(lower.slice(at))?.[0] ?? ''
  const known = PHRASES_BY_WORD.get(word)?.find(
    ([phrase]) => lower.startsWith(phrase, at) && endsAt(lower, at + phrase.length),
  )
  if (known !== undefined) return { token: plain(known[1]), length: known[0].length }
  const value = NUMBER_WORDS.get(word)
  if (value === undefined) return null
  const figure = { value, decimals: 0, scale: 1, unit: 'plain' as const, sign: '' as const }
  return { token: { meaning: 'V', id: '', figure }, length: word.length }
}

function plain(meaning: string): Token {
  return { meaning, id: '', figure: null }
}

/** Whether a piece may end here: not within a word or a number. */
function endsAt(text: string, at: number): boolean {
  const rest = text.slice(at)
  return !/^[\p{L}\p{N}]/u.test(rest) && !/^[.,]\d/.test(rest) && !/^-[A-Za-z\d]/.test(rest)
}
