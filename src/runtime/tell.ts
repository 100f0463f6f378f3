import {
  type Account,
  accountHolds,
  accountOf,
  keptSentences,
  type SentenceJudge,
} from '#rules/narrative/account.ts'
import { fluentJudge } from '#rules/narrative/fluent-judge.ts'
import type { ReviewNotes } from '#rules/narrative/review-notes.ts'
import { judgeSentence } from '#rules/narrative/sentence.ts'
import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'

import { askForSections, type NarratorDeps } from '../llm/narrate.ts'
import { formatFact } from '../report/format.ts'
import { moveOf } from './moves.ts'
import type { Narrative, StageRecord } from './records.ts'
import { type Earlier, PERIOD_FACT } from './specialists.ts'

/**
 * The words of a stage: its own, or the same facts and statements as a model arranged them. A model changes nothing but the narrative, and what
 * it may not say is not kept. Fluent prose is kept beside the words that are shown, until a person approves it.
 */
export async function tellStage(
  record: StageRecord,
  earlier: Earlier,
  narrator: NarratorDeps | undefined,
): Promise<StageRecord> {
  const own = record.narrative.sentences
  if (narrator === undefined || own.length === 0) return record
  const told = catalogueOf(record, earlier)
  const { sections, shortfall } = await askForSections(record.result.stage, told, narrator)
  const kept = keptSentences(sections)
  const strict = kept.filter((sentence) => isStrict(sentence, told))
  const account = narrativeOf(accountOf(strict, own, told))
  const shown = shortfall === undefined ? account : { ...account, shortfall }
  if (strict.length === kept.length) return { ...record, narrative: shown }
  const fluent = accountOf(kept, own, told)
  return { ...record, narrative: { ...shown, ...fluentOf(fluent, narrator.model.name) } }
}

/** Whether stored words are what the recorded facts give, without asking a model: computed again from what was arranged. */
export function wordsHold(
  { narrative }: StageRecord,
  computed: StageRecord,
  earlier: Earlier,
): boolean {
  const own = computed.narrative.sentences
  const told = catalogueOf(computed, earlier)
  const { arranged, fluent, shortfall: _shortfall, ...account } = narrative
  const shown: Account = { ...account, ...(arranged === undefined ? {} : { arranged }) }
  const judge: SentenceJudge = (sentence) => judgeSentence(sentence, told.catalogue)
  return (
    accountHolds(shown, { own, told, judge }) &&
    (fluent === undefined || accountHolds(fluent, { own, told, judge: fluentJudge(told) }))
  )
}

function isStrict(sentence: string, { catalogue }: StageCatalogue): boolean {
  return judgeSentence(sentence, catalogue).length === 0
}

function narrativeOf({ sentences, source, arranged }: Account): Narrative {
  return {
    sentences: [...sentences],
    source,
    ...(arranged === undefined ? {} : { arranged: [...arranged] }),
  }
}

function fluentOf(account: Account, model: string): Pick<Narrative, 'fluent'> {
  const { sentences, source, arranged = [] } = account
  if (source === 'template') return {}
  return { fluent: { sentences: [...sentences], source, arranged: [...arranged], model } }
}

function catalogueOf({ result, narrative }: StageRecord, earlier: Earlier): StageCatalogue {
  const others = Array.from(earlier.records.stages.values(), (record) => record.result).filter(
    ({ stage }) => stage !== result.stage,
  )
  return stageCatalogue({
    result,
    sentences: narrative.sentences,
    facts: [...others, result].flatMap(({ facts }) => facts),
    notes: result.stage === 'synthesis' ? notesOf(earlier) : undefined,
    show: formatFact,
  })
}

/** What the page that tells of the whole review must say. */
function notesOf({ records, approvals }: Earlier): ReviewNotes {
  return {
    periodFact: PERIOD_FACT,
    moves: approvals.flatMap((approval) => {
      const { status } = approval
      return status === 'pending' || status === 'rejected'
        ? [{ move: moveOf(approval), status }]
        : []
    }),
    warnings: (records.intake?.reasons ?? []).map(({ code, subject }) => ({ code, subject })),
  }
}
