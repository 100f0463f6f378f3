import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseFlatObject } from '#src/ingest/flat-json.ts'
import { firstRejects } from '#src/ingest/refused.ts'
import { warehouseWith } from '#test/support/workspace.ts'

async function risks(lines: readonly string[] | Buffer) {
  const content = Buffer.isBuffer(lines) ? lines : `${lines.join('\n')}\n`
  const opened = await warehouseWith({ 'data/risk_signals.jsonl': content })
  const result = opened.datasets.find(({ dataset }) => dataset === 'risk_signals')
  const rejects = await firstRejects(opened.connection, 'risk_signals', 100)
  return { opened, result, rejects }
}

const risk = (id: string, more: object = {}): string =>
  JSON.stringify({
    risk_id: id,
    raised_at: '2026-03-15T10:05:00',
    risk_type: 'brand_safety',
    severity: 'high',
    status: 'open',
    ...more,
  })

describe('reading lines', () => {
  test('nested evidence is kept as its JSON, other nested values are refused', async () => {
    const { opened, rejects } = await risks([
      risk('R1', { evidence: { clicks: 2140, list: ['a}', '"'] } }),
      risk('R2', { status: ['open'] }),
    ])
    expect(rejects).toMatchObject([
      { row: 2, column: 'status', code: 'wrong_type', expected: 'a plain value', got: '["open"]' },
    ])
    const found = await opened.connection.runAndReadAll('select evidence from risk_signals')
    expect(found.getRowsJson()).toEqual([['{"clicks":2140,"list":["a}","\\""]}']])
  })

  test.each([
    ['a cut line', '{"risk_id":"R1"', 'broken_line', ''],
    ['a list', '["R1"]', 'broken_line', null],
    ['a bare value', '7', 'broken_line', null],
    ['text', 'hello', 'broken_line', null],
    ['a trailing comma', '{"risk_id":"R1",}', 'broken_line', null],
    ['a single quote', "{'risk_id':'R1'}", 'broken_line', null],
    ['a key twice', '{"risk_id":"R1","risk_id":"R2"}', 'broken_line', null],
    [
      'a half character',
      risk('R9', { evidence: 'x' }).replace('"x"', '"\\ud800"'),
      'control_character',
      'evidence',
    ],
    ['a control character', risk('R9', { evidence: '\u0007' }), 'control_character', 'evidence'],
    ['a unit separator', risk('R\u001f9'), 'control_character', 'risk_id'],
    ['a huge value', risk('R9', { evidence: 'x'.repeat(65_537) }), 'cell_too_long', 'evidence'],
    ['a huge line', risk('R9', { evidence: 'x'.repeat(3_000_000) }), 'cell_too_long', null],
    ['a missing key', '{"risk_id":"R9"}', 'missing_value', 'raised_at'],
    ['a null in a required column', risk('R9', { severity: null }), 'missing_value', 'severity'],
    ['an empty required text', risk('R9', { severity: '' }), 'missing_value', 'severity'],
  ])('%s is one refused row', async (_what, line, code, column) => {
    const { result, rejects } = await risks([risk('R1'), line, '', risk('R3')])
    expect(rejects).toMatchObject([
      column === null || column === '' ? { row: 2, code } : { row: 2, code, column },
    ])
    expect(result).toMatchObject({ state: 'present', rows: 2, rejected: 1 })
  })

  test('UTF-16, byte-order marks and Windows line ends are read', async () => {
    const text = `${risk('R1')}\r\n${risk('R2', { evidence: 'Größe' })}\r\n`
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
    for (const content of [utf16, Buffer.from(`\uFEFF${text}`)]) {
      const { result } = await risks(content)
      expect(result).toMatchObject({ state: 'present', rows: 2, rejected: 0 })
    }
  })

  test('bytes of another encoding refuse the file', async () => {
    const { result } = await risks(Buffer.from(`${risk('R1', { evidence: 'Größe' })}\n`, 'latin1'))
    expect(result).toMatchObject({ state: 'unreadable', problems: [{ code: 'encoding', row: 1 }] })
  })

  test('an empty file is an empty set, unknown keys are listed', async () => {
    expect((await risks([])).result).toMatchObject({ state: 'empty' })
    const { result } = await risks([risk('R1', { owner: 'x' })])
    expect(result?.files[0]?.columns).toContain('owner')
  })

  test('more than 200 different keys refuse the file', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_none, index) => [`k${index}`, 1]))
    const { result } = await risks([risk('R1', many)])
    expect(result).toMatchObject({ state: 'unreadable', problems: [{ code: 'too_many_columns' }] })
  })

  test('numbers and booleans keep their digits', async () => {
    const opened = await warehouseWith({
      'data/campaigns.jsonl':
        '{"campaign_id":1,"name":true,"budget":1.50}\n{"campaign_id":2,"name":"B","budget":1e3}\n{"campaign_id":3,"name":"C","budget":1.505}\n{"campaign_id":12345678901234567890,"name":"D"}\n',
    })
    const found = await opened.connection.runAndReadAll(
      'select campaign_id, name, budget_minor from campaigns order by row_seq',
    )
    expect(found.getRowsJson()).toEqual([
      ['1', 'true', '150'],
      ['12345678901234567890', 'D', null],
    ])
    expect(await firstRejects(opened.connection, 'campaigns', 9)).toMatchObject([
      { row: 2, column: 'budget', got: '1e3' },
      { row: 3, column: 'budget', got: '1.505' },
    ])
  })
})

