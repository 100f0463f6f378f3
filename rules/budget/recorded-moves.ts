import { moveFaults, type MoveFault, type MoveScope } from '../governance/double-entry.ts'
import { money } from '../kernel/money.ts'
import { type BudgetMove, lineId, MoveConcern } from '../schema/budget-move.ts'
import type { ActionRow, BudgetContext, BudgetInput } from './input.ts'
import { type BudgetLine, lineName, lineNames } from './lines.ts'
import { risksOnReceiver, scopeOfAction } from './move-scope.ts'
import type { RiskScope } from './risk-lines.ts'

/** A move that was made, with what was wrong with it when it was decided. */
export interface MadeMove {
  readonly action: ActionRow
  readonly faults: readonly MoveFault[]
}

/** What the review knows when it looks at recorded moves. */
export interface MoveBooks {
  readonly input: BudgetInput
  readonly lines: readonly BudgetLine[]
  readonly risks: readonly RiskScope[]
  readonly stopped: ReadonlySet<string>
  readonly context: BudgetContext
}

const WAITING = new Set(['proposed', 'pending'])
const MADE = new Set(['executed', 'applied', 'verified', 'applying', 'approved'])

/**
 * Which proposals made before this review still wait for an answer? Each is carried into the review as a move, with every concern that
 * the books raise against it; it is for a person to decide, so it is never dropped and never mended.
 */
export function carriedMoves(books: MoveBooks): readonly BudgetMove[] {
  return books.input.actions
    .filter((action) => WAITING.has(action.status))
    .map((action) => carry(action, books))
}

/** Which moves of the month were made, and what was wrong with them at the time? Remainders are not held against moves long made. */
export function madeMoves(books: MoveBooks): readonly MadeMove[] {
  const { month } = books.context
  return books.input.actions
    .filter((action) => MADE.has(action.status) && action.createdOn.startsWith(month))
    .map((action) => {
      const decided = action.decidedMs ?? action.createdMs
      const risks = books.risks.filter((risk) => risk.raisedMs <= decided)
      const scope = scopeOfAction(action, { ...books, risks, stopped: new Set() })
      return {
        action,
        faults: faultsOf(action, madeScope(action, scope)).filter(
          (fault) =>
            fault !== 'remainder_not_measured' && fault !== 'exceeds_uncommitted_remainder',
        ),
      }
    })
}

/** Of a move that was made, a risk on the whole campaign is told as one on its receiver; a campaign paused since is not held against it. */
function madeScope({ campaignId, toChannelId }: ActionRow, scope: MoveScope): MoveScope {
  const atRisk =
    scope.isCampaignAtRisk === true ? new Set([lineId(campaignId, toChannelId)]) : scope.atRisk
  return { ...scope, atRisk, isCampaignAtRisk: false, campaignRuns: true }
}

function carry(action: ActionRow, books: MoveBooks): BudgetMove {
  const names = lineNames(books.input)
  const scope = scopeOfAction(action, books)
  const nameOf = (channelId: string | null): string =>
    channelId === null ? 'the reserve' : lineName(action.campaignId, channelId, names)
  return {
    id: `MOVE:${action.actionId}`,
    origin: 'carried',
    actionId: action.actionId,
    campaignId: action.campaignId,
    fromLine: endOf(action, action.fromChannelId),
    toLine: endOf(action, action.toChannelId),
    fromName: nameOf(action.fromChannelId),
    toName: nameOf(action.toChannelId),
    amount: money(action.currency, action.amountMinor),
    reasonCode: action.reasonCode,
    basis: {
      action: action.actionId,
      proposed_on: action.createdOn,
      recorded_status: action.status,
      ...openRisks(action, books),
    },
    expectedImpact: null,
    impactNotMeasured:
      'the proposal states no impact and the history of its lines is too thin to estimate one',
    concerns: faultsOf(action, scope).flatMap((fault) => {
      const concern = MoveConcern.safeParse(fault)
      return concern.success ? [concern.data] : []
    }),
    ruleId: 'budget.carried_move',
  }
}

/** The blocking risks on the receiver, each with its severity, for whoever is to decide. */
function openRisks(action: ActionRow, { risks }: MoveBooks): { readonly open_risks?: string } {
  const named = risksOnReceiver(action, risks).map((risk) => `${risk.riskId} (${risk.severity})`)
  return named.length === 0 ? {} : { open_risks: named.join(', ') }
}

function faultsOf(action: ActionRow, scope: MoveScope): readonly MoveFault[] {
  return moveFaults(
    {
      fromLine: endOf(action, action.fromChannelId),
      toLine: endOf(action, action.toChannelId),
      amount: money(action.currency, action.amountMinor),
      kind: action.fromChannelId === null ? 'increase' : 'reallocation',
    },
    scope,
  )
}

function endOf(action: ActionRow, channelId: string | null): string | null {
  return channelId === null ? null : lineId(action.campaignId, channelId)
}
