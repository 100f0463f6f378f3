import { replayReview } from '../runtime/replay.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'

/** `mo replay`: computes a review again from what it was frozen to; any difference is shown and is the answer no. */
export async function runReplay(
  context: CommandContext,
  options: CommonOptions & { readonly review?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    const stages = await withSession(workspace, review, (session) => replayReview(store, session))
    const differing = stages.filter((stage) => !stage.equal)
    const byOthers = differing.filter((stage) => stage.sameProgram === false)
    const { output } = context
    if (output.json)
      output.document({ reviewId: review.reviewId, equal: differing.length === 0, stages })
    else {
      for (const { stage, equal, differences } of stages) {
        output.line(
          `${equal ? 'equal  ' : 'DIFFERS'}  ${stage}${equal ? '' : `: ${differences.join(', ')}`}`,
        )
      }
      output.line(
        differing.length === 0
          ? `Review ${review.reviewId} replays to the byte (${stages.length} stages).`
          : `Review ${review.reviewId} does not replay: ${differing.length} of ${stages.length} stages differ.`,
      )
      if (byOthers.length > 0) {
        output.line(
          `${byOthers.length} of them ${byOthers.length === 1 ? 'was' : 'were'} found by another version of this program; replay with that version to see whether the review holds.`,
        )
      }
    }
    return differing.length === 0 ? 0 : 1
  })
}
