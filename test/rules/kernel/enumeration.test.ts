import { describe, expect, it } from 'vitest'

import { enumerated, midSentence } from '#rules/kernel/enumeration.ts'

describe('enumerated', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['c', 'a', 'b', 'd'], 'c, a, b and d'],
  ])('lists %j', (parts, text) => {
    expect(enumerated(parts)).toBe(text)
  })
})

describe('midSentence', () => {
  it.each([
    ['Pause it', 'pause it'],
    ['A move', 'a move'],
    ['Have a person look at LinkedIn', 'have a person look at LinkedIn'],
    ['LinkedIn earns most', 'LinkedIn earns most'],
    ['SMB teams', 'SMB teams'],
    ['{{a.b}} of it', '{{a.b}} of it'],
    ['pause It', 'pause It'],
    ['Pause', 'Pause'],
    ['', ''],
  ])('writes %j as %j', (title, text) => {
    expect(midSentence(title)).toBe(text)
  })
})
