import { minorPerMajor } from '../kernel/currency.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Target } from '../policy/verdict.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, Fact, Finding } from '../schema/review.ts'
import type { TargetStatus } from '../schema/synthesis.ts'
import { literal } from '../schema/template.ts'
import { enterTargetCounts } from './target-counts.ts'
import { enterExactFigure, roundingFinding } from './target-rounding.ts'
import { boundOf, judgeTarget, type TargetRuling } from './target-status.ts'

/** What targets are held against. */
export interface TargetContext {
  readonly targets: readonly Target[]
  readonly currency: string
  readonly policyVersion: string
  /** Facts of the review by id, those of the synthesis included. */
  readonly facts: ReadonlyMap<string, Fact>
}

/** Parts of the synthesis; bounds and counts are in the book. */
export interface TargetReview {
  readonly statuses: readonly TargetStatus[]
  readonly decisions: readonly Decision[]
  readonly findings: readonly Finding[]
}

const RULE_ID = 'health.target'

/** The figure each known target speaks of; any other id is taken for the id of a fact. */
const ACTUALS: Readonly<Record<string, string>> = {
  roi: 'campaign_roi.total.roi',
  roas: 'campaign_roi.total.roas',
  cac: 'campaign_roi.total.cac',
  cpa: 'campaign_roi.total.cpa',
  cpc: 'campaign_roi.total.cpc',
  ctr: 'campaign_roi.total.ctr',
  conversion_rate: 'campaign_roi.total.conversion_rate',
  cost: 'campaign_roi.total.cost',
  value: 'campaign_roi.total.value',
  net: 'campaign_roi.total.net',
  wins: 'campaign_roi.total.wins',
  approval_rate_of_decided: 'synthesis.approvals.rate_of_decided',
  approval_rate_of_all: 'synthesis.approvals.rate_of_all',
  segments_on_target: 'synthesis.segments.on_target_rate',
  open_risks: 'synthesis.risks.open',
  pending_reallocations: 'synthesis.pending_reallocations.count',
}

const LABELS: Readonly<Record<string, string>> = {
  roi: 'ROI',
  roas: 'ROAS',
  cac: 'Customer acquisition cost',
  cpa: 'Cost per conversion',
  cpc: 'Cost per click',
  ctr: 'Click-through rate',
  approval_rate_of_decided: 'Approved of decided moves',
  approval_rate_of_all: 'Approved of all moves',
  segments_on_target: 'Segments at the target ROI',
}

/** Where does each target of the policy stand? Bounds are entered as facts beside the figures they are held against. */
export function reviewTargets(book: FactBook, context: TargetContext): TargetReview {
  const judged = context.targets.map((target) => judge(book, target, context))
  const missed = judged.filter(({ status }) => status.status === 'missed')
  const add = (metric: string, label: string, quantity: Quantity): string =>
    book.add({ id: `synthesis.targets.${metric}`, label, unit: 'count', quantity, source: [] })
  const isOpen = judged.some(({ status }) => status.status === 'not_assessable')
  // Where a target could not be assessed, finding none met or missed is not knowing.
  const counted = (count: number): Quantity =>
    count === 0 && isOpen ? notMeasured('not every target could be assessed') : measured(count)
  add('total', 'Targets of the policy', measured(judged.length))
  add('missed', 'Targets missed', counted(missed.length))
  add('met', 'Targets met', counted(judged.filter(({ status }) => status.status === 'met').length))
  return {
    statuses: judged.map(({ status }) => status),
    decisions: judged.map(({ decision }) => decision),
    findings: judged.flatMap(({ finding }) => finding),
  }
}

interface JudgedTarget {
  readonly status: TargetStatus
  readonly decision: Decision
  readonly finding: readonly Finding[]
}

function judge(book: FactBook, target: Target, context: TargetContext): JudgedTarget {
  const factId = target.fact ?? ACTUALS[target.id] ?? target.id
  const actual = context.facts.get(factId)
  const ruling = judgeTarget(target, actual)
  const label = literal(target.label ?? LABELS[target.id] ?? actual?.label ?? words(target.id))
  const prefix = `synthesis.target.${distinctPart(target.id)}`
  const bound = enterBound(book, { target, label, prefix }, { actual, currency: context.currency })
  const status: TargetStatus = {
    id: target.id,
    label,
    operator: target.at_least === undefined ? 'at_most' : 'at_least',
    target: bound,
    actual: actual === undefined ? enterMissing(book, prefix, label) : factId,
    status: ruling.status,
    decisionId: `${RULE_ID}:${target.id}`,
  }
  enterTargetCounts(book, target, { status: ruling.status, actual })
  enterExactFigure(book, target, { status: ruling.status, actual })
  return {
    status,
    decision: decisionOf(target, { status, ruling, actual }, context.policyVersion),
    finding: roundingFinding(target, status, { actual, has: book.has }),
  }
}

function decisionOf(
  target: Target,
  {
    status,
    ruling,
    actual,
  }: { status: TargetStatus; ruling: TargetRuling; actual: Fact | undefined },
  policyVersion: string,
): Decision {
  return {
    id: status.decisionId,
    stage: 'synthesis',
    subject: `target:${target.id}`,
    subjectName: status.label,
    action: ruling.status,
    reason: ruling.reason,
    ruleId: RULE_ID,
    policyVersion,
    evidence: {
      actualFact: status.actual,
      actual: actual?.value ?? null,
      numerator: actual?.numerator ?? null,
      denominator: actual?.denominator ?? null,
      operator: status.operator,
      bound: boundOf(target),
    },
  }
}

/** The bound in the unit of the figure it is held against, so that both read alike. */
function enterBound(
  book: FactBook,
  { target, label, prefix }: { target: Target; label: string; prefix: string },
  { actual, currency }: { actual: Fact | undefined; currency: string },
): string {
  const bound = boundOf(target)
  const isMoney = target.unit === 'money' || actual?.unit === 'money'
  const entry = { id: `${prefix}.bound`, label: `${label}: target`, source: [] }
  if (isMoney) {
    const minor = Math.round(bound * minorPerMajor(currency))
    return book.add({ ...entry, unit: 'money', currency, quantity: measured(minor) })
  }
  const unit = actual?.unit ?? target.unit ?? 'number'
  const known = unit === 'date' || unit === 'text' ? 'number' : unit
  return book.add({ ...entry, unit: known, quantity: measured(bound) })
}

function enterMissing(book: FactBook, prefix: string, label: string): string {
  return book.add({
    id: `${prefix}.actual`,
    label,
    unit: 'number',
    quantity: { status: 'not_measured', reason: 'the review has no figure of that name' },
    source: [],
  })
}

function words(id: string): string {
  const text = id.replaceAll(/[_.]/g, ' ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
