import type { ShownFigure } from './figures.ts'
import { about, type Passage, figureAfter, knownOf, subjectOf, type Verdict } from './passage.ts'
import { PORTFOLIO } from './state.ts'
import {
  areExtreme,
  type Direction,
  isChange,
  isFigure,
  isFlat,
  isMultiple,
  isShare,
  type Known,
  known,
  movedAs,
  shareOf,
} from './truth.ts'

const DIRECTIONS: Readonly<Record<string, Direction>> = { U: 'U', D: 'D', I: 'I', W: 'W', X: 'X' }

/** A figure is what the state says: now, or before where the passage says so. */
export function equality(passage: Passage, verbMetric?: string): Verdict {
  const found = knownOf(passage, verbMetric)
  const [shown] = passage.figures
  if (found === null || shown === undefined) return null
  const when = passage.meanings.endsWith('Q') ? 'before' : 'now'
  const scored = !passage.meanings.includes('1') || found.metric.unit === 'score'
  return scored && isFigure(shown, found, when) ? about(found) : null
}

/** Several entities and as many figures, in this order. */
export function respective(passage: Passage, verbMetric?: string): Verdict {
  const { state, entities, figures, metrics } = passage
  const metric = verbMetric ?? metrics[0]
  if (metric === undefined || entities.length !== figures.length) return null
  const all = entities.every((entity, index) => {
    const [found, shown] = [known(state, entity, metric), figures[index]]
    return found !== null && shown !== undefined && isFigure(shown, found, 'now')
  })
  return all ? { subjects: entities, metric } : null
}

/** A movement with its direction, its size where given, and where it came from and went to. Named for several, it holds for each. */
export function movement(passage: Passage): Verdict {
  const { entities, metrics, context, state } = passage
  const subjects = entities.length > 0 ? entities : context.subjects
  const metric = metrics[0] ?? context.metric
  if (metric === null || subjects.length === 0) return null
  if (subjects.length > 1 && passage.figures.length > 0) return null
  const all = subjects.map((entity) => known(state, entity, metric))
  const holds = all.every((found) => found !== null && movementHolds(passage, found))
  return holds ? { subjects, metric } : null
}

function movementHolds(passage: Passage, found: Known): boolean {
  const word = Array.from(passage.meanings).find((meaning) => DIRECTIONS[meaning] !== undefined)
  const direction = DIRECTIONS[word ?? ''] ?? 'X'
  const [to, from] = [figureAfter(passage, 'T'), figureAfter(passage, 'O')]
  const size = passage.figures.find((figure) => figure !== to && figure !== from)
  return (
    movedAs(direction, found) &&
    (size === undefined || isChange(size, found)) &&
    (to === null || isFigure(to, found, 'now')) &&
    (from === null || isFigure(from, found, 'before'))
  )
}

/** `a 35.7% fall in revenue ($31,430 to $20,205)`: size, direction, metric, before, now. */
export function nounMovement(passage: Passage): Verdict {
  const found = knownOf(passage)
  const [size, ...pair] = passage.figures
  if (found === null || size === undefined) return null
  const direction = passage.meanings.includes('U') ? 'U' : 'D'
  const holds = movedAs(direction, found) && isChange(size, found) && isPair(pair, found)
  return holds ? about(found) : null
}

/** `a change of under 0.1% in revenue ($2,500 to $2,501)`. */
export function smallMovement(passage: Passage): Verdict {
  const found = knownOf(passage)
  const [bound, ...pair] = passage.figures
  if (found === null || bound === undefined) return null
  const holds = movedAs('X', found) && isUnder(bound, found) && isPair(pair, found)
  return holds ? about(found) : null
}

function isUnder(bound: ShownFigure, { figure: { now, before } }: Known): boolean {
  if (before === null) return false
  const size = bound.unit === 'pp' ? now - before : (now / before - 1) * 100
  return Math.abs(size) < bound.value
}

/** The figure before, then the one now. */
function isPair([before, now]: readonly ShownFigure[], found: Known): boolean {
  return (
    before !== undefined &&
    now !== undefined &&
    isFigure(before, found, 'before') &&
    isFigure(now, found, 'now')
  )
}

/** `revenue was unchanged`, `no change in revenue ($5 in both periods)`. */
export function flat(passage: Passage): Verdict {
  const found = knownOf(passage)
  if (found === null || !isFlat(found)) return null
  const [shown] = passage.figures
  return shown === undefined || isFigure(shown, found, 'now') ? about(found) : null
}

/** `doubled its leads`. */
export function multiple(passage: Passage): Verdict {
  const found = knownOf(passage)
  const word = /[2345]/.exec(passage.meanings)?.[0] ?? ''
  return found !== null && isMultiple(word, found) ? about(found) : null
}

/** `a third of portfolio spend`: the portfolio stands beside the metric, the subject before it or in the sentence. */
export function share(passage: Passage): Verdict {
  const { state, figures, meanings } = passage
  const others = passage.entities.filter((entity) => entity !== PORTFOLIO)
  const subject = subjectOf({ ...passage, entities: others })
  const metric = passage.metrics[0]
  if (subject === null || metric === undefined) return null
  const found = known(state, subject, metric)
  if (found === null) return null
  const word = /[6789]/.exec(meanings)?.[0] ?? ''
  const said = { figure: figures[0] ?? null, word, nearly: meanings.includes('n') }
  return isShare(said, shareOf(state, found)) ? about(found) : null
}

/** `had the highest ROAS at 4.50x`. */
export function superlative(passage: Passage): Verdict {
  const { state, entities, context, metrics, figures, meanings } = passage
  const subjects = entities.length > 0 ? entities : context.subjects
  const [metric = ''] = metrics
  const [first = ''] = subjects
  const highest = meanings.includes('L')
  if (!areExtreme(state, { entities: subjects, metric, highest })) return null
  const found = known(state, first, metric)
  const [shown] = figures
  if (found === null || (shown !== undefined && !isFigure(shown, found, 'now'))) return null
  return { subjects, metric }
}

/** `had a higher ROAS than “B” (4.00x versus 0.90x)`, `spent more than “B”`. */
export function comparison(passage: Passage, verbMetric?: string): Verdict {
  const { state, entities, context, metrics, figures, meanings } = passage
  const pair = entities.length > 1 ? entities : [...context.subjects, ...entities]
  const metric = verbMetric ?? metrics[0]
  if (pair.length !== 2 || metric === undefined) return null
  const rows = pair.flatMap((entity) => known(state, entity, metric) ?? [])
  const shown = rows.every((found, index) => {
    const figure = figures[index]
    return figure === undefined || isFigure(figure, found, 'now')
  })
  return shown && isOrder(meanings, rows) ? { subjects: pair.slice(0, 1), metric } : null
}

function isOrder(meanings: string, [left, right]: readonly Known[]): boolean {
  if (left === undefined || right === undefined) return false
  const order = Math.sign(left.figure.now - right.figure.now)
  if (meanings.includes('q')) return order === 0
  return order === (meanings.includes('G') ? 1 : -1)
}

/** `Previously at $150,840, revenue now stands at $192,840`. */
export function beforeAndNow(passage: Passage): Verdict {
  const found = knownOf(passage)
  return found !== null && isPair(passage.figures, found) ? about(found) : null
}
