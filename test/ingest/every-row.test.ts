import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { CONTRACTS } from '#src/ingest/contracts/all.ts'
import { readHeader } from '#src/ingest/csv-header.ts'
import { fileRelation } from '#src/ingest/file-relation.ts'
import { readPlain } from '#src/ingest/plain-csv.ts'
import type { OpenWarehouse } from '#src/warehouse/open.ts'
import { warehouseOf, warehouseWith, workspaceWith } from '#test/support/workspace.ts'

const HEADER = 'campaign_id,name,start_on,budget,currency'

async function tableOf({ connection }: OpenWarehouse): Promise<unknown[][]> {
  const found = await connection.runAndReadAll(
    'select campaign_id, name, start_on, budget_minor, currency, source_row from campaigns order by row_seq',
  )
  return found.getRowsJson()
}

async function rejectsOf({ connection }: OpenWarehouse): Promise<unknown[][]> {
  const found = await connection.runAndReadAll(
    `select source_row, code, column_name, got from rejects where dataset = 'campaigns' order by source_row, code, column_name, got`,
  )
  return found.getRowsJson()
}

/** Cells that are sometimes right and sometimes not, none of which needs quotes. */
const cell = fc.oneof(
  fc.constantFrom(
    '',
    'C1',
    'C2',
    '2026-03-01',
    '2026-02-30',
    '12.50',
    '1.505',
    'USD',
    'EUR',
    ' x',
    'ä',
  ),
  fc.stringMatching(/^[a-z0-9 .:-]{0,12}$/),
)
const plainRow = fc
  .array(cell, { minLength: 1, maxLength: 7 })
  .map((cells) => cells.join(','))
  .filter((row) => row !== '')

test('accepted and refused rows together are the rows of the file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(plainRow, fc.constantFrom('x"y,a,,,', '"a","b",,,', ',,,,')), {
        maxLength: 40,
      }),
      fc.constantFrom('\n', '\r\n', '\r'),
      async (rows, lineEnd) => {
        const opened = await warehouseWith({
          'data/campaigns.csv': [HEADER, ...rows].join(lineEnd) + lineEnd,
        })
        const [result] = opened.datasets
        expect((result?.rows ?? 0) + (result?.rejected ?? 0)).toBe(rows.length)
        const lines = [
          ...(await tableOf(opened)).map((row) => row[5]),
          ...(await rejectsOf(opened)).map((row) => row[0]),
        ]
        expect(new Set(lines).size).toBe(rows.length)
        expect(lines.every((line) => Number(line) >= 2 && Number(line) <= rows.length + 1)).toBe(
          true,
        )
        await opened.close()
      },
    ),
    { numRuns: 25 },
  )
})

test('a file read where it lies gives the rows it gives when staged', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        plainRow.map((row) => `${row},,,,`.split(',').slice(0, 5).join(',')),
        { minLength: 1, maxLength: 60 },
      ),
      async (rows) => {
        const plain = await warehouseWith({ 'data/campaigns.csv': [HEADER, ...rows].join('\n') })
        // A quoted header name makes no difference in meaning and keeps the file from being plain in its last row.
        const staged = await warehouseWith({
          'data/campaigns.csv': [HEADER, ...rows.map((row) => row.replace(/^[^,]+/, '"$&"'))].join(
            '\n',
          ),
        })
        expect(await tableOf(staged)).toEqual(await tableOf(plain))
        expect(await rejectsOf(staged)).toEqual(await rejectsOf(plain))
        await plain.close()
        await staged.close()
      },
    ),
    { numRuns: 25 },
  )
})

test.each([
  ['plain rows', 'a,b\n', true],
  ['Windows line ends throughout', 'a,b\r\n', false],
  ['a quote', 'a,"b"\n', false],
  ['a blank line', 'a,b\n\nc,d\n', false],
  ['too few cells', 'a\n', false],
  ['too many cells', 'a,b,c\n', false],
  ['a control character', 'a,\u0001\n', false],
  ['a tab', 'a,\t\n', false],
  ['a lone carriage return', 'a,b\rc,d\n', false],
  ['a carriage return at the end', 'a,b\r', false],
  ['an over-long line', `${'a'.repeat(70_000)},b\n`, false],
  ['an over-long last line', `a,${'b'.repeat(70_000)}`, false],
  ['no last line end', 'a,b\nc,d', true],
  ['too few cells in the last row', 'a,b\nc', false],
  ['nothing behind the header', '', true],
])('a file with %s is plain: %s', async (_what, rows, isPlain) => {
  const workspace = await workspaceWith({ 'data/campaigns.csv': `campaign_id,name\n${rows}` })
  const file = { path: `${workspace}/data/campaigns.csv`, shownAs: 'x' }
  const header = await readHeader(file, CONTRACTS.campaigns)
  if (header === undefined) throw new Error('no header')
  expect((await readPlain(file, header)) !== undefined).toBe(isPlain)
})

