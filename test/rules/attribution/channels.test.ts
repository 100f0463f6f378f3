import { expect, it } from 'vitest'

import { indexChannels } from '#rules/attribution/channels.ts'

it('gives codes by code unit, whatever the order and however often a name comes', () => {
  const index = indexChannels(['b', 'É', 'a', 'B', 'b', '10', '9'])
  expect(index.names).toStrictEqual(['10', '9', 'B', 'a', 'b', 'É'])
  expect(index.codeOf.get('a')).toBe(3)
  expect(index.codeOf.size).toBe(6)
})

it('takes names that objects would trip over', () => {
  const index = indexChannels(['constructor', '__proto__', ''])
  expect(index.names).toStrictEqual(['', '__proto__', 'constructor'])
  expect(index.codeOf.get('__proto__')).toBe(1)
  expect(index.codeOf.get('toString')).toBeUndefined()
})
