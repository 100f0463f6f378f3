import { groupByText } from '../kernel/order.ts'
import type { Policy } from '../policy/policy.ts'
import type { FunnelPolicy } from '../policy/stages.ts'
import type { Cell, StageCount } from './cells.ts'
import {
  type DropOffStatus,
  judgeDropOffs,
  type JudgedTransition,
  type Transition,
} from './drop-off.ts'
import { type FarBelow, farBelowOthers } from './far-below.ts'
import type { FunnelCampaign } from './input.ts'
import { type Motion, motionOf } from './motion.ts'

/**
 * What became of a step in a cell. Besides the statuses of a drop-off: `missing`: the stage after has no row, so nobody knows whether
 * anyone went on; `missing_before`: people were counted after a stage that has no row; `far_below`: some went on, but far fewer than the
 * same step has elsewhere.
 */
export type CellStatus = DropOffStatus | 'missing' | 'missing_before' | 'far_below'

/** A step of a campaign's motion in one cell. */
export interface CellStep {
  readonly cell: Cell
  readonly motion: Motion
  readonly from: string
  readonly to: string
  readonly before: StageCount | undefined
  readonly after: StageCount | undefined
  readonly status: CellStatus
  /** null where a stage has no row. */
  readonly judged: JudgedTransition | null
  /** null unless the status is `far_below`. */
  readonly farBelow: FarBelow | null
}

/** Subject of a step: `SEG_003@CH_03@CAMP_002:visit>demo_request`. */
export function stepSubject({ cell, from, to }: Pick<CellStep, 'cell' | 'from' | 'to'>): string {
  return `${cell.id}:${from}>${to}`
}

interface CellTransition extends Transition {
  readonly subject: string
}

/**
 * Which steps of which cells work, which are broken, and which were not measured? Only steps of a cell's own motion are asked about; a step
 * with neither stage measured is left out.
 *
 * @param cells Cells of the review month.
 * @param motionOfCell The motion people of a cell are on; cells without one are left out.
 * @returns In order of the cells, steps of each from entry to goal.
 */
export function judgeCellSteps(
  cells: readonly Cell[],
  motionOfCell: (cell: Cell) => Motion | undefined,
  policy: FunnelPolicy,
): CellStep[] {
  const steps = cells.flatMap((cell) => stepsOf(cell, motionOfCell(cell)))
  const judged = judgeDropOffs(steps.flatMap(toTransition), {
    alpha: policy.alpha,
    floorRate: policy.floor_conversion,
  })
  const below = farBelowOthers(judged, policy.alpha)
  const bySubject = new Map(judged.map((entry) => [entry.transition.subject, entry]))
  return steps.map((step) => {
    const found = bySubject.get(stepSubject(step))
    if (found === undefined) return step
    const farBelow = below.get(found) ?? null
    return { ...step, judged: found, farBelow, status: statusOf(found, farBelow) }
  })
}

/** The motion of each campaign that has a cell in any month looked at; cells without a campaign share one, under an empty id. */
export function campaignMotions(
  cells: readonly Cell[],
  campaigns: ReadonlyMap<string, FunnelCampaign>,
  model: Policy['operating_model'],
): ReadonlyMap<string, Motion> {
  return new Map(
    [...groupByText(cells, (cell) => cell.campaignId ?? '')].map(([campaignId, ofCampaign]) => [
      campaignId,
      motionOf(ofCampaign, campaigns.get(campaignId), model),
    ]),
  )
}

function stepsOf(cell: Cell, motion: Motion | undefined): CellStep[] {
  if (motion === undefined) return []
  return motion.stages.slice(1).flatMap((to, index) => {
    const from = motion.stages[index] ?? to
    const [before, after] = [cell.stages.get(from), cell.stages.get(to)]
    if (before === undefined && after === undefined) return []
    const status = before === undefined ? 'missing_before' : 'missing'
    return [{ cell, motion, from, to, before, after, status, judged: null, farBelow: null }]
  })
}

function toTransition(step: CellStep): CellTransition[] {
  const { from, to, before, after } = step
  if (before === undefined || after === undefined) return []
  return [{ subject: stepSubject(step), from, to, entered: before.count, reached: after.count }]
}

/** Nobody before and somebody after is a fault of tracking, not a lack of traffic. */
function statusOf({ status, transition }: JudgedTransition, farBelow: FarBelow | null): CellStatus {
  if (farBelow !== null) return 'far_below'
  return status === 'no_traffic' && transition.reached > 0 ? 'more_than_before' : status
}
