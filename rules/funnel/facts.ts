import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { CellStep } from './cell-steps.ts'
import type { StageCount } from './cells.ts'
import { enterDropOff } from './drop-off-facts.ts'
import { factPrefix } from './names.ts'
import {
  type FunnelState,
  priorStep,
  STATUS_ORDER,
  type StageTotal,
  withStatus,
} from './review-state.ts'
import type { StepTotal } from './step-totals.ts'

/** Enters people per stage, rates per step, what was found in each cell shown, and how many cells have which status. */
export function enterCounts(book: FactBook, state: FunnelState): void {
  for (const stage of state.stages) enterStage(book, stage, state)
  for (const total of state.totals) enterStep(book, total, state)
  for (const step of state.shown) enterCell(book, step, state)
  enterTally(book, state)
}

/** The source of rows of the stage's data set in the review month. */
export function monthSource(
  { dataset, context }: Pick<FunnelState, 'dataset' | 'context'>,
  rows: number,
  where: Readonly<Record<string, string>> = {},
): FactSource[] {
  return [{ dataset, rows, where: { month_key: context.month, ...where } }]
}

function enterStage(book: FactBook, { stage, now, before }: StageTotal, state: FunnelState): void {
  const prefix = factPrefix.stage(stage)
  const name = state.names.stage(stage)
  book.add({
    id: `${prefix}.count`,
    label: `People at ${name}`,
    unit: 'count',
    quantity: countOf(now, `no row counts ${stage} this month`),
    source: monthSource(state, now?.rows ?? 0, { stage }),
  })
  book.add({
    id: `${prefix}.prior_month`,
    label: `People at ${name}, month before`,
    unit: 'count',
    quantity: countOf(before, `no row counts ${stage} in the month before`),
    source: [{ dataset: state.dataset, rows: before?.rows ?? 0, where: { stage } }],
  })
}

function enterStep(book: FactBook, total: StepTotal, state: FunnelState): void {
  const prefix = factPrefix.step(total)
  const name = state.names.step(total)
  const { now, before, change } = total
  const source = monthSource(state, now.rows)
  const figures = [
    ['entered', `${name}: people before the step`, now.entered],
    ['reached', `${name}: people after the step`, now.reached],
  ] as const
  for (const [part, label, value] of figures) {
    book.add({
      id: `${prefix}.${part}`,
      label,
      unit: 'count',
      quantity: whenAny(now.cells, value),
      source,
    })
  }
  book.add({
    id: `${prefix}.rate`,
    label: `${name}: conversion`,
    unit: 'rate',
    quantity: total.rate,
    numerator: now.reached,
    denominator: now.entered,
    formula: 'people after the step ÷ people before it, in cells with a row for both',
    inputs: [`${prefix}.reached`, `${prefix}.entered`],
    source,
  })
  book.add({
    id: `${prefix}.prior_rate`,
    label: `${name}: conversion, month before`,
    unit: 'rate',
    quantity: total.rateBefore,
    ...(before === null ? {} : { numerator: before.reached, denominator: before.entered }),
    source: [{ dataset: state.dataset, rows: before?.rows ?? 0 }],
  })
  book.add({
    id: `${prefix}.change`,
    label: `${name}: change of conversion against the month before`,
    unit: 'points',
    quantity:
      change === null
        ? notMeasured(
            state.isMature
              ? 'the month before has no such rate'
              : 'the month is too young to be compared',
          )
        : measured(change.points),
    formula: 'conversion − conversion of the month before',
    inputs: [`${prefix}.rate`, `${prefix}.prior_rate`],
    source,
  })
  enterSplit(book, total, state)
  enterTarget(book, total, state)
}

