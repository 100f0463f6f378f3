import { distinctPart } from '../kernel/text-id.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import { literal, token } from '../schema/template.ts'
import { spoken } from './decision-words.ts'
import type { Statement } from './statements.ts'

/** What a reader of the whole review must be told, whatever a model chose to tell. */
export interface ReviewNotes {
  /** Id of the fact that holds the period. */
  readonly periodFact: string
  /** Moves that wait for a person, and moves that a person rejected. */
  readonly moves: readonly { readonly move: BudgetMove; readonly status: 'pending' | 'rejected' }[]
  /** Why the data are below the best grade; `subject` is a name of ours or from data. */
  readonly warnings: readonly { readonly code: string; readonly subject: string }[]
}

const WORDS = { pending: 'waits for a person', rejected: 'was rejected by a person' } as const

/**
 * The period, the moves that wait or were rejected, and the warnings on the data, as statements that code appends where a model leaves them out.
 *
 * Source: what a report must say to be read without its tables: its period, what was refused or is still open, and how far its data hold.
 */
export function noteStatements(notes: ReviewNotes | undefined): Statement[] {
  if (notes === undefined) return []
  const { periodFact, moves, warnings } = notes
  return [
    statement('period', `The figures are those of ${token(periodFact)}`, 'the period'),
    ...moves.map(({ move, status }, index) =>
      statement(
        `${status}.${index + 1}`,
        `The move of ${token(`budget.move.${distinctPart(move.id)}.amount`)} from ${literal(move.fromName)} to ${literal(move.toName)} ${WORDS[status]}`,
        `a move of money, ${status}`,
      ),
    ),
    ...warnings.map(({ code, subject }, index) =>
      statement(
        `data.${index + 1}`,
        `A warning on the data: ${spoken(code)} (${literal(spoken(subject))})`,
        `a warning on the data, ${code}`,
      ),
    ),
  ]
}

function statement(id: string, text: string, brief: string): Statement {
  return { id, text, brief }
}

/** Calls that end something: nobody may learn of them too late. */
const STOPS = 'list.stop'

/**
 * Tokens that must be told: the stage's own sentences, calls to stop whose subjects those do not name, moves that wait, and the notes.
 *
 * Source: as above.
 */
export function requiredTokens({
  own,
  lists,
  rules,
}: {
  readonly own: readonly Statement[]
  readonly lists: readonly (Statement & { readonly names: readonly string[] })[]
  readonly rules: readonly Statement[]
}): string[] {
  const said = own.map(({ text }) => text).join(' ')
  const stops = lists.filter(
    ({ id, names }) => id === STOPS && !names.every((name) => said.includes(name.slice(1, -1))),
  )
  const notes = rules.filter(({ id }) => /^(?:move|period|pending|rejected|data)\b/.test(id))
  return [...own, ...stops, ...notes].map(({ id }) => id)
}
