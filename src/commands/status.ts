import { readFile } from 'node:fs/promises'

import { insightTimes } from '../changes/insight.ts'
import { AppError } from '../errors.ts'
import { companyNamedIn } from '../policy/load.ts'
import { insightInWords, spoken } from '../report/words.ts'
import type { Workspace } from '../runtime/workspace.ts'
import { listWorkspaces } from '../schedule/workspaces.ts'
import { listApprovals } from '../store/approvals.ts'
import { listReviews, type Review, type ReviewSummary } from '../store/reviews.ts'
import { loadStages } from '../store/stage-results.ts'
import type { Store } from '../store/store.ts'
import { describeFailure } from '../terminal/errors.ts'
import { runnable } from '../terminal/next-command.ts'
import { columns } from '../terminal/output.ts'
import {
  findAmong,
  withStore,
  workspaceReviews,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { loadTold, tellTelling } from './telling.ts'

/** `mo status`: every review of the workspace, or one with its stages. */
export async function runStatus(
  context: CommandContext,
  options: CommonOptions & { readonly review?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { output } = context
    const { reviews, fault } = await reviewsAnyhow(store, workspace)
    if (fault !== undefined && !output.json) tellBroken(output, fault, options.workspace)
    if (options.review !== undefined) {
      const review = await findAmong(store, reviews, options.review)
      return tellOne(context, store, { review, workspace })
    }
    if (output.json) {
      const broken = fault === undefined ? {} : { policy: faultOf(fault) }
      output.document({ store: store.description, reviews, ...broken })
      return 0
    }
    output.line(
      reviews.length === 0
        ? runnable(
            'No review yet. Begin one with: mo review --workspace DIR --month YYYY-MM',
            options.workspace,
          )
        : columns([
            ['REVIEW', 'MONTH', 'AS OF (UTC)', 'STATUS', 'BEGUN (UTC)'],
            ...reviews.map((review) => [
              review.reviewId,
              review.month,
              review.asOf.slice(0, 10),
              spoken(review.status),
              review.createdAt.slice(0, 16).replace('T', ' '),
            ]),
          ]),
    )
    const { kind, dataDirectory, loginSeparated } = store.description
    const login = loginSeparated
      ? ''
      : ', with a login that owns the tables (DATABASE_OWNER_URL keeps them apart)'
    output.line(
      `Records: ${kind === 'embedded' ? `embedded PostgreSQL in ${dataDirectory ?? '?'}` : `PostgreSQL behind DATABASE_URL${login}`}`,
    )
    return 0
  })
}

/** The reviews there are, whatever has become of the policy, and what is wrong with it. */
async function reviewsAnyhow(
  store: Store,
  workspace: Workspace,
): Promise<{ readonly reviews: readonly ReviewSummary[]; readonly fault?: AppError }> {
  try {
    return { reviews: await workspaceReviews(store, workspace) }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'POLICY_INVALID') throw error
    const known = await listWorkspaces(store.pool)
    const name =
      known.find(({ directory }) => directory === workspace.directory)?.name ??
      companyNamedIn(await readFile(workspace.policyPath, 'utf8'))
    // A workspace's own database holds no others.
    const all = name === undefined && store.description.kind === 'embedded'
    const reviews =
      name === undefined && !all
        ? []
        : await listReviews(store.pool, name === undefined ? {} : { workspace: name })
    return { reviews, fault: error }
  }
}

function faultOf({ code, message, expected, got, where }: AppError) {
  return { code, message, expected: expected ?? null, got: got ?? null, where: where ?? null }
}

function tellBroken(output: CommandContext['output'], fault: AppError, workspace: string): void {
  const { text } = describeFailure(fault, { debug: false, workspace })
  output.line('The policy cannot be read. Until it is mended nothing can be begun or decided:')
  for (const line of text.split('\n')) output.line(`  ${line}`)
}

async function tellOne(
  { output }: CommandContext,
  store: Store,
  { review, workspace }: { readonly review: Review; readonly workspace: Workspace },
): Promise<CommandExit> {
  const { reviewId } = review
  const stages = await loadStages(store.pool, reviewId)
  const approvals = await listApprovals(store.pool, { reviewId })
  const times = await insightTimes(
    store.pool,
    reviewId,
    approvals.map(({ approvalId }) => approvalId),
  )
  const told = await loadTold(store, review)
  if (output.json) {
    output.document({
      reviewId,
      words: told.sections,
      stages: stages.map(({ result: _result, ...stage }) => stage),
      approvals: approvals.map(({ approvalId, status, tier, expiresAt }) => ({
        approvalId,
        status,
        tier,
        expiresAt,
        insightToLive: times.get(approvalId) ?? null,
      })),
    })
    return 0
  }
  const why = review.statusDetail === null ? '' : `: ${review.statusDetail}`
  output.line(`Review ${reviewId} of ${review.month}: ${spoken(review.status)}${why}`)
  output.line(
    columns([
      ['STAGE', 'STATE', 'ATTEMPTS', 'TOOK'],
      ...stages.map((stage) => [
        stage.stage,
        stage.finishedAt === null ? 'running' : 'done',
        String(stage.attempts),
        stage.finishedAt === null
          ? ''
          : `${Date.parse(stage.finishedAt) - Date.parse(stage.startedAt)} ms`,
      ]),
    ]),
  )
  for (const approval of approvals) {
    const time = times.get(approval.approvalId)
    const took = time === undefined ? '' : `, ${insightInWords(time)}`
    output.line(`Approval ${approval.approvalId}: ${approval.status} (${approval.tier})${took}`)
  }
  tellTelling(output, told, workspace)
  return 0
}
