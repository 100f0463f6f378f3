import { present } from '../kernel/invariant.ts'
import { compareText, groupByText } from '../kernel/order.ts'
import type { ExperimentArmRow } from './input.ts'
import { measureOf, type RatioFlaw, ratioFlawOf } from './measure.ts'

/** Where an experiment stands. A stopped one ended before its plan. */
export type Phase = 'not_started' | 'running' | 'completed' | 'stopped' | 'cancelled'

const PHASES: Readonly<Record<string, Phase>> = {
  draft: 'not_started',
  planned: 'not_started',
  running: 'running',
  paused: 'running',
  completed: 'completed',
  archived: 'completed',
  stopped: 'stopped',
  cancelled: 'cancelled',
}

/** One metric of one experiment, with its arms in the order of the file. */
export interface Trial {
  readonly experimentId: string
  readonly campaignId: string | null
  readonly name: string
  readonly phase: Phase
  readonly startedOn: string
  readonly endedOn: string | null
  readonly metric: string
  readonly looks: number | null
  readonly arms: readonly ExperimentArmRow[]
}

/**
 * The rows as trials, by experiment and metric. A status the contract does not know counts as running, as does an end after
 * `asOfOn`: no test made for one look may be called from it.
 */
export function trialsOf(rows: readonly ExperimentArmRow[], asOfOn: string): Trial[] {
  const groups = groupByText(rows, (row) => `${row.experimentId}\u0000${row.metric}`)
  return [...groups.values()].map((arms) => {
    const first = present(arms[0], 'the first arm of a trial')
    const looks = arms.flatMap((arm) => (arm.looks === null ? [] : [arm.looks]))
    return {
      experimentId: first.experimentId,
      campaignId: first.campaignId,
      name: first.name,
      phase: phaseOf(first, asOfOn),
      startedOn: first.startedOn,
      endedOn: first.endedOn,
      metric: first.metric,
      looks: looks.length === 0 ? null : Math.max(...looks),
      arms,
    }
  })
}

function phaseOf({ status, endedOn }: ExperimentArmRow, asOfOn: string): Phase {
  const phase = PHASES[status] ?? 'running'
  const hasEnded = phase === 'completed' || phase === 'stopped'
  return hasEnded && endedOn !== null && compareText(endedOn, asOfOn) > 0 ? 'running' : phase
}

/** Trials that were alive in a month: begun by its last day and not ended before its first. Both days are local dates. */
export function aliveIn(
  trials: readonly Trial[],
  { from, to }: { readonly from: string; readonly to: string },
): Trial[] {
  return trials.filter(
    (trial) => trial.startedOn <= to && (trial.endedOn === null || trial.endedOn >= from),
  )
}

/** Why a trial cannot be read at all. */
export type Flaw =
  | 'cancelled'
  | 'no_control'
  | 'several_controls'
  | 'no_treatment'
  | 'impossible_counts'
  | 'not_measured'
  | RatioFlaw

/** The first flaw in how a trial was set up or measured; null when it can be read. */
export function flawOf(trial: Trial): Flaw | null {
  const { arms } = trial
  const controls = arms.filter((arm) => arm.isControl)
  if (trial.phase === 'cancelled') return 'cancelled'
  if (controls.length === 0) return 'no_control'
  if (controls.length > 1) return 'several_controls'
  if (treatmentsOf(trial).length === 0) return 'no_treatment'
  if (arms.some((arm) => (arm.conversions ?? 0) > arm.users)) return 'impossible_counts'
  const measure = measureOf(trial)
  if (measure === 'ratio') return ratioFlawOf(trial)
  const means = arms.every((arm) => arm.mean !== null && arm.variance !== null)
  return measure === 'rate' || means ? null : 'not_measured'
}

/** The arms compared with the control: those planned to get traffic. */
export function treatmentsOf(trial: Trial): ExperimentArmRow[] {
  return trial.arms.filter((arm) => !arm.isControl && arm.plannedShare !== 0)
}
