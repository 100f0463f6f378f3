import { invariant } from '../kernel/invariant.ts'

/** What a token stands for. `text` is our own phrase, or a template over facts; the model never sees it. */
export interface CatalogueToken {
  readonly text: string
  /** The subject whose name must come first; null for a token that names its own subjects. */
  readonly subject: string | null
  readonly kind: 'name' | 'fact' | 'self'
}

/** Every token a narrative may use. A map, so that no name of an object's prototype is a token. */
export type Catalogue = ReadonlyMap<string, CatalogueToken>

/** A subject under its alias (`pf`, `c1`) with the noun phrase that names it. */
export interface CatalogueSubject {
  readonly id: string
  readonly name: string
}

/** How a figure went from one period to the next, both as the reader sees them. */
export interface Movement {
  readonly direction: 'rise' | 'fall' | 'none' | 'small'
  /** `35.7%`, `0.6 pp`; for a small one the bound it stays under. Absent where the data give no size. */
  readonly size?: string
  /** The size as a reader sees it, where `size` is a token: it decides between `a` and `an`. */
  readonly shownSize?: string
  /** True for a size with its own sign: `a fall in the conversion rate from 3.5% to 2.6% (−0.9 points)`. */
  readonly signed?: boolean
  readonly from: string
  readonly to: string
}

/** A figure of a subject, as the reader sees it. */
export interface Measure {
  readonly subject: string
  readonly metric: string
  readonly label: string
  /** `plain`: revenue of $5; `counted`: 5 leads; `scored`: a score of 5 out of 100. */
  readonly form: 'plain' | 'counted' | 'scored'
  /** The article of a named figure: `an ROI of +12.0%`; none for what stands without one. */
  readonly article?: 'a' | 'an' | undefined
  readonly current: string
  readonly previous?: string
  readonly movement?: Movement
  /** The label as one speaks of it when it moves, where that differs: `the win rate`. */
  readonly moved?: string
  /** The label of exactly one: `1 lead`. True where the current figure, or that before, is shown as `1`. */
  readonly singular?: string | undefined
  readonly isOne?: { readonly current: boolean; readonly previous: boolean }
  /** A signed change whose figures before are not known: `+2.1%`. */
  readonly change?: Pick<Movement, 'direction'> & { readonly size: string }
  /** `33.4%` of the portfolio's. */
  readonly share?: string
}

/** The phrase of a figure: `revenue of $20,205`, `an ROI of +12.0%`, `95 leads`, `a score of 24 out of 100`. */
function figurePhrase(measure: Measure, figure: string, isOne: boolean | undefined): string {
  const { form, label, singular, article: word } = measure
  if (form === 'counted') return `${figure} ${isOne === true ? (singular ?? label) : label}`
  if (form === 'scored') return `a ${label} of ${figure} out of 100`
  return `${word === undefined ? '' : `${word} `}${label} of ${figure}`
}

/**
 * The phrase of a movement: `a 35.7% fall in revenue ($31,430 to $20,205)`. What rounds to nothing is `a change of under 0.1%`, and no
 * change is said as such.
 */
export function movementPhrase(label: string, movement: Movement): string {
  const { direction, size, from, to } = movement
  if (direction === 'none') return `no change in ${label} (${to} in both periods)`
  if (direction === 'small') {
    const amount = size === undefined ? 'too small to show' : `of under ${size}`
    return `a change ${amount} in ${label} (${from} to ${to})`
  }
  if (movement.signed === true && size !== undefined) {
    return `a ${direction} in ${label} from ${from} to ${to} (${size})`
  }
  const amount = size === undefined ? '' : `${size} `
  return `${article(movement.shownSize ?? amount)} ${amount}${direction} in ${label} (${from} to ${to})`
}

/** The phrase of a change whose figure before is not known: `a fall in views (−49.6%)`. */
function changePhrase(label: string, { direction, size }: NonNullable<Measure['change']>): string {
  if (direction === 'none') return `no change in ${label}`
  return direction === 'small'
    ? `a change of ${size} in ${label}`
    : `a ${direction} in ${label} (${size})`
}

/** `an` before figures read with a vowel: 8, 11, 18, 80, 11,000. */
function article(amount: string): string {
  return /^(8|11(?!\d)|18(?!\d))/.test(amount) ? 'an' : 'a'
}

/** The tokens of one figure: its value, the value before, the change in words and the share, each only where the data have it. */
export function measureTokens(measure: Measure): [string, CatalogueToken][] {
  const { subject, metric, label, current, previous, movement, change, share, isOne } = measure
  const moved = measure.moved ?? label
  const fact = (suffix: string, text: string): [string, CatalogueToken] => [
    `${subject}.${metric}${suffix}`,
    { text, subject, kind: 'fact' },
  ]
  const tokens = [fact('', figurePhrase(measure, current, isOne?.current))]
  if (previous !== undefined) {
    const before = figurePhrase(measure, previous, isOne?.previous)
    tokens.push(fact('.prev', `${before} in the previous period`))
  }
  if (movement !== undefined) tokens.push(fact('.chg', movementPhrase(moved, movement)))
  else if (change !== undefined) tokens.push(fact('.chg', changePhrase(moved, change)))
  if (share !== undefined) tokens.push(fact('.share', `${share} of portfolio ${label}`))
  return tokens
}

/** What a catalogue is made of. */
export interface CatalogueParts {
  readonly subjects: readonly CatalogueSubject[]
  readonly measures: readonly Measure[]
  /** Phrase of the decision on a subject. */
  readonly decisions: ReadonlyMap<string, string>
  /** Phrases that name their own subjects: comparisons, lists, the period, warnings. */
  readonly statements: ReadonlyMap<string, string>
}

const TOKEN_ID = /^[a-z0-9_.]{1,48}$/

/**
 * The catalogue of a state. A token exists only where the state has its facts.
 *
 * @throws InvariantError when two parts claim one token or an id is not made of `a-z 0-9 _ .` in 1–48 characters.
 */
export function createCatalogue(parts: CatalogueParts): Catalogue {
  const catalogue = new Map<string, CatalogueToken>()
  const put = (id: string, entry: CatalogueToken): void => {
    invariant(TOKEN_ID.test(id), `narrative catalogue: ${id} is no token`)
    invariant(!catalogue.has(id), `narrative catalogue: ${id} is taken`)
    catalogue.set(id, entry)
  }
  for (const { id, name } of parts.subjects) {
    put(`${id}.name`, { text: name, subject: id, kind: 'name' })
  }
  for (const [id, entry] of parts.measures.flatMap(measureTokens)) put(id, entry)
  for (const [subject, text] of parts.decisions) {
    put(`${subject}.decision`, { text, subject, kind: 'fact' })
  }
  for (const [id, text] of parts.statements) put(id, { text, subject: null, kind: 'self' })
  return catalogue
}
