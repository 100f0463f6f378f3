import type { CellStep } from './cell-steps.ts'
import { type Cell, cellId } from './cells.ts'

/** A drop-off that somebody published: traffic at one stage and none at the next, in a segment and channel. */
export interface ClaimedDropOff {
  readonly segmentId: string
  readonly channelId: string
  /** null: any campaign that has the segment and channel. */
  readonly campaignId: string | null
  /** The stage said to have traffic; null when the claim names only the stage said to be empty. */
  readonly fromStage: string | null
  /** The stage said to be empty. */
  readonly stage: string
}

/**
 * What the data says of a claim. `missing_not_zero`: the stage has no row, so nobody counted, and nothing dropped off that is known;
 * `true_zero`: there is a row and it says zero; `not_zero`: people did get there; `no_traffic`: there was nobody before it either;
 * `no_such_cell`: nothing was counted for the segment in the channel.
 */
export type ClaimVerdict =
  | 'missing_not_zero'
  | 'true_zero'
  | 'not_zero'
  | 'no_traffic'
  | 'no_such_cell'

/** A claim with what the data says. */
export interface JudgedClaim {
  readonly claim: ClaimedDropOff
  readonly verdict: ClaimVerdict
  /** People counted at the claimed stage; null where no row exists. */
  readonly counted: number | null
  /** People counted at the stage before; null where the claim names none or no row exists. */
  readonly countedBefore: number | null
  /** Data rows looked at. */
  readonly rows: number
  /** Whether the stage is part of the motion of any campaign in the cell at all. */
  readonly inMotion: boolean
}

/**
 * Is a published drop-off one?
 *
 * A stage without a row was not measured; reading it as zero invents a drop-off. A true zero is one only where there was traffic before.
 *
 * @param cells Cells of the review month.
 * @param steps Their steps, which say what belongs to each motion.
 */
export function judgeClaimedDropOffs(
  claims: readonly ClaimedDropOff[],
  cells: readonly Cell[],
  steps: readonly CellStep[],
): JudgedClaim[] {
  return claims.map((claim) => {
    const ofClaim = cells.filter((cell) => isOf(claim, cell))
    const at = sumAt(ofClaim, claim.stage)
    const before = sumAt(ofClaim, claim.fromStage)
    return {
      claim,
      verdict: verdictOf(ofClaim, at.counted, before.counted),
      counted: at.counted,
      countedBefore: before.counted,
      rows: at.rows + before.rows,
      inMotion: steps.some(
        ({ cell, motion }) => isOf(claim, cell) && motion.stages.includes(claim.stage),
      ),
    }
  })
}

/** Steps that are broken and that no claim mentions. */
export function unreportedDropOffs(
  claims: readonly ClaimedDropOff[],
  steps: readonly CellStep[],
): CellStep[] {
  return steps.filter(
    ({ status, cell, to }) =>
      status === 'broken' && !claims.some((claim) => isOf(claim, cell) && claim.stage === to),
  )
}

/** `SEG_001@CH_01@-:demo_request`. */
export function claimSubject(claim: ClaimedDropOff): string {
  return `${cellId(claim)}:${claim.fromStage === null ? '' : `${claim.fromStage}>`}${claim.stage}`
}

function verdictOf(
  cells: readonly Cell[],
  counted: number | null,
  before: number | null,
): ClaimVerdict {
  if (cells.length === 0) return 'no_such_cell'
  if (counted === null) return 'missing_not_zero'
  if (counted > 0) return 'not_zero'
  return before === 0 ? 'no_traffic' : 'true_zero'
}

function isOf(claim: ClaimedDropOff, cell: Cell): boolean {
  return (
    cell.segmentId === claim.segmentId &&
    cell.channelId === claim.channelId &&
    (claim.campaignId === null || cell.campaignId === claim.campaignId)
  )
}

/** People at a stage over several cells; null when none of them has a row for it. */
function sumAt(
  cells: readonly Cell[],
  stage: string | null,
): { readonly counted: number | null; readonly rows: number } {
  const counts = cells.flatMap((cell) => (stage === null ? [] : (cell.stages.get(stage) ?? [])))
  return {
    counted: counts.length === 0 ? null : counts.reduce((sum, entry) => sum + entry.count, 0),
    rows: counts.reduce((sum, entry) => sum + entry.rows, 0),
  }
}
