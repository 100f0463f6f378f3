import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { Policy } from '#rules/policy/policy.ts'
import type { TokenScope } from '#rules/schema/token-scope.ts'
import { AppError } from '#src/errors.ts'
import { admit, identify } from '#src/people/identity.ts'
import { newToken } from '#src/people/token-text.ts'
import { createToken, listTokens, revokeToken, type NewTokenRequest } from '#src/people/tokens.ts'
import { policyWith } from '#test/support/policy.ts'
import { logged, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

const PEOPLE = ['fin', 'cmo'].map((id) => ({ id, name: id, roles: ['finance'], may_approve: [] }))
const POLICY = policyWith({ people: PEOPLE })
const STRICT = policyWith({ people: PEOPLE, security: { ...POLICY.security, require_token: true } })

let lastRow = 0
beforeEach(async () => {
  lastRow = (await auditRows()).length
})

async function auditRows() {
  const { rows } = await test.pool.query(
    `select action, actor, subject, entry::jsonb ->> 'reason' as reason from mo.audit_log order by seq`,
  )
  return rows
}

async function create(changes: Partial<NewTokenRequest> = {}) {
  const request = {
    workspace: POLICY.company.name,
    person: 'fin',
    label: 'laptop',
    scopes: ['approve'] as const,
    days: 30,
    ...changes,
  }
  return createToken(test.store, request, SYSTEM)
}

function who(
  token: string | undefined,
  changes: { as?: string; policy?: Policy; scope?: TokenScope } = {},
) {
  return identify(test.store, {
    policy: POLICY,
    as: undefined,
    scope: 'approve',
    token,
    ...changes,
  })
}

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => new Error('it was let in'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw error
  return `${error.code} ${error.message}`
}

/** A token as the database holds one that began long ago. */
async function expire(tokenId: string): Promise<void> {
  await test.store.asOwner((owner) =>
    owner.query(
      `alter table mo.api_tokens disable trigger keep_token;
       update mo.api_tokens set created_at = now() - interval '9 days', expires_at = now() - interval '1 second'
       where token_id = '${tokenId}';
       alter table mo.api_tokens enable trigger keep_token`,
    ),
  )
}

describe('a token', () => {
  it('is who acts, with or without the name beside it', async () => {
    const { text, token } = await create()
    const identity = {
      person: { id: 'fin' },
      token: { id: token.tokenId, secret: text.slice(-43) },
    }
    expect(await who(text)).toMatchObject(identity)
    expect(await who(text, { as: 'fin' })).toMatchObject(identity)
    expect(await who(text, { policy: STRICT })).toMatchObject(identity)
    const [listed] = await listTokens(test.pool, POLICY.company.name)
    expect(Date.now() - Date.parse(listed?.lastUsedAt ?? '')).toBeLessThan(60_000)
  })

  it('is kept as a hash: no row and no audit entry holds the secret', async () => {
    const { text } = await create()
    await who(text)
    const secret = text.slice(-43)
    const { rows } = await test.pool.query(
      `select t::text as kept from mo.api_tokens t union all select entry from mo.audit_log`,
    )
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.filter(({ kept }) => String(kept).includes(secret))).toStrictEqual([])
  })

  it.each([
    ['unreadable', () => 'fin', 'the token is not known', 'unknown', 'no-token'],
    [
      'of an id nobody issued',
      () => newToken().text,
      'the token is not known',
      'unknown',
      undefined,
    ],
    [
      'with another secret: forged',
      (text: string) => `${text.slice(0, 20)}${newToken().secret}`,
      'the token is not known',
      'unknown',
      undefined,
    ],
  ])('%s is refused without telling what was wrong, and nobody is accused', async (...row) => {
    const [, forge, message, reason, subject] = row
    const forged = forge((await create()).text)
    expect(await refusalOf(who(forged))).toBe(`TOKEN_REFUSED ${message}`)
    expect((await auditRows()).at(-1)).toStrictEqual({
      action: 'token.refused',
      actor: 'system:tokens',
      subject: subject ?? forged.slice(3, 19),
      reason,
    })
  })

  it('that was revoked is refused, at once and for good', async () => {
    const { text, token } = await create()
    const { tokenId, workspace } = token
    const end = () => revokeToken(test.store, { workspace, tokenId, reason: 'lost' }, SYSTEM)
    expect(await end()).toBe(true)
    expect(await refusalOf(who(text))).toBe('TOKEN_REFUSED the token was revoked')
    expect(await end()).toBe(false)
    expect(
      (await auditRows()).slice(lastRow).map(({ action, actor }) => [action, actor]),
    ).toStrictEqual([
      ['token.created', 'system:test'],
      ['token.revoked', 'system:test'],
      ['token.refused', 'fin'],
    ])
  })

  it('of another company can neither be used nor revoked here', async () => {
    const { text, token } = await create({ workspace: 'other' })
    expect(await refusalOf(who(text))).toBe('TOKEN_REFUSED the token is of another company')
    const here = { workspace: POLICY.company.name, tokenId: token.tokenId, reason: 'x' }
    expect(await revokeToken(test.store, here, SYSTEM)).toBe(false)
  })

  it('that has expired is refused', async () => {
    const { text, token } = await create()
    await expire(token.tokenId)
    expect(await refusalOf(who(text))).toBe('TOKEN_REFUSED the token has expired')
  })

  it('is good for what it was given for, and nothing else', async () => {
    const { text } = await create({ scopes: ['read', 'amend'] })
    for (const scope of ['approve', 'change', 'schedule', 'issue'] as const) {
      expect(await refusalOf(who(text, { scope }))).toBe(
        'TOKEN_REFUSED the token was not given for this',
      )
    }
    expect(await who(text, { scope: 'amend' })).toMatchObject({ person: { id: 'fin' } })
    expect(await admit(test.store, { policy: STRICT, token: text, scope: 'read' })).toMatchObject({
      person: 'fin',
    })
  })

  it('does not act in another name', async () => {
    const { text } = await create()
    expect(await refusalOf(who(text, { as: 'cmo' }))).toContain(
      'TOKEN_REFUSED the token belongs to somebody else',
    )
  })

  it('of somebody who left the policy is nobody’s', async () => {
    const { text } = await create({ person: 'gone' })
    expect(await refusalOf(who(text))).toContain('PERSON_UNKNOWN')
  })
})

