import { symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import type { DatasetName } from '#rules/schema/review.ts'
import { firstRejects } from '#src/ingest/refused.ts'
import type { OpenWarehouse } from '#src/warehouse/open.ts'
import { warehouseOf, warehouseWith, workspaceWith } from '#test/support/workspace.ts'

const HEADER = 'campaign_id,name,start_on,budget,currency'
const GOOD = 'C1,Spring,2026-03-01,100.00,USD'

function resultOf(opened: OpenWarehouse, dataset: DatasetName) {
  const result = opened.datasets.find((candidate) => candidate.dataset === dataset)
  if (result === undefined) throw new Error(`no ${dataset}`)
  return result
}

async function campaigns(content: string | Buffer, name = 'campaigns.csv') {
  const opened = await warehouseWith({ [`data/${name}`]: content })
  const rejects = await firstRejects(opened.connection, 'campaigns', 100)
  return { opened, rejects, ...resultOf(opened, 'campaigns') }
}

async function names(opened: OpenWarehouse): Promise<unknown[]> {
  const found = await opened.connection.runAndReadAll('select name from campaigns order by row_seq')
  return found.getColumnsJson()[0] ?? []
}

describe('one refused cell', () => {
  test.each([
    // budget: strict decimal with at most the cents of the currency
    ['1234.50', undefined],
    ['0', undefined],
    ['0.5', undefined],
    ['', undefined],
    ['1,234.50', 'ragged_row'],
    ['"1,234.50"', 'wrong_type'],
    ['1.505', 'wrong_type'],
    ['1e3', 'wrong_type'],
    ['$5', 'wrong_type'],
    ['NaN', 'wrong_type'],
    ['0x1F', 'wrong_type'],
    ['1_000', 'wrong_type'],
    ['"1.234,5"', 'wrong_type'],
    ['-5', 'wrong_type'],
    ['+5', 'wrong_type'],
    ['.5', 'wrong_type'],
    ['5.', 'wrong_type'],
    ['05', 'wrong_type'],
    [' 5', 'wrong_type'],
    ['1234567890123', 'wrong_type'],
    ['NULL', 'wrong_type'],
  ])('an amount of %s: %s', async (amount, code) => {
    const { rejects, rows, rejected } = await campaigns(
      `${HEADER}\nC1,Spring,2026-03-01,${amount},USD\n`,
    )
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
    expect(rows + rejected).toBe(1)
  })

  test.each([
    ['2026-02-30', 'wrong_type'],
    ['2026-2-3', 'wrong_type'],
    ['01/02/2026', 'wrong_type'],
    ['2026-03-01T00:00:00', 'wrong_type'],
    ['1989-12-31', 'out_of_range'],
    ['1990-01-01', undefined],
    ['2099-12-31', undefined],
    ['2100-01-01', 'out_of_range'],
    ['2024-02-29', undefined],
    ['2025-02-29', 'wrong_type'],
  ])('a date of %s: %s', async (date, code) => {
    const { rejects } = await campaigns(`${HEADER}\nC1,Spring,${date},1,USD\n`)
    expect(rejects.map((reject) => reject.code)).toEqual(code === undefined ? [] : [code])
  })

  test('says file, row, column, expected and got', async () => {
    const { rejects } = await campaigns(`${HEADER}\n${GOOD}\nC2,Fall,2026-09-01,12.345,USD\n`)
    expect(rejects).toEqual([
      {
        file: 'data/campaigns.csv',
        row: 3,
        column: 'budget',
        code: 'wrong_type',
        expected: 'an amount with a point and at most 2 decimals, such as 1234.50, not negative',
        got: '12.345',
      },
    ])
  })

  test('a foreign currency is named', async () => {
    const { rejects } = await campaigns(`${HEADER}\nC1,Spring,2026-03-01,1,EUR\n`)
    expect(rejects).toMatchObject([{ code: 'foreign_currency', expected: 'USD', got: 'EUR' }])
  })

  test('a required cell must not be empty, an optional one is null', async () => {
    const { opened, rejects } = await campaigns(`${HEADER}\nC1,,2026-03-01,1,USD\nC2,Two,,,\n`)
    expect(rejects).toMatchObject([
      { row: 2, column: 'name', code: 'missing_value', got: 'an empty cell' },
    ])
    const found = await opened.connection.runAndReadAll(
      'select start_on, budget_minor, currency from campaigns',
    )
    expect(found.getRowsJson()).toEqual([[null, null, 'USD']])
  })

  test('shows control characters escaped and long cells cut', async () => {
    const { rejects } = await campaigns(`${HEADER}\nC1,A,"x\n\u200by${'z'.repeat(300)}",1,USD\n`)
    expect(rejects[0]?.got).toMatch(/^x\\u000a\\u200byz+…$/)
    expect(rejects[0]?.got.length).toBe(80)
  })

  test('an end before its start contradicts itself', async () => {
    const { rejects } = await campaigns(
      'campaign_id,name,start_on,end_on\nC1,A,2026-03-02,2026-03-01\nC2,B,2026-03-02,2026-03-02\n',
    )
    expect(rejects).toMatchObject([
      {
        row: 2,
        column: 'end_on',
        code: 'inconsistent',
        got: '2026-03-01 with start_on 2026-03-02',
      },
    ])
  })
})

describe('forms of text files', () => {
  const rows = [HEADER, GOOD, 'C2,Fällt,2026-09-01,2,USD']
  const text = `${rows.join('\n')}\n`
  test.each([
    ['line feeds', text],
    ['no last line end', rows.join('\n')],
    ['carriage returns and line feeds', `${rows.join('\r\n')}\r\n`],
    ['carriage returns', `${rows.join('\r')}\r`],
    ['mixed line ends', `${rows[0]}\r\n${rows[1]}\n${rows[2]}\r`],
    ['a byte-order mark', `\uFEFF${text}`],
    ['a byte-order mark and carriage returns', `\uFEFF${rows.join('\r\n')}`],
    ['UTF-16 LE', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    [
      'UTF-16 BE',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]),
    ],
    ['semicolons', text.replaceAll(',', ';')],
    ['tabs', text.replaceAll(',', '\t')],
    ['bars', text.replaceAll(',', '|')],
    ['quoted cells', text.replaceAll(/[^,\n]+/g, '"$&"')],
    ['blank lines', `\n\n${rows.join('\n\n')}\n\n`],
    ['another order of columns', 'name,currency,campaign_id\nSpring,USD,C1\nFällt,USD,C2\n'],
  ])('%s', async (_form, content) => {
    const { opened, rejects, state, rows: accepted } = await campaigns(content)
    expect(rejects).toEqual([])
    expect([state, accepted]).toEqual(['present', 2])
    expect(await names(opened)).toEqual(['Spring', 'Fällt'])
  })

  test('quotes, delimiters and line breaks inside quoted cells are content', async () => {
    const { rejects, state } = await campaigns(
      'creative_id,campaign_id,text\nA,C1,"He said ""go"",\r\nthen\nleft"\n',
      'creatives.csv',
    )
    expect([rejects, state]).toEqual([[], 'absent'])
    const opened = await warehouseWith({
      'data/creatives.csv':
        'creative_id,campaign_id,text\nA,C1,"He said ""go"",\r\nthen\nleft"\nB,C1,x\n',
    })
    const found = await opened.connection.runAndReadAll(
      'select text, source_row from creatives order by row_seq',
    )
    expect(found.getRowsJson()).toEqual([
      ['He said "go",\r\nthen\nleft', '2'],
      ['x', '5'],
    ])
  })

  test('windows-1252 is refused, not guessed', async () => {
    const { state, problems } = await campaigns(
      Buffer.from(`${HEADER}\n${GOOD}\nC2,Größe,2026-03-01,1,USD\n`, 'latin1'),
    )
    expect(state).toBe('unreadable')
    expect(problems).toMatchObject([{ code: 'encoding', row: 3 }])
  })

  test('UTF-16 without its mark is refused', async () => {
    const { problems } = await campaigns(Buffer.from(text, 'utf16le'))
    expect(problems).toMatchObject([{ code: 'encoding', got: expect.stringContaining('NUL') }])
  })

  test('UTF-16 cut in half a character is refused', async () => {
    const whole = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
    const { problems } = await campaigns(whole.subarray(0, whole.length - 1))
    expect(problems).toMatchObject([{ code: 'encoding' }])
  })
})

