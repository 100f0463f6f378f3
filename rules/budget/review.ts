import {
  isMeasured,
  measured,
  type Missing,
  notMeasured,
  type Quantity,
  unreadable,
} from '../kernel/quantity.ts'
import type { BudgetMove, BudgetStageResult } from '../schema/budget-move.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import { type CampaignFlight, campaignFlights } from './campaign-flight.ts'
import { claimFindings, enterClaims, linesToldByClaims } from './claim-finding.ts'
import { lineDecision, paceDecision } from './decisions.ts'
import {
  carriedFinding,
  conflictFinding,
  madeFinding,
  missingFindings,
  paceFindings,
  roomFindings,
  variationFinding,
} from './findings.ts'
import {
  blockedLines,
  countBlocked,
  enterBlocked,
  enterLostDays,
  holdSentence,
  lostDaysFinding,
  noMoveFindings,
} from './hold-finding.ts'
import { absence, type BudgetContext, type BudgetInput } from './input.ts'
import { limitConflicts, type NamedConflict } from './limit-conflicts.ts'
import { enterFlight, enterLine, enterVariation } from './line-facts.ts'
import { type LineReviews, reviewLines } from './line-review.ts'
import { lineNames } from './lines.ts'
import {
  enterConflict,
  enterFaultGroup,
  enterMove,
  type FaultGroup,
  faultGroups,
} from './move-facts.ts'
import { overspendFindings } from './overspend.ts'
import { enterPlan, planDecision, planFindings, planTable } from './plan-facts.ts'
import { type Reallocation, reallocate } from './reallocation.ts'
import { carriedMoves, madeMoves, type MoveBooks } from './recorded-moves.ts'
import { blockingRisks } from './risk-lines.ts'
import { flightRunOuts, lineRunOuts } from './run-out.ts'
import { stopFamilyDecisions } from './stop-evidence.ts'
import { enterStops, stopFindings } from './stop-findings.ts'
import { budgetSummary } from './summary.ts'
import {
  flightTable,
  lineMetrics,
  lineTable,
  MOVES_SHOWN,
  moveTable,
  shownLines,
} from './tables.ts'
import { enterTotal } from './total-facts.ts'
import { reviewTotal, type TotalReview } from './total-review.ts'

/**
 * Where does the budget stand, where will it land, what does each line return, and which money should move?
 *
 * Proposals that wait are carried in; new moves are proposed only where the evidence carries them; everything else is held and says why.
 *
 * @param input Plans, delivery, ledger, recorded actions and risks, parsed where they were read.
 */
export function reviewBudget(input: BudgetInput, context: BudgetContext): BudgetStageResult {
  const judged = judge(input, context)
  const { lines, total, flights, reallocation, carried, groups, conflicts } = judged
  const book = createFactBook()
  const moves = [...carried, ...reallocation.moves]
  const shown = shownLines(lines.lines, moves)
  enterTotal(book, total, { input, context })
  const metrics = lineMetrics(lines.lines).map(({ key }) => key)
  for (const line of shown) enterLine(book, line, { metrics, context })
  enterStops(book, shown, context)
  enterVariation(book, lines.lines)
  for (const flight of flights) enterFlight(book, flight, context.policy.company.currency)
  for (const move of moves.slice(0, MOVES_SHOWN)) enterMove(book, move)
  for (const group of groups) enterFaultGroup(book, group)
  const blocked = blockedLines(input, reallocation)
  enterCounts(book, lines, { moves, blocked: reallocation.blocked, input, context })
  enterBlocked(book, blocked)
  enterLostDays(book, input)
  const claimed = linesToldByClaims(shown, moves, context)
  enterClaims(book, claimed, context)
  for (const conflict of conflicts) enterConflict(book, conflict, context.policy.company.currency)
  const { plan } = reallocation
  if (plan !== null) enterPlan(book, plan, context)
  const tables = [
    moveTable(moves),
    lineTable(shown, lines.lines),
    plan === null ? null : planTable(plan),
    flightTable(flights),
  ]
  return {
    stage: 'budget',
    status: stageStatus(total),
    facts: book.list(),
    decisions: [
      paceDecision(total, context),
      ...(plan === null ? [] : [planDecision(plan, context)]),
      ...stopFamilyDecisions(lines.lines, context),
      ...shown.map((line) => lineDecision(line, reallocation, context)),
    ],
    findings: [
      ...carried.slice(0, MOVES_SHOWN).map(carriedFinding),
      ...stopFindings(shown),
      ...paceFindings(total),
      ...overspendFindings(total, shown, context),
      ...lineRunOuts(shown),
      ...flightRunOuts(flights, context),
      ...roomFindings(shown),
      ...groups.map((group) => madeFinding(group, lineNames(input))),
      ...conflicts.map(conflictFinding),
      ...(plan === null ? [] : planFindings(plan)),
      ...missingFindings(total),
      ...noMoveFindings(input, blocked, moves),
      ...lostDaysFinding(input),
      ...claimFindings(claimed, context),
      ...variationFinding(lines.lines),
    ],
    tables: tables.filter((table) => table !== null).filter((table) => table.rows.length > 0),
    charts: [],
    summary: budgetSummary(total, lines.lines, { moves, held: holdSentence(blocked, moves) }),
    moves,
  }
}

