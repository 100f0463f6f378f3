import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { isMonthOver } from '#rules/kernel/calendar.ts'
import type { ReviewDocument } from '#rules/schema/document.ts'

import { changeFiles } from '../changes/files.ts'
import { insightTimes } from '../changes/insight.ts'
import { Manifest } from '../ingest/manifest.ts'
import { buildDocument } from '../report/document.ts'
import { renderReportPage } from '../report/html/page.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { loadDecisions } from '../store/approval-decisions.ts'
import { listApprovals, standing, type Approval } from '../store/approvals.ts'
import { listOrders, listReceipts } from '../store/change-orders.ts'
import { loadNarrativeDecisions } from '../store/narrative-decisions.ts'
import { listReviews, loadReview, type ReviewStatus } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { loadMeetingIssue } from './meeting.ts'
import { addRecord, type ReviewRecords } from './records.ts'
import { loadRecords } from './review-ports.ts'
import type { ReviewSession } from './session.ts'
import { runSpecialist } from './specialists.ts'
import type { Workspace } from './workspace.ts'

/**
 * The document of a review at any point of its life. While the last stage has not run it is made here, on what is known, and the document says
 * that it is interim.
 *
 * @param status Where the review is about to rest; undefined: where it is on record.
 */
export async function documentOf(
  store: Store,
  session: ReviewSession,
  status?: ReviewStatus,
): Promise<ReviewDocument> {
  const { reviewId } = session.review
  const stored = (await loadReview(store.pool, reviewId)) ?? session.review
  const review = { ...stored, status: status ?? stored.status }
  const approvals = await listApprovals(store.pool, { reviewId })
  const kept = await loadRecords(store, reviewId)
  const interim = kept.intake?.gate === 'open' && kept.synthesis === undefined
  const records = interim ? await withInterimSynthesis(kept, session, approvals) : kept
  const decisions = await Promise.all(
    approvals.map((approval) => loadDecisions(store.pool, approval.approvalId)),
  )
  return buildDocument({
    review,
    manifest: Manifest.parse(JSON.parse(review.manifest)),
    policy: session.context.policy,
    records,
    wordDecisions: await loadNarrativeDecisions(store.pool, reviewId),
    interim,
    meeting: await loadMeetingIssue(store, reviewId),
    approvals,
    decisions: decisions.flat(),
    insightToLive: await insightTimes(
      store.pool,
      reviewId,
      approvals.map((approval) => approval.approvalId),
    ),
  })
}

async function withInterimSynthesis(
  records: ReviewRecords,
  session: ReviewSession,
  approvals: readonly Approval[],
): Promise<ReviewRecords> {
  if (records.budget === undefined) return records
  const synthesis = await runSpecialist('synthesis', session, {
    records,
    approvals: standing(approvals),
  })
  return addRecord(records, synthesis)
}

/** Statuses of a review whose report lies in the folder of its month. */
const PUBLISHED: readonly ReviewStatus[] = ['awaiting_approval', 'completed', 'withheld']

/** The folder of a month: the report of its review, and every change order. */
function monthFolder({ workspace, review }: Pick<ReviewSession, 'workspace' | 'review'>): string {
  return join(workspace.reviewsDirectory, review.month)
}

/**
 * The folder of a review's files: that of its month. A review that looks back at a day within the month, where one of a later day was published,
 * has a folder of its own in it, so that it takes nobody's report away.
 */
export async function reviewFolder(store: Store, session: ReviewSession): Promise<string> {
  const { workspace: company, month, asOf } = session.review
  const { asOfOn } = session.context
  const folder = monthFolder(session)
  if (isMonthOver(month, asOfOn)) return folder
  const published = await listReviews(store.pool, {
    workspace: company,
    month,
    statuses: PUBLISHED,
  })
  return published.some((other) => other.asOf > asOf) ? join(folder, `as-of-${asOfOn}`) : folder
}

/**
 * Writes `review.json`, `report.html`, `report.md`, `manifest.json` and the change orders of applied moves. Each file appears whole or not at
 * all; written again from the same state, the bytes are the same.
 */
export async function publishReview(
  store: Store,
  session: ReviewSession,
  workspace: Workspace,
): Promise<void> {
  await writeReview(store, { ...session, workspace }, await documentOf(store, session))
}

/** Publishes a review as one that rests where it is about to: its status goes on record after its files, so that none is finished without. */
export function publishAtRest(store: Store, session: ReviewSession) {
  return async (status: ReviewStatus): Promise<void> => {
    await writeReview(store, session, await documentOf(store, session, status))
  }
}

async function writeReview(
  store: Store,
  session: ReviewSession,
  document: ReviewDocument,
): Promise<void> {
  const folder = await reviewFolder(store, session)
  await writeWhole(join(folder, 'review.json'), jsonText(document))
  await writeWhole(join(folder, 'report.html'), renderReportPage(document))
  await writeWhole(join(folder, 'report.md'), renderMarkdown(document))
  await writeWhole(join(folder, 'manifest.json'), jsonText(JSON.parse(session.review.manifest)))
  await writeChangeOrders(store, session)
}

/** The orders of every review of the month: what an earlier one ordered stands, though a newer one took its place. */
async function writeChangeOrders(store: Store, session: ReviewSession): Promise<void> {
  const { workspace, month } = session.review
  const folder = monthFolder(session)
  const reviews = await listReviews(store.pool, { workspace, month })
  const lists = reviews.map(({ reviewId }) => listApprovals(store.pool, { reviewId }))
  const approvals = (await Promise.all(lists)).flat()
  const ids = approvals.map((approval) => approval.approvalId)
  const orders = await listOrders(store.pool, ids)
  const receipts = await listReceipts(store.pool, ids)
  for (const { path, text } of changeFiles({ approvals, orders, receipts })) {
    await writeWhole(join(folder, path), text)
  }
}

/** Indented JSON with a final line feed. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Writes beside the target first: a reader never sees half a file. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}.draft`
  try {
    await writeFile(draft, text)
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
