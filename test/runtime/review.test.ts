import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { MemorySaver } from '@langchain/langgraph'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { STAGES } from '#rules/schema/review.ts'
import { fileMoves } from '#src/runtime/approval-filing.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest, publishReview, writeWhole } from '#src/runtime/publish.ts'
import { replayReview } from '#src/runtime/replay.ts'
import type { ReviewSession } from '#src/runtime/session.ts'
import { openWorkspace, type Workspace } from '#src/runtime/workspace.ts'
import { listApprovals } from '#src/store/approvals.ts'
import { ReviewCheckpointer } from '#src/store/checkpointer.ts'
import { withReviewLock } from '#src/store/review-lock.ts'
import { listReviews, loadReview } from '#src/store/reviews.ts'
import { loadStages, saveStageResult, startStage } from '#src/store/stage-results.ts'
import type { Store } from '#src/store/store.ts'
import { openStore } from '#src/store/store.ts'
import { createReadyWorkspace, type TemporaryWorkspace } from '#test/support/store.ts'

// One real review of the example company, over real PostgreSQL; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const MONTH = '2026-03'
const now = (): Date => new Date()

let folder: TemporaryWorkspace
let workspace: Workspace
let store: Store
let session: ReviewSession

/** Begins the review of the month, hands it on, and closes what it opened. */
async function begun<Result>(
  work: (opened: ReviewSession) => Promise<Result> | Result,
  request: { readonly month?: string; readonly asOf?: string } = {},
): Promise<Result> {
  const opened = await beginReview(store, workspace, {
    month: request.month ?? MONTH,
    asOf: request.asOf,
    now: now(),
  })
  try {
    return await work(opened)
  } finally {
    await opened.data.close()
  }
}

beforeAll(async () => {
  folder = await createReadyWorkspace()
  for (const part of ['policy.yaml', 'data']) {
    await cp(join('examples/reference-company', part), join(folder.directory, part), {
      recursive: true,
    })
  }
  workspace = await openWorkspace(folder.directory)
  store = await openStore({ workspaceDir: folder.directory })
  session = await beginReview(store, workspace, { month: MONTH, asOf: undefined, now: now() })
  await driveReview({
    store,
    session,
    now,
    publish: publishAtRest(store, session),
    onStage: () => undefined,
  })
})
afterAll(async () => {
  await session.data.close()
  await store.close()
  await folder.remove()
})

describe('the checkpoint of the example company’s review', () => {
  it('stays under 100 KB, and comes back from the serializer to the byte', async () => {
    const saver = new ReviewCheckpointer(store.pool)
    const tuple = await saver.getTuple({ configurable: { thread_id: session.review.reviewId } })
    const state = tuple?.checkpoint.channel_values
    expect(state).toMatchObject({ reviewId: session.review.reviewId })
    const { serde } = new MemorySaver()
    const [type, bytes] = await serde.dumpsTyped(state)
    expect(bytes.length).toBeLessThan(100_000)
    const back: unknown = await serde.loadsTyped(type, bytes)
    expect(JSON.stringify(back)).toBe(JSON.stringify(state))
  })
})

describe('the files of a review', () => {
  const read = async (): Promise<Map<string, string>> => {
    const path = join(workspace.reviewsDirectory, MONTH)
    const names = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile())
    const texts = names.map(
      async ({ name }) => [name, await readFile(join(path, name), 'utf8')] as const,
    )
    return new Map(await Promise.all(texts))
  }

  it('are whole, and nothing else lies beside them', async () => {
    const files = await read()
    expect([...files.keys()].toSorted()).toStrictEqual([
      'manifest.json',
      'report.html',
      'report.md',
      'review.json',
    ])
    expect(files.get('report.html')?.trimEnd().endsWith('</html>')).toBe(true)
    expect(JSON.parse(files.get('review.json') ?? '')).toMatchObject({
      reviewId: session.review.reviewId,
      interim: true,
    })
  })

  it('are the same bytes when written again', async () => {
    const before = await read()
    await publishReview(store, session, workspace)
    expect(await read()).toStrictEqual(before)
  })

  it('are as they were when writing fails', async () => {
    const path = join(folder.directory, 'kept.txt')
    await writeWhole(path, 'first\n')
    // A name longer than the file system takes: the draft cannot be written.
    await expect(writeWhole(join(folder.directory, 'x'.repeat(250)), 'second\n')).rejects.toThrow(
      'ENAMETOOLONG',
    )
    // A folder in the place of the target: the draft cannot take its place, and goes.
    await expect(writeWhole(workspace.reviewsDirectory, 'second\n')).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EEXIST/,
    )
    expect(await readFile(path, 'utf8')).toBe('first\n')
    expect(
      (await readdir(folder.directory)).filter((name) => name.includes('draft')),
    ).toStrictEqual([])
  })
})

