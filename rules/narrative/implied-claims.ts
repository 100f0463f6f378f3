import { VOCABULARY } from './vocabulary.ts'

/** What words that state nothing by themselves can state together. */
export interface ImpliedClaim {
  /** `a superlative`, `a cause`. */
  readonly states: string
  /** The words that state it, with `…` for every token. */
  readonly words: string
}

/** Alternatives of a pattern, each followed by a space. */
const anyOf = (words: string): string => `(?:(?:${words.replaceAll(' ', '|')}) )`

const DETERMINER = `${anyOf(VOCABULARY.determiner)}*`
const PREPOSITION = anyOf(VOCABULARY.preposition)
const BE = anyOf(VOCABULARY.be)
const VERB = anyOf(VOCABULARY.verb)
const NOUN = anyOf(VOCABULARY.noun)
const ADVERB = `${anyOf(VOCABULARY.adverb)}*`
const LINK = `${anyOf(`${VOCABULARY.conjunction} ${VOCABULARY.adverb} that`)}*`
const NAME = '<name> '
const FACT = '<(?!name|whole)[^>]*> '
/** The subject of what follows, with words between that change nothing. */
const ABOUT = `(?:${NAME}|${FACT})${LINK}`

/** Nouns that give a ground or an origin. */
const GROUND = anyOf('result results output outputs basis evidence source sources')
/** Nouns that give a state of approval or of money when something is in, on, at or with them. */
const STATE = anyOf('budget action actions decision decisions recommendation recommendations')
const PEOPLE = anyOf('operator operators team leadership reader readers')
/** Nouns that call a quantity by another name than its token does. */
const QUANTITY = anyOf('budget budgets contacts claims suppression')

const CLAIMS: readonly (readonly [string, string])[] = [
  ['a superlative', `${anyOf('a an its')}record `],
  ['a superlative', `${anyOf('record records')}(?:${FACT}|${NOUN})`],
  ['a superlative', `(?:${anyOf('with in as')}|at ${DETERMINER})record `],
  ['a superlative', `${ABOUT}${BE}${ADVERB}${DETERMINER}record `],
  ['a cause', `${anyOf('result results output outputs')}${anyOf('in of')}${DETERMINER}${FACT}`],
  ['a cause', `as ${DETERMINER}(?:${GROUND}|${STATE})`],
  ['a cause', `${ABOUT}${BE}${ADVERB}${DETERMINER}${NOUN}*?${GROUND}`],
  [
    'a cause',
    `${anyOf('basis evidence source sources')}(?:${PREPOSITION}|${BE})?${DETERMINER}${FACT}`,
  ],
  ['a cause', `${FACT}${LINK}${anyOf('reflects reflected')}${DETERMINER}${FACT}`],
  ['a comparison', `${ABOUT}${anyOf('covers covered')}${DETERMINER}${FACT}`],
  ['a sum', `${FACT}${LINK}${anyOf('includes included lists listed')}${DETERMINER}${FACT}`],
  [
    'an equality',
    `<(?!name|whole)([^>]*)> ${LINK}(?:${BE}|${anyOf('of as in')})${DETERMINER}<(?!\\1>)[^>]*> `,
  ],
  [
    'a status',
    `${NAME}.*?${PREPOSITION}${anyOf('budget review action note decision suppression')}(?!${NOUN})`,
  ],
  [
    'a status',
    `${NAME}${LINK}${BE}${ADVERB}${PREPOSITION}${DETERMINER}(?:${STATE}|${PEOPLE})(?!${NOUN})`,
  ],
  ['a status', `${NAME}${LINK}${BE}${ADVERB}for ${DETERMINER}review `],
  ['a status', `${NAME}${LINK}${BE}${ADVERB}${DETERMINER}${NOUN}*?${STATE}`],
  ['an event', `${PEOPLE}${ADVERB}(?:${VERB}|${BE})`],
  ['another figure', `${QUANTITY}(?:${PREPOSITION}|${BE}|${VERB})?${DETERMINER}${FACT}`],
  ['another subject', 'portfolio <(?!name|whole|pf\\.)[^>]*> '],
]

const PATTERNS = CLAIMS.map(([states, pattern]) => ({
  states,
  pattern: new RegExp(`(?<= )${pattern}`),
}))

/**
 * What the neutral words of a sentence state together: “a record ROAS”, “as a result”, “is on budget”, “revenue which covered spend”.
 *
 * Punctuation is left out first, for a comma or a hyphen changes nothing of what is heard.
 *
 * @param slotted The sentence with `<name>` for a name, `<whole>` for a statement and `<subject.metric>` for a figure or a call.
 * Source: found by reading sentences of the closed vocabulary for what a hurried reader takes from them.
 */
export function impliedClaims(slotted: string): ImpliedClaim[] {
  const words = ` ${
    slotted
      .toLowerCase()
      .match(/<[^>]*>|[a-z]+/g)
      ?.join(' ') ?? ''
  } `
  return PATTERNS.flatMap(({ states, pattern }) => {
    const found = pattern.exec(words)
    return found === null ? [] : [{ states, words: found[0].trim().replaceAll(/<[^>]*>/g, '…') }]
  })
}
