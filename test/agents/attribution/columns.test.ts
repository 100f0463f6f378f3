import { describe, expect, it } from 'vitest'

import { numbers, numbersOrNull, texts } from '#agents/attribution/columns.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

const batch = {
  whole: [1, 0],
  gaps: [1, null],
  words: ['a', ''],
  some: ['a', null],
  mixed: [1, 'a'],
}

describe('columns of a batch', () => {
  it('are read as what the query promised', () => {
    expect(numbers(batch, 'whole')).toStrictEqual([1, 0])
    expect(numbersOrNull(batch, 'gaps')).toStrictEqual([1, null])
    expect(texts(batch, 'words')).toStrictEqual(['a', ''])
  })

  it.each([
    [numbers, 'gaps'],
    [numbers, 'words'],
    [numbersOrNull, 'mixed'],
    [texts, 'some'],
    [texts, 'whole'],
    [texts, 'absent'],
  ] as const)('are refused where they hold something else (%o, %s)', (read, name) => {
    expect(() => read(batch, name)).toThrow(InvariantError)
  })
})
