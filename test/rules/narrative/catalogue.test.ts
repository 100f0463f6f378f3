import { describe, expect, it } from 'vitest'

import { createCatalogue, type Measure, movementPhrase } from '#rules/narrative/catalogue.ts'
import { quotedNames, shortName } from '#rules/narrative/names.ts'

const measure = (changes: Partial<Measure> = {}): Measure => ({
  subject: 'c2',
  metric: 'revenue',
  label: 'revenue',
  form: 'plain',
  current: '$20,205',
  ...changes,
})

const tokensOf = (entry: Measure): Record<string, string> => {
  const parts = { subjects: [], measures: [entry], decisions: new Map(), statements: new Map() }
  return Object.fromEntries(Array.from(createCatalogue(parts), ([id, { text }]) => [id, text]))
}

describe('createCatalogue', () => {
  it('says a figure, the one before, the change and the share', () => {
    const movement = { direction: 'fall', size: '35.7%', from: '$31,430', to: '$20,205' } as const
    expect(tokensOf(measure({ previous: '$31,430', movement, share: '5.8%' }))).toEqual({
      'c2.revenue': 'revenue of $20,205',
      'c2.revenue.prev': 'revenue of $31,430 in the previous period',
      'c2.revenue.chg': 'a 35.7% fall in revenue ($31,430 to $20,205)',
      'c2.revenue.share': '5.8% of portfolio revenue',
    })
  })

  it('has no token for what the state does not hold', () => {
    expect(Object.keys(tokensOf(measure()))).toEqual(['c2.revenue'])
  })

  it('says counts and scores in their own way', () => {
    expect(tokensOf(measure({ form: 'counted', label: 'leads', current: '95' }))).toEqual({
      'c2.revenue': '95 leads',
    })
    expect(tokensOf(measure({ form: 'scored', label: 'score', current: '24' }))).toEqual({
      'c2.revenue': 'a score of 24 out of 100',
    })
  })

  it('counts exactly one in the singular, now and before', () => {
    const one = { form: 'counted', label: 'leads', singular: 'lead', current: '1' } as const
    const changes = { ...one, previous: '2', isOne: { current: true, previous: false } }
    expect(tokensOf(measure(changes))).toMatchObject({
      'c2.revenue': '1 lead',
      'c2.revenue.prev': '2 leads in the previous period',
    })
    const before = { ...changes, current: '2', previous: '1' }
    expect(
      tokensOf(measure({ ...before, isOne: { current: false, previous: true } })),
    ).toMatchObject({
      'c2.revenue': '2 leads',
      'c2.revenue.prev': '1 lead in the previous period',
    })
    expect(tokensOf(measure({ ...one, singular: undefined, isOne: changes.isOne }))).toEqual({
      'c2.revenue': '1 leads',
    })
  })

  it.each([
    ['rise', '+2.1%', 'a rise in the rate (+2.1%)'],
    ['fall', '−2.1%', 'a fall in the rate (−2.1%)'],
    ['small', 'under 0.1%', 'a change of under 0.1% in the rate'],
    ['none', '0.0%', 'no change in the rate'],
  ] as const)('says a %s whose figure before is not known', (direction, size, phrase) => {
    const entry = measure({ label: 'rate', moved: 'the rate', change: { direction, size } })
    expect(tokensOf(entry)).toMatchObject({ 'c2.revenue.chg': phrase })
  })

  it('speaks of what moved in its own words', () => {
    const movement = { direction: 'rise', size: '5.0%', from: '1', to: '2' } as const
    expect(tokensOf(measure({ moved: 'the revenue', movement }))).toMatchObject({
      'c2.revenue': 'revenue of $20,205',
      'c2.revenue.chg': 'a 5.0% rise in the revenue (1 to 2)',
    })
  })

  it('refuses an id twice and an id that is no token', () => {
    const parts = { subjects: [], decisions: new Map(), statements: new Map() }
    expect(() => createCatalogue({ ...parts, measures: [measure(), measure()] })).toThrow(
      'is taken',
    )
    for (const metric of ['A', 'a!', 'x'.repeat(46), '']) {
      const odd = [measure({ subject: metric === '' ? '!c2' : 'c2', metric })]
      expect(() => createCatalogue({ ...parts, measures: odd })).toThrow('is no token')
    }
  })

  it('knows names, decisions and statements by their kind', () => {
    const catalogue = createCatalogue({
      subjects: [{ id: 'c1', name: '“A”' }],
      measures: [],
      decisions: new Map([['c1', 'a call']]),
      statements: new Map([['period', 'October']]),
    })
    expect(Array.from(catalogue)).toEqual([
      ['c1.name', { text: '“A”', subject: 'c1', kind: 'name' }],
      ['c1.decision', { text: 'a call', subject: 'c1', kind: 'fact' }],
      ['period', { text: 'October', subject: null, kind: 'self' }],
    ])
  })
})

