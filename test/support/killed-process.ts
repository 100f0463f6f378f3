/**
 * A process of its own that reviews March 2026 in a workspace and, if asked, kills itself in the middle of a stage: after the stage's first
 * answer from the warehouse, without a chance to clean up.
 *
 * Usage: node killed-process.ts WORKSPACE [STAGE]   prints { outcome, stages: { NAME: [attempts, sha256] } } unless it was killed
 */
import type { Warehouse } from '#agents/ports.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import type { ReviewSession } from '#src/runtime/session.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { loadStages } from '#src/store/stage-results.ts'
import { openStore } from '#src/store/store.ts'

const [workspaceDir = '', target = ''] = process.argv.slice(2)
let running = ''

function deadly(warehouse: Warehouse): Warehouse {
  return {
    ...warehouse,
    rows: async (query, parameters, row) => {
      const rows = await warehouse.rows(query, parameters, row)
      if (target !== '' && running === target) process.kill(process.pid, 'SIGKILL')
      return rows
    },
  }
}

const workspace = await openWorkspace(workspaceDir)
const store = await openStore({ workspaceDir })
const now = (): Date => new Date('2026-04-02T09:00:00Z')
const begun = await beginReview(store, workspace, { month: '2026-03', asOf: undefined, now: now() })
const session: ReviewSession = {
  ...begun,
  data: { ...begun.data, warehouse: deadly(begun.data.warehouse) },
}
const outcome = await driveReview({
  store,
  session,
  now,
  publish: () => Promise.resolve(),
  onStage: (stage, event) => {
    running = event === 'begins' ? stage : ''
  },
})
const stages = Object.fromEntries(
  (await loadStages(store.pool, session.review.reviewId)).map((stage) => [
    stage.stage,
    [stage.attempts, stage.resultSha256],
  ]),
)
process.stdout.write(`${JSON.stringify({ outcome, stages })}\n`)
await session.data.close()
await store.close()
