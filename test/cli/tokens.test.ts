import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it, onTestFinished, vi } from 'vitest'

import { runDecision } from '#src/commands/approvals.ts'
import { runChangesConfirm } from '#src/commands/changes.ts'
import { runNarrativeDecision } from '#src/commands/narrative.ts'
import { runPeople, runTokenCreate, runTokenList, runTokenRevoke } from '#src/commands/people.ts'
import { GOVERNED_FILES, startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'
import { mo } from '#test/support/mo.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

// Every command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

const POLICY = `${String(GOVERNED_FILES['policy.yaml'])}security: { require_token: true }\n`

it('lets people decide with tokens, where the policy asks for them, from the first token on', async () => {
  const review = await startGovernedReview({ 'policy.yaml': POLICY })
  const { directory } = review.workspace
  const workspace = { workspace: directory }
  const create = (person: string, scope: string, token?: string) =>
    inProcess((context) => runTokenCreate(context, { ...workspace, subject: person, scope }), token)
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  const deciding = { ...workspace, id: approvalId, decision: 'approve', reason: 'planned' } as const
  const tryOut = (as: { readonly as?: string }, token?: string) =>
    inProcess((context) => runDecision(context, { ...deciding, ...as }), token)
  /** As a user does, in a process of its own. */
  const decide = (more: readonly string[], token?: string) =>
    mo(
      ['approve', approvalId, '--reason', 'planned', ...more, '--workspace', directory],
      token === undefined ? {} : { MO_TOKEN: token },
    )

  // Nobody can issue yet: whoever reaches the database makes the first token for issuing, and only that.
  expect(await create('fin', 'approve')).toMatchObject({ status: 1, stdout: '' })
  const early = await decide(['--as', 'fin'])
  expect(early.stderr).toContain(
    `next: make the first token, which must be one for issuing: npm run -s mo -- token create PERSON --scope issue --workspace ${directory}, and with it in MO_TOKEN: npm run -s mo -- token create PERSON --scope approve --workspace ${directory}`,
  )
  const first = await mo(['token', 'create', 'ops', '--scope', 'issue', '--workspace', directory])
  expect(first).toMatchObject({ status: 0, stderr: '' })
  const issuer = first.stdout.trim()
  expect(issuer).toMatch(/^mo_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/)
  expect((await create('ops', 'issue')).stderr).toContain('error[TOKEN_REFUSED]')
  for (const [person, scope] of [
    ['ops', 'approve'],
    ['vp', 'issue,approve'],
  ] as const) {
    expect((await create(person, scope, issuer)).stderr).toContain(
      'whoever issues tokens approves nothing',
    )
  }

  const fin = (await create('fin', 'approve,read', issuer)).stdout.trim()
  const cmo = (await create('cmo', 'approve', issuer)).stdout.trim()

  const worded = { ...workspace, decision: 'approve', as: 'fin' } as const
  const confirmed = { ...workspace, subject: approvalId, as: 'fin', reason: 'done' }
  for (const attempt of [
    decide(['--as', 'fin']),
    tryOut({}, issuer),
    tryOut({ as: 'cmo' }, fin),
    tryOut(
      {},
      fin.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
    ),
    inProcess((context) => runNarrativeDecision(context, worded)),
    inProcess((context) => runChangesConfirm(context, confirmed)),
  ]) {
    const refused = await attempt
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toContain('error[TOKEN_REFUSED]')
    // The secret is never printed.
    expect(refused.stderr).not.toContain(fin.slice(20, 50))
  }
  const late = await decide(['--as', 'fin'])
  expect(late.stderr).toContain(
    'next: set MO_TOKEN to a token that whoever holds one of scope issue makes with: npm run -s mo -- token create PERSON --scope approve --workspace',
  )
  expect(await decide([], fin)).toMatchObject({ status: 3 })
  const done = await decide(['--as', 'cmo'], cmo)
  expect(done.stderr).toBe('')
  expect(done.status).toBe(0)

  const people = await inProcess((context) => runPeople(context, workspace))
  expect(people.stdout).toMatch(/^fin +Finance +finance +1 +medium, high$/m)
  expect(people.stdout).toMatch(/^editor +Editor +finance +0 +nothing: edited the policy$/m)
  const listed = await inProcess((context) => runTokenList(context, workspace))
  expect(listed.stdout).toMatch(new RegExp(`^${fin.slice(3, 19)} +live +fin +approve, read`, 'm'))
  expect(listed.stdout).not.toContain(fin.slice(20))

  const revoke = (token?: string) =>
    inProcess(
      (context) =>
        runTokenRevoke(context, { ...workspace, subject: fin.slice(3, 19), reason: 'lost' }),
      token,
    )
  expect((await revoke()).status).toBe(1)
  expect((await revoke(issuer)).stdout).toContain('Revoked')
  expect((await tryOut({}, fin)).stderr).toContain('the token was revoked')
  expect(await review.audit(fin.slice(3, 19))).toStrictEqual([
    'token.created',
    // In another name, and with another secret under its id.
    'token.refused',
    'token.refused',
    'token.used',
    'token.revoked',
    'token.refused',
  ])
})

it('refuses as wrong use what no token can be', async () => {
  const ready = await createReadyWorkspace()
  onTestFinished(() => ready.remove())
  await writeFile(join(ready.directory, 'policy.yaml'), String(GOVERNED_FILES['policy.yaml']))
  const workspace = { workspace: ready.directory }
  const wrong = [
    { subject: 'fin', scope: 'everything' },
    // One day more than the policy gives, and one less than a day.
    { subject: 'fin', scope: 'read', days: '91' },
    { subject: 'fin', scope: 'read', days: '0' },
    { subject: 'stranger', scope: 'read' },
    { scope: 'read' },
  ]
  for (const options of wrong) {
    const refused = await inProcess((context) =>
      runTokenCreate(context, { ...workspace, ...options }),
    )
    expect([options, refused.status, refused.stdout]).toStrictEqual([options, 2, ''])
  }
  const unknown = { ...workspace, subject: 'f'.repeat(16), reason: 'lost' }
  expect(await inProcess((context) => runTokenRevoke(context, unknown))).toMatchObject({
    status: 2,
  })
})
