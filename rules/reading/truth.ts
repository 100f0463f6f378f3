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

/** What nobody knows: nothing that is said of it is true, for nothing equals a figure that is no number. */
const UNKNOWN: Known = {
  figure: { entity: '', metric: '', now: Number.NaN, before: null },
  metric: { id: '', unit: 'count', better: 0, names: [] },
}

/** What is known of a metric of an entity. */
export function known(state: ReadableState, entity: string, metric: string): Known {
  const [figure, words] = [figureOf(state, entity, metric), metricOf(state, metric)]
  return figure === undefined || words === undefined ? UNKNOWN : { figure, metric: words }
}

/** Whether a shown figure is the figure now, or before. */
export function isFigure(
  shown: ShownFigure | undefined,
  { figure, metric }: Known,
  when: 'now' | 'before',
): boolean {
  const value = figure[when] ?? Number.NaN
  if (shown === undefined || !fitsUnit(shown, metric.unit)) return false
  return shows(shown, value) && (shown.sign === '-') === value < 0 && shown.sign !== '+'
}

/** Whether a metric moved as a word says; one that did not move did neither. */
export function movedAs(direction: Direction, { figure, metric }: Known): boolean {
  const before = figure.before ?? figure.now
  const rose = figure.now > before
  if (!rose && !(figure.now < before)) return false
  if (direction === 'X') return true
  if (direction === 'U') return rose
  if (direction === 'D') return !rose
  if (metric.better === 0) return false
  return (rose === (metric.better === 1)) === (direction === 'I')
}

/**
 * Whether a shown figure is the size of the movement: relative in per cent, or in points for a percentage; never one for the other. A sign, where
 * it has one, is that of the movement.
 */
export function isChange(shown: ShownFigure, { figure, metric }: Known): boolean {
  const { now, before } = { ...figure, before: figure.before ?? Number.NaN }
  if (shown.sign === (now > before ? '-' : '+')) return false
  if (shown.unit === 'pp') return metric.unit === 'pct' && shows(shown, now - before)
  return shown.unit === 'pct' && shows(shown, (now / before - 1) * 100)
}

/** Whether a metric hardly moved. */
export function isFlat({ figure }: Known): boolean {
  const { now, before } = { ...figure, before: figure.before ?? Number.NaN }
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
export function isMultiple(word: string, { figure: { now, before } }: Known): boolean {
  const bounds = MULTIPLES[word]
  const times = now / (before ?? Number.NaN)
  return bounds !== undefined && times >= bounds[0] && times <= bounds[1] && before !== 0
}

const FRACTIONS: Readonly<Record<string, readonly [number, number]>> = {
  '6': [48, 52],
  '7': [32, 35],
  '8': [24, 26],
  '9': [65, 68.5],
}

/** An entity's share of the portfolio in per cent; no number where either is not known. */
export function shareOf(state: ReadableState, { figure, metric }: Known): number {
  const total = figureOf(state, PORTFOLIO, metric.id)
  const adds = metric.unit === 'money' || metric.unit === 'count'
  if (figure.entity === PORTFOLIO || total === undefined || !adds) return Number.NaN
  return (figure.now / total.now) * 100
}

/** Whether a share is what a figure or a word (half, a third) says; `nearly half` is 45% to under 50%. */
export function isShare(
  said: { readonly figure: ShownFigure | null; readonly word: string; readonly nearly: boolean },
  share: number,
): boolean {
  if (said.figure !== null) {
    return said.figure.unit === 'pct' && said.figure.sign === '' && shows(said.figure, share)
  }
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
