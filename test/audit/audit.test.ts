import fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'

import { appendAudit } from '#src/audit/append.ts'
import type { AuditHead } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import type { AuditEntry } from '#src/audit/entry.ts'
import { exportAudit } from '#src/audit/export.ts'
import { GENESIS } from '#src/audit/row.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { sha256 } from '#src/store/hash.ts'
import { inTransaction } from '#src/store/transaction.ts'
import { SYSTEM } from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())
beforeEach(() => asSuperuser('truncate mo.audit_log'))

/** What only a superuser who switches the triggers off can do, and what `verify` is there to find. */
async function asSuperuser(text: string): Promise<void> {
  await store.store.asOwner(async (owner) => {
    const client = await owner.connect()
    await client.query('alter table mo.audit_log disable trigger all')
    await client.query(text)
    await client.query('alter table mo.audit_log enable trigger all')
    client.release()
  })
}

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return auditEntry(SYSTEM, { action: 'review.started', subject: 'r-1', ...changes })
}

async function append(...entries: readonly AuditEntry[]): Promise<AuditHead> {
  return inTransaction(store.pool, async (client) => {
    let head: AuditHead = GENESIS
    for (const each of entries) head = (await appendAudit(client, each)) ?? head
    return head
  })
}

async function exported(format: 'csv' | 'jsonl'): Promise<string[]> {
  const lines: string[] = []
  for await (const line of exportAudit(store.pool, format)) lines.push(line)
  return lines
}

describe('appendAudit', () => {
  test('numbers, dates and chains rows, and verifies', async () => {
    expect(await verifyAudit(store.pool)).toEqual({ ok: true, rows: 0, head: GENESIS })
    const head = await append(entry(), entry({ subject: 'r-2' }), entry({ subject: 'r-3' }))
    expect(head?.seq).toBe(3)
    expect(await verifyAudit(store.pool)).toEqual({ ok: true, rows: 3, head })
    const { rows } = await store.pool.query('select * from mo.audit_log order by seq limit 1')
    expect(rows[0]).toMatchObject({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      action: 'review.started',
      actor: 'system:test',
      subject: 'r-1',
      review_id: null,
      previous_hash: '0'.repeat(64),
    })
  })

  test('hashes the canonical JSON of time, entry, previous hash and number', async () => {
    await append(entry({ reason: 'ünïcode "quoted" \\ 😀', before: { b: 1, a: [null, 1.5] } }))
    const { rows } = await store.pool.query('select at, entry, hash from mo.audit_log')
    const text = rows[0].entry
    expect(text).toBe(
      '{"action":"review.started","actor":"system:test","after":null,"before":{"a":[null,1.5],"b":1},' +
        '"factsSha256":null,"onBehalfOf":null,"reason":"ünïcode \\"quoted\\" \\\\ 😀","reviewId":null,' +
        '"role":null,"ruleIds":[],"subject":"r-1"}',
    )
    expect(rows[0].hash).toBe(
      sha256(`{"at":"${rows[0].at}","entry":${text},"previousHash":"${'0'.repeat(64)}","seq":1}`),
    )
  })

  test('is lost with its transaction, and leaves no gap', async () => {
    await append(entry())
    await expect(
      inTransaction(store.pool, async (client) => {
        await appendAudit(client, entry({ subject: 'lost' }))
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await append(entry({ subject: 'r-2' }))
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 2 })
  })

  test('keeps one chain under many writers', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, n) => append(entry({ subject: `r-${n}` }))))
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 60 })
  })

  test('refuses what is not an entry', async () => {
    await expect(append({ ...entry(), action: 'Started!' })).rejects.toThrow('action')
    await expect(append({ ...entry(), subject: '' })).rejects.toThrow('subject')
  })
})

