import type { Money } from '../kernel/money.ts'
import { derive, isMeasured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { MoveConcern } from '../schema/budget-move.ts'
import type { LineChange } from './plan-size.ts'

/** What is wrong with a move as it is entered. */
export type MoveFault = MoveConcern | 'amount_not_positive' | 'undeclared_increase'

/** A move as it is entered: `fromLine` null brings new money in, `toLine` null gives it back to the reserve. */
export interface MoveEntry {
  readonly fromLine: string | null
  readonly toLine: string | null
  readonly amount: Money
  /** An increase has its own authority and must be typed as one; everything else takes from a line what it gives to another. */
  readonly kind: 'reallocation' | 'increase'
}

/** What the books say about the lines a move touches. */
export interface MoveScope {
  readonly currency: string
  /** Lines that the move's campaign really uses, seen in its delivery or its funnel; null when neither was measured. */
  readonly usedLines: ReadonlySet<string> | null
  /** Budget of a line that is neither spent, committed nor reserved by another plan; minor units. */
  readonly remainders: ReadonlyMap<string, Quantity>
  /** Lines under an open risk of the severity the policy names, or graver. */
  readonly atRisk: ReadonlySet<string>
  /** Such a risk lies on the whole campaign, within which the move stays: people are told, and it keeps no money out. */
  readonly isCampaignAtRisk?: boolean
  readonly stopped: ReadonlySet<string>
  readonly campaignRuns: boolean
}

/**
 * What is wrong with a move? Empty when it may be put before a person.
 *
 * Two different lines, both used by the campaign; a positive amount in the company's currency, at most what the giver has left; nothing
 * into a line under an open risk or a stop, nothing into a campaign that does not run; money from nowhere only when typed as an increase.
 * Every fault is named, in the order of the fields.
 *
 * Source: double-entry bookkeeping, L. Pacioli, Summa de arithmetica (1494): what one account gives, another receives.
 */
export function moveFaults(entry: MoveEntry, scope: MoveScope): MoveFault[] {
  return [...endFaults(entry, scope), ...amountFaults(entry, scope), ...inflowFaults(entry, scope)]
}

function endFaults({ fromLine, toLine, kind }: MoveEntry, { usedLines }: MoveScope): MoveFault[] {
  const unused = (line: string | null): boolean => line !== null && usedLines?.has(line) === false
  return [
    ...(fromLine === toLine ? (['same_line'] as const) : []),
    ...(fromLine === null && kind === 'reallocation' ? (['undeclared_increase'] as const) : []),
    ...(unused(fromLine) ? (['giver_not_used'] as const) : []),
    ...(unused(toLine) ? (['receiver_not_used'] as const) : []),
  ]
}

function amountFaults({ fromLine, amount }: MoveEntry, scope: MoveScope): MoveFault[] {
  const faults: MoveFault[] = amount.minor > 0 ? [] : ['amount_not_positive']
  if (amount.currency !== scope.currency) return [...faults, 'foreign_currency']
  if (fromLine === null) return faults
  const remainder = scope.remainders.get(fromLine) ?? notMeasured('the line has no budget')
  if (!isMeasured(remainder)) return [...faults, 'remainder_not_measured']
  return amount.minor > remainder.value ? [...faults, 'exceeds_uncommitted_remainder'] : faults
}

function inflowFaults({ toLine }: MoveEntry, scope: MoveScope): MoveFault[] {
  if (toLine === null) return []
  return [
    ...(scope.atRisk.has(toLine) ? (['receiver_under_open_risk'] as const) : []),
    ...(scope.isCampaignAtRisk === true ? (['campaign_under_open_risk'] as const) : []),
    ...(scope.stopped.has(toLine) ? (['receiver_under_stop'] as const) : []),
    ...(scope.campaignRuns ? [] : (['campaign_not_running'] as const)),
  ]
}

/** What a line has left to give: planned − committed − reserved by plans that wait or are being applied; minor units. */
export function uncommittedRemainder(line: {
  readonly planned: Quantity
  readonly committed: Quantity
  readonly reserved: Quantity
}): Quantity {
  return derive(
    [line.planned, line.committed, line.reserved],
    ([planned = 0, committed = 0, reserved = 0]) => planned - committed - reserved,
  )
}

/** Does a plan balance? The changes of its lines sum to the declared increase, to the minor unit. */
export function isBalanced(changes: readonly LineChange[], increaseMinor: number): boolean {
  return changes.reduce((sum, change) => sum + change.deltaMinor, 0) === increaseMinor
}
