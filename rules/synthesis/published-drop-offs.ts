import { compareText, groupByText } from '../kernel/order.ts'
import type { PublishedFigure } from './published-figure.ts'

/** Count of one stage for a segment on a channel of a campaign, as `funnel_counts` holds it for the month. */
export interface FunnelCell {
  readonly campaignId: string | null
  readonly segmentId: string | null
  readonly channelId: string | null
  readonly stage: string
  readonly count: number
  readonly rows: number
}

/** A drop-off a report printed, with what the funnel holds at that stage. */
export interface DropOffRuling {
  readonly figure: PublishedFigure
  /** `missing`: no row, so nobody counted; `zero`: counted, none came; `counted`: some came. */
  readonly found: 'missing' | 'zero' | 'counted'
  readonly count: number | null
}

/** A stage that was counted and that nobody reached, after one that people did reach. */
export interface TrueZero {
  readonly cell: FunnelCell
  /** The last stage before it that anybody reached. */
  readonly before: FunnelCell
}

/**
 * What does the funnel hold where a report printed a drop-off?
 *
 * A row that is missing is no zero: nobody counted that stage. The subject names the place (`campaign`, `segment`, `channel`) and the
 * stage (`to`).
 */
export function judgeDropOff(figure: PublishedFigure, cells: readonly FunnelCell[]): DropOffRuling {
  const cell = cells.find((candidate) => isNamed(candidate, figure))
  if (cell === undefined) return { figure, found: 'missing', count: null }
  return { figure, found: cell.count === 0 ? 'zero' : 'counted', count: cell.count }
}

/**
 * Which true zeros did a report leave out? A stage that was counted as zero after a stage with people in it, and that is not among the
 * published drop-offs.
 *
 * @param stages The company's stages, first to last.
 */
export function unreportedZeros(
  published: readonly PublishedFigure[],
  cells: readonly FunnelCell[],
  stages: readonly string[],
): TrueZero[] {
  return [...groupByText(cells, placeKey).values()]
    .flatMap((place) => place.map((cell) => ({ cell, place })))
    .filter(({ cell }) => cell.count === 0 && !published.some((figure) => isNamed(cell, figure)))
    .flatMap(({ cell, place }) => {
      const before = lastReached(cell, place, stages)
      return before === undefined ? [] : [{ cell, before }]
    })
    .toSorted(
      (left, right) =>
        right.before.count - left.before.count ||
        compareText(placeKey(left.cell), placeKey(right.cell)) ||
        compareText(left.cell.stage, right.cell.stage),
    )
}

/** @param place The cells of the cell's own campaign, segment and channel. */
function lastReached(
  cell: FunnelCell,
  place: readonly FunnelCell[],
  stages: readonly string[],
): FunnelCell | undefined {
  const position = stages.indexOf(cell.stage)
  return place
    .filter(
      (other) =>
        other.count > 0 && stages.includes(other.stage) && stages.indexOf(other.stage) < position,
    )
    .toSorted((left, right) => stages.indexOf(right.stage) - stages.indexOf(left.stage))[0]
}

/** True when the figure's subject names the cell; a place it leaves out fits any. */
function isNamed(cell: FunnelCell, { subject }: PublishedFigure): boolean {
  const fits = (key: string, id: string | null): boolean => {
    const named = subject.get(key)
    // No subject names an empty id.
    return named === undefined || named.includes(id ?? '')
  }
  return (
    subject.get('to')?.includes(cell.stage) === true &&
    fits('campaign', cell.campaignId) &&
    fits('segment', cell.segmentId) &&
    fits('channel', cell.channelId)
  )
}

function placeKey({ campaignId, segmentId, channelId }: FunnelCell): string {
  return JSON.stringify([campaignId, segmentId, channelId])
}
