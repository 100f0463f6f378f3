import { addMonths } from '../kernel/calendar.ts'
import { measured, notMeasured } from '../kernel/quantity.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import type { StageResult } from '../schema/review.ts'
import { campaignMotions, type CellStep, judgeCellSteps } from './cell-steps.ts'
import { type Cell, gatherCells, type StageCount } from './cells.ts'
import { judgeClaimedDropOffs, unreportedDropOffs } from './claimed-drop-offs.ts'
import { funnelDecisions } from './decisions.ts'
import { enterCounts, monthSource } from './facts.ts'
import { funnelFindings } from './findings.ts'
import type { FunnelContext, FunnelInput } from './input.ts'
import { enterMotion } from './motion-facts.ts'
import type { Motion } from './motion.ts'
import { funnelNames } from './names.ts'
import { judgeMotion } from './pace.ts'
import { cellsOfPeople } from './people-cells.ts'
import { enterPeopleDetail } from './people-detail.ts'
import { type FunnelState, type StageTotal, STATUS_ORDER } from './review-state.ts'
import { bottleneck, sumSteps } from './step-totals.ts'
import { funnelSummary } from './summary.ts'
import { funnelTables, stageChart } from './tables.ts'
import { enterWholeWindow } from './whole-window-facts.ts'

/** Steps of cells told with facts and a decision each; the rest are counted. */
const STEPS_SHOWN = 16

/**
 * Where do people go on, where do they stop, and which stops are real?
 *
 * Counts decide on cells where there are any; otherwise persons do, by the cell they entered through. Persons, where there are events, say
 * how an entry month matures and how long steps take.
 */
export function reviewFunnel(input: FunnelInput, context: FunnelContext): StageResult {
  const state = judgeFunnel(input, context)
  const book = createFactBook()
  enterCounts(book, state)
  for (const motion of state.motions) {
    enterMotion(book, motion, state)
    enterWholeWindow(book, motion, state)
    enterPeopleDetail(book, motion, state)
  }
  enterClaims(book, state)
  return {
    stage: 'funnel',
    status: stageStatus(state),
    facts: book.list(),
    decisions: funnelDecisions(state),
    findings: funnelFindings(state),
    tables: funnelTables(state),
    charts: stageChart(state),
    summary: funnelSummary(state),
  }
}

function judgeFunnel(input: FunnelInput, context: FunnelContext): FunnelState {
  const { policy } = context
  const { cells, earlier, motionOfCell, dataset } = gather(input, context)
  const steps = judgeCellSteps(cells, motionOfCell, policy.funnel)
  const lifecycle = policy.operating_model.lifecycle_stages
  const stages = knownStages(policy.operating_model)
  const motions = input.people.motions.map((people) => judgeMotion(people, policy.funnel))
  const isMature =
    dataset === 'funnel_counts' || motions.every(({ maturity }) => maturity === 'mature')
  const totals = sumSteps(steps, { cells: earlier, motionOfCell }, lifecycle).map((total) =>
    isMature ? total : { ...total, change: null },
  )
  return {
    input,
    context,
    names: funnelNames(input),
    dataset,
    cells,
    earlier: new Map(earlier.map((cell) => [cell.id, cell])),
    steps,
    shown: gravestFirst(steps).slice(0, STEPS_SHOWN),
    stages: lifecycle.map((stage) => stageTotal(stage, cells, earlier)),
    totals,
    bottleneck: bottleneck(totals, policy.funnel.min_entries),
    isMature,
    motions,
    claims: judgeClaimedDropOffs(input.claims, cells, steps),
    unreported: input.claims.length === 0 ? [] : unreportedDropOffs(input.claims, steps),
    unknownStages: seenStages(cells, input).filter((stage) => !stages.has(stage)),
  }
}

interface Gathered {
  readonly cells: readonly Cell[]
  readonly earlier: readonly Cell[]
  readonly motionOfCell: (cell: Cell) => Motion | undefined
  readonly dataset: FunnelState['dataset']
}

function gather(input: FunnelInput, { month, policy }: FunnelContext): Gathered {
  const options = { sourceOrder: policy.funnel.source_order }
  const cells = gatherCells(input.counts, { ...options, month })
  const earlier = gatherCells(input.counts, { ...options, month: addMonths(month, -1) })
  if (cells.length === 0 && input.people.motions.length > 0) {
    return {
      ...cellsOfPeople(input.people.motions, input.people.cellKeys),
      dataset: 'funnel_events',
    }
  }
  const motions = campaignMotions([...cells, ...earlier], input.campaigns, policy.operating_model)
  return {
    cells,
    earlier,
    motionOfCell: ({ campaignId }) => motions.get(campaignId ?? ''),
    dataset: 'funnel_counts',
  }
}

/** Gravest status first, then the most people before the step. */
function gravestFirst(steps: readonly CellStep[]): CellStep[] {
  return steps.toSorted(
    (left, right) =>
      STATUS_ORDER.indexOf(left.status) - STATUS_ORDER.indexOf(right.status) ||
      (right.before?.count ?? 0) - (left.before?.count ?? 0),
  )
}

function stageTotal(stage: string, cells: readonly Cell[], earlier: readonly Cell[]): StageTotal {
  return { stage, now: sumStage(stage, cells), before: sumStage(stage, earlier) }
}

function sumStage(stage: string, cells: readonly Cell[]): StageCount | null {
  const counts = cells.flatMap((cell) => cell.stages.get(stage) ?? [])
  if (counts.length === 0) return null
  return {
    count: counts.reduce((sum, entry) => sum + entry.count, 0),
    rows: counts.reduce((sum, entry) => sum + entry.rows, 0),
  }
}

function knownStages({
  lifecycle_stages: lifecycle,
  motions,
  lead_stages: leads,
}: FunnelContext['policy']['operating_model']): ReadonlySet<string> {
  return new Set([...lifecycle, ...motions.flatMap(({ stages }) => stages), ...leads])
}

function seenStages(cells: readonly Cell[], { people }: FunnelInput): string[] {
  const seen = new Set([
    ...cells.flatMap((cell) => [...cell.stages.keys()]),
    ...people.events.keys(),
  ])
  return [...seen].toSorted()
}

function enterClaims(book: FactBook, state: FunnelState): void {
  if (state.claims.length === 0) return
  const count = (verdict: string): number =>
    state.claims.filter((entry) => entry.verdict === verdict).length
  const rows = state.claims.reduce((sum, entry) => sum + entry.rows, 0)
  const figures = [
    ['funnel.claims', 'Published drop-offs', state.claims.length],
    [
      'funnel.claims.missing_not_zero',
      'Published drop-offs without a row',
      count('missing_not_zero'),
    ],
    ['funnel.claims.true_zero', 'Published drop-offs that are true zeros', count('true_zero')],
    [
      'funnel.claims.unreported',
      'True zeros that no published list names',
      state.unreported.length,
    ],
  ] as const
  for (const [id, label, value] of figures) {
    book.add({
      id,
      label,
      unit: 'count',
      quantity:
        state.cells.length === 0 && id !== 'funnel.claims'
          ? notMeasured('the month has no funnel row')
          : measured(value),
      source: monthSource(state, rows),
    })
  }
}

function stageStatus({ cells, totals, input }: FunnelState): StageResult['status'] {
  if (cells.length === 0) return 'not_measured'
  const hasRate = totals.some(({ now }) => now.entered > 0)
  const { funnel_counts: counts, funnel_events: events } = input.presence
  return hasRate && counts !== 'unreadable' && events !== 'unreadable' ? 'assessed' : 'partial'
}