describe('movementPhrase', () => {
  it.each([
    ['8.0%', 'an 8.0% rise'],
    ['83.3%', 'an 83.3% rise'],
    ['11.1%', 'an 11.1% rise'],
    ['18.0%', 'an 18.0% rise'],
    ['11,000.0%', 'an 11,000.0% rise'],
    ['110.0%', 'a 110.0% rise'],
    ['180.0%', 'a 180.0% rise'],
    ['1.8%', 'a 1.8% rise'],
  ])('says %s with its article', (size, start) => {
    expect(movementPhrase('spend', { direction: 'rise', size, from: '1', to: '2' })).toBe(
      `${start} in spend (1 to 2)`,
    )
  })

  it('says no change, a change under what is shown, and one of unknown size', () => {
    const shown = { from: '4', to: '5' }
    expect(movementPhrase('ROAS', { direction: 'none', ...shown })).toBe(
      'no change in ROAS (5 in both periods)',
    )
    expect(movementPhrase('ROAS', { direction: 'small', size: '0.1%', ...shown })).toBe(
      'a change of under 0.1% in ROAS (4 to 5)',
    )
    expect(movementPhrase('ROAS', { direction: 'small', ...shown })).toBe(
      'a change too small to show in ROAS (4 to 5)',
    )
    expect(movementPhrase('ROAS', { direction: 'fall', ...shown })).toBe('a fall in ROAS (4 to 5)')
    expect(movementPhrase('ROAS', { direction: 'fall', signed: true, ...shown })).toBe(
      'a fall in ROAS (4 to 5)',
    )
  })

  it('puts a size that has its own sign behind the figures', () => {
    const size = { size: '−0.9 points', signed: true, from: '3.5%', to: '2.6%' }
    expect(movementPhrase('the rate', { direction: 'fall', ...size })).toBe(
      'a fall in the rate from 3.5% to 2.6% (−0.9 points)',
    )
  })
})

describe('shortName', () => {
  const word = 'x'.repeat(9)
  it.each([
    ['a', 'a'],
    [`${word} `.repeat(7) + 'y'.repeat(10), `${word} `.repeat(7) + 'y'.repeat(10)],
    [`${word} `.repeat(7) + 'y'.repeat(11), `${`${word} `.repeat(7).trimEnd()}…`],
    [`${`${word} `.repeat(7)}y: ${'z'.repeat(20)}`, `${word} `.repeat(7) + 'y…'],
    [`${`${word} `.repeat(7)}· ${'z'.repeat(20)}`, `${`${word} `.repeat(7).trimEnd()}…`],
    ['x'.repeat(81), `${'x'.repeat(79)}…`],
    ['😀'.repeat(81), `${'😀'.repeat(79)}…`],
  ])('ends %j at a word', (name, short) => {
    expect(shortName(name)).toBe(short)
    expect(quotedNames([shortName(name)])).toEqual([`“${short}”`])
  })
})

describe('quotedNames', () => {
  it.each([
    ['A\u0000\u200b\u202e\u00adB', '“AB”'],
    ['a\ud800b\u2028c\ue000', '“abc”'],
    ['  a \u3000 b ', '“a b”'],
    ['A” recorded “B', '“A" recorded "B”'],
    ['{{period}}', '“((period))”'],
    ['\u200b', '“unnamed”'],
    [`${'x'.repeat(79)} y`, `“${'x'.repeat(79)}”`],
    ['x'.repeat(90), `“${'x'.repeat(80)}”`],
    ['😀'.repeat(90), `“${'😀'.repeat(80)}”`],
  ])('makes %j safe', (name, expected) => {
    expect(quotedNames([name])).toEqual([expected])
  })

  it('tells equal names apart, also those that were made equal or look like a copy', () => {
    expect(quotedNames(['A', 'A\u200b', 'A (2)', 'A'])).toEqual([
      '“A”',
      '“A (2)”',
      '“A (2) (2)”',
      '“A (3)”',
    ])
  })
})
