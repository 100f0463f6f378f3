import { describe, expect, it } from 'vitest'

import { fitsUnit, readFigure, type ShownFigure, shows } from '#rules/reading/figures.ts'
import type { ReadableFigure, ReadableMetric, ReadableState } from '#rules/reading/state.ts'
import {
  areExtreme,
  isChange,
  isFigure,
  isFlat,
  isMultiple,
  isShare,
  known,
  movedAs,
  sameSet,
  shareOf,
  type Known,
} from '#rules/reading/truth.ts'

const DOLLARS = { sign: '$', code: 'USD' }

function read(text: string): ShownFigure {
  const found = readFigure(text, DOLLARS)
  if (found === null) throw new Error(`no figure in ${text}`)
  return found.figure
}

const metric = (changes: Partial<ReadableMetric> = {}): ReadableMetric => ({
  id: 'revenue',
  unit: 'money',
  better: 1,
  names: ['revenue'],
  ...changes,
})

const of = (
  now: number,
  before: number | null,
  changes: Partial<ReadableMetric> = {},
  entity = 'a',
): Known => ({
  figure: { entity, metric: changes.id ?? 'revenue', now, before },
  metric: metric(changes),
})

const stateOf = (figures: ReadableFigure[], metrics = [metric()]): ReadableState => ({
  currency: DOLLARS,
  months: { now: 'october', before: 'september' },
  days: [],
  entities: [],
  metrics,
  figures,
  decisions: [],
  notes: {
    suppressed: 0,
    warnings: 0,
    missingUtmPct: 0,
    rows: 0,
    claimsReviewed: 0,
    claimsBlocked: 0,
  },
})

const row = (entity: string, now: number): ReadableFigure => ({
  entity,
  metric: 'revenue',
  now,
  before: null,
})

describe('readFigure', () => {
  it.each([
    ['$20,205.50 of', { value: 20_205.5, decimals: 2, scale: 1, unit: 'money', sign: '' }, 10],
    ['$1,234,567', { value: 1_234_567, decimals: 0, scale: 1, unit: 'money', sign: '' }, 10],
    ['1,234 leads', { value: 1234, decimals: 0, scale: 1, unit: 'plain', sign: '' }, 5],
    ['−35.7%', { value: 35.7, decimals: 1, scale: 1, unit: 'pct', sign: '-' }, 6],
    ['-3 pp', { value: 3, decimals: 0, scale: 1, unit: 'pp', sign: '-' }, 5],
    ['+3 percentage points', { value: 3, decimals: 0, scale: 1, unit: 'pp', sign: '+' }, 20],
    ['2 points', { value: 2, decimals: 0, scale: 1, unit: 'pp', sign: '' }, 8],
    ['4.00x', { value: 4, decimals: 2, scale: 1, unit: 'x', sign: '' }, 5],
    ['4.00×', { value: 4, decimals: 2, scale: 1, unit: 'x', sign: '' }, 5],
    ['$192.8K', { value: 192_800, decimals: 1, scale: 1000, unit: 'money', sign: '' }, 7],
    ['1.25 million', { value: 1_250_000, decimals: 2, scale: 1e6, unit: 'plain', sign: '' }, 12],
    ['500 dollars', { value: 500, decimals: 0, scale: 1, unit: 'money', sign: '' }, 11],
    ['USD 500', { value: 500, decimals: 0, scale: 1, unit: 'money', sign: '' }, 7],
    ['$5%', { value: 5, decimals: 0, scale: 1, unit: 'plain', sign: '' }, 3],
  ])('reads %s', (text, figure, length) => {
    expect(readFigure(text, DOLLARS)).toEqual({ figure, length })
  })

  it.each([
    ['EUR', '€', '500 euros'],
    ['GBP', '£', '500 pounds'],
  ])('knows %s by its words', (code, sign, text) => {
    expect(readFigure(text, { sign, code })?.figure).toMatchObject({ value: 500, unit: 'money' })
  })

  it('takes a scale with two digits that count, also when the last is a nought', () => {
    expect(readFigure('$1.0K', DOLLARS)?.figure).toMatchObject({ value: 1000, decimals: 1 })
  })

  it.each(['€500', 'EUR 500', '500 euros', '$2M', '$0.2M', 'leads', '$', ''])(
    'reads no figure of ours in %s',
    (text) => {
      expect(readFigure(text, DOLLARS)).toBeNull()
    },
  )
})

