import { cp } from 'node:fs/promises'

import type { ReviewDocument } from '#rules/schema/document.ts'
import type { NarratorSettings } from '#src/llm/narrator.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview, type DriveOutcome } from '#src/runtime/drive.ts'
import { documentOf, publishAtRest } from '#src/runtime/publish.ts'
import { narratorOf } from '#src/runtime/review-narrator.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { openStore } from '#src/store/store.ts'

import { createReadyWorkspace } from './store.ts'

/** Where a review ended and the document it left. */
export interface ReviewRun {
  readonly outcome: DriveOutcome
  readonly document: ReviewDocument
}

/** Runs the whole review of a month on a copy of a workspace, in a store of its own, as `mo review` does. */
export async function runReviewOf(
  workspaceDir: string,
  month: string,
  model?: NarratorSettings,
): Promise<ReviewRun> {
  const copy = await createReadyWorkspace()
  try {
    await cp(workspaceDir, copy.directory, { recursive: true })
    const workspace = await openWorkspace(copy.directory)
    const store = await openStore({ workspaceDir: copy.directory })
    try {
      const now = (): Date => new Date()
      const session = await beginReview(store, workspace, { month, asOf: undefined, now: now() })
      try {
        const outcome = await driveReview({
          store,
          session,
          now,
          narrator: narratorOf(model, store, session),
          publish: publishAtRest(store, session),
          onStage: () => undefined,
        })
        return { outcome, document: await documentOf(store, session) }
      } finally {
        await session.data.close()
      }
    } finally {
      await store.close()
    }
  } finally {
    await copy.remove()
  }
}
