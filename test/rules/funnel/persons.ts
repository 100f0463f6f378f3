import {
  type FunnelDefinition,
  type FunnelPlan,
  OTHER_KIND,
  plainFunnel,
  planFunnel,
} from '#rules/funnel/definition.ts'
import { createMatcher } from '#rules/funnel/match.ts'
import { NO_LABEL, type PersonEvents } from '#rules/funnel/person-events.ts'

/** An event as a test writes it: time, stage, and optionally period and label. */
export type Row = readonly [timeMs: number, stage: string, period?: number, label?: number]

/** The events of one person for a plan, in the order given. */
export function personOf(plan: FunnelPlan, rows: readonly Row[]): PersonEvents {
  return {
    from: 0,
    to: rows.length,
    timesMs: rows.map(([timeMs]) => timeMs),
    kinds: rows.map(([, stage]) => plan.kindOfStage.get(stage) ?? OTHER_KIND),
    periods: rows.map(([, , period]) => period ?? 0),
    labels: rows.map(([, , , label]) => label ?? NO_LABEL),
    openPeriod: undefined,
  }
}

/** A funnel of single-letter stages with a window of 10 ms. */
export function funnelOf(steps: string, changes: Partial<FunnelDefinition> = {}): FunnelPlan {
  return planFunnel({ ...plainFunnel(steps.split(''), 10), ...changes })
}

/** Single letters at the given times: `'A0 B5 x7'`. */
export function rowsOf(text: string): Row[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => [Number(word.slice(1)), word.slice(0, 1)])
}

/** Depth and times of the credited events of a person under a plan. */
export function matchOf(
  plan: FunnelPlan,
  text: string | readonly Row[],
): { depth: number; times: number[] } {
  const rows = typeof text === 'string' ? rowsOf(text) : text
  const { depth, events } = createMatcher(plan)(personOf(plan, rows))
  return {
    depth,
    times: [...events.subarray(0, Math.max(0, depth))].map((index) => rows[index]?.[0] ?? NaN),
  }
}
