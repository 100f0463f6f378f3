import type { ShownFigure } from './figures.ts'
import { about, directionIn, type Passage, figureAfter, knownOf, type Verdict } from './passage.ts'
import { PORTFOLIO } from './state.ts'
import {
  areExtreme,
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

/** A figure is what the state says: now, or before where the passage says so. */
export function equality(passage: Passage, verbMetric?: string): Verdict {
  const found = knownOf(passage, verbMetric)
  const when = passage.meanings.endsWith('Q') ? 'before' : 'now'
  const scored = !passage.meanings.includes('1') || found.metric.unit === 'score'
  return about(found, scored && isFigure(passage.figures[0], found, when))
}

/** Several entities and as many figures, in this order. */
export function respective(passage: Passage, verbMetric?: string): Verdict {
  const { state, entities, figures, metrics } = passage
  const metric = verbMetric ?? metrics[0] ?? ''
  const all = entities.every((entity, index) =>
    isFigure(figures[index], known(state, entity, metric), 'now'),
  )
  return all && entities.length === figures.length ? { subjects: entities, metric } : null
}

/** A movement with its direction, its size where given, and where it came from and went to. Named for several, it holds for each. */
export function movement(passage: Passage): Verdict {
  const { entities, metrics, context, state } = passage
  const subjects = entities.length > 0 ? entities : context.subjects
  const metric = metrics[0] ?? context.metric ?? ''
  if (subjects.length === 0) return null
  if (subjects.length > 1 && passage.figures.length > 0) return null
  const all = subjects.map((entity) => known(state, entity, metric))
  const holds = all.every((found) => movementHolds(passage, found))
  return holds ? { subjects, metric } : null
}

function movementHolds(passage: Passage, found: Known): boolean {
  const [to, from] = [figureAfter(passage, 'T'), figureAfter(passage, 'O')]
  const size = passage.figures.find((figure) => figure !== to && figure !== from)
  return (
    movedAs(directionIn(passage.meanings), found) &&
    (size === undefined || isChange(size, found)) &&
    (to === null || isFigure(to, found, 'now')) &&
    (from === null || isFigure(from, found, 'before'))
  )
}

/** `a 35.7% fall in revenue ($31,430 to $20,205)`: size, direction, metric, before, now. */
export function nounMovement(passage: Passage): Verdict {
  const found = knownOf(passage)
  const [size, ...pair] = passage.figures
  const moved = movedAs(directionIn(passage.meanings), found)
  const isSize = size !== undefined && isChange(size, found)
  return about(found, moved && isSize && isPair(pair, found))
}

/** `a change of under 0.1% in revenue ($2,500 to $2,501)`. */
export function smallMovement(passage: Passage): Verdict {
  const found = knownOf(passage)
  const [bound, ...pair] = passage.figures
  const isSmall = movedAs('X', found) && isUnder(bound, found)
  return about(found, isSmall && isPair(pair, found))
}

function isUnder(bound: ShownFigure | undefined, found: Known): boolean {
  const { now, before } = { ...found.figure, before: found.figure.before ?? Number.NaN }
  const size = bound?.unit === 'pp' ? now - before : (now / before - 1) * 100
  return bound?.sign === '' && Math.abs(size) < bound.value
}

/** The figure before, then the one now. */
function isPair([before, now]: readonly ShownFigure[], found: Known): boolean {
  return isFigure(before, found, 'before') && isFigure(now, found, 'now')
}

/** `revenue was unchanged`, `no change in revenue ($5 in both periods)`. */
export function flat(passage: Passage): Verdict {
  const found = knownOf(passage)
  const shown = passage.figures.every((figure) => isFigure(figure, found, 'now'))
  return about(found, isFlat(found) && shown)
}

/** `doubled its leads`. */
export function multiple(passage: Passage): Verdict {
  const found = knownOf(passage)
  return about(found, isMultiple(passage.meanings.replaceAll(/[^2345]/g, ''), found))
}

/** `a third of portfolio spend`: beside the metric the portfolio may stand and nobody else, the subject stands before it in the sentence. */
export function share(passage: Passage): Verdict {
  const { state, figures, meanings } = passage
  if (passage.entities.some((entity) => entity !== PORTFOLIO)) return null
  const found = knownOf({ ...passage, entities: [] })
  const word = meanings.replaceAll(/[^6789]/g, '')
  const said = { figure: figures[0] ?? null, word, nearly: meanings.includes('n') }
  return about(found, isShare(said, shareOf(state, found)))
}

/** `had the highest ROAS at 4.50x`. */
export function superlative(passage: Passage): Verdict {
  const { state, metrics, figures, meanings } = passage
  const { subjects } = passage.context
  const [metric = ''] = metrics
  const [first = ''] = subjects
  const highest = meanings.includes('L')
  if (!areExtreme(state, { entities: subjects, metric, highest })) return null
  const found = known(state, first, metric)
  return figures.every((shown) => isFigure(shown, found, 'now')) ? { subjects, metric } : null
}

/** `had a higher ROAS than “B” (4.00x versus 0.90x)`, `spent more than “B”`. */
export function comparison(passage: Passage, verbMetric?: string): Verdict {
  const { state, entities, context, metrics, figures, meanings } = passage
  const pair = [...context.subjects, ...entities]
  const metric = verbMetric ?? metrics[0] ?? ''
  const rows = pair.map((entity) => known(state, entity, metric))
  const shown = rows.every(
    (found, index) => figures[index] === undefined || isFigure(figures[index], found, 'now'),
  )
  return shown && isOrder(meanings, rows) ? { subjects: pair.slice(0, 1), metric } : null
}

function isOrder(meanings: string, [left, right, ...others]: readonly Known[]): boolean {
  if (left === undefined || right === undefined || others.length > 0) return false
  const order = Math.sign(left.figure.now - right.figure.now)
  if (meanings.includes('q')) return order === 0
  return order === (meanings.includes('G') ? 1 : -1)
}

/** `Previously at $150,840, revenue now stands at $192,840`. */
export function beforeAndNow(passage: Passage): Verdict {
  const found = knownOf(passage)
  return about(found, isPair(passage.figures, found))
}