describe('a replay', () => {
  it('gives every stage again to the byte', async () => {
    const replayed = await replayReview(store, session)
    expect(replayed.map(({ stage }) => stage)).toStrictEqual(['intake', ...STAGES.slice(0, 6)])
    expect(replayed.filter(({ equal }) => !equal)).toStrictEqual([])
    expect(replayed.every(({ sameProgram }) => sameProgram === true)).toBe(true)
  })

  it('tells when another program found what is stored, or when nobody said which', async () => {
    const [intake] = await loadStages(store.pool, session.review.reviewId)
    const program = intake?.program ?? null
    const sameProgram = async (hash: string | null): Promise<unknown> => {
      await store.asOwner(async (owner) => {
        await owner.query('alter table mo.stage_results disable trigger keep_result')
        await owner.query('update mo.stage_results set program_sha256 = $1', [hash])
        await owner.query('alter table mo.stage_results enable trigger keep_result')
      })
      const [first] = await replayReview(store, session)
      return first?.sameProgram
    }
    try {
      expect(await sameProgram('f'.repeat(64))).toBe(false)
      expect(await sameProgram(null)).toBeNull()
    } finally {
      await sameProgram(program)
    }
  })

  it('shows a planted difference by the decision it is in', async () => {
    const { reviewId } = session.review
    const stages = await loadStages(store.pool, reviewId)
    const kept = stages.find(({ stage }) => stage === 'campaign_roi')?.result ?? ''
    await plant(kept.replace('"action":"on_target"', '"action":"loss"'))
    try {
      const differing = (await replayReview(store, session)).filter(({ equal }) => !equal)
      expect(differing).toStrictEqual([
        {
          stage: 'campaign_roi',
          equal: false,
          sameProgram: true,
          differences: [expect.stringMatching(/^campaign_roi\.performance:CAMP_00\d$/)],
        },
      ])
      await plant(kept.replace('Full cost', 'Full costs'))
      expect(
        (await replayReview(store, session)).find(({ equal }) => !equal)?.differences,
      ).toStrictEqual(['(words or facts)'])
    } finally {
      await plant(kept)
    }
  })

  /** What only an owner of the tables can do: a result is written once. */
  async function plant(result: string): Promise<void> {
    await store.asOwner(async (owner) => {
      await owner.query('alter table mo.stage_results disable trigger keep_result')
      await owner.query(
        `update mo.stage_results set result = $1, result_sha256 = encode(sha256(convert_to($1, 'UTF8')), 'hex')
         where review_id = $2 and stage = 'campaign_roi'`,
        [result, session.review.reviewId],
      )
      await owner.query('alter table mo.stage_results enable trigger keep_result')
    })
  }
})

