import { log } from '../kernel/elementary.ts'
import { type LineSlope, lineSlopes } from '../response/line-slopes.ts'
import { regress } from '../response/linear-regression.ts'
import type { PanelCell } from '../response/panel-slope.ts'
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
 * Value that never changes, or was computed from spend, follows it without any scatter, and the error of its slope comes out as 0 or nearly so: beside
 * it no other line's slope could be weighed. Nobody knows an elasticity better than to a thousandth.
 */
export const LEAST_ERROR = 1e-3

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
    const slope: OwnSlope | null =
      inPanel === undefined
        ? aloneSlope(points, line, slopeWithTrend)
        : { ...inPanel, method: 'panel', slopeWithTrend }
    return slope && { ...slope, error: Math.max(LEAST_ERROR, slope.error) }
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

/** Slopes by line, net of what all lines share in a week; null when there are too few lines or a week without value. */
function panelSlopes(histories: readonly LineHistory[]): readonly LineSlope[] | null {
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
  return lineSlopes(cells, histories.length)
}

function trendSlope({ weeks }: LineHistory): number | null {
  const rows = weeks.flatMap((week, index) =>
    (week.value ?? 0) > 0
      ? [{ outcome: log(week.value ?? 0), drivers: [log(week.spend), index] }]
      : [],
  )
  return regress(rows)?.[0] ?? null
}
