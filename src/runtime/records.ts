import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import { StageResult, STAGES, type StageName } from '#rules/schema/review.ts'
import { SynthesisStageResult } from '#rules/schema/synthesis.ts'
import { GRADES } from '#rules/trust/grade.ts'

import { Shortfall } from '../llm/shortfall.ts'
import type { StoredStage } from '../store/stage-results.ts'
import { parseOnce } from './parse-once.ts'

/** What the data gate found, kept like a stage under the name `intake`. */
export const IntakeRecord = z.strictObject({
  gate: z.enum(['open', 'withheld']),
  grade: z.enum(GRADES),
  reasons: z.array(
    z.strictObject({
      code: z.enum([
        'no_data',
        'dataset_unreadable',
        'no_rows_in_month',
        'rows_rejected',
        'book_incomplete',
        'spend_untraceable',
        'rows_after_as_of',
      ]),
      subject: z.string(),
      steps: z.int(),
      compared: z.record(z.string(), z.union([z.number(), z.string()])),
    }),
  ),
})
export type IntakeRecord = z.infer<typeof IntakeRecord>

/** The words of a stage, as templates over its facts. */
export const Narrative = z.strictObject({
  sentences: z.array(z.string()),
  source: z.enum(['llm', 'mixed', 'template']),
  /** What a model arranged, as sentences of tokens: from them and the facts the words can be made again. */
  arranged: z.array(z.string()).optional(),
  /** Why none, or not all, of the model's words stand, where one was to tell the stage. */
  shortfall: Shortfall.optional(),
  /** Free prose that waits for a person's yes before anybody else sees it: templates over facts, what the model arranged, and which model. */
  fluent: z
    .strictObject({
      sentences: z.array(z.string()),
      source: z.enum(['llm', 'mixed']),
      arranged: z.array(z.string()),
      model: z.string(),
    })
    .optional(),
})
export type Narrative = z.infer<typeof Narrative>

const recordOf = <Result extends z.ZodType>(result: Result) =>
  z.strictObject({ result, narrative: Narrative })
const SynthesisRecord = recordOf(SynthesisStageResult)

const parserOf = <Value>(schema: z.ZodType<Value>) =>
  parseOnce((text) => schema.parse(JSON.parse(text)))
const parseIntake = parserOf(IntakeRecord)
const parseBudget = parserOf(recordOf(BudgetStageResult))
const parseSynthesis = parserOf(SynthesisRecord)
const parseStage = parserOf(recordOf(StageResult))

/** What a finished stage leaves behind. */
export interface StageRecord<Result extends StageResult = StageResult> {
  readonly result: Result
  readonly narrative: Narrative
}

/** Every finished stage of a review. */
export interface ReviewRecords {
  readonly intake?: IntakeRecord
  readonly stages: ReadonlyMap<StageName, StageRecord>
  readonly budget?: StageRecord<BudgetStageResult>
  readonly synthesis?: StageRecord<SynthesisStageResult>
}

/** The bytes under which a record is stored and hashed. */
export function encodeRecord(record: StageRecord | IntakeRecord): string {
  return canonicalJson(record)
}

/** The finished stages among the stored ones, parsed. @throws ZodError when a stored record has another shape. */
export function decodeRecords(stored: readonly StoredStage[]): ReviewRecords {
  const texts = new Map(
    stored.flatMap(({ stage, result }) => (result === null ? [] : [[stage, result] as const])),
  )
  const read = <Value>(stage: string, parse: (text: string) => Value): Value | undefined => {
    const text = texts.get(stage)
    return text === undefined ? undefined : parse(text)
  }
  const intake = read('intake', parseIntake)
  const budget = read('budget', parseBudget)
  const synthesis = read('synthesis', parseSynthesis)
  const stages = new Map<StageName, StageRecord>()
  const special = new Map<StageName, StageRecord | undefined>([
    ['budget', budget],
    ['synthesis', synthesis],
  ])
  for (const stage of STAGES) {
    const record = special.has(stage) ? special.get(stage) : read(stage, parseStage)
    if (record !== undefined) stages.set(stage, record)
  }
  return {
    stages,
    ...(intake === undefined ? {} : { intake }),
    ...(budget === undefined ? {} : { budget }),
    ...(synthesis === undefined ? {} : { synthesis }),
  }
}

/** The records with one more, as if it had been stored. */
export function addRecord(records: ReviewRecords, added: StageRecord): ReviewRecords {
  const stages = new Map(records.stages).set(added.result.stage, added)
  if (added.result.stage !== 'synthesis') return { ...records, stages }
  const synthesis = SynthesisRecord.parse(added)
  return { ...records, synthesis, stages: stages.set('synthesis', synthesis) }
}
