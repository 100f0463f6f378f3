import { describe, expect, it } from 'vitest'

import { silentSets, type RowsByMonth } from '#rules/trust/silence.ts'

const set = (name: string, changes: Partial<RowsByMonth> = {}): RowsByMonth => ({
  name,
  inMonth: false,
  lastBefore: '2026-10',
  firstAfter: null,
  ...changes,
})
const speaking = (name: string): RowsByMonth => set(name, { inMonth: true })

describe('a data set is silent', () => {
  it('with rows before the month and none in it', () => {
    expect(silentSets([set('leads')])).toStrictEqual([{ name: 'leads', nearest: '2026-10' }])
  })

  it('with rows after the month only', () => {
    const later = set('leads', { lastBefore: null, firstAfter: '2027-01' })
    expect(silentSets([later])).toStrictEqual([{ name: 'leads', nearest: '2027-01' }])
  })

  it('and names the month before rather than the one after', () => {
    expect(silentSets([set('leads', { firstAfter: '2026-12' })])[0]?.nearest).toBe('2026-10')
  })

  it.each(['conversions', 'deals'])('%s, too, when its neighbour is silent', (name) => {
    const sets = [set(name), set('touchpoints'), set('leads')]
    expect(silentSets(sets).map((silent) => silent.name)).toStrictEqual([
      name,
      'touchpoints',
      'leads',
    ])
  })
})

describe('a data set is not silent', () => {
  it('with a row in the month', () => {
    expect(silentSets([speaking('leads')])).toStrictEqual([])
  })

  it('without any row: it is empty', () => {
    expect(silentSets([set('leads', { lastBefore: null })])).toStrictEqual([])
  })

  it.each([
    ['conversions', 'touchpoints'],
    ['deals', 'leads'],
  ])('%s, when %s prove that the month was recorded', (name, neighbour) => {
    expect(silentSets([set(name), speaking(neighbour)])).toStrictEqual([])
  })

  it.each([
    ['conversions', 'leads'],
    ['deals', 'touchpoints'],
    ['leads', 'deals'],
    ['touchpoints', 'conversions'],
  ])('but %s is when only %s have rows', (name, other) => {
    expect(silentSets([set(name), speaking(other)])).toHaveLength(1)
  })
})