test('a header and rows that end lines in the same way are plain, UTF-16 is not', async () => {
  const text = 'campaign_id,name\r\na,b\r\nc,d'
  const workspace = await workspaceWith({
    'data/campaigns.csv': text,
    'data/utf16.csv': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    'data/two-lines.csv': `\n${text}`,
  })
  const plainOf = async (name: string) => {
    const file = { path: `${workspace}/data/${name}`, shownAs: name }
    const header = await readHeader(file, CONTRACTS.campaigns)
    return header === undefined ? 'no header' : readPlain(file, header)
  }
  expect(await plainOf('campaigns.csv')).toEqual({ lineEnd: '\r\n', rows: 2 })
  expect(await plainOf('utf16.csv')).toBeUndefined()
  expect(await plainOf('two-lines.csv')).toBeUndefined()
})

test('bytes that are no UTF-8 are never plain', async () => {
  const workspace = await workspaceWith({
    'data/campaigns.csv': Buffer.from('campaign_id,name\nC1,Größe\n', 'latin1'),
  })
  const file = { path: `${workspace}/data/campaigns.csv`, shownAs: 'x' }
  const header = await readHeader(file, CONTRACTS.campaigns)
  if (header === undefined) throw new Error('no header')
  expect(await readPlain(file, header)).toBeUndefined()
})

test('rows spread over pieces of a megabyte keep their order, lines and cells', async () => {
  const name = 'ä'.repeat(40)
  const rows = Array.from({ length: 40_000 }, (_none, index) => `C${index},${name}`)
  for (const quote of ['', '"']) {
    const content = rows.map((row) => row.replace(name, `${quote}${name}${quote}`)).join('\n')
    const opened = await warehouseWith({ 'data/campaigns.csv': `campaign_id,name\n${content}\n` })
    const found = await opened.connection.runAndReadAll(
      `select count(*), count(case when name = '${name}' and campaign_id = 'C' || (source_row - 2) and row_seq = source_row - 1 then 1 end) from campaigns`,
    )
    expect(found.getRowsJson()).toEqual([['40000', '40000']])
  }
})

test('tables do not depend on the number of threads, also where later rules refuse rows', async () => {
  const rows = Array.from({ length: 260_000 }, (_none, index) => {
    const campaign = index % 1000 === 7 ? 'C9' : 'C1'
    const hour = index % 5000 === 3 ? '02' : '04'
    return `P${index},2026-03-08T${hour}:30:00,email,${campaign}`
  })
  const workspace = await workspaceWith({
    'data/campaigns.csv': 'campaign_id,name\nC1,A\n',
    'data/touchpoints.csv': `person_id,occurred_at,channel,campaign_id\n${rows.join('\n')}\n`,
  })
  const digests = []
  for (const threads of [1, 2, 4]) {
    const opened = await warehouseOf(workspace, { threads })
    const found = await opened.connection.runAndReadAll(
      `select count(*), count(case when person_id = 'P' || (source_row - 2) and row_seq = source_row then 1 end), cast(sum(row_seq * occurred_ms) as varchar),
        (select count(*) from rejects), (select min(source_row) from rejects where code = 'nonexistent_time'), (select max(source_row) from rejects where code = 'unknown_id') from touchpoints`,
    )
    digests.push(found.getRowsJson()[0])
    await opened.close()
  }
  expect(digests[0]?.slice(0, 2)).toEqual(['259688', '259688'])
  expect(digests[0]?.slice(3)).toEqual(['312', '5', '259009'])
  expect(digests[1]).toEqual(digests[0])
  expect(digests[2]).toEqual(digests[0])
})

test('the columns of a file are related in the order of the contract', async () => {
  const workspace = await workspaceWith({ 'data/campaigns.csv': 'name,x,campaign_id\nA,1,C1\n' })
  const opened = await warehouseOf(workspace)
  const related = await fileRelation(
    {
      dataset: 'campaigns',
      format: 'csv',
      path: 'data/campaigns.csv',
      location: `${workspace}/data/campaigns.csv`,
      bytes: 0,
      sha256: '',
    },
    CONTRACTS.campaigns,
    { connection: opened.connection, stagedPath: `${workspace}/staged` },
  )
  expect(related.columns).toEqual(['name', 'x', 'campaign_id'])
  expect(related.relation?.columns.toSorted()).toEqual(['campaign_id', 'name'])
  expect(await tableOf(opened)).toEqual([['C1', 'A', null, null, 'USD', '2']])
})
