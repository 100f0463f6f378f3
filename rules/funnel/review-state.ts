import type { CellStatus, CellStep } from './cell-steps.ts'
import type { Cell } from './cells.ts'
import type { JudgedClaim } from './claimed-drop-offs.ts'
import type { FunnelContext, FunnelInput } from './input.ts'
import type { FunnelNames } from './names.ts'
import type { JudgedMotion } from './pace.ts'
import type { StepChange, StepTotal } from './step-totals.ts'

/** People counted at a stage over all cells. */
export interface StageTotal {
  readonly stage: string
  readonly now: { readonly count: number; readonly rows: number } | null
  readonly before: { readonly count: number; readonly rows: number } | null
}

/** Everything judged, before it is told. */
export interface FunnelState {
  readonly input: FunnelInput
  readonly context: FunnelContext
  readonly names: FunnelNames
  /** Where the cells were counted. */
  readonly dataset: 'funnel_counts' | 'funnel_events'
  readonly cells: readonly Cell[]
  /** Cells of the month before, by id. */
  readonly earlier: ReadonlyMap<string, Cell>
  readonly steps: readonly CellStep[]
  /** Steps a reader is shown, gravest first. */
  readonly shown: readonly CellStep[]
  readonly stages: readonly StageTotal[]
  /** Steps over all cells; without a change against the month before where the month is not mature. */
  readonly totals: readonly StepTotal[]
  /** False where persons were counted who may still go on: their rates are not yet those of a month. */
  readonly isMature: boolean
  readonly bottleneck: StepTotal | null
  readonly motions: readonly JudgedMotion[]
  readonly claims: readonly JudgedClaim[]
  readonly unreported: readonly CellStep[]
  /** Stages with rows that the operating model does not know. */
  readonly unknownStages: readonly string[]
}

/** Statuses from the gravest to the one that needs nothing. */
export const STATUS_ORDER: readonly CellStatus[] = [
  'broken',
  'more_than_before',
  'far_below',
  'missing',
  'missing_before',
  'not_enough_traffic',
  'untested',
  'no_traffic',
  'ok',
]

/** Steps with one of the statuses. */
export function withStatus(
  steps: readonly CellStep[],
  ...statuses: readonly CellStatus[]
): CellStep[] {
  return steps.filter((step) => statuses.includes(step.status))
}

/** The same step of the same cell a month before; null when one of its stages had no row then, or the step could not be read. */
export function priorStep(
  { earlier }: Pick<FunnelState, 'earlier'>,
  { cell, from, to }: CellStep,
): { readonly entered: number; readonly reached: number; readonly rows: number } | null {
  const stages = earlier.get(cell.id)?.stages
  const [before, after] = [stages?.get(from), stages?.get(to)]
  if (before === undefined || after === undefined || after.count > before.count) return null
  return { entered: before.count, reached: after.count, rows: before.rows + after.rows }
}

/** True when a change is more than chance at the policy's level. */
export function isRealChange(change: StepChange | null, alpha: number): change is StepChange {
  return change !== null && change.pValue < alpha
}
