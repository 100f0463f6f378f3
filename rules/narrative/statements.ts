import { enumerated, midSentence } from '../kernel/enumeration.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { Finding, StageResult } from '../schema/review.ts'
import type { Action, RiskItem } from '../schema/synthesis.ts'
import { literal, token, tokensOf } from '../schema/template.ts'
import { actionPrefix } from '../synthesis/actions.ts'
import { listHeading, reasonWords } from './decision-words.ts'
import { NARRATED_METRICS } from './metrics.ts'
import type { NamedSubject } from './rankings.ts'

const FINDINGS_MAX = 8
const LISTED_MAX = 8
/** Rules that look for words in free text: what they find depends on text from data, and a model is told of nothing that does. */
const READ_FROM_TEXT: ReadonlySet<string> = new Set(['experiment.acted_on_undecided'])
const LISTED_ACTION = /^[a-z0-9_]{1,40}$/

/** A statement of the rules under a token. */
export interface Statement {
  readonly id: string
  readonly text: string
  /** What the model is told of it; no text from data. */
  readonly brief: string
}

/** The executive page's parts that have words of their own; a stage has none or some of them. */
export interface StageExtras {
  readonly moves?: readonly BudgetMove[] | undefined
  readonly risks?: readonly RiskItem[] | undefined
  readonly actions?: readonly Action[] | undefined
}

/** The stage's own sentences, `say.1`…; a model must use them all, and code appends what it leaves out. */
export function ownStatements(sentences: readonly string[]): Statement[] {
  return sentences.map((sentence, index) => ({
    id: `say.${index + 1}`,
    text: withoutStop(sentence),
    brief: `a sentence of the rules${topicsOf(sentence)}`,
  }))
}

/** Findings a reader must act on or look at: `find.N` is what was found, `find.N.why` what it means and what to do. */
export function findingStatements(findings: readonly Finding[]): Statement[] {
  return findings
    .filter(({ severity, ruleId }) => severity !== 'info' && !READ_FROM_TEXT.has(ruleId))
    .slice(0, FINDINGS_MAX)
    .flatMap(({ severity, ruleId, title, detail }, index) => {
      const brief = `${severity} finding of ${ruleId}`
      return [
        { id: `find.${index + 1}`, text: withoutStop(title), brief },
        {
          id: `find.${index + 1}.why`,
          text: withoutStop(detail),
          brief: `what find.${index + 1} means${topicsOf(detail)}`,
        },
      ]
    })
}

/** Moves of money, open risks and the actions asked for. */
export function extraStatements({
  moves = [],
  risks = [],
  actions = [],
}: StageExtras): Statement[] {
  return [
    ...moves.map((move, index) => ({
      id: `move.${index + 1}`,
      text: `A move of ${token(`budget.move.${distinctPart(move.id)}.amount`)} from ${literal(move.fromName)} to ${literal(move.toName)} ${move.origin === 'carried' ? 'waits for a decision' : 'is proposed by this review'} (${reasonWords(move.reasonCode)})`,
      brief: `a move of money, ${move.origin}`,
    })),
    ...risks.map((risk, index) => ({
      id: `risk.${index + 1}`,
      text: `${sentenceCase(risk.severity)} risk (${literal(risk.title)}): ${midSentence(withoutStop(risk.whatToDo))} (${literal(risk.ownerName)})`,
      brief: `a ${risk.severity} risk, response ${risk.action}`,
    })),
    ...actions.map((action, index) => ({
      id: `act.${index + 1}`,
      text: `${ORDINALS[index] ?? 'Then'}, ${midSentence(withoutStop(action.title))}${worthOf(action)} (${literal(action.ownerName)}, by ${token(`${actionPrefix(action.rank)}.due`)})`,
      brief: `action of rank ${action.rank}`,
    })),
  ]
}

const ORDINALS = ['First', 'Second', 'Third', 'Fourth', 'Fifth']

function worthOf({ expectedImpact, rank }: Action): string {
  return expectedImpact === null
    ? ''
    : `, expected to be worth about ${token(`${actionPrefix(rank)}.impact_mid`)}`
}

/** Subjects by the call on them: `list.refresh`. */
export function listStatements(
  subjects: readonly NamedSubject[],
): (Statement & { readonly names: readonly string[] })[] {
  const calls = subjects.flatMap(({ candidate, name }) =>
    candidate.decisions
      .filter(({ action }) => LISTED_ACTION.test(action))
      .map(({ action }) => ({ action, name })),
  )
  return Array.from(
    Map.groupBy(calls, ({ action }) => action),
    ([action, group]) => {
      const names = [...new Set(group.map(({ name }) => name))]
      const shown = names.length > LISTED_MAX ? [...names.slice(0, LISTED_MAX), 'others'] : names
      const text = `${listHeading(action)}: ${enumerated(shown)}`
      return { id: `list.${action}`, text, brief: 'subjects under this call', names }
    },
  )
}

/** The extras of a stage result, where it has them. */
export function extrasOf(result: StageResult & StageExtras): StageExtras {
  return { moves: result.moves, risks: result.risks, actions: result.actions }
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.\s*$/, '')
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** The known metrics a sentence speaks of, in words of ours. */
function topicsOf(sentence: string): string {
  const topics = tokensOf(sentence).flatMap(
    (id) => id.split('.').findLast((part) => NARRATED_METRICS.has(part)) ?? [],
  )
  return topics.length === 0 ? '' : ` about ${[...new Set(topics)].join(', ')}`
}