describe('shows', () => {
  // On and beside half a unit of the last digit shown.
  it.each([
    ['35.7%', 35.65, true],
    ['35.7%', 35.649, false],
    ['35.7%', 35.7499, true],
    ['35.7%', 35.75, false],
    ['35.7%', -35.7, true],
    ['$2.68', 2.675, true],
    ['$192.8K', 192_750, true],
    ['$192.8K', 192_749, false],
    ['$192.8K', 192_850, false],
    ['95', 95.4, true],
    ['95', 95.5, false],
  ])('%s of %d: %s', (text, value, isShown) => {
    expect(shows(read(text), value)).toBe(isShown)
  })
})

it.each([
  ['$5', 'money', true],
  ['5', 'money', false],
  ['5%', 'pct', true],
  ['5 pp', 'pct', false],
  ['5x', 'x', true],
  ['5', 'count', true],
  ['5', 'score', true],
  ['5%', 'count', false],
] as const)('%s fits %s: %s', (text, unit, fits) => {
  expect(fitsUnit(read(text), unit)).toBe(fits)
})

describe('known', () => {
  it('finds a figure with its metric, and nothing where either is missing', () => {
    const state = stateOf([row('a', 5)])
    expect(known(state, 'a', 'revenue')).toMatchObject({ figure: { now: 5 } })
    const unknown = known(state, 'b', 'revenue')
    expect(known(stateOf([row('a', 5)], []), 'a', 'revenue')).toEqual(unknown)
    expect(unknown).toEqual({
      figure: { entity: '', metric: '', now: Number.NaN, before: null },
      metric: { id: '', unit: 'count', better: 0, names: [] },
    })
  })

  it('lets nothing be true of what nobody knows', () => {
    const unknown = known(stateOf([]), 'b', 'revenue')
    expect(isFigure(read('0'), unknown, 'now')).toBe(false)
    expect(isFigure(read('0'), unknown, 'before')).toBe(false)
    expect(isChange(read('0%'), unknown)).toBe(false)
    expect(isChange(read('0 pp'), unknown)).toBe(false)
    expect(isFlat(unknown)).toBe(false)
    for (const direction of ['U', 'D', 'I', 'W', 'X'] as const) {
      expect(movedAs(direction, unknown)).toBe(false)
    }
    for (const word of ['2', '3', '4', '5']) expect(isMultiple(word, unknown)).toBe(false)
    expect(isFigure(undefined, of(5, 7), 'now')).toBe(false)
  })
})

describe('isFigure', () => {
  it.each([
    ['$5', of(5, 7), 'now', true],
    ['$5', of(5, 7), 'before', false],
    ['$7', of(5, 7), 'before', true],
    ['$5', of(5, null), 'before', false],
    ['5', of(5, 7), 'now', false],
    ['+$5', of(5, 7), 'now', false],
    ['-$5', of(-5, 7), 'now', true],
    ['$5', of(-5, 7), 'now', false],
    ['-$5', of(5, 7), 'now', false],
  ] as const)('%s, case %#', (text, figure, when, expected) => {
    expect(isFigure(read(text), figure, when)).toBe(expected)
  })
})

describe('movedAs', () => {
  it.each([
    ['U', of(6, 5), true],
    ['U', of(5, 6), false],
    ['D', of(5, 6), true],
    ['D', of(6, 5), false],
    ['X', of(6, 5), true],
    ['X', of(5, 5), false],
    ['U', of(5, null), false],
    ['I', of(6, 5), true],
    ['I', of(5, 6), false],
    ['W', of(5, 6), true],
    ['I', of(5, 6, { better: -1 }), true],
    ['W', of(6, 5, { better: -1 }), true],
    ['W', of(5, 6, { better: -1 }), false],
    ['I', of(6, 5, { better: 0 }), false],
    ['W', of(5, 6, { better: 0 }), false],
  ] as const)('%s, case %#', (direction, figure, expected) => {
    expect(movedAs(direction, figure)).toBe(expected)
  })
})

describe('isChange', () => {
  it.each([
    ['20%', of(6, 5), true],
    ['21%', of(6, 5), false],
    ['20%', of(4, 5), true],
    ['20%', of(6, null), false],
    ['20%', of(6, 0), false],
    ['1 pp', of(6, 5, { unit: 'pct' }), true],
    ['1 pp', of(6, 5), false],
    ['20%', of(6, 5, { unit: 'pct' }), true],
    ['$1', of(6, 5), false],
  ] as const)('%s, case %#', (text, figure, expected) => {
    expect(isChange(read(text), figure)).toBe(expected)
  })
})

