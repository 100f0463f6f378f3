import type { ReviewContext } from '#agents/ports.ts'

import { Manifest } from '../ingest/manifest.ts'
import { parsePolicy } from '../policy/load.ts'
import { parseEarlierReadings } from '../store/earlier-readings.ts'
import type { Review } from '../store/reviews.ts'
import { openWarehouse, type OpenWarehouse } from '../warehouse/open.ts'
import { endOfDay, localDateOf } from './local-time.ts'
import { monthRows, warehouseOfMonth, type MonthRows } from './month-rows.ts'
import type { Workspace } from './workspace.ts'

/** What one review is worked on with: its frozen policy and data, as they were when it began. */
export interface ReviewSession {
  readonly review: Review
  readonly context: ReviewContext
  /** Where the review's company keeps its policy and data now. */
  readonly workspace: Workspace
  /** Its warehouse is the one of the review's month. */
  readonly data: OpenWarehouse
  readonly months: MonthRows
}

/**
 * Opens a review on the bytes it was frozen to, whatever lies in the workspace by now.
 *
 * @throws AppError `REVIEW_INPUT_CHANGED` when frozen bytes are gone or changed.
 */
export async function openSession(workspace: Workspace, review: Review): Promise<ReviewSession> {
  const manifest = Manifest.parse(JSON.parse(review.manifest))
  const data = await openWarehouse({
    workspaceDir: workspace.directory,
    company: { currency: manifest.currency, timeZone: manifest.timeZone },
    manifest,
  })
  try {
    return await sessionOn({ review, workspace, data })
  } catch (error) {
    await data.close()
    throw error
  }
}

/** A review's session on data that are open. */
export async function sessionOn({
  review,
  workspace,
  data,
}: Pick<ReviewSession, 'review' | 'workspace' | 'data'>): Promise<ReviewSession> {
  const context = contextOf(review)
  const months = await monthRows(data.warehouse, context)
  const warehouse = warehouseOfMonth(data.warehouse, months)
  return { review, context, workspace, data: { ...data, warehouse }, months }
}

/** What specialists are told about a review. */
function contextOf(review: Review): ReviewContext {
  const { policy } = parsePolicy(review.policy, 'policy.yaml')
  const { time_zone: timeZone } = policy.company
  return {
    reviewId: review.reviewId,
    month: review.month,
    asOf: review.asOf,
    asOfOn: localDateOf(review.asOf, timeZone),
    endOfDay: (on) => endOfDay(on, timeZone),
    policy,
    earlierReadings: parseEarlierReadings(review.earlierReadings),
  }
}