function asText(cell: string | number | boolean | null): string | null {
  return cell === null || typeof cell === 'string' ? cell : JSON.stringify(cell)
}

describe('one line', () => {
  test('agrees with JSON.parse on every flat object', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.boolean(), (object, isSpaced) => {
        const row = parseFlatObject(
          JSON.stringify(object, null, isSpaced ? 1 : 0).replaceAll('\n', ' '),
        )
        if (typeof row === 'string') throw new Error(row)
        const expected = Object.entries(object).map(([key, cell]) => [key, asText(cell)])
        expect([...row].map(([key, cell]) => [key, cell.text])).toEqual(expected)
      }),
    )
  })

  test('keeps nested values as written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (nested) => {
        const row = parseFlatObject(`{"a": {"x":${JSON.stringify(nested)}} , "b":1.50}`)
        if (typeof row === 'string') throw new Error(row)
        expect(JSON.parse(row.get('a')?.text ?? '')).toEqual(
          JSON.parse(`{"x":${JSON.stringify(nested)}}`),
        )
        expect(row.get('b')).toEqual({ text: '1.50', nested: false })
      }),
    )
  })

  test.each([
    ['{"a":\u00a01}', 'not_json'],
    ['{"a":1}\u00a0', 'not_json'],
    ['{"a":1} x', 'not_json'],
    ['{"a":01}', 'not_json'],
    ['{"a":1.}', 'not_json'],
    ['{"a":+1}', 'not_json'],
    ['{"a":NaN}', 'not_json'],
    ['{"a":1,}', 'not_json'],
    ['{"a" 1}', 'not_json'],
    ['{"a":"x\ty"}', 'not_json'],
    ['{"a":1,"a":1}', 'key_twice'],
    ['{"a":1,"\\u0061":1}', 'key_twice'],
    ['[{"a":1}]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['"a"', 'not_an_object'],
  ])('%s: %s', (line, fault) => {
    expect(parseFlatObject(line)).toBe(fault)
  })

  test('spaces and line ends around the parts are no matter', () => {
    const spaced = ' { "a" : 1 ,\t"b" : "x" } \r\n'
    expect(parseFlatObject(spaced)).toEqual(parseFlatObject('{"a":1,"b":"x"}'))
    expect(parseFlatObject(spaced.trimStart())).toEqual(parseFlatObject('{"a":1,"b":"x"}'))
  })

  test('an object without pairs is one', () => {
    expect(parseFlatObject(' { } ')).toEqual(new Map())
  })
})
