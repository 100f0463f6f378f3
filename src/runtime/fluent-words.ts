import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { Policy } from '#rules/policy/policy.ts'
import type { DocumentNarrative } from '#rules/schema/document.ts'
import type { Fact, StageName } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'

import { indexReview, renderText } from '../report/words.ts'
import { sha256 } from '../store/hash.ts'
import type { NarrativeDecision } from '../store/narrative-decisions.ts'
import { localDateOf } from './local-time.ts'
import { peopleWhoMayDecideWords } from './may-decide.ts'
import type { Narrative, ReviewRecords } from './records.ts'

/** Fluent prose of a stage as a person is asked about it. */
export interface FluentWords {
  readonly stage: StageName
  /** As a reader would see them. */
  readonly sentences: readonly string[]
  /** What is shown to readers as long as nobody approved the prose. */
  readonly shown: readonly string[]
  /** The facts that the prose rests on. */
  readonly facts: readonly Fact[]
  readonly textSha256: string
  readonly factsSha256: string
  readonly proposer: string
  readonly decision: NarrativeDecision | undefined
}

/** The fluent prose of a review with what was said to exactly these words on exactly these facts; a decision on other bytes is void. */
export function fluentWordsOf(
  { stages }: ReviewRecords,
  decisions: readonly NarrativeDecision[],
): FluentWords[] {
  const index = indexReview(Array.from(stages.values(), (record) => record.result))
  const render = (sentence: string): string => renderText(sentence, index)
  return Array.from(stages, ([stage, { narrative }]) => {
    if (narrative.fluent === undefined) return []
    const ids = [...new Set(narrative.fluent.sentences.flatMap(tokensOf))]
    const facts = ids.flatMap((id) => index.facts.get(id) ?? [])
    const sentences = narrative.fluent.sentences.map(render)
    const [textSha256, factsSha256] = [
      sha256(canonicalJson(sentences)),
      sha256(canonicalJson(facts)),
    ]
    const decision = decisions.find(
      (each) =>
        each.stage === stage && each.textSha256 === textSha256 && each.factsSha256 === factsSha256,
    )
    const shown = narrative.sentences.map(render)
    const proposer = `model:${narrative.fluent.model}`
    return [{ stage, sentences, shown, facts, textSha256, factsSha256, proposer, decision }]
  }).flat()
}

/** The words that readers get: prose that a person approved stands in the place of the other words, with who approved it; of prose that does not, who may decide. */
export function publishedWords(
  records: ReviewRecords,
  decisions: readonly NarrativeDecision[],
  policy: Policy,
): ReadonlyMap<StageName, PublishedNarrative> {
  const words = new Map(fluentWordsOf(records, decisions).map((each) => [each.stage, each]))
  return new Map(
    Array.from(records.stages, ([stage, { narrative }]) => [
      stage,
      publishedOf(narrative, words.get(stage)?.decision, policy),
    ]),
  )
}

function publishedOf(
  { sentences, source, shortfall, fluent }: Narrative,
  decision: NarrativeDecision | undefined,
  policy: Policy,
): PublishedNarrative {
  if (fluent === undefined) return { sentences, source, shortfall }
  if (decision?.decision === 'approve') {
    const approvedOn = localDateOf(decision.decidedAt, policy.company.time_zone)
    const { sentences: approved, source: by } = fluent
    return { sentences: approved, source: by, approvedBy: decision.person, approvedOn }
  }
  const { model } = fluent
  const stand: NonNullable<DocumentNarrative['fluent']> =
    decision === undefined
      ? { status: 'waits', model, mayDecide: peopleWhoMayDecideWords(policy) }
      : { status: 'rejected', model, mayDecide: [] }
  return { sentences, source, shortfall, fluent: stand }
}

/** Words that readers get, as templates. `approvedBy`: the person who approved the model's own prose. */
export interface PublishedNarrative extends Pick<Narrative, 'sentences' | 'source'> {
  readonly approvedBy?: string
  /** The day of that person's approval, in the company's time zone. */
  readonly approvedOn?: string
  readonly shortfall?: Narrative['shortfall']
  /** Prose of a model that is not among the words. */
  readonly fluent?: DocumentNarrative['fluent']
}
