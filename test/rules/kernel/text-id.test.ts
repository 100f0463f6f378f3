import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { distinctPair, distinctPart, shortPart } from '#rules/kernel/text-id.ts'

describe('distinctPart', () => {
  it.each([
    ['CAMP_001', 'CAMP_001'],
    ['visit-signup', 'visit-signup'],
    ['SEG_002@CAMP_001', 'SEG_002:CAMP_001'],
    ['MOVE:BUD_0003', 'MOVE::BUD_0003'],
    ['CAMP_001/CH_02', 'CAMP_001.CH_02'],
    ['a@b@c', 'a:b:c'],
    ['a:b:c', 'a::b::c'],
    ['a/b/c', 'a.b.c'],
  ])('keeps %s readable: %s', (id, part) => {
    expect(distinctPart(id)).toBe(part)
  })

  it.each([
    // FNV-1a of the empty text is its offset basis; of "a b" computed by hand from the definition.
    ['', '-:811c9dc5'],
    ['a b', 'a-b:10a3f9f2'],
  ])('follows %j by a hash: %s', (id, part) => {
    expect(distinctPart(id)).toBe(part)
  })

  it.each([
    ['Brand / US', 'Brand - US'],
    ['Brand / US', 'Brand | US'],
    ['a@b', 'a:b'],
    ['a@b@c', 'a:b@c'],
    ['a@@b', 'a:b'],
    ['a.b', 'a/b'],
    ['a//b', 'a/b'],
    ['a@@b', 'a::b'],
    ['a-b', 'a/b'],
    ['', '-'],
    ['Größe', 'Gr--e'],
  ])('tells %j from %j', (left, right) => {
    expect(distinctPart(left)).not.toBe(distinctPart(right))
  })

  it('gives a part of a fact id for any text', () => {
    // Every code unit, lone surrogates too.
    const unit = fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCodePoint(code))
    fc.assert(
      fc.property(fc.string({ unit }), (id) => {
        expect(`x.${distinctPart(id)}`).toMatch(/^[a-z][A-Za-z0-9_.:-]*$/)
      }),
    )
  })
})

describe('shortPart', () => {
  // The hash is that of "a b", of which the beginning is kept.
  it.each([
    [60, 'a-b:10a3f9f2'],
    [3, 'a-b:10a3f9f2'],
    [2, 'a-:10a3f9f2'],
  ])('keeps %d letters', (length, part) => {
    expect(shortPart('a b', length)).toBe(part)
  })
})

describe('distinctPair', () => {
  it('joins two ids', () => {
    expect(distinctPair('mql', 'sql')).toBe('mql-sql')
  })

  it('tells pairs with a joint in an id from each other', () => {
    expect(distinctPair('a-b', 'c')).not.toBe(distinctPair('a', 'b-c'))
  })

  it.each([
    ['-a', 'b'],
    ['a-', 'b'],
    ['a', '-b'],
    ['a', 'b-'],
  ])('follows %s and %s by a hash: either may hold the joint at an end', (from, to) => {
    expect(distinctPair(from, to)).toMatch(/:[0-9a-f]{8}$/)
  })
})
