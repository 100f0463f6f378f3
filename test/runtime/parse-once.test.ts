import { expect, test } from 'vitest'

import { parseOnce } from '#src/runtime/parse-once.ts'

test('parses a text once, and what it gives cannot be changed', () => {
  const parsed: string[] = []
  const parse = parseOnce((text): { a: { b: number }[] } | null => {
    parsed.push(text)
    return JSON.parse(text)
  })
  const first = parse('{"a":[{"b":1}]}')
  expect(parse('{"a":[{"b":1}]}')).toBe(first)
  expect(parse('null')).toBeNull()
  expect(parsed).toEqual(['{"a":[{"b":1}]}', 'null'])
  expect([first, first?.a, first?.a[0]].every((part) => Object.isFrozen(part))).toBe(true)
})

test('forgets the text that was not asked for the longest', () => {
  const parsed: string[] = []
  const parse = parseOnce((text) => {
    parsed.push(text)
    return text
  })
  for (let count = 0; count < 40; count++) parse(`text ${count}`)
  parse('text 0')
  parse('one more')
  parsed.length = 0
  parse('text 0')
  expect(parsed).toEqual([])
  parse('text 1')
  expect(parsed).toEqual(['text 1'])
})
