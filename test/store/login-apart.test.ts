import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { admitPolicy, type AdmittedPolicy } from '#src/people/policy-rights.ts'
import { attachEmbeddedServer, type EmbeddedServer } from '#src/store/embedded.ts'
import { sha256 } from '#src/store/hash.ts'
import { listAdmissions } from '#src/store/policies.ts'
import { loadSetting, saveSetting } from '#src/store/settings.ts'
import { openStore, type Store } from '#src/store/store.ts'
import { policyWith } from '#test/support/policy.ts'
import { createTemporaryWorkspace } from '#test/support/store.ts'

/** An embedded server with nothing in it plays the server behind both addresses. */
let workspace: { readonly directory: string; readonly remove: () => Promise<void> }
let server: EmbeddedServer
let administrator: Client
const opened: Store[] = []

beforeAll(async () => {
  workspace = await createTemporaryWorkspace()
  server = await attachEmbeddedServer({ workspaceDir: workspace.directory })
  administrator = new Client(server.owner)
  await administrator.connect()
  await administrator.query('create role mo_app nologin')
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})
afterAll(async () => {
  await administrator.end()
  await server.close()
  await workspace.remove()
})

/** A database of its own, whose owner may make roles and lend the application’s; the address of any login to it. */
async function createDatabase(name: string): Promise<(login: string) => string> {
  await administrator.query(`create role ${name} login password 'plain' createrole`)
  await administrator.query(`grant mo_app to ${name} with admin option`)
  await administrator.query(`create database ${name} owner ${name}`)
  return (login) =>
    `postgres://${login}:plain@${encodeURIComponent(String(server.owner.host))}/${name}`
}

async function open(databaseUrl: string, databaseOwnerUrl?: string): Promise<Store> {
  const store = await openStore({
    workspaceDir: workspace.directory,
    databaseUrl,
    databaseOwnerUrl,
    connectionsMax: 1,
  })
  opened.push(store)
  return store
}

