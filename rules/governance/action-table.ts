import type { FactBook } from '../schema/fact-book.ts'
import type { Cell, Table } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import { outcomeOf } from './approval-statistics.ts'
import { moveFacts } from './move-facts.ts'
import type { FindingContext, JudgedMove } from './move-findings.ts'
import type { PastMoveFault } from './past-moves.ts'

const ROWS_SHOWN = 30

/** Budget actions by filing time with what double entry says of each. */
export function actionTable(
  book: FactBook,
  judged: readonly JudgedMove[],
  { stage, channels, campaigns }: FindingContext,
): Table {
  const channel = (id: string | null): Cell => ({
    text: id === null ? 'Reserve' : literal(channels.get(id) ?? id),
  })
  return {
    id: `${stage}.budget_actions`,
    title: 'Budget actions and their approval',
    columns: [
      { key: 'action', label: 'Action', numeric: false },
      { key: 'filed_on', label: 'Filed', numeric: false },
      { key: 'campaign', label: 'Campaign', numeric: false },
      { key: 'from', label: 'From', numeric: false },
      { key: 'to', label: 'To', numeric: false },
      { key: 'amount', label: 'Amount', numeric: true },
      { key: 'status', label: 'Status', numeric: false },
      { key: 'check', label: 'Double entry', numeric: false },
    ],
    rows: judged.slice(0, ROWS_SHOWN).map((move) => {
      const { action } = move
      return [
        { text: literal(action.actionId) },
        { fact: moveFacts(book, stage, action).filedOn },
        { text: literal(campaigns.get(action.campaignId) ?? action.campaignId) },
        channel(action.fromChannelId),
        channel(action.toChannelId),
        { fact: moveFacts(book, stage, action).amount },
        { text: literal(action.status) },
        checkCell(move),
      ]
    }),
    ...(judged.length > ROWS_SHOWN
      ? { note: 'The list is cut here; every finding stands in review.json.' }
      : {}),
  }
}

const FAULT_WORDS: Readonly<Record<PastMoveFault, string>> = {
  same_line: 'to itself',
  giver_not_used: 'giver not used',
  receiver_not_used: 'receiver not used',
  receiver_under_open_risk: 'into open risk',
  foreign_currency: 'foreign currency',
  approver_missing: 'no approver',
  approved_by_proposer: 'self-approved',
}

/** Nothing is called sound that people approved although something spoke against it, nor what was never made. */
function checkCell({ action, faults, concerns }: JudgedMove): Cell {
  if (faults.length > 0) {
    return { chip: 'bad', text: faults.map((fault) => FAULT_WORDS[fault]).join(', ') }
  }
  const outcome = outcomeOf(action.status)
  if (outcome === 'pending') return { chip: 'watch', text: 'waits' }
  if (outcome !== 'approved') return { chip: 'info', text: 'not made' }
  if (concerns.length === 0) return { chip: 'ok', text: 'sound' }
  return {
    chip: 'watch',
    text: `approved despite: ${concerns.map((concern) => concern.replaceAll('_', ' ')).join(', ')}`,
  }
}
