import { expect, it, vi } from 'vitest'

import { GOVERNED_FILES, startGovernedReview } from '#test/support/governed-review.ts'
import { mo } from '#test/support/mo.ts'

// Every command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

const POLICY = `${String(GOVERNED_FILES['policy.yaml'])}security: { require_token: true }\n`

it('lets people decide with tokens, where the policy asks for them, from the first token on', async () => {
  const review = await startGovernedReview({ 'policy.yaml': POLICY })
  const { directory } = review.workspace
  const run = (args: readonly string[], token?: string) =>
    mo([...args, '--workspace', directory], token === undefined ? {} : { MO_TOKEN: token })
  const create = (person: string, scope: string, token?: string) =>
    run(['token', 'create', person, '--scope', scope], token)
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  const decide = (more: readonly string[], token?: string) =>
    run(['approve', approvalId, '--reason', 'as planned', ...more], token)

  // Nobody can issue yet: whoever reaches the database makes the first token for issuing, and only that.
  expect(await create('fin', 'approve')).toMatchObject({ status: 1, stdout: '' })
  const first = await create('ops', 'issue')
  expect(first).toMatchObject({ status: 0, stderr: '' })
  const issuer = first.stdout.trim()
  expect(issuer).toMatch(/^mo_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/)
  expect((await create('ops', 'issue')).stderr).toContain('error[TOKEN_REFUSED]')

  const fin = (await create('fin', 'approve,read', issuer)).stdout.trim()
  const cmo = (await create('cmo', 'approve', issuer)).stdout.trim()

  for (const attempt of [
    decide(['--as', 'fin']),
    decide([], issuer),
    decide(['--as', 'cmo'], fin),
    decide([], `${fin.slice(0, -2)}AA`),
  ]) {
    const refused = await attempt
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toContain('error[TOKEN_REFUSED]')
    // The secret is never printed.
    expect(refused.stderr).not.toContain(fin.slice(20, 50))
  }
  expect(await decide([], fin)).toMatchObject({ status: 3 })
  const done = await decide(['--as', 'cmo'], cmo)
  expect(done.stderr).toBe('')
  expect(done.status).toBe(0)

  const people = await run(['people'])
  expect(people.stdout).toMatch(/^fin +Finance +finance +1 +medium, high$/m)
  expect(people.stdout).toMatch(/^editor +Editor +finance +0 +nothing: edited the policy$/m)
  const listed = await run(['token', 'list'])
  expect(listed.stdout).toMatch(new RegExp(`^${fin.slice(3, 19)} +live +fin +approve, read`, 'm'))
  expect(listed.stdout).not.toContain(fin.slice(20))

  const revoke = (token?: string) =>
    run(['token', 'revoke', fin.slice(3, 19), '--reason', 'lost'], token)
  expect((await revoke()).status).toBe(1)
  expect((await revoke(issuer)).stdout).toContain('Revoked')
  expect((await decide([], fin)).stderr).toContain('the token was revoked')
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

it.each([
  ['a scope that is none', ['create', 'fin', '--scope', 'everything']],
  ['more days than the policy gives', ['create', 'fin', '--scope', 'read', '--days', '91']],
  ['no days', ['create', 'fin', '--scope', 'read', '--days', '0']],
  ['a person the policy does not name', ['create', 'stranger', '--scope', 'read']],
  ['a token that is none', ['revoke', 'f'.repeat(16), '--reason', 'lost']],
])('refuses %s as wrong use', async (_, args) => {
  const review = await startGovernedReview()
  expect(await mo(['token', ...args, '--workspace', review.workspace.directory])).toMatchObject({
    status: 2,
    stdout: '',
  })
})
