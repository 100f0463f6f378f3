import { distinctPart } from '#rules/kernel/text-id.ts'
import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Decision, Fact, FactSource, Finding, Table } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'

/**
 * Which figures of a review does a decision rest on, or stand beside? Those that its evidence names, those of its row or table, those that a finding
 * on the same subject tells, and those entered under the subject's own name in the stage's facts.
 *
 * @returns In the order of the review's facts.
 */
export function factsOfDecision(decision: Decision, document: ReviewDocument): readonly Fact[] {
  const stages = Object.values(document.stages)
  const named = new Set([
    ...Object.values(decision.evidence).flat(),
    ...stages.flatMap((stage) => stage?.tables ?? []).flatMap((table) => besides(decision, table)),
    ...stages
      .flatMap((stage) => stage?.findings ?? [])
      .filter((finding) => isAbout(finding, decision))
      .flatMap(({ title, detail }) => [...tokensOf(title), ...tokensOf(detail)]),
  ])
  const part = distinctPart(decision.subject.slice(decision.subject.indexOf(':') + 1))
  return Object.values(document.facts).filter(
    ({ id }) => named.has(id) || isUnder(id, { stage: decision.stage, part }),
  )
}

/** The rows that these figures count, each source once. */
export function sourcesOf(facts: readonly Fact[]): readonly FactSource[] {
  const sources = new Map(
    facts.flatMap(({ source }) => source.map((each) => [JSON.stringify(each), each] as const)),
  )
  return [...sources.values()].filter(({ rows }) => rows > 0)
}

/** What the months call a segment, channel or campaign that no row names. */
const UNNAMED = '-'

/**
 * Where the rows of a decision's subject stand, for the many subjects of a kind of which only the first few have figures: a query, or a step between two
 * stages in a cell of the funnel.
 *
 * @returns Empty for any other kind of subject.
 */
export function subjectSources(
  { subject }: Pick<Decision, 'subject'>,
  month: string,
): readonly Omit<FactSource, 'rows'>[] {
  const place = subject.indexOf(':')
  const [kind, name] = [subject.slice(0, place), subject.slice(place + 1)]
  if (kind === 'query')
    return [{ dataset: 'search_performance', where: { query: name, month_key: month } }]
  const [, segment, channel, campaign, from, to] =
    /^([^@]*)@([^@]*)@(.*):([^:>]*)>([^:>]*)$/.exec(name) ?? []
  if (!['cell', 'claim'].includes(kind) || from === undefined || to === undefined) return []
  const cell = Object.fromEntries(
    [
      ['segment_id', segment],
      ['channel_id', channel],
      ['campaign_id', campaign],
    ].filter(([, id]) => id !== UNNAMED),
  )
  return [from, to].map((stage) => ({
    dataset: 'funnel_counts',
    where: { ...cell, stage, month_key: month },
  }))
}

/** The figures of a decision's row; of a table that is named as the decision is, before its subject, all of them and those of its note. */
function besides({ id }: Decision, table: Table): readonly string[] {
  const isWhole = table.id === id.slice(0, id.indexOf(':'))
  const rows = table.rows.filter(
    (row) => isWhole || row.some((cell) => 'decision' in cell && cell.decision === id),
  )
  return [
    ...rows.flatMap((row) => row.flatMap((cell) => ('fact' in cell ? [cell.fact] : []))),
    ...(isWhole ? tokensOf(table.note ?? '') : []),
  ]
}

function isAbout({ id, subject, ruleId }: Finding, decision: Decision): boolean {
  return (
    id === `finding.${decision.id}` || (subject === decision.subject && ruleId === decision.ruleId)
  )
}

/** `STAGE.PART.…` or `STAGE.KIND.PART.…`: the subject stands first, or after what kind of thing it is. */
function isUnder(id: string, { stage, part }: { readonly stage: string; readonly part: string }) {
  if (!id.startsWith(`${stage}.`)) return false
  const rest = id.slice(stage.length + 1)
  const ofKind = rest.slice(rest.indexOf('.') + 1)
  return [rest, ofKind].some((name) => name === part || name.startsWith(`${part}.`))
}
