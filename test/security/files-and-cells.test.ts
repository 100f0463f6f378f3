import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { csvLine, csvText, isFormula } from '#src/security/csv-cell.ts'
import { isSafeFileName } from '#src/security/file-name.ts'
import { readLink } from '#src/security/read-link.ts'
import { anyCharacter } from '#test/support/any-character.ts'

describe('a text in a CSV cell', () => {
  it.each(['=1+1', '+1', '-1', '@x', ' =1', '\u200B=1', '\uFF1D1', '\tx', '\rx', '\u0000'])(
    '%j would be run, so it begins with an apostrophe',
    (text) => {
      expect(isFormula(text)).toBe(true)
      expect(csvText(text).replace(/^"/, '')).toMatch(/^'/)
    },
  )

  it.each(['', 'x=1', 'Search', '1-2', "'=1", 'Ü', '€ 5'])('%j stays as it is', (text) => {
    expect(csvText(text)).toBe(text)
  })

  it('is quoted where it holds a comma, a quote or a line break', () => {
    expect(csvText('a,b')).toBe('"a,b"')
    expect(csvText('a"b')).toBe('"a""b"')
    expect(csvText('a\nb')).toBe('"a\nb"')
    expect(csvText('=a,"b"')).toBe('"\'=a,""b"""')
  })

  it('never begins a cell with what a spreadsheet runs, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        expect(isFormula(csvText(text).replace(/^"/, ''))).toBe(false)
      }),
    )
  })

  it('numbers are numbers, also below zero, and null is empty', () => {
    expect(csvLine(['-1', -1, null, 12.5])).toBe("'-1,-1,,12.5\r\n")
  })
})

describe('the name of a file', () => {
  it.each(['a.csv', 'Spend 2026-10 (final).xlsx', 'x_1.PARQUET', `${'a'.repeat(96)}.csv`])(
    '%j is safe',
    (name) => {
      expect(isSafeFileName(name)).toBe(true)
    },
  )

  it.each([
    '',
    'a',
    'a.exe',
    '.csv',
    '../a.csv',
    'a/b.csv',
    'a\\b.csv',
    'a..csv',
    'a.csv\u0000',
    'a.csv ',
    ' a.csv',
    '-a.csv',
    'CON.csv',
    'lpt1.csv',
    'con',
    'a\u202Evsc.csv',
    'ä.csv',
    // One over the length.
    `${'a'.repeat(97)}.csv`,
  ])('%j is not', (name) => {
    expect(isSafeFileName(name)).toBe(false)
  })
})

it('reads a link with its parameters as written and its fragment, and no link from other text', () => {
  expect(readLink('https://a.test/?utm_source=x&utm_source=y#z')).toStrictEqual({
    parameters: [
      ['utm_source', 'x'],
      ['utm_source', 'y'],
    ],
    fragment: '#z',
  })
  expect(readLink('/relative')).toBeUndefined()
})
