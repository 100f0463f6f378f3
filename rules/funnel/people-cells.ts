import { distinctPart } from '../kernel/text-id.ts'
import { type Cell, cellId } from './cells.ts'
import type { FunnelResult } from './funnel-tally.ts'
import type { CellKey } from './input.ts'
import type { Motion } from './motion.ts'
import type { MotionPeople } from './people.ts'

/** Cells counted from persons, each with the motion its persons were on. */
export interface PeopleCells {
  readonly cells: readonly Cell[]
  readonly earlier: readonly Cell[]
  readonly motionOfCell: (cell: Cell) => Motion | undefined
}

/**
 * How many persons reached each stage, by the campaign, segment and channel they entered through? Persons leave no row where they do not
 * go, so a stage that anybody reached at all is measured everywhere, and zero in a cell is a zero.
 *
 * @param keys The cell of each label.
 */
export function cellsOfPeople(
  people: readonly MotionPeople[],
  keys: readonly CellKey[],
): PeopleCells {
  const motions = new Map<string, Motion>()
  const toCells = (
    { motion }: MotionPeople,
    byLabel: ReadonlyMap<number, FunnelResult>,
  ): Cell[] => {
    const suffix = people.length > 1 ? `@${motion.id}` : ''
    const cells = [...byLabel].map(([label, result]) => toCell(keys[label], { result, suffix }))
    for (const { id } of cells) motions.set(id, motion)
    return cells
  }
  return {
    cells: people.flatMap((entry) => toCells(entry, entry.current.byLabel)),
    earlier: people.flatMap((entry) => toCells(entry, entry.before.byLabel)),
    motionOfCell: ({ id }) => motions.get(id),
  }
}

const NOWHERE: CellKey = { campaignId: null, segmentId: null, channelId: null }

function toCell(
  key: CellKey = NOWHERE,
  { result, suffix }: { readonly result: FunnelResult; readonly suffix: string },
): Cell {
  const id = `${cellId(key)}${suffix}`
  return {
    ...key,
    id,
    factPart: distinctPart(id),
    stages: new Map(
      result.steps.map(({ stage, persons }) => [stage, { count: persons, rows: persons }]),
    ),
    conflicts: [],
  }
}
