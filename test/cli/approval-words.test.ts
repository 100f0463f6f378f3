import { expect, it, vi } from 'vitest'

import { runAmend, runApprovalList, runApprovalShow, runDecision } from '#src/commands/approvals.ts'
import { refused, seeRequest } from '#src/runtime/decide.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Two of Finance, Chief and Vice must agree to a move of 1,000.00. */
const TWO_TO_APPROVE = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: Governed, currency: USD, time_zone: UTC }
people:
  - { id: fin, name: Finance, roles: [finance], may_approve: [only] }
  - { id: cmo, name: Chief, roles: [executive], may_approve: [only] }
  - { id: ops, name: Operations, roles: [operator] }
approval:
  tiers: [{ id: only, approvers: 2 }]
targets: []
portfolio: [{ otherwise: hold }]
`

async function company() {
  const review = await startGovernedReview({ 'policy.yaml': TWO_TO_APPROVE })
  const workspace = review.workspace.directory
  const [request] = await review.requests()
  const id = request?.approvalId ?? ''
  const show = (named: string) =>
    inProcess((context) => runApprovalShow(context, { workspace, id: named }))
  const list = () => inProcess((context) => runApprovalList(context, { workspace, all: false }))
  const approve = (as: string) =>
    inProcess((context) =>
      runDecision(context, { workspace, id, as, reason: 'seen', decision: 'approve' }),
    )
  const amend = (as: string) =>
    inProcess((context) => runAmend(context, { workspace, id, as, reason: 'less', amount: '800' }))
  return { id, show, list, approve, amend }
}

it('says who is still needed after the first approval and what comes after the last', async () => {
  const { id, show, list, approve } = await company()
  expect((await list()).stdout).toContain(
    `${id}: 0 of 2 approved; still needed: 2 of Finance, Chief`,
  )
  const first = await approve('fin')
  expect(first.stdout).toContain(`Approved as fin: ${id} has 1 of 2 approved; still needed: Chief.`)
  expect(first.stdout).toMatch(/tier only, 1 of 2 approved; still needed: Chief, until/)
  const shown = (await show(id)).stdout
  expect(shown).not.toContain('{')
  for (const words of [
    /\$1,000\.00 from .*Search.* to .*Social/,
    /status +pending since \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    /tier +only: 2 to approve/,
    /concerns +none/,
    /decided +1 of 2 approved; still needed: Chief/,
    /until +\d{4}-\d\d-\d\d \d\d:\d\d UTC; silence never approves/,
    /fin: approve \(seen\)/,
    /giver planned: \$10,000\.00/,
    /an open risk keeps this money out of the receiver: no\n/,
    /open risks on the receiver or its campaign: none\n/,
  ])
    expect(shown).toMatch(words)
  // Refused by one's own answer; what is to be typed next is complete.
  const again = await approve('fin')
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('has decided already') })
  expect((await approve('cmo')).stdout).toMatch(
    new RegExp(`${id} is now approved\\.\n.*npm run -s mo -- changes list \\S+ --workspace`),
  )
})

it('shows the amended amount, and that too few are left to decide it', async () => {
  const { id, list, amend } = await company()
  const amended = (await amend('cmo')).stdout
  expect(amended).toContain(`Asked anew as ${id}.2 (amount: $1,000.00 → $800.00)`)
  const missing =
    '0 of 2 approved; still needed: 2 more, and the policy lets only Finance decide it: nobody can approve it as the policy stands'
  expect(amended).toMatch(new RegExp(`${id}\\.2  \\$800\\.00 from .*${missing}`))
  expect((await list()).stdout).toContain(`${id}.2: ${missing}`)
})

it('tells a blocking risk that does not bar a move within its campaign', async () => {
  const review = await startGovernedReview({
    'policy.yaml': TWO_TO_APPROVE,
    'data/risk_signals.csv':
      'risk_id,raised_at,campaign_id,risk_type,severity,status\nR1,2026-10-07T09:00:00Z,C1,spend_spike,high,open\n',
  })
  const [request] = await review.requests()
  const options = { workspace: review.workspace.directory, id: request?.approvalId ?? '' }
  const { stdout } = await inProcess((context) => runApprovalShow(context, options))
  expect(stdout).toMatch(
    /an open risk keeps this money out of the receiver: no, it comes from the same campaign\n +open risks on the receiver or its campaign: R1\n/,
  )
})

it('names the request in the command that a refusal ends with', () => {
  expect(refused('why not', seeRequest('2026-10-0a1b2c3d-a1'))).toMatchObject({
    message: 'the decision was refused: why not',
    next: 'see it with: mo approvals show 2026-10-0a1b2c3d-a1',
  })
})
