import { accountHolds, accountOf, keptSentences } from '#rules/narrative/account.ts'
import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'

import { askForSections, type NarratorDeps } from '../llm/narrate.ts'
import { formatFact } from '../report/format.ts'
import type { ReviewRecords, StageRecord } from './records.ts'

/**
 * The words of a stage: its own, or the same facts and statements as a model arranged them. A model changes nothing but the narrative, and what
 * it may not say is not kept.
 */
export async function tellStage(
  record: StageRecord,
  records: ReviewRecords,
  narrator: NarratorDeps | undefined,
): Promise<StageRecord> {
  const own = record.narrative.sentences
  if (narrator === undefined || own.length === 0) return record
  const told = catalogueOf(record, records)
  const sections = await askForSections(record.result.stage, told, narrator)
  const { sentences, source, arranged } = accountOf(keptSentences(sections), own, told)
  return {
    ...record,
    narrative: {
      sentences: [...sentences],
      source,
      ...(arranged === undefined ? {} : { arranged: [...arranged] }),
    },
  }
}

/** Whether stored words are what the recorded facts give, without asking a model: computed again from what was arranged. */
export function wordsHold(
  { narrative }: StageRecord,
  computed: StageRecord,
  records: ReviewRecords,
): boolean {
  const { arranged, ...account } = narrative
  return accountHolds(
    { ...account, ...(arranged === undefined ? {} : { arranged }) },
    computed.narrative.sentences,
    catalogueOf(computed, records),
  )
}

function catalogueOf({ result, narrative }: StageRecord, records: ReviewRecords): StageCatalogue {
  const earlier = Array.from(records.stages.values(), (record) => record.result).filter(
    ({ stage }) => stage !== result.stage,
  )
  return stageCatalogue({
    result,
    sentences: narrative.sentences,
    facts: [...earlier, result].flatMap(({ facts }) => facts),
    show: formatFact,
  })
}
