import { describe, expect, it } from 'vitest'

import { isCredit, type Model } from '#rules/attribution/models.ts'
import type { Measurement } from '#rules/attribution/month-measurement.ts'

import { pathMonth, timedMonth, type TestEvent } from './measured.ts'

const creditOf = ({ credits, channels }: Measurement, model: Model) => {
  const credit = credits[model]
  if (!isCredit(credit)) throw new Error(credit.reason)
  return Object.fromEntries(channels.map((name, code) => [name, credit.conversions[code]]))
}

describe('direct visits', () => {
  const visits: TestEvent[] = [
    { person: 'p', day: 1, channel: 'Email' },
    { person: 'p', day: 2, channel: 'Direct' },
    { person: 'p', day: 3, value: 100 },
  ]
  const row = [{ path: 'Email > Direct', conversions: 1, value: 100, nulls: 0 }]

  it('earn credit as any channel, but under the model that passes them over', () => {
    for (const month of [timedMonth(visits), pathMonth(row)]) {
      expect(creditOf(month, 'last_touch')).toStrictEqual({ Direct: 1, Email: 0 })
      expect(creditOf(month, 'last_non_direct')).toStrictEqual({ Direct: 0, Email: 1 })
    }
  })

  it('are left out beside another channel where the policy says so', () => {
    const policy = { direct: 'ignore_if_other' }
    for (const month of [timedMonth(visits, policy), pathMonth(row, policy)]) {
      expect(creditOf(month, 'last_touch')).toStrictEqual({ Direct: 0, Email: 1 })
    }
  })

  it('are known by the names the policy gives them', () => {
    const month = pathMonth(row, { direct_channels: ['Email'] })
    expect(creditOf(month, 'last_non_direct')).toStrictEqual({ Direct: 1, Email: 0 })
  })
})

describe('the interval of a share', () => {
  const shareOf = (month: Measurement, name: string) =>
    month.intervals?.[month.channels.indexOf(name)]

  it('deals each row counted by path into groups anew', () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      path: index % 2 === 0 ? 'A' : 'B',
      conversions: 1,
      value: 0,
      nulls: 0,
    }))
    const interval = shareOf(pathMonth(rows), 'A')
    expect(interval?.low).toBeLessThan(0.5)
    expect(interval?.high).toBeGreaterThan(0.5)
  })

  it('is not moved by conversions that nobody is credited with', () => {
    const rows = ['A', 'B', 'A', 'A'].map((path) => ({ path, conversions: 9, value: 0, nulls: 0 }))
    const after = (conversions: number) =>
      pathMonth([{ path: '', conversions, value: 0, nulls: 0 }, ...rows]).intervals
    expect(after(7)).toEqual(after(1))
  })

  it('is of the chain where that decides', () => {
    const rows = [{ path: 'A > B', conversions: 40, value: 0, nulls: 40 }]
    const month = pathMonth(rows, { model: 'markov' })
    expect(shareOf(month, 'A')?.low).toBeCloseTo(0.5, 9)
  })

  it('is of the half life in days where time decides', () => {
    // A week before the last touch weighs half of it.
    const events = Array.from({ length: 40 }, (_, index): TestEvent[] => [
      { person: `p${index}`, day: 1, channel: 'A' },
      { person: `p${index}`, day: 8, channel: 'B' },
      { person: `p${index}`, day: 8, value: 300 },
    ]).flat()
    const month = timedMonth(events, { model: 'time_decay', half_life_days: 7 })
    expect(shareOf(month, 'A')?.low).toBeCloseTo(1 / 3, 9)
    expect(shareOf(month, 'A')?.high).toBeCloseTo(1 / 3, 9)
  })
})

describe('the chain', () => {
  const rows = [{ path: 'A', conversions: 1, value: 100, nulls: 3 }]

  it.each([
    [true, 0.25],
    [false, 1],
  ])('with null journeys counted (%s) converts %d of walks', (include_null_journeys, converts) => {
    expect(pathMonth(rows, { include_null_journeys }).markov).toMatchObject({
      order: 1,
      pConversion: converts,
    })
  })

  it('remembers as many channels as the policy asks for', () => {
    // A B C converts and D B E does not: only a longer memory knows that D never leads to C.
    const crossing = [
      { path: 'A > B > C', conversions: 1, value: 100, nulls: 0 },
      { path: 'D > B > E', conversions: 0, value: 0, nulls: 1 },
    ]
    expect(pathMonth(crossing).markov).toMatchObject({ removalEffect: [0.5, 1, 1, 0.5, 0] })
    expect(pathMonth(crossing, { markov_order: 2 }).markov).toMatchObject({
      order: 2,
      removalEffect: [1, 1, 1, 0, 0],
    })
  })
})

describe('the order of simultaneous touches', () => {
  const events: TestEvent[] = [
    { person: 'p', day: 1, channel: 'A' },
    { person: 'p', day: 1, channel: 'B' },
    { person: 'p', day: 2, value: 100 },
  ]

  it('is looked at where touches have times and the model has places for them', () => {
    expect(timedMonth(events).ties?.tiedConversions).toBe(1)
    expect(timedMonth(events, { model: 'markov' }).ties).toBeNull()
    expect(pathMonth([{ path: 'A > B', conversions: 1, value: 1, nulls: 0 }]).ties).toBeNull()
  })
})
