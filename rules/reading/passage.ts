import type { ShownFigure } from './figures.ts'
import type { Token } from './lexer.ts'
import type { ReadableState } from './state.ts'
import { type Direction, type Known, known } from './truth.ts'

/** What a sentence has spoken of so far. */
export interface Context {
  readonly subjects: readonly string[]
  readonly metric: string | null
  /** The entity the last recommendation was about. */
  readonly decided: string | null
}

/** Some pieces in a row that make one claim, within their sentence. */
export interface Passage {
  readonly state: ReadableState
  readonly context: Context
  /** Meanings of the pieces, one letter each. */
  readonly meanings: string
  readonly entities: readonly string[]
  readonly metrics: readonly string[]
  readonly figures: readonly ShownFigure[]
  readonly reasons: readonly string[]
  readonly days: readonly string[]
}

/** What a claim turned out to be: false, or true with what is spoken of now. */
export type Verdict = Partial<Context> | null

/** Reads the pieces of a claim. */
export function passageOf(
  tokens: readonly Token[],
  state: ReadableState,
  context: Context,
): Passage {
  const idsOf = (meaning: string): string[] =>
    tokens.filter((token) => token.meaning === meaning).map(({ id }) => id)
  return {
    state,
    context,
    meanings: tokens.map(({ meaning }) => meaning).join(''),
    entities: idsOf('E'),
    metrics: idsOf('M'),
    figures: tokens.flatMap(({ figure }) => figure ?? []),
    reasons: idsOf('&'),
    days: idsOf('@'),
  }
}

/** The one entity a claim is about: named in it, or the sentence's only one; an empty id where there is none, or more than one. */
export function subjectOf({ entities, context }: Passage): string {
  const [subject = '', ...others] = entities.length > 0 ? entities : context.subjects
  return others.length === 0 ? subject : ''
}

/** What is known of the claim's entity and metric; the metric is the one named, one a verb names, or the sentence's last. */
export function knownOf(passage: Passage, verbMetric?: string): Known {
  const metric = verbMetric ?? passage.metrics[0] ?? passage.context.metric ?? ''
  return known(passage.state, subjectOf(passage), metric)
}

/** True, about this entity and metric, if it holds. */
export function about({ figure, metric }: Known, holds: boolean): Verdict {
  return holds ? { subjects: [figure.entity], metric: metric.id } : null
}

const DIRECTIONS: ReadonlyMap<string, Direction> = new Map([
  ['U', 'U'],
  ['D', 'D'],
  ['I', 'I'],
  ['W', 'W'],
])

/** The direction a passage gives a movement; merely moved where it gives none. */
export function directionIn(meanings: string): Direction {
  return Array.from(meanings).flatMap((meaning) => DIRECTIONS.get(meaning) ?? [])[0] ?? 'X'
}

/** The figure right after a meaning: of `M U V T V` the one after `T`. */
export function figureAfter({ meanings, figures }: Passage, meaning: string): ShownFigure | null {
  const at = meanings.indexOf(`${meaning}V`)
  return at < 0 ? null : (figures[countOf(meanings.slice(0, at + 1), 'V')] ?? null)
}

/** How often a meaning stands in a passage. */
export function countOf(meanings: string, meaning: string): number {
  return Array.from(meanings).filter((each) => each === meaning).length
}