// Half a per cent is no longer flat.
it.each([
  [of(1004, 1000), true],
  [of(1005, 1000), false],
  [of(996, 1000), true],
  [of(995, 1000), false],
  [of(0, 0), true],
  [of(1, 0), false],
  [of(5, null), false],
])('knows what hardly moved, case %#', (figure, expected) => {
  expect(isFlat(figure)).toBe(expected)
})

it.each([
  ['2', 195, true],
  ['2', 205, true],
  ['2', 194, false],
  ['2', 206, false],
  ['3', 295, true],
  ['3', 305, true],
  ['3', 294, false],
  ['3', 306, false],
  ['4', 201, true],
  ['4', 200, false],
  ['5', 48, true],
  ['5', 52, true],
  ['5', 47, false],
  ['5', 53, false],
  ['9', 200, false],
])('knows multiple %s of 100 to %d: %s', (word, now, expected) => {
  expect(isMultiple(word, of(now, 100))).toBe(expected)
  expect(isMultiple(word, of(now, null))).toBe(false)
  expect(isMultiple(word, of(now, 0))).toBe(false)
})

describe('shares', () => {
  const state = stateOf([row('a', 25), row('pf', 100)])
  it('is a share of the portfolio for money and counts only', () => {
    expect(shareOf(state, of(25, null))).toBe(25)
    expect(shareOf(state, of(25, null, { unit: 'count' }))).toBe(25)
    expect(shareOf(state, of(25, null, { unit: 'pct' }))).toBeNaN()
    expect(shareOf(state, of(100, null, {}, 'pf'))).toBeNaN()
    expect(shareOf(stateOf([row('a', 25)]), of(25, null))).toBeNaN()
  })

  it.each([
    ['6', 48, true],
    ['6', 52, true],
    ['6', 47.9, false],
    ['6', 52.1, false],
    ['7', 32, true],
    ['7', 35, true],
    ['7', 31.9, false],
    ['7', 35.1, false],
    ['8', 24, true],
    ['8', 26, true],
    ['8', 23.9, false],
    ['8', 26.1, false],
    ['9', 65, true],
    ['9', 68.5, true],
    ['9', 64.9, false],
    ['9', 68.6, false],
    ['5', 50, false],
  ])('word %s is %d: %s', (word, share, expected) => {
    expect(isShare({ figure: null, word, nearly: false }, share)).toBe(expected)
  })

  it.each([
    ['6', 45, true],
    ['6', 49.9, true],
    ['6', 44.9, false],
    ['6', 50, false],
    ['7', 33, false],
    ['7', 47, false],
  ])('nearly %s is %d: %s', (word, share, expected) => {
    expect(isShare({ figure: null, word, nearly: true }, share)).toBe(expected)
  })

  it('takes a figure in per cent before any word, and nothing where there is no share', () => {
    expect(isShare({ figure: read('42.3%'), word: '6', nearly: false }, 42.3)).toBe(true)
    expect(isShare({ figure: read('42.3%'), word: '6', nearly: false }, 50)).toBe(false)
    expect(isShare({ figure: read('42'), word: '', nearly: false }, 42)).toBe(false)
    for (const none of [Number.NaN, shareOf(stateOf([row('pf', 0)]), of(25, null))]) {
      expect(isShare({ figure: null, word: '6', nearly: false }, none)).toBe(false)
      expect(isShare({ figure: null, word: '6', nearly: true }, none)).toBe(false)
      expect(isShare({ figure: read('25%'), word: '', nearly: false }, none)).toBe(false)
    }
  })
})

describe('extremes', () => {
  const state = stateOf([row('a', 9), row('b', 9), row('c', 1), row('pf', 99)])
  it.each([
    [['a', 'b'], true, true],
    [['b', 'a'], true, true],
    [['a'], true, false],
    [['a', 'b', 'c'], true, false],
    [['pf'], true, false],
    [['c'], false, true],
    [['a', 'b'], false, false],
  ])('%j highest %s: %s', (entities, highest, expected) => {
    expect(areExtreme(state, { entities, metric: 'revenue', highest })).toBe(expected)
  })

  it('has none of a metric nobody has', () => {
    expect(areExtreme(state, { entities: [], metric: 'x', highest: true })).toBe(false)
  })

  it('compares sets whatever their order', () => {
    expect(sameSet(['a', 'b'], ['b', 'a'])).toBe(true)
    expect(sameSet(['a'], ['a', 'b'])).toBe(false)
    expect(sameSet(['a', 'c'], ['a', 'b'])).toBe(false)
  })
})
