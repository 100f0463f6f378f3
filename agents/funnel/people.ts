import { OTHER_KIND } from '#rules/funnel/definition.ts'
import { createEventFold, type EventBatch } from '#rules/funnel/event-fold.ts'
import type { PeopleInput } from '#rules/funnel/input.ts'
import { personMotions } from '#rules/funnel/motion.ts'
import { createMotionReader, OTHER_MONTH } from '#rules/funnel/people.ts'
import { NO_LABEL } from '#rules/funnel/person-events.ts'
import { personVocabulary } from '#rules/funnel/person-funnel.ts'
import { spanInLog, type WholeWindowSpan, wholeWindowDays } from '#rules/funnel/whole-window.ts'
import { addMonths } from '#rules/kernel/calendar.ts'

import type { ColumnBatch, ReviewContext, Warehouse } from '../ports.ts'
import { CellQueryRow, FirstEventsQueryRow, StageQueryRow } from './rows.ts'

/**
 * Follows every person of the review month and the month before through the motions, in one pass over the events. Earlier events are read
 * as far as the newest persons whose window is over need them.
 */
export async function gatherPeople(
  context: ReviewContext,
  warehouse: Warehouse,
): Promise<PeopleInput> {
  const { month, asOf, policy } = context
  const asOfMs = Date.parse(asOf)
  const priorMonth = addMonths(month, -1)
  const seen = { prior_month: priorMonth, as_of_ms: asOfMs }
  const stages = await warehouse.rows('funnel/event-stages', seen, StageQueryRow)
  const wholeWindow = await gatherSpan(context, warehouse)
  const range = { from_month: earlierOf(priorMonth, wholeWindow), as_of_ms: asOfMs }
  const cells = await warehouse.rows('funnel/event-cells', range, CellQueryRow)
  const motions = personMotions(policy.operating_model, new Set(stages.map((row) => row.stage)))
  const vocabulary = personVocabulary(
    motions,
    policy.funnel,
    stages.map((row) => row.stage),
  )
  const readers = motions.map((motion) =>
    createMotionReader(motion, { vocabulary, policy: policy.funnel, asOfMs, wholeWindow }),
  )
  const fold = createEventFold(readers.map((reader) => reader.read))
  if (readers.length > 0) {
    const toBatch = createBatchReader(vocabulary)
    const parameters = { ...range, month, prior_month: priorMonth, stages: listText(vocabulary) }
    for await (const batch of warehouse.batches('funnel/events', parameters)) {
      fold.add(toBatch(batch))
    }
  }
  fold.finish()
  return {
    motions: readers.map((reader) => reader.finish()),
    cellKeys: cells.map((row) => ({
      campaignId: row.campaign_id,
      segmentId: row.segment_id,
      channelId: row.channel_id,
    })),
    events: new Map(stages.map((row) => [row.stage, row.row_count])),
  }
}

async function gatherSpan(
  { month, asOf, asOfOn, endOfDay, policy }: ReviewContext,
  warehouse: Warehouse,
): Promise<WholeWindowSpan | null> {
  const asOfMs = Date.parse(asOf)
  const clock = { asOfOn, asOfMs, endMs: (on: string) => Date.parse(endOfDay(on)) }
  const days = wholeWindowDays(month, { clock, policy: policy.funnel })
  if (days === null) return null
  const [first] = await warehouse.rows(
    'funnel/first-events',
    { from_on: days.fromOn, as_of_ms: asOfMs },
    FirstEventsQueryRow,
  )
  if (first === undefined || first.first_on === null || first.from_ms === null) return null
  return spanInLog(days, { firstOn: first.first_on, fromMs: first.from_ms })
}

function earlierOf(month: string, span: WholeWindowSpan | null): string {
  const first = span?.fromOn.slice(0, month.length) ?? month
  return first < month ? first : month
}

/** `|visit|signup|`: a stage is looked up by its place in this text, which every engine can do. */
function listText(stages: readonly string[]): string {
  return `|${stages.join('|')}|`
}

function createBatchReader(vocabulary: readonly string[]): (batch: ColumnBatch) => EventBatch {
  const text = listText(vocabulary)
  const kindAt = new Map(vocabulary.map((stage, kind) => [text.indexOf(`|${stage}|`) + 1, kind]))
  return (batch) => ({
    person: batch['person'] ?? [],
    timeMs: numbers(batch['occurred_ms'], Number.NaN),
    kind: numbers(batch['stage_at'], 0).map((place) => kindAt.get(place) ?? OTHER_KIND),
    period: numbers(batch['period'], OTHER_MONTH),
    label: numbers(batch['cell'], NO_LABEL),
  })
}

function numbers(column: ColumnBatch[string] = [], absent: number): number[] {
  return column.map((value) => (typeof value === 'number' ? value : absent))
}
