import type { Scene } from '../reading/scene.ts'
import type { Fact, StageResult } from '../schema/review.ts'
import { tokensOf } from '../schema/template.ts'
import { type Catalogue, createCatalogue } from './catalogue.ts'
import { decisionPhrase } from './decision-words.ts'
import { quotedNames, shortName } from './names.ts'
import { rankingStatements } from './rankings.ts'
import { noteStatements, requiredTokens, type ReviewNotes } from './review-notes.ts'
import { filler, sceneOf } from './scene-of.ts'
import {
  extraStatements,
  extrasOf,
  findingStatements,
  listStatements,
  ownStatements,
  type StageExtras,
} from './statements.ts'
import { type Figures, rankedSubjects, wholeOf } from './subjects.ts'

const PORTFOLIO = 'pf'

/** What a narrator may say of a stage, and how the model is told of it: `brief` holds tokens, figures and codes of ours, no text from data. */
export interface StageCatalogue {
  readonly catalogue: Catalogue
  readonly brief: readonly string[]
  /** Tokens of the stage's own sentences, in their order; what a model leaves out is appended by code. */
  readonly required: readonly string[]
  /** Statements that stand word for word, as full sentences, by their token. */
  readonly whole: ReadonlyMap<string, string>
  /** What a reader may truly be told, for the second reader of fluent prose. */
  readonly scene: () => Scene
  /** A template with its figures as a reader sees them. */
  readonly fill: (template: string) => string
}

/** What a stage is told from. */
export interface StageSource {
  readonly result: StageResult & StageExtras
  /** The stage's own sentences, each a token of its own (`say.1`…). */
  readonly sentences: readonly string[]
  /** Facts of the stage and of those before it. */
  readonly facts: readonly Fact[]
  /** What must be told of the review as a whole, on the page that tells of it. */
  readonly notes?: ReviewNotes | undefined
  /** A fact as the reader sees it. */
  readonly show: (fact: Fact) => string
}

/**
 * The catalogue of a finished stage. Phrases are templates over fact ids: code puts every figure in when the report is rendered.
 *
 * Aliases are given in the order of what is known of the subjects, never of their names or ids, so that the same figures under other
 * names give a model the same bytes. A statement that names a fact nobody has is left out.
 */
export function stageCatalogue({
  result,
  sentences,
  facts,
  notes,
  show,
}: StageSource): StageCatalogue {
  const figures: Figures = { facts: new Map(facts.map((fact) => [fact.id, fact])), show }
  const month = wholeOf(result, figures)
  const candidates = rankedSubjects(result, figures)
  const names = quotedNames(candidates.map(({ name }) => shortName(name)))
  const subjects = candidates.map((candidate, index) => ({
    id: `s${index + 1}`,
    name: names[index] ?? '',
    candidate,
  }))
  const own = ownStatements(sentences)
  const rules = [
    ...findingStatements(result.findings),
    ...extraStatements(extrasOf(result)),
    ...noteStatements(notes),
  ].filter(({ text }) => tokensOf(text).every((id) => figures.facts.has(id)))
  const lists = listStatements(subjects)
  const rankings = rankingStatements(subjects, figures)
  const statements = [...own, ...rules, ...lists]
  const catalogue = createCatalogue({
    subjects: [{ id: PORTFOLIO, name: month.name }, ...subjects],
    measures: [{ id: PORTFOLIO, candidate: month }, ...subjects].flatMap(({ id, candidate }) =>
      candidate.measures.map((measure) => ({ ...measure, subject: id })),
    ),
    decisions: new Map(
      subjects.map(({ id, candidate }) => [
        id,
        candidate.decisions.map(decisionPhrase).join(' and '),
      ]),
    ),
    statements: new Map([...statements.map(({ id, text }) => [id, text] as const), ...rankings]),
  })
  const whole = new Map(
    [...own, ...rules].map(({ id, text }, index) => [id, sentences[index] ?? `${text}.`]),
  )
  const seen = [{ id: PORTFOLIO, name: month.name, candidate: month }, ...subjects]
  return {
    catalogue,
    scene: () => sceneOf({ subjects: seen, catalogue, whole }, figures),
    fill: filler(figures),
    brief: [
      ...[...own, ...rules].map(({ id, brief }) => `${id}: ${brief}`),
      ...(month.measures.length === 0 ? [] : [`${PORTFOLIO}: ${month.brief}`]),
      ...subjects.map(({ id, candidate }) => `${id}: ${candidate.brief}`),
      ...lists.map(({ id }) => id),
      ...rankings.flatMap(([id]) => (id.startsWith('cmp.') ? [] : [id])),
      ...(rankings.some(([id]) => id.startsWith('cmp.'))
        ? ['cmp.METRIC.A.B: how subject A stands to subject B']
        : []),
    ],
    required: requiredTokens({ own, lists, rules }),
    whole,
  }
}
