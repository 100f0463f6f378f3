import { assert as holds, jsonValue, property } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

describe('canonicalJson', () => {
  test('sorts keys by code unit, as in the example of RFC 8785 section 3.2.3', () => {
    const value = {
      '\u20AC': 'Euro Sign',
      '\r': 'Carriage Return',
      '\uFB33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\u{1F600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00F6': 'Latin Small Letter O With Diaeresis',
    }
    const order = Object.values(JSON.parse(`[${canonicalJson(value)}]`)[0])
    expect(canonicalJson(value).startsWith('{"\\r":"Carriage Return","1":"One"')).toBe(true)
    expect(canonicalJson(value).indexOf('Emoji')).toBeLessThan(
      canonicalJson(value).indexOf('Hebrew'),
    )
    expect(order).toHaveLength(7)
  })

  test.each([
    [null, 'null'],
    [true, 'true'],
    [false, 'false'],
    [0, '0'],
    [-0, '0'],
    [1e21 / 1e20, '10'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e-7, '1e-7'],
    [9_007_199_254_740_991, '9007199254740991'],
    [1.5e300, '1.5e+300'],
    ['"\\\n\u0000é', '"\\"\\\\\\n\\u0000é"'],
    [[], '[]'],
    [{}, '{}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [{ b: [1, { d: null, c: 'x' }], a: {} }, '{"a":{},"b":[1,{"c":"x","d":null}]}'],
  ])('writes %j as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test.each([
    ['undefined', undefined, '$'],
    ['an undefined member', { a: undefined }, '$.a'],
    ['a hole in an array', Object.assign([], { length: 1 }), '$[0]'],
    ['bigint', { a: [1n] }, '$.a[0]'],
    ['a function', { a: () => 1 }, '$.a'],
    ['a symbol', Symbol('x'), '$'],
    ['NaN', { a: Number.NaN }, '$.a'],
    ['infinity', [Number.POSITIVE_INFINITY], '$[0]'],
    ['a date', { a: new Date(0) }, '$.a'],
    ['a map', new Map(), '$'],
    ['half a surrogate pair', { a: '\uD800' }, '$.a'],
    ['half a surrogate pair in a key', { '\uDC00': 1 }, '$'],
  ])('refuses %s and names the place', (_, value, path) => {
    expect(() => canonicalJson(value)).toThrow(InvariantError)
    expect(() => canonicalJson(value)).toThrow(`canonicalJson: ${path} `)
  })

  test('takes 200 levels and refuses the next', () => {
    expect(canonicalJson(nest(200))).toHaveLength(401)
    expect(() => canonicalJson(nest(201))).toThrow('nested too deeply')
    const members = (levels: number): unknown =>
      Array.from({ length: levels }).reduce((value) => ({ a: value }), 1)
    expect(canonicalJson(members(200))).toHaveLength(1201)
    expect(() => canonicalJson(members(201))).toThrow('nested too deeply')
  })

  test('is the same for any order of members, and reads back as the same value', () => {
    holds(
      property(jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value))
        const text = canonicalJson(plain)
        expect(JSON.parse(text)).toEqual(plain)
        expect(canonicalJson(reverseMembers(plain))).toBe(text)
      }),
    )
  })
})

function reverseMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reverseMembers(member)]),
  )
}

function nest(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}
