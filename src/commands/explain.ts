import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Decision, Fact, FactSource, RowCondition } from '#rules/schema/review.ts'

import { AppError } from '../errors.ts'
import { formatFact, formatMoney, formatNumber } from '../report/format.ts'
import { indexDocument, renderText } from '../report/words.ts'
import { documentOf } from '../runtime/publish.ts'
import { sourceRows, type SourceRows } from '../runtime/source-rows.ts'
import type { Output } from '../terminal/output.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'

/** `mo explain`: where one figure, decision or finding comes from. */
export async function runExplain(
  context: CommandContext,
  options: CommonOptions & { readonly id: string; readonly review?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    return withSession(workspace, review, async (session): Promise<CommandExit> => {
      const document = await documentOf(store, session)
      const subject = find(document, options.id)
      const sources =
        'fact' in subject
          ? await sourceRows(session.data.connection, subject.fact.source, session.context)
          : []
      if (context.output.json) {
        const rows = sources.flatMap((source) => source.rows)
        context.output.document({ ...subject, rows, sources })
      } else {
        const { currency } = session.context.policy.company
        tell(context.output, { document, subject, sources, currency })
      }
      return 0
    })
  })
}

type Subject = { readonly fact: Fact } | { readonly decision: Decision }

function find(document: ReviewDocument, id: string): Subject {
  const fact = document.facts[id]
  if (fact !== undefined) return { fact }
  const decision = document.decisions.find((each) => each.id === id)
  if (decision !== undefined) return { decision }
  const asked = id.toLowerCase()
  // What the report shows may be typed in place of an id: the label of a figure, or what a decision is about.
  const near = [
    ...Object.values(document.facts).map((each) => ({ known: each.id, label: each.label })),
    ...document.decisions.map((each) => ({ known: each.id, label: each.subjectName })),
  ]
    .filter(({ known, label }) => `${known} ${label}`.toLowerCase().includes(asked))
    .map(({ known }) => known)
  throw new AppError('ID_UNKNOWN', {
    expected:
      near.length === 0
        ? 'the id of a fact or a decision'
        : `such as ${near.slice(0, 5).join(', ')}`,
    got: id,
  })
}

function tell(
  output: Output,
  {
    document,
    subject,
    sources,
    currency,
  }: {
    document: ReviewDocument
    subject: Subject
    sources: readonly SourceRows[]
    currency: string
  },
): void {
  if ('decision' in subject) tellDecision(output, subject.decision, { document, currency })
  else tellFact(output, subject.fact, document)
  for (const source of sources) tellRows(output, source)
}

function tellRows(output: Output, { dataset, counted, selected, rows }: SourceRows): void {
  if (counted === 0) return
  if (selected !== counted) {
    output.line(
      `Rows of ${dataset}: not listed, because no filter tells the ${counted} that count from the others`,
    )
    return
  }
  const part = rows.length < counted ? `first ${rows.length} of ${counted}` : `all ${counted}`
  output.line(`Rows of ${dataset}, ${part}:`)
  for (const row of rows) output.line(`  ${row.file}:${row.row}  ${row.values}`)
}

function tellFact(output: Output, fact: Fact, document: ReviewDocument): void {
  output.line(`${fact.label}: ${formatFact(fact)}`)
  output.line(`  id        ${fact.id}`)
  output.line(`  status    ${fact.status}${fact.reason === undefined ? '' : ` (${fact.reason})`}`)
  if (fact.numerator !== undefined && fact.denominator !== undefined) {
    output.line(`  exactly   ${fact.numerator} ÷ ${fact.denominator}${inMoney(fact, document)}`)
  }
  if (fact.formula !== undefined) output.line(`  formula   ${fact.formula}`)
  for (const id of fact.inputs ?? []) {
    const input = document.facts[id]
    output.line(`  input     ${id} = ${input === undefined ? 'unknown' : formatFact(input)}`)
  }
  for (const source of fact.source) output.line(`  source    ${sourceText(source)}`)
  output.line(
    `  policy    ${document.policy.version} (sha256 ${document.policy.sha256.slice(0, 12)}…)`,
  )
}

function tellDecision(
  output: Output,
  decision: Decision,
  { document, currency }: { readonly document: ReviewDocument; readonly currency: string },
): void {
  output.line(
    `${decision.subjectName}: ${decision.action} because ${decision.reason.replaceAll('_', ' ')}`,
  )
  output.line(`  id        ${decision.id}`)
  output.line(`  rule      ${decision.ruleId}`)
  output.line(
    `  policy    ${decision.policyVersion} (sha256 ${document.policy.sha256.slice(0, 12)}…)`,
  )
  output.line('  compared')
  for (const [name, value] of Object.entries(decision.evidence)) {
    output.line(`    ${name} = ${evidenceText(name, value, currency)}`)
  }
  const index = indexDocument(document)
  const findings = Object.values(document.stages).flatMap((stage) => stage?.findings ?? [])
  for (const finding of findings.filter((each) => each.id === `finding.${decision.id}`)) {
    output.line(
      `  finding   ${renderText(finding.title, index)}. ${renderText(finding.detail, index)}`,
    )
  }
}

/** A ratio of amounts is kept in minor units; said in money where the figures it was made of are money. */
function inMoney({ numerator, denominator, inputs }: Fact, { facts }: ReviewDocument): string {
  const amounts = (inputs ?? []).flatMap((id) => {
    const value = facts[id]?.value
    return typeof value === 'object' && value !== null ? [value] : []
  })
  const said = [numerator, denominator].map((minor) => {
    const amount = amounts.find((value) => value.minor === minor)
    return amount === undefined ? undefined : formatMoney(amount.currency, amount.minor)
  })
  return said.includes(undefined) ? '' : ` (${said.join(' ÷ ')})`
}

const DAY_MS = 86_400_000

/** The very quantity that was compared, with its unit in words where its name says that it is minor units or milliseconds. */
function evidenceText(name: string, value: Decision['evidence'][string], currency: string): string {
  const exact = JSON.stringify(value)
  if (typeof value !== 'number') return exact
  if (/(Minor|_minor)$/.test(name)) {
    return `${exact} (${formatMoney(currency, Math.round(value))})`
  }
  return /(Ms|_ms)$/.test(name) ? `${exact} (${formatNumber(value / DAY_MS, 'days')})` : exact
}

function sourceText({ dataset, rows, where, between, conditions = [] }: FactSource): string {
  const filter = [
    ...Object.entries(where ?? {}).map(([column, value]) => `${column} = ${value}`),
    ...(between === undefined ? [] : [`its day from ${between.from} to ${between.to}`]),
    ...conditions.map(conditionText),
  ]
  return `${dataset}, ${rows} row${rows === 1 ? '' : 's'}${filter.length === 0 ? '' : ` where ${filter.join(' and ')}`}`
}

function conditionText({ anyOf, from, to, empty }: RowCondition): string {
  const columns = anyOf.join(' or ')
  if (empty === true) return `${columns} is empty`
  const range = [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`up to ${to}`]),
  ]
  return range.length === 0 ? `${columns} is given` : `${columns} ${range.join(' ')}`
}
