import type { BudgetMove, MoveConcern } from '../schema/budget-move.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { NamedConflict } from './limit-conflicts.ts'
import { alternateId, linePrefix, linesToVary } from './line-facts.ts'
import type { LineReview } from './line-review.ts'
import { type LineNames, lineName } from './lines.ts'
import { conflictId, type FaultGroup, movePrefix } from './move-facts.ts'
import type { TotalReview } from './total-review.ts'

const CONCERNS: Readonly<Record<MoveConcern, string>> = {
  same_line: 'it goes from a line to itself',
  giver_not_used: 'its campaign does not use the giving channel',
  receiver_not_used: 'its campaign does not use the receiving channel yet',
  exceeds_uncommitted_remainder: 'it takes more than the giver has left',
  remainder_not_measured: 'what the giver has left is not measured',
  receiver_under_open_risk: 'the receiving line is under a grave open risk',
  campaign_under_open_risk:
    'its campaign is under a grave open risk, which money within the campaign may still be moved under',
  receiver_under_stop: 'the receiving line is stopped',
  campaign_not_running: 'the campaign is not running',
  foreign_currency: 'it is in another currency than the company’s',
  claims_above_books: 'it rests on claims of a platform that the books contradict',
}

/** A proposal of earlier that waits, with what speaks against it. */
export function carriedFinding(move: BudgetMove): Finding {
  const concerns = move.concerns.map((concern) => CONCERNS[concern])
  return {
    id: `finding.budget.carried.${move.actionId ?? move.id}`,
    ruleId: move.ruleId,
    severity: concerns.length > 0 ? 'serious' : 'warning',
    subject: `move:${move.id}`,
    title: `A move of ${token(`${movePrefix(move)}.amount`)} waits for a decision`,
    detail: `${literal(move.fromName)} would give to ${literal(move.toName)} (${literal(
      move.reasonCode.replaceAll('_', ' '),
    )}). ${
      concerns.length === 0
        ? 'Nothing in the books speaks against it.'
        : `Before anyone approves it: ${concerns.join('; ')}.`
    }${risksOf(move)}`,
  }
}

/** The risks behind a concern, each with its own severity. */
function risksOf({ basis }: BudgetMove): string {
  const risks = basis['open_risks']
  return typeof risks === 'string' && risks !== '' ? ` Open on it: ${literal(risks)}.` : ''
}

/** What was wrong with moves that were made: the headline after the amount, and the sentence before the ids. */
const MADE: Readonly<Record<string, readonly [string, string]>> = {
  same_line: [
    'went from a channel to itself',
    'Such a move changes nothing and is booked as if it did',
  ],
  giver_not_used: [
    'was taken from a channel its campaign does not use',
    'No delivery, funnel, creative or plan shows the campaign in this channel',
  ],
  receiver_not_used: [
    'was given to a channel its campaign does not use',
    'No delivery, funnel, creative or plan shows the campaign in this channel',
  ],
  receiver_under_open_risk: [
    'went into a line under a grave open risk',
    'The risk had been raised before the money moved and is still open',
  ],
}

/** Moves that were made and should not have been. */
export function madeFinding(group: FaultGroup, names: LineNames): Finding {
  const [title, why] = MADE[group.fault] ?? [group.fault.replaceAll('_', ' '), '']
  const line =
    group.lineId === null ? '' : `${literal(lineName(group.campaignId, group.channelId, names))}. `
  const ids = group.actions.map((action) => literal(action.actionId)).join(', ')
  return {
    id: `finding.${group.prefix}`,
    ruleId: 'budget.made_move',
    severity: 'serious',
    subject: group.lineId === null ? 'budget:moves' : `line:${group.lineId}`,
    title: `${token(`${group.prefix}.amount`)} ${title}`,
    detail: `${line}${why} (${token(`${group.prefix}.count`)} ${
      group.actions.length === 1 ? 'move' : 'moves'
    }: ${ids}).`,
  }
}

const totalFact = (metric: string): string => token(`budget.total.${metric}`)

