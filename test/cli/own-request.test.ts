import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { runAmend, runApprovalShow, runDecision, runWithdraw } from '#src/commands/approvals.ts'
import { runChangesConfirm, runChangesRollback } from '#src/commands/changes.ts'
import { loadApproval } from '#src/store/approvals.ts'
import { inProcess } from '#test/support/in-process.ts'
import { storeApproval, storeReview } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

/** One database, two companies: this folder's, and one that filed a request. */
const POLICY = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: Harbour, currency: USD, time_zone: UTC }
people:
  - { id: cmo, name: Chief marketing officer, roles: [cmo], may_approve: [low, medium, high] }
targets: []
portfolio: [{ otherwise: hold }]
`

let shared: TestStore
beforeAll(async () => {
  shared = await startTestStore()
  await writeFile(join(shared.workspaceDir, 'policy.yaml'), POLICY)
})
afterAll(() => shared.close())

const act = { as: 'cmo', reason: 'it is not mine' }

test.each([
  ['approvals show', runApprovalShow],
  ['approve', (context, options) => runDecision(context, { ...options, decision: 'approve' })],
  ['reject', (context, options) => runDecision(context, { ...options, decision: 'reject' })],
  ['amend', (context, options) => runAmend(context, { ...options, amount: '10' })],
  ['withdraw', runWithdraw],
  ['changes confirm', (context, { id, ...o }) => runChangesConfirm(context, { ...o, subject: id })],
  [
    'changes rollback',
    (context, { id, ...o }) => runChangesRollback(context, { ...o, subject: id }),
  ],
] satisfies [string, typeof runWithdraw][])(
  '%s knows no request of another company of the same database',
  async (_command, run) => {
    const reviewId = await storeReview(shared.pool, { workspace: 'Another Company' })
    const { approvalId } = await storeApproval(shared.pool, { reviewId })
    const options = { workspace: shared.workspaceDir, id: approvalId, ...act }
    expect(await inProcess((context) => run(context, options))).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('error[APPROVAL_NOT_FOUND]'),
    })
    expect((await loadApproval(shared.pool, approvalId))?.status).toBe('pending')
  },
)
