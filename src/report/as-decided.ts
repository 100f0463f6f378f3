import type {
  DocumentApproval,
  DocumentMove,
  DocumentNarrative,
  ReviewDocument,
} from '#rules/schema/document.ts'
import type { Cell, Finding, Table } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'

import { APPROVAL_TONES, approvalNotes, decidersOf } from './approval-notes.ts'
import { formatMoney } from './format.ts'
import { spoken } from './words.ts'

type Budget = ReviewDocument['budget']

/** A move whose request is not what the budget stage said: it ended, or a person asked for another amount. */
interface Touched {
  readonly move: DocumentMove
  readonly approval: DocumentApproval
  readonly ended: boolean
}

const WAITING: ReadonlySet<string> = new Set(['draft', 'proposed', 'pending'])

/** What became of a request, after the subject of a sentence. */
const ENDS: Readonly<Record<DocumentApproval['status'], string>> = {
  draft: 'waits for a decision',
  proposed: 'waits for a decision',
  pending: 'waits for a decision',
  approved: 'was approved',
  applying: 'was approved and its change ordered',
  applied: 'was approved and carried out',
  verified: 'was approved, carried out and seen on the platform',
  rejected: 'was rejected',
  expired: 'expired without a decision',
  withdrawn: 'was withdrawn',
  superseded: 'was superseded',
  failed: 'was approved, and its change failed',
  rolled_back: 'was approved, ordered and rolled back',
}

/**
 * The document as a reader is told it: what the budget stage said of moves is written once and before anybody decides, so findings and
 * states of moves are told by their requests. `review.json` keeps both, see `beforeDecisions`.
 */
export function asDecided(document: ReviewDocument): ReviewDocument {
  const touched = touchedMoves(document.budget)
  if (touched.size === 0) return document
  const { budget: stage } = document.stages
  if (stage === undefined) return document
  return {
    ...document,
    stages: {
      ...document.stages,
      budget: {
        ...stage,
        findings: stage.findings.map((finding) => findingAsDecided(finding, touched)),
        tables: stage.tables.map((table) => tableAsDecided(table, document.budget, touched)),
      },
    },
  }
}

/** What `review.json` says beside the words of the budget stage once a request has ended or was amended; undefined before. */
export function beforeDecisions(budget: Budget): string | undefined {
  const touched = touchedMoves(budget)
  return touched.size === 0
    ? undefined
    : `findings and tables were written before the decisions on ${[...touched.keys()].join(', ')}; budget.approvals says what became of them`
}

/**
 * The sentences of the budget stage, as templates, with those on moves that were decided or amended replaced by what became of them.
 *
 * @param partOf The part of a fact's id that stands for a move.
 */
export function sentencesAsDecided(
  sentences: readonly string[],
  budget: Budget,
  partOf: (moveId: string) => string,
): string[] {
  const touched = touchedMoves(budget)
  if (touched.size === 0) return [...sentences]
  const carried = [...touched.values()].some(({ move }) => move.origin === 'carried')
  const stale = new Set([
    ...(carried ? ['budget.moves.carried', 'budget.moves.carried_amount'] : []),
    ...Array.from(touched.keys(), (id) => `budget.move.${partOf(id)}.amount`),
  ])
  const kept = sentences.filter((sentence) => !tokensOf(sentence).some((id) => stale.has(id)))
  const told = budget.moves.flatMap((move) => {
    const approval = requestOf(move, budget)
    const isTold = touched.has(move.id) || (carried && move.origin === 'carried')
    return isTold && approval !== undefined ? [`${outcome(move, approval)}.`] : []
  })
  return [...kept, ...told]
}

/** Moves of which sentences of the budget stage are told by rules since people answered, and what people did. */
export function adjustedMoves(budget: Budget): NonNullable<DocumentNarrative['adjusted']> {
  return Array.from(touchedMoves(budget), ([moveId, { ended }]) => ({
    moveId,
    after: ended ? ('decision' as const) : ('amendment' as const),
  }))
}

function touchedMoves(budget: Budget): ReadonlyMap<string, Touched> {
  return new Map(
    budget.moves.flatMap((move) => {
      const approval = requestOf(move, budget)
      if (approval === undefined) return []
      const ended = !WAITING.has(approval.status)
      const amended = move.proposedAmount !== undefined
      return ended || amended ? [[move.id, { move, approval, ended }] as const] : []
    }),
  )
}

/** The request of a move that stands: it comes first in the document. */
function requestOf({ id }: DocumentMove, { approvals }: Budget): DocumentApproval | undefined {
  return approvals.find(({ moveId }) => moveId === id)
}

function findingAsDecided(finding: Finding, touched: ReadonlyMap<string, Touched>): Finding {
  const found = touched.get(finding.subject.replace(/^move:/, ''))
  if (found === undefined) return finding
  const { move, approval, ended } = found
  const title = outcome(move, approval)
  if (!ended) return { ...finding, title }
  const told = [...decidersOf(approval), ...approvalNotes(approval)]
  const concerns =
    move.concerns.length === 0
      ? ''
      : ` Concerns when it was asked for: ${move.concerns.map(spoken).join(', ')}.`
  const severity = approval.status === 'failed' ? 'serious' : 'info'
  const detail = `${told.length === 0 ? 'Nobody gave a reason' : plain(told.join('; '))}.${concerns}`
  return { ...finding, severity, title, detail }
}

function outcome(move: DocumentMove, approval: DocumentApproval): string {
  const { currency, minor } = approval.amount
  return `A move of ${formatMoney(currency, minor)} from ${plain(move.fromName)} to ${plain(move.toName)} ${ENDS[approval.status]}`
}

/** What people wrote, safe inside a template: braces cannot open a token. */
function plain(text: string): string {
  return text.replaceAll('{', '(').replaceAll('}', ')')
}

function tableAsDecided(
  table: Table,
  { moves }: Budget,
  touched: ReadonlyMap<string, Touched>,
): Table {
  if (table.id !== 'budget.moves') return table
  // One row for each move, in the order of the moves, as far as rows are shown.
  const rows = table.rows.map((row, position) => {
    const found = touched.get(moves[position]?.id ?? '')
    return found === undefined
      ? row
      : row.map((cell, column) => cellAsDecided(cell, table.columns[column]?.key, found))
  })
  return { ...table, rows }
}

const IMPACTS: ReadonlySet<string | undefined> = new Set(['low', 'mid', 'high'])

function cellAsDecided(
  cell: Cell,
  key: string | undefined,
  { move, approval, ended }: Touched,
): Cell {
  const { amount, status } = approval
  const amended = move.proposedAmount !== undefined
  if (key === 'amount' && amended) return { text: formatMoney(amount.currency, amount.minor) }
  if (IMPACTS.has(key) && amended) return { text: 'not measured' }
  return key === 'state' && ended ? { chip: APPROVAL_TONES[status], text: spoken(status) } : cell
}