describe('a login of the application’s own', () => {
  test('is made where there is none, and cannot step up whatever it sends', async () => {
    const at = await createDatabase('apart')
    const { pool, asOwner, description } = await open(at('apart_program'), at('apart'))
    expect(description).toMatchObject({ roleSeparated: true, loginSeparated: true })
    await saveSetting(pool, { name: 'a', value: 'b' })
    expect(await asOwner((owner) => loadSetting(owner, 'a'))).toBe('b')
    await pool.query('set role none')
    expect((await pool.query('select current_user as name')).rows).toEqual([
      { name: 'apart_program' },
    ])
    for (const text of [
      'set role apart',
      'set session authorization apart',
      'alter table mo.audit_log disable trigger all',
      'delete from mo.audit_log',
      `insert into mo.policies (policy_sha256, policy) values ('x', 'y')`,
      'alter table mo.approvals owner to apart_program',
      'grant apart to apart_program',
      'create schema other',
    ]) {
      await expect(pool.query(text)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('is told from a database that is away when it is not there', async () => {
    const at = await createDatabase('early')
    await expect(open(at('early_program'))).rejects.toMatchObject({
      code: 'STORE_LOGIN_REFUSED',
      exitCode: 2,
      got: expect.stringContaining('early_program'),
    })
  })

  test('works alone on tables that are up to date, and leaves to the owner what is the owner’s', async () => {
    const at = await createDatabase('alone')
    await open(at('alone_program'), at('alone'))
    const store = await open(at('alone_program'))
    expect(store.description).toMatchObject({ roleSeparated: true, loginSeparated: true })
    await saveSetting(store.pool, { name: 'a', value: 'b' })
    await expect(store.asOwner((owner) => loadSetting(owner, 'a'))).rejects.toMatchObject({
      code: 'STORE_OWNER_NEEDED',
    })
  })

  test('may work under a policy that the owner admitted, and admits none itself', async () => {
    const at = await createDatabase('policies')
    const admin = await open(at('policies_program'), at('policies'))
    const program = await open(at('policies_program'))
    const policy = policyWith()
    const loaded: AdmittedPolicy = { policy, text: '{}', sha256: sha256('{}') }
    await expect(admitPolicy(program, loaded)).rejects.toMatchObject({
      code: 'STORE_OWNER_NEEDED',
      got: `policy ${loaded.sha256.slice(0, 12)} of ${policy.company.name}`,
      next: expect.stringContaining('mo policy admit'),
    })
    expect(await admitPolicy(admin, loaded)).toMatchObject({ isNew: true })
    expect(await admitPolicy(program, loaded)).toMatchObject({ isNew: false })
    const { sha256: policySha256 } = loaded
    expect(await listAdmissions(program.pool, policy.company.name)).toEqual([
      {
        sha256: policySha256,
        version: policy.version,
        previousSha256: null,
        admittedBy: null,
        admittedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    ])
    expect(await listAdmissions(program.pool, 'other')).toEqual([])
  })

  test('is refused when it can become the owner', async () => {
    const at = await createDatabase('mingled')
    await administrator.query(`create role mingled_program login password 'plain' in role mingled`)
    await expect(open(at('mingled_program'), at('mingled'))).rejects.toMatchObject({
      code: 'STORE_LOGIN_NOT_APART',
    })
    await expect(open(at('mingled'), at('mingled'))).rejects.toMatchObject({
      code: 'STORE_LOGIN_NOT_APART',
    })
  })

  test.each(['pg_write_all_data', 'letters'])(
    'is refused when another role lets it write what is the owner’s: %s',
    async (role) => {
      const at = await createDatabase(`writes_${role}`)
      const [owner, login] = [`writes_${role}`, `writes_${role}_program`]
      const store = await open(at(login), at(owner))
      if (role === 'letters') {
        // Not inherited, but to be taken.
        await administrator.query(`create role letters nologin`)
        await administrator.query(`grant letters to ${login} with inherit false`)
        await store.asOwner((pool) => pool.query('grant update on mo.reservations to letters'))
      } else await administrator.query(`grant ${role} to ${login}`)
      for (const ownerUrl of [at(owner), undefined]) {
        await expect(open(at(login), ownerUrl)).rejects.toMatchObject({
          code: 'STORE_LOGIN_NOT_APART',
        })
      }
    },
  )

  test('is let into its own database, and into no other', async () => {
    const [here, there] = [await createDatabase('here'), await createDatabase('there')]
    await open(here('here_program'), here('here'))
    await open(there('there_program'), there('there'))
    const stranger = new Client(there('here_program'))
    await expect(stranger.connect()).rejects.toMatchObject({ code: '42501' })
    await open(there('there_program'))
  })

  test('is told what is missing where it may not bring the tables up to date', async () => {
    const at = await createDatabase('behind')
    await administrator.query(`create role behind_program login password 'plain' in role mo_app`)
    const steps = /^steps to take: 0001-foundation, 0002-audit, .*, grants$/
    await expect(open(at('behind_program'))).rejects.toMatchObject({
      code: 'STORE_OWNER_NEEDED',
      got: expect.stringMatching(steps),
    })
    const { asOwner } = await open(at('behind_program'), at('behind'))
    await asOwner((owner) => owner.query(`delete from mo.migrations where name = 'grants'`))
    await expect(open(at('behind_program'))).rejects.toMatchObject({
      code: 'STORE_OWNER_NEEDED',
      got: 'steps to take: grants',
    })
  })

  test.each([
    ['an owner that owns nothing', 'stranger_program', 'stranger_program'],
    ['a login that is no member of the role', 'stranger_guest', undefined],
  ])('is refused with %s', async (_what, login, owner) => {
    const name = owner === undefined ? 'guests' : 'strangers'
    const at = await createDatabase(name)
    await administrator.query(`create role ${login} login password 'plain'`)
    const ownerUrl = owner === undefined ? undefined : at(owner)
    await expect(open(at(login), ownerUrl)).rejects.toMatchObject({ code: 'STORE_OWNER_NEEDED' })
  })
})
