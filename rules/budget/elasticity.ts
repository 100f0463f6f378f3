import { log } from '../kernel/elementary.ts'
import { regress } from '../response/linear-regression.ts'
import { type PanelCell, withinCells } from '../response/panel-slope.ts'
import { fitPoissonPower } from '../response/poisson-power.ts'
import { type LogLogFit, fitLogLog } from '../response/power-law.ts'
import type { LineHistory } from './line-evidence.ts'

/** The slope of ln(value) on ln(spend) that a line's own weeks give, with its standard error. */
export interface OwnSlope {
  readonly slope: number
  readonly error: number
  /** Standard deviation of ln(value) around the line. */
  readonly sigma: number
  /** `panel`: net of what all lines share in a week; `poisson`: from the line alone, weeks without value included. */
  readonly method: 'panel' | 'poisson'
  /** The slope when a straight trend in time is held; null when it cannot be told apart. */
  readonly slopeWithTrend: number | null
}

const PANEL_LINES_MIN = 3

/**
 * What is the elasticity of each line, read from its own weeks?
 *
 * With three or more lines that bring value in every week, weeks are taken out first: a season that lifts spend and value of all lines together
 * then passes for no response. With fewer lines each is read alone, by quasi-Poisson regression.
 *
 * @returns One entry per history; null where spend does not vary.
 */
export function ownSlopes(histories: readonly LineHistory[]): readonly (OwnSlope | null)[] {
  const panel = panelSlopes(histories)
  return histories.map((history, index) => {
    const points = history.weeks.map((week) => ({ spend: week.spend, value: week.value ?? 0 }))
    const line = fitLogLog(points)
    if (line === null) return null
    const slopeWithTrend = trendSlope(history)
    const inPanel = panel?.[index]
    if (inPanel !== undefined) return { ...inPanel, method: 'panel', slopeWithTrend }
    return aloneSlope(points, line, slopeWithTrend)
  })
}

function aloneSlope(
  points: Parameters<typeof fitPoissonPower>[0],
  line: LogLogFit,
  slopeWithTrend: number | null,
): OwnSlope | null {
  const fit = fitPoissonPower(points)
  if (fit === null) return null
  return {
    slope: fit.slope,
    error: Math.max(fit.slopeError, fit.robustSlopeError),
    sigma: line.sigma,
    method: 'poisson',
    slopeWithTrend,
  }
}

/** Slopes by line on spend and value less the means of lines and weeks; null when there are too few lines or a week without value. */
function panelSlopes(
  histories: readonly LineHistory[],
): readonly { slope: number; error: number; sigma: number }[] | null {
  const weeks = [
    ...new Set(histories.flatMap((history) => history.weeks.map((week) => week.monday))),
  ]
  const hasGaps = histories.some((history) => history.weeks.some((week) => (week.value ?? 0) <= 0))
  if (histories.length < PANEL_LINES_MIN || hasGaps) return null
  const cells: PanelCell[] = histories.flatMap((history, unit) =>
    history.weeks.map((week) => ({
      unit,
      period: weeks.indexOf(week.monday),
      logSpend: log(week.spend),
      logValue: log(week.value ?? 0),
    })),
  )
  const within = withinCells(cells)
  // Week means cost each line its share of one observation per week.
  const kept = 1 - weeks.length / cells.length
  return histories.map((_history, unit) => {
    const own = within.filter((cell) => cell.unit === unit)
    const spread = own.reduce((sum, cell) => sum + cell.logSpend * cell.logSpend, 0)
    const slope = own.reduce((sum, cell) => sum + cell.logSpend * cell.logValue, 0) / spread
    const squares = own.reduce((sum, cell) => sum + (cell.logValue - slope * cell.logSpend) ** 2, 0)
    const degrees = Math.max(1, own.length * kept - 1)
    const sigma = Math.sqrt(squares / degrees)
    return { slope, error: spread > 0 ? sigma / Math.sqrt(spread) : Infinity, sigma }
  })
}

function trendSlope({ weeks }: LineHistory): number | null {
  const rows = weeks.flatMap((week, index) =>
    (week.value ?? 0) > 0
      ? [{ outcome: log(week.value ?? 0), drivers: [log(week.spend), index] }]
      : [],
  )
  return regress(rows)?.[0] ?? null
}
