import { fitsUnit, type ShownFigure, shows } from './figures.ts'
import {
  figureOf,
  metricOf,
  PORTFOLIO,
  type ReadableFigure,
  type ReadableMetric,
  type ReadableState,
} from './state.ts'

/** A movement smaller than this is flat. */
const FLAT_PCT = 0.5

/** How a movement is told: up, down, better, worse, or merely moved. */
export type Direction = 'U' | 'D' | 'I' | 'W' | 'X'

/** A figure of a state with its metric. */
export interface Known {
  readonly figure: ReadableFigure
  readonly metric: ReadableMetric
}

/** What is known of a metric of an entity. */
export function known(state: ReadableState, entity: string, metric: string): Known | null {
  const [figure, words] = [figureOf(state, entity, metric), metricOf(state, metric)]
  return figure === undefined || words === undefined ? null : { figure, metric: words }
}

/** Whether a shown figure is the figure now, or before. */
export function isFigure(
  shown: ShownFigure | undefined,
  found: Known | null,
  when: 'now' | 'before',
): boolean {
  const value = found?.figure[when] ?? null
  if (found === null || shown === undefined || value === null) return false
  if (!fitsUnit(shown, found.metric.unit)) return false
  return shows(shown, value) && (shown.sign === '-') === value < 0 && shown.sign !== '+'
}

/** Whether a metric moved as a word says; one that did not move did neither. */
export function movedAs(direction: Direction, found: Known | null): boolean {
  if (found === null) return false
  const { figure, metric } = found
  if (figure.before === null || figure.now === figure.before) return false
  const rose = figure.now > figure.before
  if (direction === 'X') return true
  if (direction === 'U') return rose
  if (direction === 'D') return !rose
  if (metric.better === 0) return false
  return (rose === (metric.better === 1)) === (direction === 'I')
}

/** Whether a shown figure is the size of the movement: relative in per cent, or in points for a percentage; never one for the other. */
export function isChange(shown: ShownFigure | undefined, found: Known | null): boolean {
  if (found === null || shown === undefined) return false
  const { figure, metric } = found
  const { now, before } = figure
  if (before === null) return false
  if (shown.unit === 'pp') return metric.unit === 'pct' && shows(shown, now - before)
  return shown.unit === 'pct' && before !== 0 && shows(shown, (now / before - 1) * 100)
}

/** Whether a metric hardly moved. */
export function isFlat(found: Known | null): boolean {
  const { now = 0, before = null } = found?.figure ?? {}
  if (before === null) return false
  // Multiplied across: 1005 ÷ 1000 − 1 is a hair below half a per cent in doubles.
  return now === before || Math.abs(now - before) * 100 < FLAT_PCT * Math.abs(before)
}

const MULTIPLES: Readonly<Record<string, readonly [number, number]>> = {
  '2': [1.95, 2.05],
  '3': [2.95, 3.05],
  '4': [2 + 1e-9, Infinity],
  '5': [0.48, 0.52],
}

/** Whether a metric went to the multiple a word says: doubled is 1.95 to 2.05 times. */
export function isMultiple(word: string, found: Known | null): boolean {
  const { now = 0, before = null } = found?.figure ?? {}
  const bounds = MULTIPLES[word]
  if (bounds === undefined || before === null || before === 0) return false
  return now / before >= bounds[0] && now / before <= bounds[1]
}

const FRACTIONS: Readonly<Record<string, readonly [number, number]>> = {
  '6': [48, 52],
  '7': [32, 35],
  '8': [24, 26],
  '9': [65, 68.5],
}

/** An entity's share of the portfolio in per cent; null where either is not known. */
export function shareOf(state: ReadableState, found: Known | null): number | null {
  if (found === null) return null
  const { figure, metric } = found
  const total = figureOf(state, PORTFOLIO, metric.id)
  if (figure.entity === PORTFOLIO || total === undefined || total.now === 0) return null
  return metric.unit === 'money' || metric.unit === 'count' ? (figure.now / total.now) * 100 : null
}

/** Whether a share is what a figure or a word (half, a third) says; `nearly half` is 95% to 100% of it. */
export function isShare(
  said: { readonly figure: ShownFigure | null; readonly word: string; readonly nearly: boolean },
  share: number | null,
): boolean {
  if (share === null) return false
  if (said.figure !== null) return said.figure.unit === 'pct' && shows(said.figure, share)
  if (said.nearly) return said.word === '6' && share >= 45 && share < 50
  const bounds = FRACTIONS[said.word]
  return bounds !== undefined && share >= bounds[0] && share <= bounds[1]
}

/** Whether exactly these entities hold the highest or lowest figure of a metric among all but the portfolio. */
export function areExtreme(
  state: ReadableState,
  said: {
    readonly entities: readonly string[]
    readonly metric: string
    readonly highest: boolean
  },
): boolean {
  const rows = state.figures.filter(
    ({ entity, metric }) => metric === said.metric && entity !== PORTFOLIO,
  )
  const values = rows.map(({ now }) => now)
  const extreme = said.highest ? Math.max(...values) : Math.min(...values)
  const holders = rows.filter(({ now }) => now === extreme).map(({ entity }) => entity)
  return holders.length > 0 && sameSet(holders, said.entities)
}

/** Whether two lists hold the same things, in whatever order. */
export function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each))
}