describe('the database', () => {
  test.each([
    ['update mo.audit_log set entry = entry'],
    ['delete from mo.audit_log'],
    ['truncate mo.audit_log'],
    ['alter table mo.audit_log disable trigger all'],
    ['drop trigger chain on mo.audit_log'],
  ])('refuses the application: %s', async (text) => {
    await append(entry())
    await expect(store.pool.query(text)).rejects.toMatchObject({ code: '42501' })
  })

  test.each([
    ['update mo.audit_log set entry = entry'],
    ['delete from mo.audit_log'],
    ['truncate mo.audit_log'],
  ])('refuses the owner: %s', async (text) => {
    await append(entry())
    await store.store.asOwner((owner) =>
      expect(owner.query(text)).rejects.toMatchObject({ code: 'MO001' }),
    )
  })

  test.each([['[1]'], ['{}'], ['{"action":"a.b"}'], ['nonsense']])(
    'refuses an entry that says neither what nor who: %s',
    async (text) => {
      await expect(
        store.pool.query('insert into mo.audit_log (entry) values ($1)', [text]),
      ).rejects.toThrow(/action|actor|json/)
    },
  )

  const forgedRow = [
    `insert into mo.audit_log (seq, at, entry, previous_hash, hash) values (77, '1999', $1, 'x', 'y')`,
    [JSON.stringify({ action: 'forged', actor: 'me' })],
  ] as const

  test('lets the application say neither number, time nor hash', async () => {
    await expect(store.pool.query(forgedRow[0], [...forgedRow[1]])).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('gives a row that the owner forged its true number, time and hash', async () => {
    await append(entry())
    await store.store.asOwner((owner) => owner.query(forgedRow[0], [...forgedRow[1]]))
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 2 })
  })

  test.each([
    ['white space', '{"action": "a.b","actor":"x"}'],
    ['keys out of order', '{"actor":"x","action":"a.b"}'],
    ['a key twice', '{"action":"a.b","action":"c.d","actor":"x"}'],
    ['a number as no other writes it', '{"action":"a.b","actor":"x","n":1.50}'],
    ['a number that no double holds', '{"action":"a.b","actor":"x","n":9007199254740993}'],
    ['an exponent where none is due', '{"action":"a.b","actor":"x","n":1e+2}'],
    ['a letter in disguise', String.raw`{"action":"a.b","actor":"x","s":"\u0041"}`],
    ['white space inside a list', '{"action":"a.b","actor":"x","l":[1, 2]}'],
    ['keys out of order deep inside', '{"action":"a.b","actor":"x","l":[{"b":1,"a":2}]}'],
  ])('refuses an entry with %s, which no reader could check', async (_, text) => {
    await expect(
      store.pool.query('insert into mo.audit_log (entry) values ($1)', [text]),
    ).rejects.toMatchObject({ code: 'MO001', constraint: 'not-canonical' })
  })

  test('takes every value that has a canonical text, but numbers no double counts exactly', async () => {
    const number = fc.oneof(
      fc.maxSafeInteger(),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
    )
    const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'))
    const { any } = fc.letrec<{ any: z.output<ReturnType<typeof z.json>> }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        number,
        text,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3 }),
      ),
    }))
    const values = fc.sample(any, 400)
    await append(...values.map((after) => entry({ after })))
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 400 })
  })
})

