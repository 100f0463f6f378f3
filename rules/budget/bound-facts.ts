import { moveFaults, type MoveFault } from '../governance/double-entry.ts'
import { minorPerMajor } from '../kernel/currency.ts'
import { compareText } from '../kernel/order.ts'
import { isMeasured, measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { BoundFacts } from '../schema/bound-facts.ts'
import { type BudgetMove, endsOfLine } from '../schema/budget-move.ts'
import type { BudgetContext, BudgetInput } from './input.ts'
import { lineStops, targetCpa } from './line-stops.ts'
import { type BudgetLine, budgetLines } from './lines.ts'
import { remainderOf } from './move-scope.ts'
import { blockingRisks, isUnderRisk, keepsOut, type RiskScope } from './risk-lines.ts'

/** What a move rests on as the data stand. */
export interface MoveBasis {
  readonly facts: BoundFacts
  /** What the giver has left to give and what its plan says, in minor units; null when not measured. */
  readonly remainderMinor: number | null
  readonly plannedMinor: number | null
  /** Why the move may not even be asked for; empty when it may. */
  readonly refusals: readonly MoveFault[]
}

/**
 * What does a move rest on, on these data?
 *
 * The lines are read once; the returned function answers for each move. A risk whose evidence names no line lies on its campaign: it keeps
 * out money from elsewhere, not money that stays within the campaign.
 *
 * @param input Parsed where it was read.
 */
export function createMoveBasis(
  input: BudgetInput,
  context: BudgetContext,
): (move: BudgetMove) => MoveBasis {
  const lines = budgetLines(input, context.month)
  const target = targetCpa(context.policy, minorPerMajor(context.policy.company.currency))
  const stopped = new Set(
    lineStops(lines, target, context)
      .filter((stop) => stop.action === 'stop')
      .map((stop) => stop.line.id),
  )
  const risks = blockingRisks(input.risks, input.delivery, context.policy.budget.blocking_risk)
  const byId = new Map(lines.map((line) => [line.id, line]))
  return (move) => basisOf(move, { byId, stopped, risks, input, context })
}

interface Books {
  readonly byId: ReadonlyMap<string, BudgetLine>
  readonly stopped: ReadonlySet<string>
  readonly risks: readonly RiskScope[]
  readonly input: BudgetInput
  readonly context: BudgetContext
}

function basisOf(move: BudgetMove, books: Books): MoveBasis {
  const { context, input } = books
  const giver = lineOf(move.fromLine, books)
  const receiver = lineOf(move.toLine, books)
  const remainder = giver.line === undefined ? NO_BUDGET : remainderOf(giver.line, context)
  const risks = risksOn(move, books)
  const facts: BoundFacts = {
    giver_planned_minor: minorOf(giver.line?.planned),
    giver_committed_minor: minorOf(giver.line?.committed),
    giver_covers_amount: isMeasured(remainder) ? remainder.value >= move.amount.minor : null,
    giver_stopped: giver.isStopped,
    receiver_planned_minor: minorOf(receiver.line?.planned),
    receiver_committed_minor: minorOf(receiver.line?.committed),
    receiver_stopped: receiver.isStopped,
    receiver_under_risk: risks.some((risk) => keepsOut(risk, giverOf(move))),
    receiver_risks: risks.map((risk) => risk.riskId).toSorted(compareText),
    campaign_status: campaignStatus(move, input),
    proposal_status: proposalStatus(move, input),
  }
  return {
    facts,
    remainderMinor: minorOf(remainder),
    plannedMinor: facts.giver_planned_minor,
    refusals: refusalsOf(move, { facts, remainder, currency: context.policy.company.currency }),
  }
}

const NO_BUDGET = notMeasured('the line has no budget')

function lineOf(id: string | null, { byId, stopped }: Books) {
  const key = id ?? RESERVE
  return { line: byId.get(key), isStopped: stopped.has(key) }
}

/** No line has this id. */
const RESERVE = ''
const NO_LINES: ReadonlySet<string> = new Set()

/**
 * Faults that no person can approve away. What the scope leaves out (a line without delivery, a paused campaign, a remainder nobody measured,
 * a risk on the whole campaign) is a concern that people are shown and that lifts the tier.
 */
function refusalsOf(
  move: BudgetMove,
  books: { readonly facts: BoundFacts; readonly remainder: Quantity; readonly currency: string },
): MoveFault[] {
  const { facts, remainder, currency } = books
  const receiver = new Set([move.toLine ?? RESERVE])
  return moveFaults(
    { ...move, kind: move.fromLine === null ? 'increase' : 'reallocation' },
    {
      currency,
      usedLines: null,
      remainders: new Map([
        [move.fromLine ?? RESERVE, isMeasured(remainder) ? remainder : measured(move.amount.minor)],
      ]),
      atRisk: facts.receiver_under_risk ? receiver : NO_LINES,
      stopped: facts.receiver_stopped ? receiver : NO_LINES,
      campaignRuns: true,
    },
  )
}

function risksOn({ toLine }: BudgetMove, { byId, risks }: Books): readonly RiskScope[] {
  if (toLine === null) return []
  const line = byId.get(toLine) ?? endsOfLine(toLine)
  return risks.filter((risk) => isUnderRisk(line, [risk]))
}

function giverOf({ fromLine }: BudgetMove): string | null {
  return fromLine === null ? null : endsOfLine(fromLine).campaignId
}

/** The status of the campaign that a move stays within; between two campaigns, that of each, as far as the data tell it. */
function campaignStatus(move: BudgetMove, { campaigns }: BudgetInput): string | null {
  const statusOf = (id: string | null): string | null =>
    campaigns.find((campaign) => campaign.campaignId === id)?.status ?? null
  if (move.campaignId !== null) return statusOf(move.campaignId)
  const ends = [
    ['giver', move.fromLine],
    ['receiver', move.toLine],
  ] as const
  const told = ends.flatMap(([end, line]) => {
    const status = line === null ? null : statusOf(endsOfLine(line).campaignId)
    return status === null ? [] : [`${end} ${status}`]
  })
  return told.length === 0 ? null : told.join(', ')
}

function proposalStatus({ actionId }: BudgetMove, { actions }: BudgetInput): string | null {
  return actions.find((action) => action.actionId === actionId)?.status ?? null
}

function minorOf(quantity: Quantity | undefined): number | null {
  return quantity !== undefined && isMeasured(quantity) ? quantity.value : null
}