const PACE_TITLES: Readonly<Record<string, readonly [Finding['severity'], string]>> = {
  exhausted: ['serious', 'The budget is used up before the month is over'],
  critical_over: ['serious', 'The month will land far above plan'],
  critical_under: ['serious', 'The month will land far below plan'],
  over: ['warning', 'The month will land above plan'],
  under: ['warning', 'The month will land below plan'],
  watch: ['info', 'The landing of the month may leave the plan'],
}

/** Where the month will land, when not on plan. */
export function paceFindings({ pace }: TotalReview): Finding[] {
  const told = PACE_TITLES[pace.status]
  if (told === undefined) return []
  const [severity, title] = told
  return [
    {
      id: 'finding.budget.pacing',
      ruleId: 'budget.pacing',
      severity,
      subject: 'budget:total',
      title,
      detail: `Forecast ${totalFact('forecast')} (${totalFact('forecast_low')} to ${totalFact('forecast_high')}) against ${totalFact('planned')} planned.`,
    },
  ]
}

const CONFLICTS: Readonly<Record<NamedConflict['kind'], string>> = {
  line_lower_above_upper: 'the least budget of a line is above its greatest',
  group_lower_above_lines: 'the least budget of a campaign is more than its channels may spend',
  group_upper_below_lines: 'the greatest budget of a campaign is less than its channels must spend',
  lowers_above_budget: 'what lines and campaigns must spend is more than the planned total',
  uppers_below_budget: 'what lines and campaigns may spend is less than the planned total',
}

const NAMES_SHOWN = 5

/** Limits that no plan can keep. */
export function conflictFinding(conflict: NamedConflict): Finding {
  const names = conflict.names.slice(0, NAMES_SHOWN).map(literal).join(', ')
  const others = conflict.names.length > NAMES_SHOWN ? ' and others' : ''
  return {
    id: `finding.${conflictId(conflict)}`,
    ruleId: 'budget.limits',
    severity: 'serious',
    subject: 'budget:limits',
    title: `The limits of the budget conflict by ${token(conflictId(conflict))}`,
    detail: `No plan can keep them: ${CONFLICTS[conflict.kind]} (${names}${others}). Loosening any of these limits by that amount resolves it.`,
  }
}

/** What is missing before the budget can be judged. */
export function missingFindings(total: TotalReview): Finding[] {
  if (total.planned.status !== 'not_measured') return []
  return [
    {
      id: 'finding.budget.no_plan',
      ruleId: 'budget.utilisation',
      severity: 'warning',
      subject: 'budget:total',
      title: 'There is no monthly budget to hold spend against',
      detail:
        'Utilisation, pacing and remainders are not measured. A data set named budgets with planned and committed amounts per month would give them.',
    },
  ]
}

/** Which spend variation would show how lines answer to spend. */
export function variationFinding(lines: readonly LineReview[]): Finding[] {
  const open = linesToVary(lines)
  if (open.length === 0) return []
  const steps = open.map(({ line }) => `${literal(line.name)} by ${token(alternateId(line.id))}`)
  return [
    {
      id: 'finding.budget.variation',
      ruleId: 'budget.evidence',
      severity: 'info',
      subject: 'budget:lines',
      title: 'Varying spend on purpose would show what more or less of it brings',
      detail: `Average returns are known, the response to more or less spend is not. Multiplying weekly spend by the factor given in one week and dividing it by the same factor in the next, over ${token('budget.evidence.min_weeks')} weeks, would tell: ${steps.join('; ')}.`,
    },
  ]
}

/** Lines that cannot reach their plan any more under what their platform charges a day. */
export function roomFindings(lines: readonly LineReview[]): Finding[] {
  return lines
    .filter(({ room, pace }) => room?.canCatchUp === false && pace.status.endsWith('under'))
    .map(({ line }) => ({
      id: `finding.budget.room.${line.id}`,
      ruleId: 'budget.platform_cap',
      severity: 'warning' as const,
      subject: `line:${line.id}`,
      title: `${literal(line.name)} cannot reach its plan any more`,
      detail: `It is planned at ${token(`${linePrefix(line.id)}.planned`)} and has spent ${token(
        `${linePrefix(line.id)}.spend`,
      )}. The days left would each need more than its platform charges on a day; raise its daily budget or give the rest back.`,
    }))
}
