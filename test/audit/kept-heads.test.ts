import { generateKeyPairSync } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { appendAudit } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import { headFolder, keepHead, keptHeads, type HeadKeeping } from '#src/audit/kept-heads.ts'
import { parseHead } from '#src/audit/signed-head.ts'
import { runAuditHead, runAuditVerify } from '#src/commands/audit.ts'
import { inTransaction } from '#src/store/transaction.ts'
import { inProcess } from '#test/support/in-process.ts'
import { mo } from '#test/support/mo.ts'
import { SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let test: TestStore
let keeping: HeadKeeping

beforeEach(async () => {
  test = await startTestStore()
  onTestFinished(() => test.close())
  await cp('src/workspace/template/policy.yaml', join(test.workspaceDir, 'policy.yaml'))
  keeping = {
    workspace: 'My company',
    workspaceDir: test.workspaceDir,
    everyHours: 24,
    signingKey: undefined,
    headDir: undefined,
  }
  await append(5)
})

async function append(rows: number): Promise<void> {
  await inTransaction(test.pool, async (client) => {
    for (let row = 0; row < rows; row++) {
      await appendAudit(
        client,
        auditEntry(SYSTEM, { action: 'review.started', subject: `r-${row}` }),
      )
    }
  })
}

/** What a superuser can do: switch the triggers off, and write whatever he likes. */
async function asSuperuser(text: string): Promise<void> {
  await test.store.asOwner(async (owner) => {
    await owner.query(
      `begin; alter table mo.audit_log disable trigger all; ${text};
       alter table mo.audit_log enable trigger all; commit`,
    )
  })
}

const CUT = 'delete from mo.audit_log where seq > 3'
/** Every row from the third on is written anew, with hashes that fit. */
const REWRITE = `do $$ declare r record; last text; begin
  select hash into last from mo.audit_log where seq = 2;
  for r in select * from mo.audit_log where seq > 2 order by seq loop
    update mo.audit_log set entry = replace(entry, '"r-', '"x-'), previous_hash = last,
      hash = encode(sha256(convert_to('{"at":"' || at || '","entry":' || replace(entry, '"r-', '"x-')
        || ',"previousHash":"' || last || '","seq":' || seq || '}', 'UTF8')), 'hex')
    where seq = r.seq returning hash into last;
  end loop; end $$`

const verify = async (head?: string) => {
  const options = { workspace: test.workspaceDir, ...(head === undefined ? {} : { head }) }
  const { status, stdout } = await inProcess((context) =>
    runAuditVerify({ ...context, output: { ...context.output, json: true } }, options),
  )
  const document: unknown = JSON.parse(stdout)
  return { status, document }
}

const newKey = () =>
  String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))

describe('mo audit', () => {
  const headFile = () => join(test.workspaceDir, 'head-outside')

  beforeEach(async () => {
    const options = { workspace: test.workspaceDir, out: headFile() }
    await inProcess((context) => runAuditHead(context, options))
  })

  it('verifies against a head kept outside, also when rows were added since', async () => {
    await append(2)
    expect(await verify(headFile())).toMatchObject({
      status: 0,
      document: { ok: true, rows: 7, heads: 1 },
    })
  })

  it.each([
    ['cut at its end', CUT, { ok: false, seq: 4, fault: 'head' }],
    ['written anew with hashes that fit', REWRITE, { ok: false, seq: 5, fault: 'head' }],
  ])('finds by it a log that was %s, which nothing else can tell', async (_, change, document) => {
    await asSuperuser(change)
    expect(await verify()).toMatchObject({ status: 0, document: { ok: true, heads: 0 } })
    expect(await verify(headFile())).toStrictEqual({ status: 1, document })
  })

  it('takes no head that was changed, or that another key signed', async () => {
    const head = JSON.parse(await readFile(headFile(), 'utf8'))
    await writeFile(headFile(), JSON.stringify({ ...head, seq: 4 }))
    expect(await verify(headFile())).toMatchObject({
      status: 1,
      document: { ok: false, fault: 'head_signature' },
    })
    await writeFile(headFile(), JSON.stringify(head))
    const other = await mo(
      ['audit', 'verify', '--json', '--workspace', test.workspaceDir, '--head', headFile()],
      { AUDIT_SIGNING_KEY: newKey() },
    )
    expect(other.status).toBe(1)
    expect(other.stdout).toContain('"fault": "head_key"')
  })

  it('says so when there is no head in the file', async () => {
    await writeFile(headFile(), '{}')
    const run = (head: string) =>
      inProcess((context) => runAuditVerify(context, { workspace: test.workspaceDir, head }))
    expect(await run(headFile())).toMatchObject({ status: 2 })
    expect((await run('nowhere')).stderr).toContain('FILE_NOT_FOUND')
  })

  it('finds a cut by the heads that were kept, without being told of one', async () => {
    await keepHead(test.pool, keeping, new Date('2026-11-21T10:00:00Z'))
    expect(await verify()).toMatchObject({ status: 0, document: { ok: true, heads: 1 } })
    const told = () =>
      inProcess((context) => runAuditVerify(context, { workspace: test.workspaceDir }))
    expect((await told()).stdout).toMatch(
      /^The audit log is whole: \d+ rows, each bound to the one before; signed heads held against it: 1\.$/,
    )
    await asSuperuser(CUT)
    expect((await told()).stdout).toMatch(
      /^The audit log is not what was written: [a-z ]+, at row \d+\.$/,
    )
    expect(await verify()).toStrictEqual({
      status: 1,
      document: { ok: false, seq: 4, fault: 'head' },
    })
  })

  it('signs no broken log', async () => {
    await asSuperuser(`update mo.audit_log set entry = replace(entry, '"r-', '"x-') where seq = 2`)
    const options = { workspace: test.workspaceDir }
    const refused = await inProcess((context) => runAuditHead(context, options))
    expect(refused.status).toBe(1)
    expect(refused.stdout).not.toContain('signature')
  })
})

