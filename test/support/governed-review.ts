import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { onTestFinished } from 'vitest'

import { beginReview } from '#src/runtime/begin.ts'
import { driveReview, type DriveOutcome } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import type { ReviewSession } from '#src/runtime/session.ts'
import { openWorkspace, type Workspace } from '#src/runtime/workspace.ts'
import { listApprovals, standing, type Approval } from '#src/store/approvals.ts'
import { openStore, type Store } from '#src/store/store.ts'

import { createReadyWorkspace } from './store.ts'
import type { WorkspaceFiles } from './workspace.ts'

const POLICY = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: Governed, currency: USD, time_zone: UTC }
edited_by: [editor]
people:
  - { id: fin, name: Finance, roles: [finance], may_approve: [medium, high] }
  - { id: cmo, name: Chief, roles: [executive], may_approve: [medium, high] }
  - { id: vp, name: Vice, roles: [executive], may_approve: [medium, high] }
  - { id: editor, name: Editor, roles: [finance], may_approve: [medium, high] }
  - { id: ops, name: Operations, roles: [operator] }
targets: []
portfolio: [{ otherwise: hold }]
`

/** A company with two funded channels and one proposal of 1,000.00 USD from search to social that waits. */
export const GOVERNED_FILES: WorkspaceFiles = {
  'policy.yaml': POLICY,
  'data/campaigns.csv':
    'campaign_id,name,status,start_on,end_on\nC1,Autumn,active,2026-10-01,2026-12-31\n',
  'data/channels.csv':
    'channel_id,name,type,platform\nsearch,Search,paid_search,Google Ads\nsocial,Social,paid_social,Meta\n',
  'data/budgets.csv':
    'month,campaign_id,channel_id,planned,committed,currency\n2026-10,C1,search,10000.00,2000.00,USD\n2026-10,C1,social,8000.00,0.00,USD\n',
  'data/ad_performance.csv':
    'date,campaign_id,channel_id,currency,spend,impressions,clicks,conversions,conversion_value\n2026-10-05,C1,search,USD,500.00,1000,50,10,900.00\n2026-10-05,C1,social,USD,300.00,900,40,8,700.00\n',
  'data/budget_actions.csv':
    'action_id,created_at,campaign_id,from_channel_id,to_channel_id,amount,currency,reason_code,proposed_by,status\nB1,2026-10-06T09:00:00Z,C1,search,social,1000.00,USD,scale_winner,ops,proposed\n',
}

/** A review of October 2026 on a company of its own, driven as the command line drives it. */
export interface GovernedReview {
  readonly store: Store
  readonly workspace: Workspace
  readonly session: ReviewSession
  readonly drive: (now?: Date) => Promise<DriveOutcome>
  /** Replaces text in a file of the workspace. */
  readonly edit: (path: string, change: readonly [from: string, to: string]) => Promise<void>
  /** Requests that stand, first asked first. */
  readonly requests: () => Promise<Approval[]>
  readonly audit: (subject: string) => Promise<string[]>
  /** What a file in the review's folder says. */
  readonly published: (path: string) => Promise<string>
}

/**
 * Runs the review of a company until it rests; everything is removed when the test ends. The database's clock is the real one: a test that sets
 * `now` sets it far ahead, or what it asks for has expired.
 */
export async function startGovernedReview(
  files: WorkspaceFiles = {},
  { now = new Date(), month = '2026-10' }: { readonly now?: Date; readonly month?: string } = {},
): Promise<GovernedReview> {
  const ready = await createReadyWorkspace()
  onTestFinished(() => ready.remove())
  for (const [path, content] of Object.entries({ ...GOVERNED_FILES, ...files })) {
    await mkdir(dirname(join(ready.directory, path)), { recursive: true })
    await writeFile(join(ready.directory, path), content)
  }
  const workspace = await openWorkspace(ready.directory)
  const store = await openStore({ workspaceDir: ready.directory })
  onTestFinished(() => store.close())
  const session = await beginReview(store, workspace, { month, asOf: undefined, now })
  onTestFinished(() => session.data.close())
  const review: GovernedReview = {
    store,
    workspace,
    session,
    drive: (at = now) =>
      driveReview({
        store,
        session,
        now: () => at,
        publish: publishAtRest(store, session),
        onStage: () => undefined,
      }),
    edit: async (path, [from, to]) => {
      const file = join(ready.directory, path)
      const text = await readFile(file, 'utf8')
      if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`)
      await writeFile(file, text.replace(from, to))
    },
    requests: async () =>
      standing(await listApprovals(store.pool, { reviewId: session.review.reviewId })).toSorted(
        (left, right) => (left.approvalId < right.approvalId ? -1 : 1),
      ),
    audit: async (subject) => {
      const { rows } = await store.pool.query(
        'select action from mo.audit_log where subject = $1 order by seq',
        [subject],
      )
      return rows.map((row) => String(row.action))
    },
    published: (path) => readFile(join(workspace.reviewsDirectory, month, path), 'utf8'),
  }
  await review.drive()
  return review
}
