import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import { loadReview } from '#src/store/reviews.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import { startTestStore } from '#test/support/store.ts'

/** On this day requests are out of time by the database's clock, so that the review ends by itself. */
const now = (): Date => new Date('2026-04-02T12:00:00Z')

test('a review in which a promise of the program breaks is on record as failed, and can be driven again', async () => {
  const { store, workspaceDir, close } = await startTestStore()
  const workspace = await createCompany(workspaceDir)
  const month = COMPANY_MONTH
  const session = await beginReview(store, workspace, { month, asOf: undefined, now: now() })
  const { reviewId } = session.review
  const recorded = async () => {
    const review = await loadReview(store.pool, reviewId)
    return { status: review?.status, detail: review?.statusDetail }
  }
  const driveWith = (onStage: (stage: string) => void) =>
    driveReview({ store, session, now, publish: publishAtRest(store, session), onStage })
  const breakWith = (error: Error) => (stage: string) => {
    if (stage === 'budget') throw error
  }
  try {
    await expect(driveWith(breakWith(new TypeError('no network')))).rejects.toThrow('no network')
    expect(await recorded()).toMatchObject({ status: 'running' })
    const broken = new InvariantError('plan: it does not add up')
    await expect(driveWith(breakWith(broken))).rejects.toThrow('does not add up')
    expect(await recorded()).toEqual({
      status: 'failed',
      detail: 'a stage broke a promise of the program: plan: it does not add up',
    })
    await driveWith(() => undefined)
    expect(await recorded()).toMatchObject({ status: 'completed' })
  } finally {
    await session.data.close()
    await close()
  }
})

test('a review is on record as finished only once its files say so, and they are written once', async () => {
  const { store, workspaceDir, close } = await startTestStore()
  const workspace = await createCompany(workspaceDir)
  const month = COMPANY_MONTH
  const session = await beginReview(store, workspace, { month, asOf: undefined, now: now() })
  const { reviewId } = session.review
  const recorded = async () => (await loadReview(store.pool, reviewId))?.status
  const published: string[] = []
  const driveWith = (publish: (status: string) => Promise<void>) =>
    driveReview({ store, session, now, publish, onStage: () => undefined })
  try {
    await expect(driveWith(() => Promise.reject(new TypeError('killed')))).rejects.toThrow('killed')
    expect(await recorded()).toBe('running')
    await driveWith(async (status) => {
      await publishAtRest(store, session)('completed')
      published.push(`${status} while ${await recorded()}`)
    })
    expect(published).toEqual(['completed while running'])
    expect(await recorded()).toBe('completed')
    const file = join(workspace.reviewsDirectory, month, 'review.json')
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ status: 'completed' })
  } finally {
    await session.data.close()
    await close()
  }
})
