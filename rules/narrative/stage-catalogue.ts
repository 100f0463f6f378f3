import { compareText } from '../kernel/order.ts'
import type { Decision, Fact, StageResult } from '../schema/review.ts'
import { token, tokensOf } from '../schema/template.ts'
import { type Catalogue, createCatalogue, type Measure, type Movement } from './catalogue.ts'
import { NARRATED_METRICS } from './metrics.ts'
import { quotedNames } from './names.ts'

const SUBJECTS_MAX = 16
const LISTED_MAX = 8
const PORTFOLIO = 'pf'
const LISTED_ACTION = /^[a-z0-9_]{1,40}$/

/** What a narrator may say of a stage, and how the model is told of it: `brief` holds tokens, figures and codes of ours, no text from data. */
export interface StageCatalogue {
  readonly catalogue: Catalogue
  readonly brief: readonly string[]
  /** Tokens of the stage's own sentences, in their order; what a model leaves out is appended by code. */
  readonly required: readonly string[]
}

/** Facts of the stage by id, and a figure as the reader sees it. */
interface Figures {
  readonly facts: ReadonlyMap<string, Fact>
  readonly show: (fact: Fact) => string
}

/** A subject before it has an alias. */
interface Candidate {
  readonly name: string
  readonly decisions: readonly Decision[]
  readonly measures: readonly Omit<Measure, 'subject'>[]
  readonly brief: string
}

/**
 * The catalogue of a finished stage. Phrases are templates over fact ids: code puts every figure in when the report is rendered.
 *
 * Aliases are given in the order of what is known of the subjects, never of their names or ids, so that the same figures under other
 * names give a model the same bytes. Two subjects whose ids read the same in a fact id get no figures.
 *
 * @param sentences The stage's own sentences, each a token of its own (`say.1`…).
 * @param show A fact as the reader sees it.
 */
export function stageCatalogue(
  result: StageResult,
  sentences: readonly string[],
  show: (fact: Fact) => string,
): StageCatalogue {
  const figures: Figures = { facts: new Map(result.facts.map((fact) => [fact.id, fact])), show }
  const total = candidateOf(
    { name: 'the portfolio', decisions: [] },
    totalPrefixes(result),
    figures,
  )
  const subjects = rankedSubjects(result, figures)
  const names = quotedNames(subjects.map(({ name }) => name))
  const aliased = subjects.map((subject, index) => ({ id: `s${index + 1}`, subject }))
  const says = sentences.map((sentence, index): [string, string] => [
    `say.${index + 1}`,
    sentence.replace(/\.\s*$/, ''),
  ])
  const catalogue = createCatalogue({
    subjects: [
      { id: PORTFOLIO, name: 'the portfolio' },
      ...aliased.map(({ id }, index) => ({ id, name: names[index] ?? '' })),
    ],
    measures: [
      ...total.measures.map((measure) => ({ ...measure, subject: PORTFOLIO })),
      ...aliased.flatMap(({ id, subject }) =>
        subject.measures.map((measure) => ({ ...measure, subject: id })),
      ),
    ],
    decisions: new Map(
      aliased.map(({ id, subject }) => [id, subject.decisions.map(decisionPhrase).join(' and ')]),
    ),
    statements: new Map([...says, ...actionLists(subjects, names)]),
  })
  const brief = [
    ...says.map(([id], index) => `${id}: a sentence of the rules${topicsOf(sentences[index])}`),
    ...(total.measures.length === 0 ? [] : [`${PORTFOLIO}: ${total.brief}`]),
    ...aliased.map(({ id, subject }) => `${id}: ${subject.brief}`),
    ...Array.from(catalogue.keys()).filter((id) => id.startsWith('list.')),
  ]
  return { catalogue, brief, required: says.map(([id]) => id) }
}

function totalPrefixes(result: StageResult): string[] {
  return [`${result.stage}.total.`, `${result.stage}.month.`]
}

function rankedSubjects(result: StageResult, figures: Figures): Candidate[] {
  const groups = Map.groupBy(result.decisions, ({ subject }) => subject)
  const prefixes = new Map(
    Array.from(groups.keys(), (subject) => [subject, factPrefix(result.stage, subject)]),
  )
  const uses = Map.groupBy(prefixes.values(), (prefix) => prefix)
  return Array.from(groups, ([subject, decisions]) => {
    const prefix = prefixes.get(subject) ?? ''
    const own = uses.get(prefix)?.length === 1 ? [prefix] : []
    return candidateOf({ name: decisions[0]?.subjectName ?? '', decisions }, own, figures)
  })
    .toSorted(
      (left, right) =>
        right.measures.length - left.measures.length || compareText(left.brief, right.brief),
    )
    .slice(0, SUBJECTS_MAX)
}

