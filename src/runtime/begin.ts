import { isMonthOver } from '#rules/kernel/calendar.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'

import { AppError } from '../errors.ts'
import type { Manifest } from '../ingest/manifest.ts'
import { admitPolicy } from '../people/policy-rights.ts'
import { wordsApprovers } from '../people/rights.ts'
import type { LoadedPolicy } from '../policy/load.ts'
import { requireOwnFolder } from '../schedule/workspaces.ts'
import { sha256 } from '../store/hash.ts'
import type { Store } from '../store/store.ts'
import { openWarehouse } from '../warehouse/open.ts'
import { asOfReview } from './local-time.ts'
import type { ReviewSession } from './session.ts'
import { sessionOn } from './session.ts'
import { openReview, refuseBeforeLater } from './supersede.ts'
import { workspacePolicy, type Workspace } from './workspace.ts'

const ID_DIGITS = 8

/** Which review is asked for. */
export interface ReviewRequest {
  readonly month: string
  /** A local date, or undefined for the month's last day. */
  readonly asOf: string | undefined
  readonly now: Date
}

/**
 * Begins the review of a month, or finds it: the same month, data, policy and day are the same review, until another takes its place. The inputs
 * are copied and frozen first; the review's row exists before anything is computed. An open review of the month on other inputs is superseded,
 * with what it had asked.
 *
 * @throws AppError `USAGE` on a malformed month, `WORKSPACE_INVALID` in a copy of a folder that workers know; everything that
 * opening the policy and the data throws.
 */
export async function beginReview(
  store: Store,
  workspace: Workspace,
  request: ReviewRequest,
): Promise<ReviewSession> {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(request.month)) {
    throw new AppError('USAGE', {
      message: 'the month is not readable',
      expected: 'a month YYYY-MM',
      got: request.month,
    })
  }
  const loaded = await workspacePolicy(workspace)
  const { company } = loaded.policy
  await requireOwnFolder(store.pool, { name: company.name, directory: workspace.directory })
  const asOf = asOfReview(request.month, {
    asked: request.asOf,
    timeZone: company.time_zone,
    now: request.now,
  })
  const data = await openWarehouse({
    workspaceDir: workspace.directory,
    company: { currency: company.currency, timeZone: company.time_zone },
    freeze: true,
  })
  try {
    const inputSha256 = inputHash(data.manifest)
    const identity = {
      workspace: company.name,
      month: request.month,
      asOf: asOf.instant,
      inputSha256,
      policySha256: loaded.sha256,
    }
    const isPartOfMonth = !isMonthOver(request.month, asOf.localDate)
    // Before anything is on record; the transaction that begins the review looks again.
    if (isPartOfMonth) await refuseBeforeLater(store.pool, identity)
    await refuseStale(workspace, loaded)
    const inForce = await admitPolicy(store, loaded)
    const outcome = await openReview(
      store,
      (turn) => ({
        reviewId: idOf(request.month, turn === 1 ? identity : { ...identity, turn }),
        workspace: company.name,
        month: request.month,
        asOf: asOf.instant,
        policy: loaded.text,
        manifest: canonicalJson(data.manifest),
        inputSha256,
        wordsApprovers: wordsApprovers(inForce.policy.policy),
        tokenRequired: loaded.policy.security.require_token,
      }),
      isPartOfMonth,
    )
    if (!outcome.ok) throw new AppError('REVIEW_INPUT_CHANGED', { got: outcome.review.reviewId })
    return await sessionOn({ review: outcome.review, workspace, data })
  } catch (error) {
    await data.close()
    throw error
  }
}

/** The data took a while to read: a policy that was changed meanwhile may be in force by now, and this one would depose it. */
async function refuseStale(workspace: Workspace, { sha256: read }: LoadedPolicy): Promise<void> {
  const { sha256: stands } = await workspacePolicy(workspace)
  if (stands === read) return
  throw new AppError('REVIEW_INPUT_CHANGED', {
    message: 'policy.yaml was changed while the data were read',
    next: 'run it again',
  })
}

function idOf(month: string, identity: Readonly<Record<string, string | number>>): string {
  return `${month}-${sha256(canonicalJson(identity)).slice(0, ID_DIGITS)}`
}

/** What counts as the same input: the bytes of every data set and how they were read. */
function inputHash(manifest: Manifest): string {
  const datasets = manifest.datasets.map(({ dataset, state, sha256: hash, rows, rejected }) => ({
    dataset,
    state,
    sha256: hash ?? null,
    rows,
    rejected,
  }))
  const { contractVersion, currency, timeZone } = manifest
  return sha256(canonicalJson({ contractVersion, currency, timeZone, datasets }))
}
