import type { Catalogue, CatalogueToken } from './catalogue.ts'
import { impliedClaims } from './implied-claims.ts'
import { wordClass } from './vocabulary.ts'

/** Why a sentence or an output was refused. */
export type IssueCode =
  | 'schema'
  | 'duplicate_section'
  | 'unknown_token'
  | 'character'
  | 'glued'
  | 'one_sentence'
  | 'token_count'
  | 'repeated_token'
  | 'no_fact'
  | 'word'
  | 'phrasal'
  | 'implied'
  | 'one_subject'
  | 'name_first'
  | 'stands_alone'
  | 'denied_word'
  | 'name'
  | 'read_back'

/** One breach: where it is and what to do instead. `span` is at most 60 characters of the refused text. */
export interface Issue {
  readonly code: IssueCode
  readonly span: string
  readonly hint: string
}

const TOKEN = /\{\{([a-z0-9_.]{1,48})\}\}/g
const TOKENS_MAX = 4
/** Stands for a token while its surroundings are read; the character rule has refused it in the sentence itself by then. */
const SLOT = '\u0001'

/**
 * Every breach of the strict rules in one sentence; none means that code may render it.
 *
 * Literal text is made of the closed vocabulary and of `, . ; : ( ) -`, is one sentence with one final full stop, and holds 1–4 known
 * tokens, none twice. All tokens speak of one subject, its name first; a token that names its own subjects stands alone. No preposition
 * follows a verb (except a form of be) or a preposition, so that no phrasal verb can arise, and no words stand together that state
 * something between them (`implied-claims.ts`). No token touches a letter, a comma or a
 * hyphen on its left, for "−5" or "48,210" could arise from parts that are true.
 */
export function judgeSentence(sentence: string, catalogue: Catalogue): Issue[] {
  return [
    ...judgeCharacters(literalOf(sentence)),
    ...judgeWords(sentence.replaceAll(TOKEN, SLOT)),
    ...judgeFrame(sentence, catalogue),
  ]
}

/** Every breach of the rules that hold for strict and fluent sentences alike: their frame and their tokens, not the words between. */
export function judgeFrame(sentence: string, catalogue: Catalogue): Issue[] {
  const tokens = narrativeTokens(sentence)
  return [
    ...judgeShape(literalOf(sentence), sentence.replaceAll(TOKEN, SLOT)),
    ...judgeTokens(tokens, catalogue),
    ...judgeImplied(sentence, catalogue),
  ]
}

/** A breach; of the text at most 60 characters are shown. */
export function issue(code: IssueCode, span: string, hint: string): Issue {
  return { code, span: span.slice(0, 60), hint }
}

function judgeCharacters(literal: string): Issue[] {
  const bad = /[^A-Za-z ,.;:()-]/u.exec(literal)
  return bad === null
    ? []
    : [issue('character', bad[0], 'only letters, spaces and , . ; : ( ) - outside {{tokens}}')]
}

function judgeShape(literal: string, slotted: string): Issue[] {
  const issues: Issue[] = []
  if (!/^[^.]*\. *$/.test(literal) || !/\. *$/.test(slotted)) {
    issues.push(issue('one_sentence', literal, 'one sentence with a single full stop at its end'))
  }
  const glued = new RegExp(`[^ (]${SLOT}|${SLOT}[^ ,.;:)]`).exec(slotted)
  if (glued !== null) {
    const span = glued[0].replaceAll(SLOT, '{{}}')
    issues.push(issue('glued', span, 'a space or an opening bracket stands before every token'))
  }
  return issues
}

function judgeWords(slotted: string): Issue[] {
  const parts = slotted.match(new RegExp(`[A-Za-z]+|${SLOT}`, 'g')) ?? []
  const issues: Issue[] = []
  let previous = ''
  for (const part of parts) {
    if (part !== SLOT && wordClass(part) === undefined) {
      issues.push(
        issue('word', part, `"${part.slice(0, 20)}" is not an allowed word; say facts by tokens`),
      )
    }
    if (wordClass(part) === 'preposition' && takesNoPreposition(previous)) {
      issues.push(
        issue('phrasal', `${previous} ${part}`, 'no preposition after a verb or a preposition'),
      )
    }
    previous = part
  }
  return issues
}

function takesNoPreposition(word: string): boolean {
  const kind = wordClass(word)
  return kind === 'verb' || kind === 'preposition'
}

function judgeTokens(tokens: readonly string[], catalogue: Catalogue): Issue[] {
  const issues: Issue[] = []
  if (tokens.length === 0 || tokens.length > TOKENS_MAX) {
    issues.push(issue('token_count', String(tokens.length), 'one to four {{tokens}} a sentence'))
  }
  if (new Set(tokens).size < tokens.length) {
    issues.push(issue('repeated_token', tokens.join(' '), 'use a token once in a sentence'))
  }
  const entries = tokens.flatMap((id) => catalogue.get(id) ?? [])
  const unknown = tokens.filter((id) => !catalogue.has(id))
  issues.push(
    ...unknown.map((id) => issue('unknown_token', id, 'use tokens of the catalogue only')),
  )
  return [...issues, ...judgeSubjects(entries)]
}

/** Words that state nothing by themselves and something together. */
function judgeImplied(sentence: string, catalogue: Catalogue): Issue[] {
  const slotted = sentence.replaceAll(TOKEN, (_whole, id: string) => ` <${slotOf(id, catalogue)}> `)
  return impliedClaims(slotted).map(({ states, words }) =>
    issue('implied', words, `"${words}" states ${states}; a token must say it`),
  )
}

/** A name, a whole statement, or the subject and the metric of a figure: `c1.roas` of `c1.roas.chg`. */
function slotOf(id: string, catalogue: Catalogue): string {
  const kind = catalogue.get(id)?.kind
  if (kind === 'name') return 'name'
  return kind === 'self' ? 'whole' : id.split('.').slice(0, 2).join('.')
}

function judgeSubjects(entries: readonly CatalogueToken[]): Issue[] {
  const [first] = entries
  if (first === undefined) return []
  if (entries.some((entry) => entry.kind === 'self')) {
    return entries.length === 1
      ? []
      : [issue('stands_alone', '', 'a token that names its own subjects stands without others')]
  }
  const subjects = new Set(entries.map((entry) => entry.subject))
  if (subjects.size > 1) {
    return [issue('one_subject', [...subjects].join(' '), 'one subject a sentence')]
  }
  if (first.kind !== 'name') {
    return [issue('name_first', String(first.subject), 'the name of the subject comes first')]
  }
  return entries.some((entry) => entry.kind === 'fact')
    ? []
    : [issue('no_fact', String(first.subject), 'a name alone states nothing; add a fact')]
}

/** The sentence with the id of every token in the place of the token: `<s1.cost>`. */
export function slottedIds(sentence: string): string {
  return sentence.replaceAll(TOKEN, ' <$1> ')
}

/** What a sentence holds besides its tokens. */
export function literalOf(sentence: string): string {
  return sentence.replaceAll(TOKEN, '')
}

/** The tokens of a sentence, in order. */
export function narrativeTokens(sentence: string): string[] {
  return Array.from(sentence.matchAll(TOKEN), (match) => match[1] ?? '')
}

/** The sentence with every token replaced by its phrase and a capital first letter; only for a sentence without a breach. */
export function renderSentence(sentence: string, catalogue: Catalogue): string {
  const text = sentence.replaceAll(TOKEN, (_whole, id: string) => catalogue.get(id)?.text ?? '')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
