import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import type { Decision } from '#rules/schema/review.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { documentOf, publishAtRest } from '#src/runtime/publish.ts'
import { replayReview } from '#src/runtime/replay.ts'
import { startGovernedReview, type GovernedReview } from '#test/support/governed-review.ts'

const HEADER =
  'experiment_id,campaign_id,name,status,started_on,ended_on,metric,arm,is_control,planned_share,users,conversions\n'

/** Two tests of the same size; only the first is one that an earlier review reads while it runs. */
function experiments(
  status: string,
  endedOn: string,
  [control, treatment]: readonly [string, string],
): string {
  const rows = (id: string, [state, end, left, right]: readonly [string, string, string, string]) =>
    `${id},C1,${id},${state},2026-10-05,${end},conversion_rate,A,true,0.5,${left}\n` +
    `${id},C1,${id},${state},2026-10-05,${end},conversion_rate,B,false,0.5,${right}\n`
  return (
    HEADER +
    rows('SEEN', [status, endedOn, control, treatment]) +
    rows('FRESH', ['completed', '2026-10-30', '9000,900', '9000,1000'])
  )
}
const RUNNING = experiments('running', '', ['5000,500', '5000,575'])
const COMPLETED = experiments('completed', '2026-10-30', ['9000,900', '9000,1000'])

/** Runs the month again on what lies in the workspace now. */
async function again({ store, workspace }: GovernedReview, month: string) {
  const now = new Date()
  const session = await beginReview(store, workspace, { month, asOf: undefined, now })
  try {
    const publish = publishAtRest(store, session)
    await driveReview({ store, session, now: () => now, publish, onStage: () => undefined })
    return {
      verdicts: verdictsOf((await documentOf(store, session)).decisions),
      replayed: await replayReview(store, session),
    }
  } finally {
    await session.data.close()
  }
}

const verdictsOf = (decisions: readonly Decision[]) =>
  decisions
    .filter(({ ruleId }) => ruleId === 'experiment.verdict')
    .map(({ subjectName, action, reason, evidence }) => ({
      subjectName,
      call: `${action} ${reason}`,
      looks: evidence['looks'],
      earlier: evidence['earlierReviews'] ?? [],
    }))
    .toSorted((left, right) => (left.subjectName < right.subjectName ? -1 : 1))

const ONCE = {
  subjectName: 'FRESH',
  call: 'WIN test_excludes_zero',
  looks: null,
  earlier: [],
}

it('a test that a review showed while it ran is not called as if it were read once', async () => {
  const first = await startGovernedReview({ 'data/experiments.csv': RUNNING })
  const { store, session, workspace } = first
  const { reviewId } = session.review
  const shown = verdictsOf((await documentOf(store, session)).decisions)
  expect(shown).toEqual([
    ONCE,
    { subjectName: 'SEEN', call: 'DIRECTIONAL still_running', looks: 1, earlier: [] },
  ])

  await writeFile(join(workspace.directory, 'data/experiments.csv'), COMPLETED)
  const second = await again(first, '2026-10')
  const seen = {
    subjectName: 'SEEN',
    call: 'DIRECTIONAL repeated_looks',
    looks: 2,
    earlier: [reviewId],
  }
  // The other one is of the same users as when it was shown: the same look.
  expect(second.verdicts).toEqual([ONCE, seen])
  expect(second.replayed.filter(({ equal }) => !equal)).toEqual([])

  // Read once more, under another policy, it is no further look.
  await first.edit('policy.yaml', ['2026.10.0', '2026.10.1'])
  const third = await again(first, '2026-10')
  expect(third.verdicts).toEqual([ONCE, seen])

  // What was begun before any of this is computed again as it was.
  const replayed = await replayReview(store, session)
  expect(replayed.length).toBeGreaterThan(5)
  expect(replayed.filter(({ equal }) => !equal)).toEqual([])
})

it('looks of another company are none of this one', async () => {
  const other = await startGovernedReview({ 'data/experiments.csv': RUNNING })
  await other.edit('policy.yaml', ['name: Governed', 'name: Another'])
  await writeFile(join(other.workspace.directory, 'data/experiments.csv'), COMPLETED)
  const { verdicts } = await again(other, '2026-10')
  expect(verdicts).toEqual([ONCE, { ...ONCE, subjectName: 'SEEN' }])
})