describe('rows that never become cells', () => {
  test.each([
    ['too few cells', 'C2,Fall', 'ragged_row'],
    ['too many cells', `${GOOD},x`, 'ragged_row'],
    ['a quote in the middle', 'C2,Fa"ll,2026-03-01,1,USD', 'broken_quote'],
    ['text behind a closing quote', 'C2,"Fall"x,2026-03-01,1,USD', 'broken_quote'],
    ['a NUL byte', 'C2,Fa\u0000ll,2026-03-01,1,USD', 'control_character'],
    ['a NUL byte in quotes', 'C2,"Fa\u0000ll",2026-03-01,1,USD', 'control_character'],
    ['an escape character', 'C2,Fa\u001bll,2026-03-01,1,USD', 'control_character'],
    ['a unit separator', 'C2,Fa\u001fll,2026-03-01,1,USD', 'control_character'],
    ['a cell of 10 MB', `C2,${'x'.repeat(10_000_000)},2026-03-01,1,USD`, 'cell_too_long'],
    ['a quoted cell of 10 MB', `C2,"${'x'.repeat(10_000_000)}",2026-03-01,1,USD`, 'cell_too_long'],
    ['a cell of 64 KiB and one byte', `C2,${'x'.repeat(65_537)},2026-03-01,1,USD`, 'cell_too_long'],
  ])('%s', async (_what, row, code) => {
    const { opened, rejects, rows } = await campaigns(
      `${HEADER}\n${GOOD}\n${row}\nC3,Winter,2026-12-01,3,USD\n`,
    )
    expect(rejects).toMatchObject([{ row: 3, code }])
    expect(rows).toBe(2)
    expect(await names(opened)).toEqual(['Spring', 'Winter'])
  })

  test('an unclosed quote does not swallow what follows', async () => {
    const { opened, rejects, rows } = await campaigns(
      `${HEADER}\nC1,"Spring,2026-03-01,1,USD\nC2,Fall,2026-09-01,2,USD\nC3,"Win""ter",2026-12-01,3,USD\n`,
    )
    expect(rejects).toMatchObject([{ row: 2, code: 'broken_quote', column: 'name' }])
    expect(rows).toBe(2)
    expect(await names(opened)).toEqual(['Fall', 'Win"ter'])
  })

  test('an unclosed quote at the end is one refused row', async () => {
    const { rejects, rows } = await campaigns(`${HEADER}\n${GOOD}\nC2,"Fall,2026-09-01,2,USD\n`)
    expect(rejects).toMatchObject([{ row: 3, code: 'broken_quote' }])
    expect(rows).toBe(1)
  })

  test('an unclosed quote before a megabyte of rows is one refused row', async () => {
    const many = Array.from({ length: 60_000 }, (_none, index) => `K${index},N,2026-03-01,1,USD`)
    const { rejects, rows } = await campaigns(
      `${HEADER}\nC1,"Spring,2026-03-01,1,USD\n${many.join('\n')}\n`,
    )
    expect(rejects).toMatchObject([{ row: 2, code: 'broken_quote' }])
    expect(rows).toBe(60_000)
  })
})

