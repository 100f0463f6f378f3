/** How a metric is counted and shown: amounts of money, per cents, multiples (`4.00x`), whole counts, or scores out of 100. */
export type MetricUnit = 'money' | 'pct' | 'x' | 'count' | 'score'

/** A metric as readers call it. `better`: 1 more is better, −1 less is, 0 neither. */
export interface ReadableMetric {
  readonly id: string
  readonly unit: MetricUnit
  readonly better: 1 | -1 | 0
  /** In lower case. */
  readonly names: readonly string[]
}

/** Somebody or something figures belong to; the portfolio has the id `pf`. */
export interface ReadableEntity {
  readonly id: string
  readonly name: string
}

/** A figure now and before, in the unit a reader sees: dollars, per cent, times. */
export interface ReadableFigure {
  readonly entity: string
  readonly metric: string
  readonly now: number
  readonly before: number | null
}

/** A recommendation on an entity with the budget it moves. */
export interface ReadableDecision {
  readonly entity: string
  readonly action: 'scale' | 'hold' | 'stop' | 'reduce'
  readonly status: 'approved' | 'pending' | 'rejected'
  readonly from: number
  readonly to: number
  /** In lower case. */
  readonly reasons: readonly string[]
}

/** Everything a text may truly say. */
export interface ReadableState {
  readonly currency: { readonly sign: string; readonly code: string }
  /** English names of the current and the previous month, in lower case. */
  readonly months: { readonly now: string; readonly before: string }
  /** First and last days, `YYYY-MM-DD`. */
  readonly days: readonly string[]
  readonly entities: readonly ReadableEntity[]
  readonly metrics: readonly ReadableMetric[]
  readonly figures: readonly ReadableFigure[]
  readonly decisions: readonly ReadableDecision[]
  readonly notes: {
    readonly suppressed: number
    readonly warnings: number
    readonly missingUtmPct: number
    readonly rows: number
    readonly claimsReviewed: number
    readonly claimsBlocked: number
  }
}

export const PORTFOLIO = 'pf'

/** The figure of an entity; undefined where the state has none. */
export function figureOf(
  { figures }: ReadableState,
  entity: string,
  metric: string,
): ReadableFigure | undefined {
  return figures.find((figure) => figure.entity === entity && figure.metric === metric)
}

/** The metric of an id. */
export function metricOf({ metrics }: ReadableState, id: string): ReadableMetric | undefined {
  return metrics.find((metric) => metric.id === id)
}
