import { expect, it, vi } from 'vitest'

import { runAmend, runApprovalList, runApprovalShow, runDecision } from '#src/commands/approvals.ts'
import { refused, seeRequest } from '#src/runtime/decide.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'
import type { WorkspaceFiles } from '#test/support/workspace.ts'

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

/** Beside the proposal of 1,000.00 another one, of 500.00. */
const TWO_PROPOSALS: WorkspaceFiles = {
  'data/budget_actions.csv':
    'action_id,created_at,campaign_id,from_channel_id,to_channel_id,amount,currency,reason_code,proposed_by,status\nB1,2026-10-06T09:00:00Z,C1,search,social,1000.00,USD,scale_winner,ops,proposed\nB2,2026-10-07T09:00:00Z,C1,search,social,500.00,USD,scale_winner,ops,proposed\n',
}

async function company(files: WorkspaceFiles = {}) {
  const review = await startGovernedReview({ 'policy.yaml': TWO_TO_APPROVE, ...files })
  const workspace = review.workspace.directory
  const [request, other] = await review.requests()
  const id = request?.approvalId ?? ''
  const show = (named: string) =>
    inProcess((context) => runApprovalShow(context, { workspace, id: named }))
  const list = () => inProcess((context) => runApprovalList(context, { workspace, all: false }))
  const approve = (as: string, named = id) =>
    inProcess((context) =>
      runDecision(context, { workspace, id: named, as, reason: 'seen', decision: 'approve' }),
    )
  const amend = (as: string) =>
    inProcess((context) => runAmend(context, { workspace, id, as, reason: 'less', amount: '800' }))
  const { reviewId } = review.session.review
  return { id, otherId: other?.approvalId ?? '', reviewId, workspace, show, list, approve, amend }
}

it('says who is still needed after the first approval and what comes after the last', async () => {
  const { id, otherId, show, list, approve } = await company(TWO_PROPOSALS)
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
  // Nothing is ordered while another request of the review waits.
  expect((await approve('cmo')).stdout).toMatch(
    new RegExp(
      `${id} is now approved\\.\nIts change orders are written once nothing of the review waits any more; ${otherId} still does; see: npm run -s mo -- changes list \\S+ --workspace`,
    ),
  )
  await approve('fin', otherId)
  expect((await approve('cmo', otherId)).stdout).toMatch(
    /is now approved\.\nIts change orders are written next; see: npm run -s mo -- changes list/,
  )
})

it('shows the amended amount, and that too few are left to decide it', async () => {
  const { id, reviewId, workspace, list, show, amend } = await company()
  const amended = (await amend('cmo')).stdout
  expect(amended).toContain(`Asked anew as ${id}.2 (amount: $1,000.00 → $800.00)`)
  const missing =
    '0 of 2 approved; still needed: 2 more, and the policy lets only Finance decide it: nobody can approve it as the policy stands'
  expect(amended).toMatch(new RegExp(`${id}\\.2  \\$800\\.00 from .*${missing}`))
  const command = (text: string) => `npm run -s mo -- ${text} --workspace ${workspace}`
  const why = command(`approvals show ${id}.2`)
  expect(amended).toMatch(
    new RegExp(
      `Why nobody can approve ${id}\\.2, and what can be done: .* approvals show ${id}\\.2 --`,
    ),
  )
  expect(amended).not.toContain('mo -- approve ')
  expect((await list()).stdout).toContain(
    `${id}.2: ${missing}\n  Why, and what can be done: ${why}`,
  )
  expect((await show(`${id}.2`)).stdout).toContain(
    `  barred     Chief: whoever proposed a move may not decide it
  barred     Operations: the policy does not let this person decide this tier
  way out    in policy.yaml, let another person decide it: may_approve: [only], and a limit of $800.00 or more or none; or let somebody who is barred by no more than a missing right decide for one who has it, under delegations
             whoever edits the policy decides nothing under it, so let it be edited by somebody who is not to decide: ${command('policy admit --as PERSON --reason TEXT')}
             the request is void then, and asked anew under the policy as it stands: ${command(`resume ${reviewId}`)}
             or take it back: ${command(`withdraw ${id}.2 --as PERSON --reason TEXT`)}
`,
  )
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