interface Judged {
  readonly lines: LineReviews
  readonly total: TotalReview
  readonly flights: readonly CampaignFlight[]
  readonly reallocation: Reallocation
  readonly carried: readonly BudgetMove[]
  readonly groups: readonly FaultGroup[]
  readonly conflicts: readonly NamedConflict[]
}

function judge(input: BudgetInput, context: BudgetContext): Judged {
  const lines = reviewLines(input, context)
  const risks = blockingRisks(input.risks, input.delivery, context.policy.budget.blocking_risk)
  const stopped = new Set(
    lines.lines.filter(({ stop }) => stop.action === 'stop').map(({ line }) => line.id),
  )
  const books: MoveBooks = {
    input,
    lines: lines.lines.map(({ line }) => line),
    risks,
    stopped,
    context,
  }
  const carried = carriedMoves(books)
  const { minorPerUnit } = lines
  const total = reviewTotal(input, lines, context)
  return {
    lines,
    total,
    conflicts: limitConflicts(books.lines, input, total.planned),
    flights: campaignFlights(input, context),
    reallocation: reallocate({
      lines: lines.lines,
      plans: input.plans,
      risks,
      carried,
      context,
      minorPerUnit,
    }),
    carried,
    groups: faultGroups(madeMoves(books)),
  }
}

function enterCounts(
  book: FactBook,
  { lines }: LineReviews,
  {
    moves,
    blocked,
    input,
    context,
  }: {
    moves: readonly BudgetMove[]
    blocked: Reallocation['blocked']
    input: BudgetInput
    context: BudgetContext
  },
): void {
  const { currency } = context.policy.company
  const { evidence } = context.policy.budget
  const ofLines = (count: number): Quantity =>
    lines.length === 0 ? notMeasured('neither a plan nor delivery names a line') : measured(count)
  const counts = [
    ['budget.evidence.lines', 'Budget lines', ofLines(lines.length)],
    [
      'budget.evidence.held_lines',
      'Budget lines held for thin history',
      ofLines(countBlocked(blocked, 'thin_evidence')),
    ],
    ['budget.evidence.min_weeks', 'Complete weeks a line needs', measured(evidence.min_weeks)],
    [
      'budget.evidence.min_conversions',
      'Conversions a line needs',
      measured(evidence.min_conversions),
    ],
  ] as const
  for (const [id, label, quantity] of counts) {
    book.add({ id, label, unit: 'count', quantity, source: [] })
  }
  for (const origin of ['carried', 'proposed'] as const) {
    const own = moves.filter((move) => move.origin === origin && move.amount.currency === currency)
    const source = [{ dataset: 'budget_actions' as const, rows: own.length }]
    const label = origin === 'carried' ? 'Moves that wait' : 'Moves proposed'
    const ofMoves = (amount: number): Quantity => movesRead(origin, input) ?? measured(amount)
    book.add({
      id: `budget.moves.${origin}`,
      label,
      unit: 'count',
      quantity: ofMoves(own.length),
      source,
    })
    book.add({
      id: `budget.moves.${origin}_amount`,
      label: `${label}, amount`,
      unit: 'money',
      currency,
      quantity: ofMoves(own.reduce((sum, move) => sum + move.amount.minor, 0)),
      source,
    })
  }
}

/** Why moves of an origin cannot be counted; undefined when they can. Proposals of this review need no record. */
function movesRead(origin: BudgetMove['origin'], { presence }: BudgetInput): Missing | undefined {
  const state = presence.budget_actions
  if (origin === 'proposed' || state === 'present') return undefined
  const reason = absence('budget_actions', state)
  return state === 'unreadable' ? unreadable(reason) : notMeasured(reason)
}

/** Every line has a plan or spend, so that nothing is measured of lines where neither total is. */
function stageStatus(total: TotalReview): BudgetStageResult['status'] {
  const known = [total.planned, total.delivery.spend].filter(isMeasured).length
  if (known === 2) return 'assessed'
  return known === 0 ? 'not_measured' : 'partial'
}