describe('heads that are kept by themselves', () => {
  const at = (time: string) => keepHead(test.pool, keeping, new Date(time))
  const files = () => readdir(headFolder(keeping))

  it('are one for each interval, however often and by however many they are asked for', async () => {
    const looks = await Promise.all(
      ['08:00', '12:30', '23:59'].map((time) => at(`2026-11-21T${time}:00Z`)),
    )
    expect(looks.some(({ kind }) => kind === 'kept')).toBe(true)
    expect(await at('2026-11-21T10:00:00Z')).toStrictEqual({ kind: 'not_due' })
    expect(await files()).toStrictEqual(['head-20261121T000000Z.json'])
    await append(1)
    // On the boundary, and one second beside it.
    expect(await at('2026-11-21T23:59:59Z')).toStrictEqual({ kind: 'not_due' })
    expect(await at('2026-11-22T00:00:00Z')).toMatchObject({ kind: 'kept' })
    const { heads } = await keptHeads(keeping)
    expect(heads.map(({ seq }) => seq)).toStrictEqual([5, 6])
  })

  it('say nothing of an empty log', async () => {
    await asSuperuser('delete from mo.audit_log')
    expect(await at('2026-11-21T10:00:00Z')).toStrictEqual({ kind: 'not_due' })
  })

  it.each([
    ['cut before the last head', CUT, { seq: 5, fault: 'head' }],
    ['written anew', REWRITE, { seq: 5, fault: 'head' }],
    [
      'changed since',
      `update mo.audit_log set entry = replace(entry, '"r-', '"x-') where seq = 6`,
      { seq: 6, fault: 'hash' },
    ],
  ])('are not made of a log that was %s', async (_, change, verdict) => {
    await at('2026-11-21T10:00:00Z')
    await append(1)
    await asSuperuser(change)
    const look = await at('2026-11-22T10:00:00Z')
    expect(look).toMatchObject({ kind: 'broken', verdict })
    expect(await files()).toHaveLength(1)
  })

  it('of another key are counted and prove nothing; those that were changed are named', async () => {
    await keepHead(
      test.pool,
      { ...keeping, signingKey: newKey() },
      new Date('2026-11-20T10:00:00Z'),
    )
    await at('2026-11-21T10:00:00Z')
    const spoilt = join(headFolder(keeping), 'head-20261122T000000Z.json')
    await writeFile(spoilt, 'nonsense')
    expect(await keptHeads(keeping)).toMatchObject({ ofOtherKeys: 1, spoilt: [spoilt] })
    expect((await keptHeads(keeping)).heads).toHaveLength(1)
    expect(await verify()).toMatchObject({ status: 1, document: { fault: 'head_signature' } })
  })

  it('lie outside the workspace where the environment says so, in a folder for each company', async () => {
    const outside = join(test.workspaceDir, 'outside')
    const other: HeadKeeping = { ...keeping, headDir: outside }
    expect(headFolder({ ...other, workspace: 'my COMPANY' })).not.toBe(headFolder(other))
    const look = await keepHead(test.pool, other, new Date('2026-11-21T10:00:00Z'))
    const file = look.kind === 'kept' ? look.file : ''
    expect(file).toMatch(/outside\/my-company-[0-9a-f]{8}\/head-20261121T000000Z\.json$/)
    expect(parseHead(await readFile(file, 'utf8'))?.seq).toBe(5)
    await rm(outside, { recursive: true })
  })
})