describe('without a token', () => {
  it('a name is enough, unless the policy asks for tokens', async () => {
    expect(await who(undefined, { as: 'cmo' })).toMatchObject({
      person: { id: 'cmo' },
      token: null,
    })
    expect(await refusalOf(who(undefined))).toContain('USAGE')
    expect(await refusalOf(who(undefined, { as: 'cmo', policy: STRICT }))).toBe(
      'TOKEN_REFUSED the policy asks for a token, and none was given',
    )
    expect((await auditRows()).at(-1)).toMatchObject({ subject: 'no-token', reason: 'required' })
  })

  it('whoever reaches the database may read, also under such a policy', async () => {
    expect(await admit(test.store, { policy: STRICT, token: undefined, scope: 'read' })).toBeNull()
    expect(
      await refusalOf(admit(test.store, { policy: STRICT, token: undefined, scope: 'schedule' })),
    ).toContain('TOKEN_REFUSED')
  })
})

describe("direct SQL in the application's role", () => {
  const change = async (text: string) => {
    const { token } = await create()
    return test.pool.query(`update mo.api_tokens set ${text} where token_id = '${token.tokenId}'`)
  }

  it.each([
    [`expires_at = now() + interval '300 days'`],
    [`scopes = '{approve,issue}'`],
    [`person = 'cmo'`],
    [`secret_sha256 = repeat('0', 64)`],
  ])('cannot set %s', async (text) => {
    await expect(change(text)).rejects.toMatchObject({ code: '42501' })
  })

  it('cannot bring a revoked token back, nor delete one, nor date one back', async () => {
    const { token } = await create()
    const id = token.tokenId
    await test.store.asOwner(async (owner) => {
      await owner.query('update mo.api_tokens set revoked_at = now() where token_id = $1', [id])
      await expect(
        owner.query('update mo.api_tokens set revoked_at = null where token_id = $1', [id]),
      ).rejects.toMatchObject({ code: 'MO001' })
    })
    await expect(test.pool.query('delete from mo.api_tokens')).rejects.toMatchObject({
      code: '42501',
    })
    const insert = (expires: string) =>
      test.store.asOwner((owner) =>
        logged(owner, { action: 'token.created', subject: expires }, (client) =>
          client.query(
            `insert into mo.api_tokens (token_id, workspace, person, label, scopes, secret_sha256, created_by, created_at, expires_at)
           values ($1, 'w', 'fin', '', '{approve}', md5(random()::text) || md5(random()::text), 'system:test',
             now() - interval '300 days', ${expires}) returning created_at > now() - interval '1 day' as is_now`,
            [expires],
          ),
        ),
      )
    expect((await insert(`now() + interval '1 day'`)).rows).toStrictEqual([{ is_now: true }])
    // A year from now at most, whatever day it claims to begin on.
    await expect(insert(`now() + interval '400 days'`)).rejects.toMatchObject({ code: '23514' })
    await expect(insert(`now() - interval '1 day'`)).rejects.toMatchObject({ code: '23514' })
  })
})
