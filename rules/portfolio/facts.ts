import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import { segmentFigure, type JudgedSegment } from './judge.ts'
import type { RecomputedKpi } from './kpi-claim.ts'
import { comparisonOf, settledDay, undecidedWhy } from './undecided.ts'

/** How the facts of a segment begin. */
export function segmentPrefix(key: string): string {
  return `synthesis.segment.${distinctPart(key)}`
}

/** Enters how many segments move and are called which way, and the share of them at the target ROI. */
export function enterCounts(
  book: FactBook,
  judged: readonly JudgedSegment[],
  source: readonly FactSource[],
): void {
  const unknown = judged.filter(({ momentum }) => momentum.direction === 'unknown')
  const counted = (count: number): Quantity => countSegments(count, judged.length, unknown.length)
  const add = (metric: string, label: string, count: number): string =>
    book.add({
      id: `synthesis.segments.${metric}`,
      label,
      unit: 'count',
      quantity: counted(count),
      source,
    })
  const total = add('total', 'Segments within campaigns', judged.length)
  for (const direction of ['improving', 'declining', 'stable'] as const) {
    const moving = judged.filter(({ momentum }) => momentum.direction === direction)
    add(direction, `Segments ${direction}`, moving.length)
  }
  const withinChance = judged.filter(({ momentum }) => momentum.direction === 'undecided')
  add('within_chance', 'Segments whose change is not decided', withinChance.length)
  add('not_assessable', 'Segments whose direction cannot be told', unknown.length)
  const stated = judged.filter(({ momentum }) => momentum.basis === 'stated')
  add('stated', 'Segments whose direction is stated, not measured', stated.length)
  book.add({
    id: 'synthesis.segments.undecided',
    label: 'Segments whose change was looked at and decides nothing',
    unit: 'count',
    quantity:
      judged.length === 0
        ? notMeasured('no segment was measured or stated')
        : measured(judged.filter(({ momentum }) => undecidedWhy(momentum) !== undefined).length),
    source,
  })
  for (const action of ['scale', 'hold', 'revise', 'stop'] as const) {
    const called = judged.filter(({ ruling }) => ruling.action === action)
    add(action, `Segments to ${action}`, called.length)
  }
  const reached = judged.filter(({ onTarget }) => onTarget === true).length
  const onTarget = book.add({
    id: 'synthesis.segments.on_target',
    label: 'Segments at the target ROI',
    unit: 'count',
    quantity: countSegments(reached, judged.length, 0),
    source,
  })
  book.add({
    id: 'synthesis.segments.on_target_rate',
    label: 'Share of segments at the target ROI',
    unit: 'rate',
    quantity: quotient(
      countSegments(reached, judged.length, 0),
      counted(judged.length),
      'the number of segments',
    ),
    ...(judged.length === 0 ? {} : { numerator: reached, denominator: judged.length }),
    formula: 'segments with ROI at the target ÷ all segments',
    inputs: [onTarget, total],
    source,
  })
}

/** No segment in a group means something only when the direction of every segment is known: the calls rest on it too. */
function countSegments(count: number, all: number, unknown: number): Quantity {
  if (all === 0) return notMeasured('no segment was measured or stated')
  if (count === 0 && unknown > 0) {
    return notMeasured('the direction of some segments cannot be told')
  }
  return measured(count)
}

/** Enters the figures a segment's call rests on. */
export function enterSegment(book: FactBook, judged: JudgedSegment, currency: string): void {
  const { facts, name, roi } = judged
  const prefix = segmentPrefix(judged.key)
  const source = [sourceOf(judged)]
  const amounts = { spend: facts.costMinor, value: facts.valueMinor }
  for (const [metric, minor] of Object.entries(amounts)) {
    book.add({
      id: `${prefix}.${metric}`,
      label: `${name}: ${metric}`,
      unit: 'money',
      currency,
      quantity: segmentFigure(minor, metric),
      source,
    })
  }
  book.add({
    id: `${prefix}.roi`,
    label: `${name}: ROI`,
    unit: 'change',
    quantity: roi,
    ...(facts.costMinor === null || facts.costMinor === 0 || facts.valueMinor === null
      ? {}
      : { numerator: facts.valueMinor - facts.costMinor, denominator: facts.costMinor }),
    formula: '(value − spend) ÷ spend',
    inputs: [`${prefix}.value`, `${prefix}.spend`],
    source,
  })
  book.add({
    id: `${prefix}.conversions`,
    label: `${name}: conversions`,
    unit: 'count',
    quantity: segmentFigure(facts.conversions, 'conversions'),
    source,
  })
  enterTrend(book, judged, source)
}

function enterTrend(
  book: FactBook,
  { key, name, momentum, subject }: JudgedSegment,
  source: readonly FactSource[],
): void {
  const compared = comparisonOf(momentum)
  if (compared !== undefined) {
    book.add({
      id: `${segmentPrefix(key)}.trend_p`,
      label: `${name}: chance of such a change if nothing had changed`,
      unit: 'probability',
      quantity: segmentFigure(compared.change.p, 'change'),
      source,
    })
  }
  const settledOn = settledDay(momentum)
  if (settledOn !== undefined) {
    book.addText({
      id: `${segmentPrefix(key)}.settled_on`,
      label: `${name}: day from which late conversions no longer matter`,
      unit: 'date',
      value: settledOn,
      source,
    })
  }
  book.add({
    id: `${segmentPrefix(key)}.trend`,
    label: `${name}: ${compared === undefined ? 'trend as stated' : 'change of the conversion rate'}`,
    unit: 'change',
    quantity:
      compared === undefined
        ? segmentFigure(subject.rollup?.trend ?? null, 'trend')
        : segmentFigure(compared.change.relativeChange, 'change'),
    source,
  })
}

/** Enters a stated rate beside the ones that its counts give. */
export function enterKpi(book: FactBook, judged: JudgedSegment): void {
  const { kpi, name } = judged
  if (kpi === null) return
  const prefix = `${segmentPrefix(judged.key)}.kpi`
  const [rollup, delivery] = [rollupSource(judged), deliverySource(judged)]
  book.add({
    id: `${prefix}.stated`,
    label: `${name}: ${kpi.kpi} as stated`,
    unit: 'rate',
    quantity: measured(kpi.stated),
    source: [rollup],
  })
  const add = (metric: string, { rate, ...counts }: RecomputedKpi, source: FactSource): string =>
    book.add({
      id: `${prefix}.${metric}`,
      label: `${name}: ${kpi.kpi}, ${metric === 'delivered' ? 'as delivered' : 'from the counts beside it'}`,
      unit: 'rate',
      quantity: rate,
      ...counts,
      source: [source],
    })
  add('delivered', kpi.delivered, delivery)
  add('own', kpi.own, rollup)
}

function sourceOf(judged: JudgedSegment): FactSource {
  const { momentum, subject } = judged
  return momentum.basis === 'measured' || subject.rollup === undefined
    ? deliverySource(judged)
    : rollupSource(judged)
}

function rollupSource({ subject: { campaignId, segmentId } }: JudgedSegment): FactSource {
  return {
    dataset: 'segment_rollups',
    rows: 1,
    where: { campaign_id: campaignId, segment_id: segmentId },
  }
}

function deliverySource({
  subject: { campaignId, segmentId, current },
}: JudgedSegment): FactSource {
  return {
    dataset: 'ad_performance',
    rows: current?.rows ?? 0,
    where: { campaign_id: campaignId, segment_id: segmentId },
  }
}
