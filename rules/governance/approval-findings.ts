import { countedIn, type Presence } from '../kernel/presence.ts'
import { measured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Finding, StageName } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import type { ApprovalStatistics } from './approval-statistics.ts'
import { moveFacts } from './move-facts.ts'
import { moveList, type FindingContext } from './move-findings.ts'
import type { BudgetAction } from './past-moves.ts'

/** Enters the counts, both approval rates and the mean latency as facts `STAGE.approvals.*`. */
export function enterApprovals(
  book: FactBook,
  statistics: ApprovalStatistics,
  { stage, presence }: { readonly stage: StageName; readonly presence: Presence },
): void {
  const counted = (count: number): Quantity => countedIn(presence, 'budget actions', count)
  const source: FactSource[] = [{ dataset: 'budget_actions', rows: statistics.total }]
  const { approved, rejected, pending, decided, total, meanLatency } = statistics
  const counts = { total, approved, rejected, pending, decided, dated: statistics.latencies }
  for (const [metric, value] of Object.entries(counts)) {
    book.add({
      id: `${stage}.approvals.${metric}`,
      label: `Budget actions: ${metric}`,
      unit: 'count',
      quantity: counted(value),
      source,
    })
  }
  const rates = [
    { of: 'all', denominator: total, formula: 'approved ÷ all' },
    { of: 'decided', denominator: decided, formula: 'approved ÷ (approved + rejected)' },
  ]
  for (const { of, denominator, formula } of rates) {
    book.add({
      id: `${stage}.approvals.rate_of_${of}`,
      label: `Approved of ${of} moves`,
      unit: 'rate',
      quantity: quotient(counted(approved), counted(denominator), 'the number of moves'),
      ...(presence === 'present' ? { numerator: approved, denominator } : {}),
      formula,
      source,
    })
  }
  book.add({
    id: `${stage}.approvals.mean_latency`,
    label: 'Mean time from proposal to decision',
    unit: 'minutes',
    quantity: meanLatency,
    ...(statistics.latencies > 0
      ? { numerator: statistics.latencyMinutes, denominator: statistics.latencies }
      : {}),
    formula: 'Σ (decided − proposed) ÷ dated decisions',
    source,
  })
}

/** A control that has never refused anything is unproven; said whenever at least one move was decided and none rejected. */
export function neverRefusedFinding(statistics: ApprovalStatistics, stage: StageName): Finding[] {
  if (statistics.decided === 0 || statistics.rejected > 0) return []
  const fact = (metric: string): string => token(`${stage}.approvals.${metric}`)
  const ofAll =
    statistics.total === statistics.decided
      ? ''
      : ` Measured against all ${fact('total')} moves the rate reads ${fact('rate_of_all')}, because it counts what nobody has decided as if it had been refused.`
  return [
    {
      id: 'finding.governance.approvals:never_refused',
      ruleId: 'governance.approvals',
      severity: 'warning',
      subject: 'budget:approvals',
      title: `${fact('rate_of_decided')} of decided moves were approved and none was ever rejected`,
      detail: `${fact('approved')} of ${fact('decided')} decided moves were approved${waitInWords(statistics, fact)}. An approval that has never refused anything proves nothing about the control.${ofAll}`,
    },
  ]
}

/** How long decisions took, and of how many the data say so. */
function waitInWords(
  { latencies, decided }: ApprovalStatistics,
  fact: (metric: string) => string,
): string {
  if (latencies === 0) return ''
  return latencies === decided
    ? `, on average ${fact('mean_latency')} after they were proposed`
    : `; the ${fact('dated')} whose times the data give were answered ${fact('mean_latency')} after they were proposed on average`
}

/** One finding per kind of reason for which moves still wait: a stop-loss that waits loses money every day. */
export function pendingFindings(
  book: FactBook,
  pending: readonly BudgetAction[],
  context: FindingContext,
): Finding[] {
  const stops = pending.filter((action) => action.reasonCode === 'stop_loss')
  const others = pending.filter((action) => action.reasonCode !== 'stop_loss')
  return [
    ...pendingFinding(book, { kind: 'stop_loss', moves: stops }, context),
    ...pendingFinding(book, { kind: 'other', moves: others }, context),
  ]
}

function pendingFinding(
  book: FactBook,
  { kind, moves }: { kind: 'stop_loss' | 'other'; moves: readonly BudgetAction[] },
  context: FindingContext,
): Finding[] {
  const first = moves[0]
  if (first === undefined) return []
  const { stage } = context
  const count = book.add({
    id: `${stage}.pending_moves.${kind}.count`,
    label: kind === 'stop_loss' ? 'Stop-loss moves that wait' : 'Other moves that wait',
    unit: 'count',
    quantity: measured(moves.length),
    source: [{ dataset: 'budget_actions', rows: moves.length }],
  })
  const noun = kind === 'stop_loss' ? 'stop-loss move' : 'budget move'
  const [plural, verb] = moves.length === 1 ? ['', 'waits'] : ['s', 'wait']
  const loss = kind === 'stop_loss' ? ' Until it is decided the line keeps spending.' : ''
  return [
    {
      id: `finding.governance.pending_moves:${kind}`,
      ruleId: 'governance.pending_moves',
      severity: kind === 'stop_loss' ? 'serious' : 'warning',
      subject: 'budget:pending_moves',
      title: `${token(count)} ${noun}${plural} ${verb} for a decision`,
      detail: `${moveList(book, { moves, verb: 'would move' }, context)}; filed on ${token(moveFacts(book, stage, first).filedOn)}.${loss}`,
    },
  ]
}
