import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { runScheduleSet } from '#src/commands/schedule.ts'
import { runStatus } from '#src/commands/status.ts'
import { createReview } from '#src/store/reviews.ts'
import { inProcess } from '#test/support/in-process.ts'
import { newReview } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

const POLICY = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: Harbour, currency: USD, time_zone: UTC }
targets: []
portfolio: [{ otherwise: hold }]
`

let shared: TestStore
beforeAll(async () => {
  shared = await startTestStore()
  await writeFile(join(shared.workspaceDir, 'policy.yaml'), POLICY)
})
afterAll(() => shared.close())

test('a workspace without a review says how to begin one, as it can be typed', async () => {
  const options = { workspace: shared.workspaceDir }
  const { stdout } = await inProcess((context) => runStatus(context, options))
  expect(stdout.split('\n')[0]).toBe(
    `No review yet. Begin one with: npm run -s mo -- review --workspace ${shared.workspaceDir} --month YYYY-MM`,
  )
})

test('a schedule says how to run the worker it needs, as it can be typed', async () => {
  const options = { workspace: shared.workspaceDir, businessDay: '3', at: '09:00' }
  const { stdout } = await inProcess((context) => runScheduleSet(context, options))
  expect(stdout.split('\n').at(-1)).toBe(
    `A worker must run for it: npm run -s mo -- worker --workspace ${shared.workspaceDir}`,
  )
})

test.each([
  [{ beforeMeeting: '1' }, /start 1 business day before the meeting, at 09:00 \(UTC\); that of /],
  [{ beforeMeeting: '3' }, /start 3 business days before the meeting, at 09:00 \(UTC\); that of /],
  [
    { businessDay: '3', from: '2026-01' },
    /start on business day 3 at 09:00 \(UTC\); 2 reviews are due at once: 2026-01, 2026-03\.\n/,
  ],
  [{ businessDay: '3', from: '2026-03' }, /; 1 review is due at once: 2026-03\.\n/],
])('a schedule says when reviews start, and how many at once: %j', async (given, words) => {
  await createReview(shared.pool, newReview({ workspace: 'Harbour', month: '2026-02' }))
  const options = { workspace: shared.workspaceDir, at: '09:00', ...given }
  const { stdout } = await inProcess((context) =>
    runScheduleSet({ ...context, now: () => new Date('2026-04-20T12:00:00Z') }, options),
  )
  expect(stdout).toMatch(words)
})

describe('the status of a workspace whose policy is broken', () => {
  const policyPath = () => join(shared.workspaceDir, 'policy.yaml')
  const status = (review?: string) =>
    inProcess((context) =>
      runStatus(context, {
        workspace: shared.workspaceDir,
        ...(review === undefined ? {} : { review }),
      }),
    )
  const own = newReview({ workspace: 'Harbour', policy: POLICY })

  beforeAll(async () => {
    await createReview(shared.pool, own)
  })
  afterAll(() => writeFile(policyPath(), POLICY))

  test.each([
    [
      'a setting of the wrong kind',
      POLICY.replace('targets: []', 'targets: 5'),
      `error[POLICY_INVALID]: the policy is not valid at targets
    expected: array
    got: 5
    where: policy.yaml:4:1`,
    ],
    [
      'a text that is no YAML',
      POLICY.replace('targets: []', 'targets: ['),
      'error[POLICY_INVALID]: the policy is not readable YAML',
    ],
    [
      'no company',
      POLICY.replace(/^company.*$/m, ''),
      'error[POLICY_INVALID]: the policy is not valid at company',
    ],
  ])('shows its reviews and says what is wrong: %s', async (_, policy, told) => {
    await writeFile(policyPath(), policy)
    const all = await status()
    expect(all).toMatchObject({ status: 0, stderr: '' })
    expect(all.stdout).toContain('The policy cannot be read. Until it is mended nothing')
    expect(all.stdout).toContain(told)
    expect(all.stdout).toContain(own.reviewId)
    expect((await status(own.reviewId)).stdout).toContain(`Review ${own.reviewId} of ${own.month}`)
  })
})