describe('verifyAudit', () => {
  const three = () => append(entry(), entry({ subject: 'r-2' }), entry({ subject: 'r-3' }))

  test.each([
    ['an entry was edited', `set entry = replace(entry, 'r-2', 'r-9') where seq = 2`, 2, 'hash'],
    ['a time was edited', `set at = replace(at, '20', '19') where seq = 2`, 2, 'hash'],
    ['a hash was edited', `set hash = repeat('a', 64) where seq = 2`, 2, 'hash'],
    ['a link was edited', `set previous_hash = repeat('a', 64) where seq = 2`, 2, 'previous_hash'],
    [
      'the first link was edited',
      `set previous_hash = repeat('a', 64) where seq = 1`,
      1,
      'previous_hash',
    ],
    ['an entry was respaced', `set entry = replace(entry, ':', ': ') where seq = 3`, 3, 'entry'],
    ['a row was renumbered', `set seq = 9 where seq = 3`, 3, 'missing'],
    [
      'two rows were swapped',
      `set entry = (select entry from mo.audit_log o where o.seq = 3) where seq = 2`,
      2,
      'hash',
    ],
  ])('names the row when %s', async (_, change, seq, fault) => {
    await three()
    await asSuperuser(`update mo.audit_log ${change}`)
    expect(await verifyAudit(store.pool)).toEqual({ ok: false, seq, fault })
  })

  test.each([
    [1, 1],
    [2, 2],
  ])('names the gap when row %i was deleted', async (deleted, seq) => {
    await three()
    await asSuperuser(`delete from mo.audit_log where seq = ${deleted}`)
    expect(await verifyAudit(store.pool)).toEqual({ ok: false, seq, fault: 'missing' })
  })

  test('finds an edited row whose hash was made to fit, by the next row', async () => {
    await three()
    const { rows } = await store.pool.query('select * from mo.audit_log where seq = 2')
    const text = String(rows[0].entry).replace('r-2', 'r-9')
    const hash = sha256(
      `{"at":"${rows[0].at}","entry":${text},"previousHash":"${rows[0].previous_hash}","seq":2}`,
    )
    await asSuperuser(`update mo.audit_log set entry = '${text}', hash = '${hash}' where seq = 2`)
    expect(await verifyAudit(store.pool)).toEqual({ ok: false, seq: 3, fault: 'previous_hash' })
  })

  test('finds a log that was cut at its end or written anew, by a head kept elsewhere', async () => {
    const head = await three()
    await asSuperuser('delete from mo.audit_log where seq = 3')
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 2 })
    expect(await verifyAudit(store.pool, head)).toEqual({ ok: false, seq: 3, fault: 'head' })
    await append(entry({ subject: 'r-other' }))
    expect(await verifyAudit(store.pool, head)).toEqual({ ok: false, seq: 3, fault: 'head' })
  })

  test('accepts a known head that more rows follow', async () => {
    const head = await three()
    await append(entry())
    expect(await verifyAudit(store.pool, head)).toMatchObject({ ok: true, rows: 4 })
  })

  test('reads a log longer than a page', async () => {
    await store.pool.query(
      `insert into mo.audit_log (entry)
       select '{"action":"a.b","actor":"x","n":' || n || '}' from generate_series(1, 2001) n`,
    )
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 2001 })
    await asSuperuser('delete from mo.audit_log where seq = 1001')
    expect(await verifyAudit(store.pool)).toEqual({ ok: false, seq: 1001, fault: 'missing' })
  })
})

describe('exportAudit', () => {
  test('writes lines from which alone the chain can be checked', async () => {
    await append(entry(), entry({ reason: 'line\nbreak' }))
    const lines = await exported('jsonl')
    let previous = '0'.repeat(64)
    for (const line of lines) {
      const { hash, previousHash } = JSON.parse(line)
      expect(previousHash).toBe(previous)
      expect(sha256(line.trimEnd().replace(`"hash":"${hash}",`, ''))).toBe(hash)
      previous = hash
    }
    expect(lines).toHaveLength(2)
  })

  test('writes CSV that a spreadsheet reads as text', async () => {
    const head = await append(
      entry({
        actor: '=cmd()',
        reason: 'say "no",\nthen go',
        ruleIds: ['budget.pacing', 'budget.cap'],
        after: { status: 'done' },
      }),
    )
    const { rows } = await store.pool.query('select at from mo.audit_log')
    expect(await exported('csv')).toEqual([
      'seq,at,action,actor,role,on_behalf_of,review_id,subject,rule_ids,facts_sha256,reason,before,after,previous_hash,hash\r\n',
      `1,${rows[0].at},review.started,'=cmd(),,,,r-1,"[""budget.pacing"",""budget.cap""]",,"say ""no"",\nthen go",,"{""status"":""done""}",${'0'.repeat(64)},${head?.hash}\r\n`,
    ])
  })
})

test('two connections that append at once wait for each other', async () => {
  const first = new Client(store.store.connection)
  await first.connect()
  await first.query('begin')
  await appendAudit(first, entry({ subject: 'first' }))
  const second = append(entry({ subject: 'second' }))
  await first.query('commit')
  await first.end()
  expect((await second)?.seq).toBe(2)
  expect(await verifyAudit(store.pool)).toMatchObject({ ok: true, rows: 2 })
})
