import type { DuckDBConnection } from '@duckdb/node-api'

import type { ReviewContext } from '#agents/ports.ts'
import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Decision, Fact, FactSource, RowCondition } from '#rules/schema/review.ts'

import { AppError } from '../errors.ts'
import { factsOfDecision, sourcesOf, subjectSources } from '../report/decision-facts.ts'
import { formatFact, formatMoney } from '../report/format.ts'
import { documentOf } from '../runtime/publish.ts'
import { sourceRows, type SourceRows } from '../runtime/source-rows.ts'
import { shellWord } from '../terminal/next-command.ts'
import type { Output } from '../terminal/output.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { tellDecision } from './explain-decision.ts'

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
      const { connection } = session.data
      const facts = 'fact' in subject ? [] : factsOfDecision(subject.decision, document)
      const named =
        'fact' in subject
          ? subject.fact.source
          : await rowsOf(subject.decision, { facts, connection, context: session.context })
      const shown = 'fact' in subject ? named : named.slice(0, SOURCES_SHOWN)
      const sources = await sourceRows(connection, shown, session.context)
      if (context.output.json) {
        const rows = sources.flatMap((source) => source.rows)
        const factIds = facts.map(({ id }) => id)
        context.output.document({
          ...subject,
          ...('fact' in subject ? {} : { factIds }),
          rows,
          sources,
        })
      } else {
        const { currency } = session.context.policy.company
        tell(context.output, { document, subject, facts, sources, currency })
        const hidden = named.length - shown.length
        if (hidden > 0) {
          context.output.line(
            `Rows of ${hidden} more sources: explain the figures above one by one.`,
          )
        }
      }
      return 0
    })
  })
}

/** Sources whose rows are listed below a decision; its figures lead to the others. */
const SOURCES_SHOWN = 8

/** The rows that a decision's figures count; without any, those of its subject, as many as there are. */
async function rowsOf(
  decision: Decision,
  {
    facts,
    connection,
    context,
  }: {
    readonly facts: readonly Fact[]
    readonly connection: DuckDBConnection
    readonly context: ReviewContext
  },
): Promise<readonly FactSource[]> {
  const named = sourcesOf(facts)
  if (named.length > 0) return named
  const uncounted = subjectSources(decision, context.month).map((source) => ({
    ...source,
    rows: 0,
  }))
  const found = await sourceRows(connection, uncounted, context)
  return uncounted.map((source, index) => ({ ...source, rows: found[index]?.selected ?? 0 }))
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
        : `such as ${near.slice(0, 5).map(shellWord).join(', ')}`,
    got: id,
  })
}

function tell(
  output: Output,
  {
    document,
    subject,
    facts,
    sources,
    currency,
  }: {
    document: ReviewDocument
    subject: Subject
    facts: readonly Fact[]
    sources: readonly SourceRows[]
    currency: string
  },
): void {
  if ('decision' in subject) tellDecision(output, subject.decision, { document, currency, facts })
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
  output.line(`  id        ${shellWord(fact.id)}`)
  output.line(`  status    ${fact.status}${fact.reason === undefined ? '' : ` (${fact.reason})`}`)
  if (fact.numerator !== undefined && fact.denominator !== undefined) {
    output.line(`  exactly   ${fact.numerator} ÷ ${fact.denominator}${inMoney(fact, document)}`)
  }
  if (fact.formula !== undefined) output.line(`  formula   ${fact.formula}`)
  for (const id of fact.inputs ?? []) {
    const input = document.facts[id]
    output.line(
      `  input     ${shellWord(id)} = ${input === undefined ? 'unknown' : formatFact(input)}`,
    )
  }
  for (const source of fact.source) output.line(`  source    ${sourceText(source)}`)
  output.line(
    `  policy    ${document.policy.version} (sha256 ${document.policy.sha256.slice(0, 12)}…)`,
  )
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