describe('a review begun again', () => {
  const idOf = ({ review }: ReviewSession): string => review.reviewId
  const openOfMonth = async (): Promise<string[]> => {
    const reviews = await listReviews(store.pool, { month: MONTH })
    return reviews.filter(({ status }) => status !== 'superseded').map(({ reviewId }) => reviewId)
  }
  const asked = async (reviewId: string): Promise<string[]> =>
    (await listApprovals(store.pool, { reviewId })).map(({ status }) => status)

  it('on the same month, data, policy and day is the same review', async () => {
    expect(session.review.reviewId).toMatch(/^2026-03-[0-9a-f]{8}$/)
    expect(session.review.asOf).toBe('2026-03-31T23:59:59Z')
    expect(await begun(idOf)).toBe(session.review.reviewId)
    expect((await loadReview(store.pool, session.review.reviewId))?.status).toBe(
      'awaiting_approval',
    )
  })

  it.each(['2026-3', '2026-13', '2026-00', 'March', ''])(
    'on month “%s” is refused',
    async (month) => {
      await expect(begun(idOf, { month })).rejects.toMatchObject({ code: 'USAGE' })
    },
  )

  it('on another day, data or policy is another, and takes the place of the earlier one', async () => {
    const first = session.review.reviewId
    const later = await begun(idOf, { asOf: '2026-04-01' })
    const ledger = join(folder.directory, 'data/value_ledger.csv')
    const [values, policy] = [
      await readFile(ledger, 'utf8'),
      await readFile(workspace.policyPath, 'utf8'),
    ]
    await writeFile(ledger, values.replace('9350', '9351'))
    const changed = await begun(idOf)
    await writeFile(ledger, values)
    await writeFile(workspace.policyPath, policy.replace('version: 2026.3.0', 'version: 2026.3.1'))
    const governed = await begun(idOf)
    await writeFile(workspace.policyPath, policy)
    expect(new Set([first, later, changed, governed]).size).toBe(4)
    const earlier = await loadReview(store.pool, first)
    expect(earlier).toMatchObject({
      status: 'superseded',
      statusDetail: `superseded by review ${later}`,
    })
    expect(await openOfMonth()).toEqual([governed])
    expect(await asked(first)).toEqual(['superseded'])
    // The first data come back: their review does not, since what it asked is void; they get one of their own.
    const again = await begun(idOf)
    expect(again).not.toBe(first)
    expect(await begun(idOf)).toBe(again)
    expect(await openOfMonth()).toEqual([again])
  })

  it('never lets one that was superseded run, ask or publish again', async () => {
    const { reviewId } = session.review
    const drive = driveReview({
      store,
      session,
      now,
      publish: publishAtRest(store, session),
      onStage: () => undefined,
    })
    await expect(drive).rejects.toMatchObject({
      code: 'REVIEW_SUPERSEDED',
      got: expect.stringContaining(`${reviewId}, superseded by review `),
    })
    await expect(
      store.pool.query(`update mo.reviews set status = 'running' where review_id = $1`, [reviewId]),
    ).rejects.toMatchObject({ code: 'MO001', constraint: 'review-superseded' })
  })

  it('takes the earlier one out of the hands of whoever works on it', async () => {
    await begun(async (working) => {
      const { reviewId } = working.review
      const held = await withReviewLock(store, reviewId, async ({ fence }) => {
        const stage = { reviewId, stage: 'budget', fence }
        await startStage(store.pool, stage)
        await begun(idOf, { asOf: '2026-04-03' })
        const lost = { code: 'REVIEW_LOCK_LOST' }
        await expect(saveStageResult(store.pool, { ...stage, result: '{}' })).rejects.toMatchObject(
          lost,
        )
        const actor = { actor: 'system:review', role: null, onBehalfOf: null }
        await expect(
          fileMoves(store, working, { moves: [], now: now(), actor, fence }),
        ).rejects.toMatchObject(lost)
      })
      expect(held.ok).toBe(true)
      expect((await loadReview(store.pool, reviewId))?.status).toBe('superseded')
    })
  })

  it('of several that begin at once on other inputs leaves one open', async () => {
    const days = ['2026-04-04', '2026-04-05', '2026-04-06', '2026-04-07']
    const ids = await Promise.all(days.map((asOf) => begun(idOf, { asOf })))
    expect(new Set(ids).size).toBe(days.length)
    const open = await openOfMonth()
    expect(open).toHaveLength(1)
    expect(ids).toContain(open[0])
  })
})
