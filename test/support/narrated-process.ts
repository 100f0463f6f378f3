import type { NarratorDeps } from '#src/llm/narrate.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { narratorOf } from '#src/runtime/review-narrator.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { openStore } from '#src/store/store.ts'

/**
 * Reviews a workspace with a model, and stands still for ever once the first answer about a stage is recorded: the moment between a paid answer
 * and the saved stage, in which a test kills it. Arguments: workspace, month, address of the model, stage.
 */
const [workspaceDir = '', month = '', baseUrl = '', stage = ''] = process.argv.slice(2)
const store = await openStore({ workspaceDir })
const workspace = await openWorkspace(workspaceDir)
const now = (): Date => new Date()
const session = await beginReview(store, workspace, { month, asOf: undefined, now: now() })

await driveReview({
  store,
  session,
  now,
  narrator: stopping(narratorOf({ baseUrl, model: 'm' }, store, session)),
  publish: () => Promise.resolve(),
  onStage: () => undefined,
})

function stopping(narrator: NarratorDeps | undefined): NarratorDeps | undefined {
  if (narrator === undefined) return undefined
  const { ledger } = narrator
  return {
    ...narrator,
    ledger: {
      begin: ledger.begin,
      finish: async (key, result) => {
        await ledger.finish(key, result)
        if (key.stage !== stage) return
        process.stdout.write('recorded\n')
        // A timer keeps the process alive; nobody ever resolves the promise.
        setInterval(() => undefined, 60_000)
        await new Promise<never>(() => undefined)
      },
    },
  }
}
