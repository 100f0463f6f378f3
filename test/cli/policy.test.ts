import { expect, it } from 'vitest'

import { runDecision } from '#src/commands/approvals.ts'
import { runPeople, runTokenCreate } from '#src/commands/people.ts'
import { runPolicyAdmit, runPolicyList, runPolicyShow } from '#src/commands/policy.ts'
import { runReview } from '#src/commands/review.ts'
import { buryBell, listDeadLetters } from '#src/queue/dead-letters.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'

it('puts a changed policy in force in a person’s name, who decides nothing under it', async () => {
  const review = await startGovernedReview()
  const workspace = { workspace: review.workspace.directory }
  const show = () => inProcess((context) => runPolicyShow(context, workspace))
  const [request] = await review.requests()

  expect(await show()).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(
      /^Policy 2026\.10\.0 of Governed, [0-9a-f]{64}\nIn force since .* UTC, brought along by a review or a decision, in nobody’s name\.$/,
    ),
  })

  // Finance raises nothing here but the comment; who writes the file and who answers for it is what counts.
  await review.edit('policy.yaml', ['version: 2026.10.0', 'version: 2026.10.1'])
  expect(await show()).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('Not in force as it stands: version 2026.10.0, '),
    warnings: [],
  })
  const admit = (as: string) =>
    inProcess((context) => runPolicyAdmit(context, { ...workspace, as, reason: 'new quarter' }))
  const silent = await inProcess((context) => runPolicyAdmit(context, { ...workspace, as: 'fin' }))
  expect(silent).toMatchObject({ status: 2, stderr: expect.stringContaining('for a reason') })
  expect(await admit('nobody')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('error[PERSON_UNKNOWN]'),
  })
  expect(await admit('fin')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^In force now: policy [0-9a-f]{64}$/),
  })
  expect(await admit('fin')).toMatchObject({
    stdout: expect.stringContaining('Is in force already'),
  })
  expect(await show()).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/UTC, admitted by fin\.$/),
  })
  const list = await inProcess((context) => runPolicyList(context, workspace))
  expect(list.stdout.split('\n').map((line) => line.slice(18).trim())).toEqual([
    expect.stringMatching(/^VERSION +POLICY +ADMITTED BY$/),
    expect.stringMatching(/^2026\.10\.1 +[0-9a-f]{12} +fin$/),
    expect.stringMatching(/^2026\.10\.0 +[0-9a-f]{12} +nobody named$/),
  ])
  const people = await inProcess((context) => runPeople(context, workspace))
  expect(people.stdout).toMatch(/^fin .*nothing: edited the policy$/m)

  const decide = (id: string, as: string) =>
    inProcess((context) =>
      runDecision(context, { ...workspace, id, as, decision: 'approve', reason: 'planned' }),
    )
  // The request that waited is void under the new policy, and the one that takes its place is not for whoever answers for that.
  expect((await decide(request?.approvalId ?? '', 'fin')).stderr).toContain('so it is void')
  const [anew] = await review.requests()
  expect(anew).toMatchObject({ barred: expect.arrayContaining(['editor', 'fin']) })
  expect(await decide(anew?.approvalId ?? '', 'fin')).toMatchObject({ status: 1 })
  expect(await decide(anew?.approvalId ?? '', 'cmo')).toMatchObject({ status: 3 })
  expect(await decide(anew?.approvalId ?? '', 'vp')).toMatchObject({ status: 0 })
})

it('tells the operator whose review brings a changed policy along, and of a version given twice', async () => {
  const review = await startGovernedReview()
  const workspace = { workspace: review.workspace.directory, month: '2026-10' }
  const run = () => inProcess((context) => runReview(context, workspace))
  expect(await run()).toMatchObject({ warnings: [] })
  await review.edit('policy.yaml', ['targets: []', 'targets: [] # none yet'])
  const show = await inProcess((context) => runPolicyShow(context, workspace))
  expect(show.warnings).toEqual([expect.stringContaining('had the same version')])
  expect(await run()).toMatchObject({
    warnings: [expect.stringMatching(/^another policy .* same version/)],
  })
  expect(await run()).toMatchObject({ warnings: [] })
  await review.edit('policy.yaml', ['edited_by: [editor]', 'edited_by: []'])
  await review.edit('policy.yaml', ['version: 2026.10.0', 'version: 2026.10.1'])
  expect(await run()).toMatchObject({
    warnings: [
      expect.stringMatching(
        /^policy\.yaml was changed, .* in nobody’s name: .* mo policy admit --as PERSON --reason TEXT first$/,
      ),
    ],
  })
  await review.edit('policy.yaml', ['targets: [] # none yet', 'targets: []'])
  const admit = await inProcess((context) =>
    runPolicyAdmit(context, { ...workspace, as: 'ops', reason: 'mended' }),
  )
  expect(admit).toMatchObject({ status: 2, stderr: expect.stringContaining('had this version') })
})

it('lets nobody off by a file that asks for no tokens any more', async () => {
  const asking = 'portfolio: [{ otherwise: hold }]\nsecurity: { require_token: true }\n'
  const review = await startGovernedReview()
  const workspace = { workspace: review.workspace.directory, month: '2026-10' }
  const run = () => inProcess((context) => runReview(context, workspace))
  const edit = (from: string, to: string) => review.edit('policy.yaml', [from, to])
  await edit('portfolio: [{ otherwise: hold }]\n', asking)
  await edit('version: 2026.10.0', 'version: 2026.10.1')
  expect(await run()).toMatchObject({ status: 3 })

  await edit(asking, 'portfolio: [{ otherwise: hold }]\n')
  await edit('version: 2026.10.1', 'version: 2026.10.2')
  expect(await run()).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('error[POLICY_NOT_ADMITTED]'),
  })
  const create = (scope: string, token?: string) =>
    inProcess((context) => runTokenCreate(context, { ...workspace, subject: 'ops', scope }), token)
  expect(await create('admit')).toMatchObject({
    stderr: expect.stringContaining('error[TOKEN_REFUSED]'),
  })
  const admit = (token?: string) =>
    inProcess(
      (context) => runPolicyAdmit(context, { ...workspace, as: 'ops', reason: 'mended' }),
      token,
    )
  expect(await admit()).toMatchObject({ stderr: expect.stringContaining('error[TOKEN_REFUSED]') })
  const issuer = (await create('issue')).stdout
  expect(await admit(issuer)).toMatchObject({
    stderr: expect.stringContaining('error[TOKEN_REFUSED]'),
  })
  const admitter = (await create('admit', issuer)).stdout
  const given = { message: '', attempts: 1 }
  const tick = { kind: 'tick', subject: 'Governed' } as const
  const other = { kind: 'review', subject: '2026-10-other' } as const
  const { pool } = review.store
  await buryBell(pool, { bell: tick, code: 'POLICY_NOT_ADMITTED', ...given }, 'Governed')
  await buryBell(pool, { bell: other, code: 'INTERNAL', ...given }, 'Governed')
  expect(await admit(admitter)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^In force now: .*\nA job that was given up for want of it/),
  })
  expect(await listDeadLetters(pool)).toMatchObject([{ code: 'INTERNAL' }])
  expect(await run()).toMatchObject({ status: 3, warnings: [] })
})
