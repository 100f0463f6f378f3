import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import { loadReview } from '#src/store/reviews.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import { startTestStore } from '#test/support/store.ts'

/** On this day requests are out of time by the database's clock, so that the review ends by itself. */
const now = (): Date => new Date('2026-04-02T12:00:00Z')

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