describe('files as a whole', () => {
  test.each([
    ['nothing', '', 'empty', []],
    ['line ends only', '\n\r\n', 'empty', []],
    ['a header only', `${HEADER}\n`, 'empty', []],
    ['a header without line end', HEADER, 'empty', []],
    ['no name of the contract', 'a,b\n1,2\n', 'unreadable', ['missing_column']],
    ['one required column missing', 'campaign_id,budget\nC1,1\n', 'unreadable', ['missing_column']],
    ['a column twice', 'campaign_id,name,name\nC1,A,B\n', 'unreadable', ['duplicate_column']],
    [
      'too many columns',
      `campaign_id,name,${Array.from({ length: 199 }, (_none, index) => `x${index}`).join(',')}\n`,
      'unreadable',
      ['too_many_columns'],
    ],
    ['a broken header', 'campaign_id,"name\nC1,A\n', 'unreadable', ['broken_header']],
    ['a header of 2 MB', `campaign_id,${'x'.repeat(2_000_000)}\n`, 'unreadable', ['broken_header']],
  ])('%s', async (_what, content, state, codes) => {
    const found = await campaigns(content)
    expect([found.state, found.problems.map(({ code }) => code)]).toEqual([state, codes])
    expect(found.rows).toBe(0)
  })

  test('200 columns are read, unknown ones are listed', async () => {
    const extra = Array.from({ length: 198 }, (_none, index) => `x${index}`)
    const { state, files } = await campaigns(
      `campaign_id,name,${extra.join(',')}\nC1,A,${extra.join(',')}\n`,
    )
    expect(state).toBe('present')
    expect(files[0]?.columns).toHaveLength(200)
  })

  test('a missing column says what was expected and what the file has', async () => {
    const { problems } = await campaigns('Campaign_ID,name\nC1,A\n')
    expect(problems).toEqual([
      {
        file: 'data/campaigns.csv',
        code: 'missing_column',
        expected: 'the column campaign_id',
        got: 'Campaign_ID, name',
        row: 1,
        column: 'campaign_id',
      },
    ])
  })

  test('no accepted row among refused ones is unreadable, not empty', async () => {
    const { state, rows, rejected } = await campaigns(`${HEADER}\nC1,A,never,1,USD\n`)
    expect([state, rows, rejected]).toEqual(['unreadable', 0, 1])
  })

  test('one broken file of a folder leaves the whole set unread', async () => {
    const opened = await warehouseWith({
      'data/campaigns/a.csv': `${HEADER}\n${GOOD}\n`,
      'data/campaigns/b.csv': 'x,y\n1,2\n',
    })
    expect(resultOf(opened, 'campaigns')).toMatchObject({
      state: 'unreadable',
      rows: 0,
      problems: [{ file: 'data/campaigns/b.csv', code: 'missing_column' }],
    })
    expect(await names(opened)).toEqual([])
  })

  test('files of a folder are read in the order of their names', async () => {
    const opened = await warehouseWith({
      'data/campaigns/b.csv': 'campaign_id,name\nC2,Two\n',
      'data/campaigns/a.jsonl': '{"campaign_id":"C1","name":"One"}\n',
    })
    expect(resultOf(opened, 'campaigns').state).toBe('present')
    expect(await names(opened)).toEqual(['One', 'Two'])
  })

  test.each([
    ['two formats', ['data/campaigns.csv', 'data/campaigns.jsonl'], 'two_sources'],
    ['a file and a folder', ['data/campaigns.csv', 'data/campaigns/a.csv'], 'two_sources'],
    ['a copy in the folder', ['data/campaigns/a.csv', 'data/campaigns/b.csv'], 'duplicate_file'],
    ['an unknown format', ['data/campaigns.xlsx'], 'unsupported_file'],
    ['a compressed file', ['data/campaigns.csv.gz'], 'unsupported_file'],
    ['a folder in the folder', ['data/campaigns/2026/a.csv'], 'unsupported_file'],
    ['a second name', ['data/campaigns.old.csv'], 'unsupported_file'],
  ])('%s: %s is refused', async (_what, paths, code) => {
    const opened = await warehouseWith(
      Object.fromEntries(paths.map((path) => [path, `${HEADER}\n${GOOD}\n`])),
    )
    expect(resultOf(opened, 'campaigns')).toMatchObject({
      state: 'unreadable',
      problems: [{ code }],
    })
  })

  test('names of no data set are listed, hidden files are not', async () => {
    const opened = await warehouseWith({
      'data/campagins.csv': 'x',
      'data/.DS_Store': 'x',
      'data/README.md': 'x',
    })
    expect(opened.inputs.strangers).toEqual(['README.md', 'campagins.csv'])
    expect(resultOf(opened, 'campaigns').state).toBe('absent')
  })

  test('a link out of the workspace is refused, one inside it is followed', async () => {
    const outside = join(tmpdir(), `outside-${process.pid}.csv`)
    await writeFile(outside, `${HEADER}\n${GOOD}\n`)
    onTestFinished(async () => {
      const { rm } = await import('node:fs/promises')
      await rm(outside, { force: true })
    })
    const workspace = await workspaceWith({
      'data/notes.txt': 'x',
      'stock/segments.csv': 'segment_id,name\nS1,A\n',
    })
    await symlink(outside, join(workspace, 'data/campaigns.csv'))
    await symlink(tmpdir(), join(workspace, 'data/leads'))
    await symlink('../stock/segments.csv', join(workspace, 'data/segments.csv'))
    await symlink('nowhere', join(workspace, 'data/channels.csv'))
    const opened = await warehouseOf(workspace)
    expect(resultOf(opened, 'campaigns').problems).toMatchObject([{ code: 'outside_workspace' }])
    expect(resultOf(opened, 'leads').problems).toMatchObject([{ code: 'outside_workspace' }])
    expect(resultOf(opened, 'channels').problems).toMatchObject([{ code: 'outside_workspace' }])
    expect(resultOf(opened, 'segments').state).toBe('present')
  })

  test('quotes and wildcards in names mean nothing', async () => {
    const parent = await workspaceWith({
      "it's [1] *?/data/touchpoints/a[1]*.csv": 'person_id,occurred_at,channel\nP1,2026-03-01,x\n',
      "it's [1] *?/data/touchpoints/a1'.csv": 'person_id,occurred_at,channel\nP2,2026-03-01,"x"\n',
    })
    const opened = await warehouseOf(join(parent, "it's [1] *?"))
    expect(resultOf(opened, 'touchpoints')).toMatchObject({
      state: 'present',
      rows: 2,
      rejected: 0,
    })
  })

  test('a data folder that is no folder is an error, not an empty workspace', async () => {
    await expect(warehouseWith({ data: 'x' })).rejects.toMatchObject({
      code: 'WORKSPACE_INVALID',
      got: 'ENOTDIR',
    })
  })

  test('a data folder that leads out of the workspace gives nothing away', async () => {
    const outside = await workspaceWith({ 'campaigns.csv': `${HEADER}\n${GOOD}\n` })
    const workspace = await workspaceWith({ 'policy.yaml': '' })
    await symlink(outside, join(workspace, 'data'))
    const opened = await warehouseOf(workspace)
    expect(resultOf(opened, 'campaigns')).toMatchObject({
      state: 'unreadable',
      files: [],
      problems: [{ code: 'outside_workspace' }],
    })
  })

  test('a folder named like a file is refused', async () => {
    const opened = await warehouseWith({ 'data/campaigns.csv/x': '1' })
    expect(resultOf(opened, 'campaigns').problems).toMatchObject([{ code: 'not_a_file' }])
  })

  test('a workspace without data has every set absent and every table', async () => {
    const opened = await warehouseWith({})
    expect(new Set(opened.datasets.map(({ state }) => state))).toEqual(new Set(['absent']))
    expect(await names(opened)).toEqual([])
  })
})
