import type { CampaignStanding } from '../governance/campaign-standing.ts'
import { present } from '../kernel/invariant.ts'
import { sortByText } from '../kernel/order.ts'
import type { Policy } from '../policy/policy.ts'
import { createFactBook } from '../schema/fact-book.ts'
import type { Cell, Decision, Fact, FactSource, Finding, Table } from '../schema/review.ts'
import type { SegmentCall } from '../schema/synthesis.ts'
import type { Grade } from '../trust/grade.ts'
import { enterCounts, enterKpi, enterSegment, segmentPrefix } from './facts.ts'
import { segmentFindings } from './findings.ts'
import { judgeSegment, type JudgedSegment, type SegmentNames } from './judge.ts'
import { segmentMomentum, type SegmentSubject } from './momentum.ts'
import { latestRollups, segmentKey, type SegmentDelivery, type SegmentRollup } from './rollup.ts'
import { isLookedAt, undecidedWhy } from './undecided.ts'

/** What the review of segments looks at. */
export interface PortfolioInput {
  /** Rollups whose window ends in the month. */
  readonly rollups: readonly SegmentRollup[]
  /** Delivery of the month and of the month before. */
  readonly current: readonly SegmentDelivery[]
  readonly previous: readonly SegmentDelivery[]
  readonly names: SegmentNames
  /** How campaigns stand; one that is not named is taken to run. */
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

export interface PortfolioContext {
  readonly month: string
  readonly asOfOn: string
  readonly policy: Policy
  /** Grade of the data; null when nobody graded it. */
  readonly grade: Grade | null
  /** p of each change that the stages before tested; none when left out. */
  readonly testedBefore?: readonly number[]
}

/** Parts of the synthesis, the segment with the largest spend first. */
export interface PortfolioReview {
  readonly facts: readonly Fact[]
  readonly decisions: readonly Decision[]
  readonly findings: readonly Finding[]
  readonly tables: readonly Table[]
  readonly segments: readonly SegmentCall[]
  readonly judged: readonly JudgedSegment[]
}

/** Segments told with their figures, and segments listed with their call. */
const TOLD = 30
const LISTED = 200

/** Which way does each segment within a campaign move, and what is to become of it? */
export function reviewPortfolio(input: PortfolioInput, context: PortfolioContext): PortfolioReview {
  const subjects = subjectsOf(input)
  const momentum = segmentMomentum(subjects, context)
  const judged = subjects
    .map((subject, index) => {
      const own = present(momentum[index], 'a reading of each segment')
      return judgeSegment(subject, own, { ...context, names: input.names })
    })
    .toSorted(bySpend)
  const book = createFactBook()
  enterCounts(book, judged, sourcesOf(input))
  const told = judged.slice(0, TOLD)
  for (const segment of told) {
    enterSegment(book, segment, context.policy.company.currency)
    enterKpi(book, segment)
  }
  return {
    judged,
    segments: judged.slice(0, LISTED).map(toCall),
    decisions: judged.slice(0, LISTED).map(({ decision }) => decision),
    findings: segmentFindings(told, input.standings),
    tables: told.length === 0 ? [] : [segmentTable(told, judged.length)],
    facts: book.list(),
  }
}

/** Every segment that was delivered to or spoken of, by its key. */
function subjectsOf({ rollups, current, previous }: PortfolioInput): SegmentSubject[] {
  const latest = latestRollups(rollups)
  const [stated, now, before] = [byKey(latest), byKey(current), byKey(previous)]
  const known = new Map([...latest, ...current].map((row) => [segmentKey(row), row]))
  return sortByText([...known], ([key]) => key).map(([key, { campaignId, segmentId }]) => ({
    campaignId,
    segmentId,
    rollup: stated.get(key),
    current: now.get(key),
    previous: before.get(key),
  }))
}

function byKey<Row extends { readonly segmentId: string; readonly campaignId: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [segmentKey(row), row]))
}

/** The largest first, what was not measured last; of equal ones the order stays. */
function bySpend(left: JudgedSegment, right: JudgedSegment): number {
  return (right.facts.costMinor ?? -1) - (left.facts.costMinor ?? -1)
}

function sourcesOf({ rollups, current }: PortfolioInput): FactSource[] {
  const rows = current.reduce((sum, row) => sum + row.rows, 0)
  return [
    ...(rollups.length > 0 ? [{ dataset: 'segment_rollups' as const, rows: rollups.length }] : []),
    ...(rows > 0 ? [{ dataset: 'ad_performance' as const, rows }] : []),
  ]
}

function toCall({ decision, subject, name, momentum, ruling }: JudgedSegment): SegmentCall {
  return {
    decisionId: decision.id,
    campaignId: subject.campaignId,
    segmentId: subject.segmentId,
    name,
    momentum: momentum.direction === 'unknown' ? 'not_assessable' : momentum.direction,
    basis: momentum.basis,
    action: ruling.action,
    published: subject.rollup?.recommendation ?? null,
    needsApproval: ruling.needsApproval,
  }
}

const DIRECTION_CHIPS: Readonly<Record<JudgedSegment['momentum']['direction'], Cell>> = {
  improving: { chip: 'ok', text: 'improving' },
  declining: { chip: 'bad', text: 'declining' },
  stable: { chip: 'info', text: 'stable' },
  undecided: { chip: 'watch', text: 'undecided' },
  unknown: { text: 'cannot be told' },
}

/** A comparison that decides nothing says why, so that it is not read as one that nobody made. */
function directionCell(momentum: JudgedSegment['momentum']): Cell {
  const why = undecidedWhy(momentum)
  return why === undefined
    ? DIRECTION_CHIPS[momentum.direction]
    : { chip: 'watch', text: `undecided: ${why}` }
}

function chanceCell(momentum: JudgedSegment['momentum'], fact: (metric: string) => Cell): Cell {
  return isLookedAt(momentum) ? fact('trend_p') : { text: '—' }
}

const VALUE_NOTE =
  'Spend is media alone. Spend, value and conversions are the platforms’ where the direction is measured and the rollup’s where it is stated; neither is the value of the books over full cost.'

function segmentTable(told: readonly JudgedSegment[], total: number): Table {
  const hasTests = told.some(({ momentum }) => isLookedAt(momentum))
  return {
    id: 'synthesis.segments',
    title: 'Segment portfolio',
    columns: [
      { key: 'segment', label: 'Segment', numeric: false },
      { key: 'direction', label: 'Direction', numeric: false },
      { key: 'trend', label: 'Trend', numeric: true },
      ...(hasTests ? [{ key: 'trend_p', label: 'p', numeric: true }] : []),
      { key: 'basis', label: 'Basis', numeric: false },
      { key: 'spend', label: 'Spend', numeric: true },
      { key: 'value', label: 'Value', numeric: true },
      { key: 'roi', label: 'ROI', numeric: true },
      { key: 'conversions', label: 'Conversions', numeric: true },
      { key: 'call', label: 'Call', numeric: false },
    ],
    rows: told.map(({ key, name, momentum, decision }) => {
      const fact = (metric: string): Cell => ({ fact: `${segmentPrefix(key)}.${metric}` })
      return [
        { text: name },
        directionCell(momentum),
        fact('trend'),
        ...(hasTests ? [chanceCell(momentum, fact)] : []),
        { text: isLookedAt(momentum) ? 'measured' : momentum.basis },
        fact('spend'),
        fact('value'),
        fact('roi'),
        fact('conversions'),
        { decision: decision.id },
      ]
    }),
    note: `${VALUE_NOTE}${total > TOLD ? ' The list is cut here, by spend; every call stands in review.json.' : ''}`,
  }
}
