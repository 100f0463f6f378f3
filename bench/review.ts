import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { openStore } from '#src/store/store.ts'

import { ownCost } from './cost.ts'

const now = (): Date => new Date()

/** The whole review of a workspace's month, store and report included, as `mo review` runs it. */
async function review(directory: string, month: string): Promise<void> {
  const workspace = await openWorkspace(directory)
  const store = await openStore({ workspaceDir: workspace.directory })
  try {
    const session = await beginReview(store, workspace, { month, asOf: undefined, now: now() })
    try {
      await driveReview({
        store,
        session,
        now,
        publish: publishAtRest(store, session),
        onStage: () => undefined,
      })
    } finally {
      await session.data.close()
    }
  } finally {
    await store.close()
  }
}

const [directory = '', month = ''] = process.argv.slice(2)
await review(directory, month)
console.log(JSON.stringify(ownCost()))