function enterSplit(book: FactBook, total: StepTotal, state: FunnelState): void {
  const split = total.change?.split
  if (split === undefined) return
  const prefix = factPrefix.step(total)
  const parts = [
    ['rate_effect', 'change from how cells convert', split.rateEffect],
    ['mix_effect', 'change from which cells had the traffic', split.mixEffect],
  ] as const
  for (const [part, label, value] of parts) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${state.names.step(total)}: ${label}`,
      unit: 'points',
      quantity: measured(value),
      formula: 'Kitagawa’s split of the change; the two parts add up to it',
      inputs: [`${prefix}.change`],
      source: monthSource(state, total.now.rows),
    })
  }
}

function enterTarget(book: FactBook, total: StepTotal, state: FunnelState): void {
  const target = state.context.policy.funnel.target_conversion[total.id]
  if (target === undefined) return
  book.add({
    id: `${factPrefix.step(total)}.target`,
    label: `${state.names.step(total)}: target conversion`,
    unit: 'rate',
    quantity: measured(target),
    formula: 'stated in the policy',
    source: [],
  })
}

function enterCell(book: FactBook, step: CellStep, state: FunnelState): void {
  const prefix = factPrefix.cell(step)
  const name = `${state.names.cell(step.cell)}, ${state.names.step(step)}`
  const ends = [
    ['entered', 'people before the step', step.before, step.from],
    ['reached', 'people after the step', step.after, step.to],
  ] as const
  for (const [part, label, count, stage] of ends) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'count',
      quantity: countOf(count ?? null, `no row counts ${stage} in this cell`),
      source: monthSource(state, count?.rows ?? 0, { ...cellFilter(step), stage }),
    })
  }
  enterCellRate(book, step, { prefix, name, state })
}

function enterCellRate(
  book: FactBook,
  step: CellStep,
  { prefix, name, state }: { prefix: string; name: string; state: FunnelState },
): void {
  const { before, after } = step
  const rows = (before?.rows ?? 0) + (after?.rows ?? 0)
  const source = monthSource(state, rows, cellFilter(step))
  book.add({
    id: `${prefix}.rate`,
    label: `${name}: conversion`,
    unit: 'rate',
    quantity: rateOf(step),
    ...(before === undefined || after === undefined
      ? {}
      : { numerator: after.count, denominator: before.count }),
    formula: 'people after the step ÷ people before it',
    inputs: [`${prefix}.reached`, `${prefix}.entered`],
    source,
  })
  enterPriorRate(book, step, { prefix, name, state })
  enterDropOff(book, step, { prefix, name, source })
}

function enterPriorRate(
  book: FactBook,
  step: CellStep,
  { prefix, name, state }: { prefix: string; name: string; state: FunnelState },
): void {
  const prior = priorStep(state, step)
  book.add({
    id: `${prefix}.prior_rate`,
    label: `${name}: conversion, month before`,
    unit: 'rate',
    quantity:
      prior === null
        ? notMeasured('the month before has no such rate')
        : quotient(measured(prior.reached), measured(prior.entered), 'the traffic before the step'),
    ...(prior === null ? {} : { numerator: prior.reached, denominator: prior.entered }),
    source: [{ dataset: state.dataset, rows: prior?.rows ?? 0, where: cellFilter(step) }],
  })
}

function enterTally(book: FactBook, state: FunnelState): void {
  const rows = state.cells.reduce(
    (sum, cell) => sum + [...cell.stages.values()].reduce((part, count) => part + count.rows, 0),
    0,
  )
  const source = monthSource(state, rows)
  // Without a cell nothing was looked at, and that is not the same as finding nothing.
  const counted = (count: number): Quantity =>
    state.cells.length === 0 ? notMeasured('the month has no funnel row') : measured(count)
  book.add({
    id: 'funnel.rows',
    label: 'Funnel rows read for the month',
    unit: 'count',
    quantity: counted(rows),
    source,
  })
  book.add({
    id: 'funnel.cells',
    label: 'Campaign × segment × channel cells with a row',
    unit: 'count',
    quantity: counted(state.cells.length),
    source,
  })
  for (const status of STATUS_ORDER) {
    // Told only where there is one: a part of the steps that are ok otherwise.
    if (status === 'far_below' && withStatus(state.steps, status).length === 0) continue
    book.add({
      id: `funnel.steps.${status}`,
      label: `Steps of cells: ${status.replaceAll('_', ' ')}`,
      unit: 'count',
      quantity: counted(withStatus(state.steps, status).length),
      source,
    })
  }
}

function cellFilter({ cell }: CellStep): Record<string, string> {
  return Object.fromEntries(
    [
      ['campaign_id', cell.campaignId],
      ['segment_id', cell.segmentId],
      ['channel_id', cell.channelId],
    ].filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

function countOf(count: StageCount | null, missing: string): Quantity {
  return count === null ? notMeasured(missing) : measured(count.count)
}

function whenAny(cells: number, value: number): Quantity {
  return cells === 0 ? notMeasured('no cell has a row for both stages') : measured(value)
}

function rateOf({ judged, status }: CellStep): Quantity {
  if (judged?.rate != null) return measured(judged.rate)
  if (status === 'more_than_before') {
    return notMeasured('more people were counted after the step than before it')
  }
  return notMeasured(
    status === 'no_traffic' ? 'there was nobody before the step' : 'one of the stages has no row',
  )
}
