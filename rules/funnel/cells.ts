import { present } from '../kernel/invariant.ts'
import { compareText, groupByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { CellKey, FunnelInput, StageCountRow } from './input.ts'

/** How many reached a stage in a cell, once sources are settled. */
export interface StageCount {
  readonly count: number
  readonly rows: number
}

/** Two sources that counted the same stage of a cell on the same days; only one of them may count. */
export interface SourceConflict {
  readonly stage: string
  readonly used: string
  readonly usedCount: number
  readonly left: string
  readonly leftCount: number
}

/** A cell of one month with the stages that have a row. A stage that is not in the map was not measured, which is not zero. */
export interface Cell extends CellKey {
  /** Short text of the three ids, the same in every month. */
  readonly id: string
  /** The ids as part of a fact id. */
  readonly factPart: string
  readonly stages: ReadonlyMap<string, StageCount>
  readonly conflicts: readonly SourceConflict[]
}

const UNKNOWN = '-'

/** Segment, channel and campaign in one text: `SEG_003@CH_03@CAMP_002`. */
export function cellId({ segmentId, channelId, campaignId }: CellKey): string {
  return [segmentId, channelId, campaignId].map((id) => id ?? UNKNOWN).join('@')
}

/**
 * Which stages of which cells were counted in a month, and how many people reached them?
 *
 * Sources that report different days add up; where two report the same days, adding would count people twice, so the one that comes first
 * in `sourceOrder` counts (then the first by name), and the other is reported as a conflict.
 *
 * @param rows Sums per cell, stage and source.
 * @returns Cells in order of their ids.
 */
export function gatherCells(
  rows: readonly StageCountRow[],
  { month, sourceOrder }: { readonly month: string; readonly sourceOrder: readonly string[] },
): Cell[] {
  const inMonth = rows.filter((row) => row.month === month)
  return [...groupByText(inMonth, cellId)].map(([id, ofCell]) => {
    const { campaignId = null, segmentId = null, channelId = null } = ofCell[0] ?? {}
    const settled = [...groupByText(ofCell, (row) => row.stage)].map(([stage, ofStage]) => ({
      stage,
      ...settleSources(stage, ofStage, sourceOrder),
    }))
    return {
      id,
      factPart: distinctPart(id),
      campaignId,
      segmentId,
      channelId,
      stages: new Map(settled.map(({ stage, count }) => [stage, count])),
      conflicts: settled.flatMap(({ conflicts }) => conflicts),
    }
  })
}

function settleSources(
  stage: string,
  rows: readonly StageCountRow[],
  sourceOrder: readonly string[],
): { count: StageCount; conflicts: SourceConflict[] } {
  const ranked = rows.toSorted(
    (left, right) =>
      place(left, sourceOrder) - place(right, sourceOrder) ||
      compareText(nameOf(left), nameOf(right)),
  )
  const first = present(ranked[0], 'funnel cells: a row of the stage')
  const left = ranked.slice(1).filter((row) => row.sharedDays > 0)
  const used = ranked.filter((row) => !left.includes(row))
  return {
    count: {
      count: used.reduce((sum, row) => sum + row.count, 0),
      rows: used.reduce((sum, row) => sum + row.rows, 0),
    },
    conflicts: left.map((row) => ({
      stage,
      used: nameOf(first),
      usedCount: first.count,
      left: nameOf(row),
      leftCount: row.count,
    })),
  }
}

function place(row: StageCountRow, sourceOrder: readonly string[]): number {
  const index = sourceOrder.indexOf(nameOf(row))
  return index === -1 ? sourceOrder.length : index
}

function nameOf({ source }: StageCountRow): string {
  return source ?? UNKNOWN
}

/** `LinkedIn · Operations-Focused Teams · SMB Cost Savings Campaign`; an id where there is no name. */
export function cellName(
  { channelId, segmentId, campaignId }: CellKey,
  { campaigns, segments, channels }: Pick<FunnelInput, 'campaigns' | 'segments' | 'channels'>,
): string {
  const parts = [
    channelId === null ? undefined : (channels.get(channelId) ?? channelId),
    segmentId === null ? undefined : (segments.get(segmentId) ?? segmentId),
    campaignId === null ? undefined : (campaigns.get(campaignId)?.name ?? campaignId),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? 'everything' : parts.join(' · ')
}
