import type { OpenRisk } from '../governance/past-moves.ts'
import { countedIn, type Presence } from '../kernel/presence.ts'
import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import { SEVERITIES } from '../policy/synthesis.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import type { Decision, Fact, Finding, Table } from '../schema/review.ts'
import type { RiskItem } from '../schema/synthesis.ts'
import { token } from '../schema/template.ts'
import { evidenceFinding } from './evidence-finding.ts'
import { compareEvidence } from './evidence.ts'
import { inHandFinding } from './in-hand.ts'
import {
  judgeRisk,
  locateRisk,
  riskWords,
  slicesOf,
  type RiskContext,
  type RiskInput,
} from './judge.ts'
import { byGravity, presenceOf, type RiskPresence, type RiskSignal } from './signal.ts'
import { riskTable, type TabledRisk } from './table.ts'

/** Parts of the synthesis, gravest risk first. */
export interface RiskReview {
  readonly facts: readonly Fact[]
  readonly decisions: readonly Decision[]
  readonly findings: readonly Finding[]
  readonly tables: readonly Table[]
  readonly items: readonly RiskItem[]
  readonly located: readonly OpenRisk[]
}

const TOLD = 30

/** Which risks are there, how grave and how old are they, what is to be done about each open one, and does their evidence hold? */
export function reviewRisks(input: RiskInput, context: RiskContext): RiskReview {
  const signals = input.signals
    .filter((signal) => signal.raisedOn <= context.asOfOn)
    .toSorted(byGravity)
  const are = (presence: RiskPresence): RiskSignal[] =>
    signals.filter((signal) => presenceOf(signal, context.policy) === presence)
  const [open, inHand] = [are('open'), are('in_hand')]
  const there = signals.filter((signal) => presenceOf(signal, context.policy) !== 'gone')
  const book = createFactBook()
  enterCounts(book, { signals, open, inHand }, input.presence)
  const judged = open.map((signal) => judgeRisk(signal, input, context))
  // What is in hand takes no open risk's place.
  const listed = new Set([...open, ...inHand].slice(0, TOLD))
  const told = there
    .filter((signal) => listed.has(signal))
    .map((signal) => ({ ...judgeRisk(signal, input, context).item, isOpen: open.includes(signal) }))
  for (const item of told) enterDates(book, item)
  return {
    items: judged.map(({ item }) => item),
    located: there.map((signal) => locateRisk(signal, input)),
    decisions: judged.map(({ decision }) => decision),
    findings: [
      ...told.flatMap((item) =>
        item.isOpen ? openFinding(item) : inHandFinding(item, context.policy),
      ),
      ...signals.flatMap((signal) =>
        evidenceFinding(book, signal, compareEvidence(signal.evidence, slicesOf(signal, input))),
      ),
    ],
    tables: told.length === 0 ? [] : [riskTable(told, input.standings)],
    facts: book.list(),
  }
}

function enterCounts(
  book: FactBook,
  { signals, open, inHand }: Readonly<Record<'signals' | 'open' | 'inHand', readonly RiskSignal[]>>,
  presence: Presence,
): void {
  const add = (metric: string, label: string, count: number): string =>
    book.add({
      id: `synthesis.risks.${metric}`,
      label,
      unit: 'count',
      quantity: countedIn(presence, 'risk signals', count),
      source: [{ dataset: 'risk_signals', rows: count }],
    })
  add('total', 'Risk signals', signals.length)
  add('open', 'Open risks', open.length)
  add('in_hand', 'Risks in hand', inHand.length)
  for (const severity of SEVERITIES) {
    const count = open.filter((signal) => signal.severity === severity).length
    add(severity, `Open risks of ${severity} severity`, count)
  }
}

function enterDates(
  book: FactBook,
  { riskId, ageDays: age, raisedOn, dueOn, isOpen }: TabledRisk,
): void {
  const prefix = `synthesis.risk.${distinctPart(riskId)}`
  const source = [{ dataset: 'risk_signals' as const, rows: 1, where: { risk_id: riskId } }]
  book.add({
    id: `${prefix}.age`,
    label: `${riskId}: ${isOpen ? 'open' : 'there'} for`,
    unit: 'days',
    quantity: measured(age),
    formula: 'days from raising to the review’s date, at most to the end of the month',
    source,
  })
  const dates = { raised_on: raisedOn, ...(isOpen ? { due_on: dueOn } : {}) }
  for (const [metric, value] of Object.entries(dates)) {
    const label = `${riskId}: ${metric === 'raised_on' ? 'raised on' : 'due on'}`
    book.addText({ id: `${prefix}.${metric}`, label, unit: 'date', value, source })
  }
}

/** A grave open risk is told by itself; lesser ones stand in the table. */
function openFinding({
  riskId,
  decisionId,
  severity,
  riskType,
  subject,
  whatToDo: todo,
}: RiskItem): Finding[] {
  if (severity !== 'critical' && severity !== 'high') return []
  const prefix = `synthesis.risk.${distinctPart(riskId)}`
  return [
    {
      id: `finding.${decisionId}`,
      ruleId: 'risk.response',
      severity: 'serious',
      subject: `risk:${riskId}`,
      title: `${severity === 'critical' ? 'Critical' : 'High'} risk open for ${token(`${prefix}.age`)}: ${riskWords(riskType)}, ${subject}`,
      detail: `${todo} Due ${token(`${prefix}.due_on`)}.`,
    },
  ]
}