/** `campaign:916` of a stage → `campaign_roi.campaign.916.`, as fact books spell it. */
function factPrefix(stage: string, subject: string): string {
  const [kind = '', ...rest] = subject.split(':')
  return `${stage}.${kind}.${rest.join(':').replaceAll(/[^A-Za-z0-9_-]/g, '_')}.`
}

function candidateOf(
  subject: { readonly name: string; readonly decisions: readonly Decision[] },
  prefixes: readonly string[],
  figures: Figures,
): Candidate {
  const found = Array.from(NARRATED_METRICS).flatMap(([metric, words]) => {
    const at = prefixes.find((prefix) => shown(`${prefix}${metric}`, figures) !== undefined)
    if (at === undefined) return []
    const id = `${at}${metric}`
    const current = shown(id, figures) ?? ''
    const before = `${id}.previous`
    const previous = shown(before, figures)
    const measure = {
      metric,
      ...words,
      current: token(id),
      ...(previous === undefined ? {} : { previous: token(before), ...moved(id, figures) }),
    }
    const brief = `${metric}=${current}${previous === undefined ? '' : ` prev=${previous} (.prev .chg)`}`
    return [{ measure, brief }]
  })
  const calls = subject.decisions.map(({ action, reason }) => `${action} (${reason})`)
  return {
    ...subject,
    measures: found.map(({ measure }) => measure),
    brief: [...calls.map((call) => `decision=${call}`), ...found.map(({ brief }) => brief)].join(
      '; ',
    ),
  }
}

/** The figure of a fact that has one; undefined where nothing was measured. */
function shown(id: string, { facts, show }: Figures): string | undefined {
  const fact = facts.get(id)
  if (fact === undefined || (fact.status !== 'known' && fact.status !== 'zero')) return undefined
  return typeof fact.value === 'string' ? undefined : show(fact)
}

function moved(id: string, { facts, show }: Figures): { movement?: Movement } {
  const [now, then] = [facts.get(id), facts.get(`${id}.previous`)]
  if (now === undefined || then === undefined) return {}
  const difference = sizeOf(now) - sizeOf(then)
  const pair = { from: token(then.id), to: token(now.id) }
  if (difference === 0) return { movement: { direction: 'none', ...pair } }
  if (show(now) === show(then)) return { movement: { direction: 'small', ...pair } }
  return { movement: { direction: difference > 0 ? 'rise' : 'fall', ...pair } }
}

function sizeOf({ value }: Fact): number {
  if (typeof value === 'number') return value
  return typeof value === 'object' && value !== null ? value.minor : 0
}

function decisionPhrase({ action, reason }: Decision): string {
  return `the call “${spoken(action)}” (basis: ${spoken(reason)})`
}

/** `not_assessable` → `not assessable`; codes come from closed sets of the rules. */
function spoken(code: string): string {
  return code.replaceAll('_', ' ')
}

function actionLists(subjects: readonly Candidate[], names: readonly string[]): [string, string][] {
  const calls = subjects.flatMap(({ decisions }, index) =>
    decisions
      .filter(({ action }) => LISTED_ACTION.test(action))
      .map(({ action }) => ({ action, name: names[index] ?? '' })),
  )
  return Array.from(
    Map.groupBy(calls, ({ action }) => action),
    ([action, group]) => {
      const unique = [...new Set(group.map(({ name }) => name))]
      const rest = unique.length > LISTED_MAX ? ' and others' : ''
      const text = `the call “${spoken(action)}”: ${unique.slice(0, LISTED_MAX).join(', ')}${rest}`
      return [`list.${action}`, text] as const
    },
  ).map(([id, text]) => [id, text])
}

/** The known metrics a sentence speaks of, in words of ours. */
function topicsOf(sentence = ''): string {
  const topics = tokensOf(sentence).flatMap(
    (id) => id.split('.').findLast((part) => NARRATED_METRICS.has(part)) ?? [],
  )
  return topics.length === 0 ? '' : ` about ${[...new Set(topics)].join(', ')}`
}
