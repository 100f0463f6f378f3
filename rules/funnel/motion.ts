import type { Policy } from '../policy/policy.ts'
import type { Cell } from './cells.ts'
import type { FunnelCampaign } from './input.ts'

/** The stages a campaign leads through, entry first. */
export interface Motion {
  readonly id: string
  readonly stages: readonly string[]
  /** `policy`: a motion of the operating model; `objective` or `rows`: read from the campaign; the deepest stage is named or has rows. */
  readonly from: 'policy' | 'objective' | 'rows'
}

type OperatingModel = Policy['operating_model']

/**
 * Which stages are part of a campaign's motion? A stage outside it is no drop-off: a campaign for demo requests has no sign-ups to lose.
 *
 * A motion of the policy fits when it ends at the campaign's goal and has every stage that the campaign has a row for; of several the
 * shortest. Without one, the motion is the stages with a row in any cell of the campaign, and the goal its objective names.
 *
 * @param cells Cells of the campaign, all months looked at.
 * @param campaign Its objective; undefined for cells that name no campaign.
 */
export function motionOf(
  cells: readonly Cell[],
  campaign: FunnelCampaign | undefined,
  { lifecycle_stages: lifecycle, motions }: OperatingModel,
): Motion {
  const goal = goalStage(campaign?.goalText ?? '', lifecycle)
  const seen = new Set(cells.flatMap((cell) => [...cell.stages.keys()]))
  const fitting = motions
    .filter(({ stages }) => goal === undefined || stages.at(-1) === goal)
    .filter(({ stages }) => lifecycle.every((stage) => !seen.has(stage) || stages.includes(stage)))
    .toSorted((left, right) => left.stages.length - right.stages.length)
  const [best] = fitting
  if (best !== undefined) return { id: best.id, stages: best.stages, from: 'policy' }
  const stages = lifecycle.filter((stage) => seen.has(stage) || stage === goal)
  const from = goal !== undefined && !seen.has(goal) ? 'objective' : 'rows'
  return { id: stages.join('>'), stages, from }
}

/**
 * The deepest stage that a text names: every part of the stage's name begins a word of it, so that “Drive feature adoption” names
 * `feature_adopt`.
 */
export function goalStage(text: string, lifecycle: readonly string[]): string | undefined {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]/u)
  return lifecycle.findLast((stage) =>
    stage
      .toLowerCase()
      .split('_')
      .every((part) => part !== '' && words.some((word) => word.startsWith(part))),
  )
}

/**
 * Motions that persons are followed along: those of the policy, else the whole lifecycle, each without the stages that no event exists
 * for. A chain through a stage nobody records would end there for everybody.
 */
export function personMotions(
  { lifecycle_stages: lifecycle, motions }: OperatingModel,
  seen: ReadonlySet<string>,
): Motion[] {
  const all = motions.length > 0 ? motions : [{ id: 'lifecycle', stages: lifecycle }]
  return all
    .map(({ id, stages }) => ({
      id,
      stages: stages.filter((stage) => seen.has(stage)),
      from: motions.length > 0 ? ('policy' as const) : ('rows' as const),
    }))
    .filter(({ stages }) => stages.length > 1)
}
