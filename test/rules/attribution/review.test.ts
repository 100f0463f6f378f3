import { describe, expect, it } from 'vitest'

import type { AttributionInput } from '#rules/attribution/input.ts'
import { isCredit } from '#rules/attribution/models.ts'
import type { Measurement } from '#rules/attribution/month-measurement.ts'

import { inputOf, pathMonth, steadyRows, timedMonth, type TestEvent } from './measured.ts'
import { fact, paths, review, rowsOf, timed, titles, usd, value } from './reviewed.ts'

describe('reviewAttribution', () => {
  it('credits channels under the deciding model, to the conversion and the cent', () => {
    const steady = paths(steadyRows())
    expect(steady.status).toBe('assessed')
    expect(value(steady, 'attribution.total.conversions')).toBe(80)
    expect(value(steady, 'attribution.total.value')).toStrictEqual(usd(600_000))
    expect(value(steady, 'attribution.channel.Email.conversions')).toBe(40)
    expect(value(steady, 'attribution.channel.Email.value')).toStrictEqual(usd(300_000))
    expect(value(steady, 'attribution.channel.Search.share')).toBe(0.5)
    expect(value(steady, 'attribution.channel.Email.assisted')).toBe(40)
    expect(value(steady, 'attribution.channel.Email.last_touch')).toBe(40)
  })

  it('shows credit, share, closing, help and trust of each channel', () => {
    const steady = paths(steadyRows())
    const table = steady.tables.find(({ id }) => id === 'attribution.channels')
    expect(table?.columns.map(({ key, numeric }) => [key, numeric])).toStrictEqual([
      ['channel', false],
      ['conversions', true],
      ['value', true],
      ['share', true],
      ['share_low', true],
      ['share_high', true],
      ['direct', true],
      ['assisted', true],
      ['trust', false],
    ])
    const email = 'attribution.channel.Email'
    expect(table?.rows[0]).toStrictEqual([
      { text: 'Email' },
      { fact: `${email}.conversions` },
      { fact: `${email}.value` },
      { fact: `${email}.share` },
      { fact: `${email}.share_low` },
      { fact: `${email}.share_high` },
      { fact: `${email}.last_touch` },
      { fact: `${email}.assisted` },
      { decision: 'attribution.trust:Email' },
    ])
    expect(steady.charts[0]?.summary).toBe(
      'Email: {{attribution.channel.Email.conversions}} conversions; Search: {{attribution.channel.Search.conversions}} conversions',
    )
    // Nothing to be unsure of, and so nothing said of trust.
    expect(steady.summary.at(-1)).toMatch(/^Converting paths have /)
  })

  it('names each source with its rows', () => {
    const steady = paths(steadyRows())
    expect(fact(steady, 'attribution.total.conversions').source).toStrictEqual([
      { dataset: 'journeys', rows: 9 },
    ])
    const month = timed([
      { person: 'p', day: 1, channel: 'Email' },
      { person: 'p', day: 2, value: 500 },
    ])
    expect(fact(month, 'attribution.total.conversions').source).toStrictEqual([
      { dataset: 'conversions', rows: 1, where: { month_key: '2026-03' } },
      { dataset: 'touchpoints', rows: 9 },
    ])
  })

  it('ranks channels by credit and ties by name', () => {
    const rows = [
      { path: 'B', conversions: 30, value: 0, nulls: 1 },
      { path: 'C', conversions: 40, value: 0, nulls: 1 },
      { path: 'A', conversions: 30, value: 0, nulls: 1 },
    ]
    expect(rowsOf(paths(rows), 'channels').map(([name]) => name)).toStrictEqual([
      { text: 'C' },
      { text: 'A' },
      { text: 'B' },
    ])
  })

  it('decides trust per shown channel, after the gate', () => {
    const steady = paths(steadyRows())
    expect(steady.decisions.map(({ id, action }) => [id, action])).toStrictEqual([
      ['attribution.reconciliation:total', 'pass'],
      ['attribution.trust:Email', 'relied_on'],
      ['attribution.trust:Search', 'relied_on'],
    ])
    expect(steady.decisions[1]?.policyVersion).toBe('test-1')
    expect(steady.decisions[1]?.evidence).toMatchObject({ supportConversions: 80, credit: 40 })
  })

  it('shows channels by the name the company knows them by', () => {
    const named = review(
      inputOf(pathMonth(steadyRows()), { names: { Email: 'E-mail {new}', Other: 'unused' } }),
    )
    expect(rowsOf(named, 'channels')[0]?.[0]).toStrictEqual({ text: 'E-mail (new)' })
    expect(named.decisions[1]?.subjectName).toBe('E-mail {new}')
    expect(rowsOf(named, 'paths')[0]?.[0]).toStrictEqual({ text: 'Search → E-mail (new)' })
    expect(rowsOf(named, 'pairs')[0]?.[0]).toStrictEqual({ text: 'E-mail (new) + Search' })
  })

  it('keeps channels apart whose names become one id', () => {
    const rows = [
      { path: 'Paid search', conversions: 40, value: 100, nulls: 0 },
      { path: 'Paid-search', conversions: 50, value: 100, nulls: 0 },
    ]
    const result = paths(rows)
    expect(value(result, 'attribution.channel.Paid-search:338e3de9.conversions')).toBe(40)
    expect(value(result, 'attribution.channel.Paid-search.conversions')).toBe(50)
  })

  it('shows what the further models credit, Shapley’s negative credit too', () => {
    // Alone, A converts always; with B beside it, one time in ten. v(A) = 1, v(B) = 0, v(AB) = 0.1: B takes from what A brings.
    const result = paths([
      { path: 'A', conversions: 100, value: 100, nulls: 0 },
      { path: 'A > B', conversions: 10, value: 10, nulls: 90 },
    ])
    const shapley = value(result, 'attribution.channel.B.shapley')
    expect(shapley).toBeLessThan(0)
    expect(Number(value(result, 'attribution.channel.A.shapley')) + Number(shapley)).toBeCloseTo(
      110,
      9,
    )
    expect(value(result, 'attribution.channel.A.linear_unique_channels')).toBe(105)
    expect(value(result, 'attribution.channel.B.last_non_direct')).toBe(10)
  })

  it('sums channels beyond the limit in one line, so that columns still add up', () => {
    const rows = ['A', 'B', 'C', 'D'].map((path, place) => ({
      path,
      conversions: 40 + place,
      value: 1000,
      nulls: 0,
    }))
    const result = paths(rows, { channels_shown: 2 })
    expect(rowsOf(result, 'channels').map(([name]) => name)).toStrictEqual([
      { text: 'D' },
      { text: 'C' },
      { text: 'Other channels' },
    ])
    expect(value(result, 'attribution.other_channels.conversions')).toBe(81)
    expect(value(result, 'attribution.other_channels.first_touch')).toBe(81)
    expect(value(result, 'attribution.other_channels.value')).toStrictEqual(usd(2000))
    expect(value(result, 'attribution.other_channels.share')).toBe(81 / 166)
    expect(fact(result, 'attribution.other_channels.assisted').status).toBe('not_measured')
    expect(fact(result, 'attribution.other_channels.share_low').status).toBe('not_measured')
    expect(fact(result, 'attribution.other_channels.time_decay').status).toBe('not_measured')
    expect(result.decisions).toHaveLength(3)
    // One channel too many is shown by name: a sum of one says less.
    expect(
      rowsOf(paths(rows, { channels_shown: 3 }), 'channels').map(([name]) => name),
    ).toStrictEqual([{ text: 'D' }, { text: 'C' }, { text: 'B' }, { text: 'A' }])
  })

  it('adds up to the cent in every column of value', () => {
    const rows = [
      { path: 'A > B > C', conversions: 1, value: 100, nulls: 0 },
      { path: 'C > A > B', conversions: 1, value: 101, nulls: 0 },
    ]
    for (const model of ['linear', 'position_based', 'markov'] as const) {
      const result = paths(rows, { model })
      const minors = ['A', 'B', 'C'].map((name) =>
        value(result, `attribution.channel.${name}.value`),
      )
      const total = minors.reduce<number>(
        (sum, amount) => sum + (typeof amount === 'object' && amount !== null ? amount.minor : 0),
        0,
      )
      expect(total).toBe(201)
    }
  })

  it('lets the policy’s model decide and shows the others beside it', () => {
    const rows = [{ path: 'A > B', conversions: 50, value: 5000, nulls: 50 }]
    const result = paths(rows, { model: 'last_touch' })
    expect(value(result, 'attribution.channel.B.conversions')).toBe(50)
    expect(value(result, 'attribution.channel.A.first_touch')).toBe(50)
    expect(result.facts.some(({ id }) => id === 'attribution.channel.B.last_touch')).toBe(false)
    const table = result.tables.find(({ id }) => id === 'attribution.models')
    expect(table?.columns.map(({ key }) => key)).toStrictEqual([
      'channel',
      'first_touch',
      'last_touch',
      'linear',
      'position_based',
      'time_decay',
      'markov',
    ])
    const further = result.tables.find(({ id }) => id === 'attribution.further_models')
    expect(further?.columns.map(({ key }) => key)).toStrictEqual([
      'channel',
      'last_non_direct',
      'linear_unique_channels',
      'shapley',
    ])
    const other = paths(rows, { model: 'last_non_direct' })
    expect(
      other.tables.find(({ id }) => id === 'attribution.further_models')?.columns,
    ).toHaveLength(3)
    expect(other.tables.find(({ id }) => id === 'attribution.models')?.columns[1]?.label).toBe(
      'last non-direct touch',
    )
    expect(result.charts[0]?.series.map(({ name }) => name)).toStrictEqual([
      'last touch',
      'first touch',
    ])
  })

  it('gives time decay and a longer memory of the chain where asked', () => {
    const events: TestEvent[] = Array.from({ length: 40 }, (_, index) => [
      { person: `p${index}`, day: 1, channel: 'A' },
      { person: `p${index}`, day: 8, channel: 'B' },
      { person: `p${index}`, day: 8, value: 300 },
    ]).flat()
    const result = timed(events, { model: 'time_decay', half_life_days: 7 })
    expect(value(result, 'attribution.channel.A.conversions')).toBeCloseTo(40 / 3, 9)
    expect(value(result, 'attribution.channel.A.value')).toStrictEqual(usd(4000))
    const chain = timed(events, { model: 'markov', markov_order: 2 })
    expect(value(chain, 'attribution.channel.A.conversions')).toBeCloseTo(20, 9)
  })

  it('says how long paths were and how long they took', () => {
    const events: TestEvent[] = [
      { person: 'p', day: 1, channel: 'A' },
      { person: 'p', day: 3, channel: 'B' },
      { person: 'p', day: 4, value: 300 },
      { person: 'q', day: 9, channel: 'A' },
      { person: 'q', day: 9.5, value: 300 },
      { person: 'r', day: 1, channel: 'B' },
    ]
    const result = timed(events)
    expect(value(result, 'attribution.path.mean_touches')).toBe(1.5)
    expect(value(result, 'attribution.path.median_touches')).toBe(1)
    expect(fact(result, 'attribution.path.one_touch_share')).toMatchObject({
      value: 0.5,
      numerator: 1,
      denominator: 2,
    })
    expect(value(result, 'attribution.lag.median')).toBe(0.5)
    expect(value(result, 'attribution.lag.p90')).toBe(3)
    expect(value(result, 'attribution.lag.within_day_share')).toBe(0.5)
    expect(value(result, 'attribution.null_journeys')).toBe(1)
    expect(fact(result, 'attribution.path.truncated_share').status).toBe('zero')
    expect(fact(result, 'attribution.path.tied_share').status).toBe('zero')
  })

  it('shows the paths and pairs that convert most', () => {
    const rows = [
      { path: 'A > B', conversions: 50, value: 5000, nulls: 50 },
      { path: 'C', conversions: 7, value: 700, nulls: 93 },
      { path: 'A', conversions: 1, value: 100, nulls: 99 },
    ]
    const result = paths(rows)
    expect(rowsOf(result, 'paths').map(([name]) => name)).toStrictEqual([
      { text: 'A → B' },
      { text: 'C' },
      { text: 'A' },
    ])
    expect(value(result, 'attribution.path.top-1.conversions')).toBe(50)
    expect(value(result, 'attribution.path.top-2.value')).toStrictEqual(usd(700))
    expect(value(result, 'attribution.pair.1.conversions')).toBe(50)
    expect(fact(result, 'attribution.path.top-1.conversions').label).toBe('Path 1')
    expect(fact(result, 'attribution.pair.1.conversions').label).toBe(
      'Pair 1: conversions on shared paths',
    )
    expect(fact(result, 'attribution.lag.median').reason).toBe(
      'journeys counted by path carry no times',
    )
    expect(value(result, 'attribution.pair.1.rate_difference')).toBeCloseTo(0.49, 12)
    const many = Array.from({ length: 7 }, (_, place) => ({
      path: `A${place} > B${place}`,
      conversions: 40,
      value: 0,
      nulls: 1,
    }))
    expect(rowsOf(paths(many), 'paths')).toHaveLength(5)
    expect(rowsOf(paths(many), 'pairs')).toHaveLength(5)
    const pairs = paths(many).facts.filter(({ id }) => id.startsWith('attribution.pair.'))
    expect(pairs.map(({ id }) => id).at(-1)).toBe('attribution.pair.5.rate_difference')
  })

  it('calls the difference of a pair missing where null journeys were not counted', () => {
    const rows = [
      { path: 'A > B', conversions: 50, value: 5000, nulls: null },
      { path: 'A', conversions: 5, value: 5000, nulls: 4 },
    ]
    const result = paths(rows)
    expect(fact(result, 'attribution.pair.1.rate_difference').status).toBe('not_measured')
    expect(fact(result, 'attribution.null_journeys').status).toBe('not_measured')
  })

  it('lists where every conversion went', () => {
    const events: TestEvent[] = [
      { person: 'p', day: 1, channel: 'A' },
      { person: 'p', day: 90, value: 300 },
      { person: 'q', day: 2, value: 50 },
      { person: 'r', day: 1, channel: 'A' },
      { person: 'r', day: 2, value: 100 },
      { person: 'r', day: 3, value: 70 },
      { person: 'r', day: 4, value: -20 },
    ]
    const result = review(
      inputOf(timedMonth(events), { control: { conversions: 5, valueMinor: 500 } }),
    )
    expect(rowsOf(result, 'reconciliation').map(([line]) => line)).toStrictEqual([
      { text: 'Attributed to channels' },
      { text: 'No touch before the conversion' },
      { text: 'Touches older than the lookback' },
      { text: 'Touches used by an earlier conversion' },
      { text: 'Refunds' },
      { text: 'All conversions of the month' },
    ])
    expect(value(result, 'attribution.line.refund.value')).toStrictEqual(usd(-20))
    expect(value(result, 'attribution.line.outside_window.conversions')).toBe(1)
    expect(value(result, 'attribution.line.used_by_earlier_conversion.value')).toStrictEqual(
      usd(70),
    )
    expect(value(result, 'attribution.unattributed.conversions')).toBe(4)
    expect(value(result, 'attribution.unattributed.value')).toStrictEqual(usd(400))
    expect(fact(result, 'attribution.unattributed.share')).toMatchObject({
      value: 4 / 5,
      numerator: 4,
      denominator: 5,
    })
  })

  it('counts what has no value apart, and misses value only where nothing states one', () => {
    const rows = (first: number | null) => [
      { path: 'A', conversions: 4, value: first, nulls: 0 },
      { path: 'B', conversions: 1, value: null, nulls: 0 },
    ]
    const some = paths(rows(0))
    expect(value(some, 'attribution.quality.without_value')).toBe(1)
    expect(value(some, 'attribution.quality.zero_value')).toBe(4)
    expect(fact(some, 'attribution.total.value').status).toBe('zero')
    expect(fact(some, 'attribution.channel.A.value').status).toBe('zero')
    const none = paths(rows(null))
    expect(fact(none, 'attribution.total.value')).toMatchObject({
      status: 'not_measured',
      reason: 'no conversion states a value',
    })
    expect(fact(none, 'attribution.channel.A.value').status).toBe('not_measured')
    expect(fact(none, 'attribution.path.top-1.value').status).toBe('not_measured')
    expect(none.facts.some(({ id }) => id === 'attribution.quality.zero_value')).toBe(false)
    expect(none.status).toBe('assessed')
  })

  it('lists a line that holds conversions only, and one that holds value only', () => {
    const result = paths([
      ...steadyRows(),
      { path: '', conversions: 5, value: 0, nulls: 0 },
      { path: 'Email', conversions: 0, value: 70, nulls: 0 },
    ])
    expect(rowsOf(result, 'reconciliation').map(([line]) => line)).toStrictEqual([
      { text: 'Attributed to channels' },
      { text: 'No touch before the conversion' },
      { text: 'Value without a conversion' },
      { text: 'All conversions of the month' },
    ])
    expect(value(result, 'attribution.line.no_touch.conversions')).toBe(5)
    expect(value(result, 'attribution.line.value_without_conversion.value')).toStrictEqual(usd(70))
  })

  it('says how many conversions are in another currency', () => {
    const input = inputOf(pathMonth(steadyRows()), { control: { foreignCurrency: 3 } })
    expect(value(review(input), 'attribution.quality.foreign_currency')).toBe(3)
  })

  it('repeats itself to the byte', () => {
    const steady = paths(steadyRows())
    expect(JSON.stringify(paths(steadyRows()))).toBe(JSON.stringify(steady))
  })

  it('puts an interval around each share', () => {
    const steady = paths(steadyRows())
    const low = value(steady, 'attribution.channel.Email.share_low')
    const high = value(steady, 'attribution.channel.Email.share_high')
    // Every conversion has both channels in halves: chance moves nothing.
    expect(low).toBeCloseTo(0.5, 12)
    expect(high).toBeCloseTo(0.5, 12)
    const apart = paths([
      { path: 'A', conversions: 50, value: 0, nulls: 0 },
      { path: 'B', conversions: 50, value: 0, nulls: 0 },
    ])
    expect(value(apart, 'attribution.channel.A.share_low')).toBeLessThan(0.45)
    expect(value(apart, 'attribution.channel.A.share_high')).toBeGreaterThan(0.55)
  })
})

describe('without data', () => {
  const absent = { state: 'absent', rows: 0 } as const
  const nothing: AttributionInput = {
    presence: { touchpoints: absent, conversions: absent, journeys: absent },
    rejected: { touchpoints: 0, conversions: 0, journeys: 0 },
    measured: null,
    names: new Map(),
  }

  it('measures nothing, and calls nothing zero', () => {
    const result = review(nothing)
    expect(result.status).toBe('not_measured')
    expect(result.facts.map(({ status }) => status)).toStrictEqual(
      Array.from({ length: 3 }, () => 'not_measured'),
    )
    expect(result.facts[0]?.reason).toBe('there are neither conversions nor journeys to read')
    expect(result.decisions).toStrictEqual([])
    expect(result.summary).toHaveLength(2)
  })

  it('says when data came and could not be read', () => {
    const spoilt = { state: 'unreadable', rows: 0 } as const
    const result = review({ ...nothing, presence: { ...nothing.presence, conversions: spoilt } })
    expect(result.facts[0]).toMatchObject({ status: 'unreadable', value: null })
    expect(result.summary[0]).toContain('could not be read')
  })

  it('finds a month without conversions a true zero', () => {
    const result = timed([{ person: 'p', day: 1, channel: 'A' }])
    expect(result.status).toBe('assessed')
    expect(fact(result, 'attribution.total.conversions').status).toBe('zero')
    expect(fact(result, 'attribution.total.value').status).toBe('zero')
    expect(fact(result, 'attribution.unattributed.share').status).toBe('not_measured')
    expect(fact(result, 'attribution.channel.A.value').status).toBe('zero')
    expect(fact(result, 'attribution.channel.A.share').status).toBe('not_measured')
    expect(fact(result, 'attribution.path.mean_touches').status).toBe('not_measured')
    expect(fact(result, 'attribution.path.median_touches').status).toBe('not_measured')
    expect(fact(result, 'attribution.lag.median')).toMatchObject({
      reason: 'no conversion was attributed',
    })
    expect(result.summary).toStrictEqual([
      'No conversion was recorded this month, so there is no credit to give.',
    ])
  })

  it('leaves every conversion unattributed where there are no touchpoints', () => {
    const result = review(
      inputOf(timedMonth([{ person: 'p', day: 1, value: 500 }]), {
        presence: {
          touchpoints: absent,
          conversions: { state: 'present', rows: 1 },
          journeys: absent,
        },
      }),
    )
    expect(result.status).toBe('partial')
    expect(value(result, 'attribution.line.no_touch.conversions')).toBe(1)
    expect(titles(result)).toStrictEqual(['source', 'unattributed', 'label'])
    expect(result.findings[1]?.detail).toContain(
      'in no model (no touch before the conversion: {{attribution.line.no_touch.conversions}})',
    )
    expect(result.findings[0]?.severity).toBe('serious')
    expect(result.charts).toStrictEqual([])
    expect(result.tables.map(({ id }) => id)).toStrictEqual(['attribution.reconciliation'])
    expect(result.summary).toStrictEqual([
      'Of {{attribution.total.conversions}} conversions none has a touch that a model may credit.',
    ])
  })

  it.each([
    ['absent', 'not_measured', 'no touchpoints were given'],
    ['empty', 'not_measured', 'no touchpoints were given'],
    ['unreadable', 'unreadable', 'the touchpoints could not be read'],
  ] as const)('says of touchpoints %s that what was attributed is %s', (state, status, reason) => {
    const result = review(
      inputOf(timedMonth([{ person: 'p', day: 1, value: 500 }]), {
        presence: {
          touchpoints: { state, rows: 0 },
          conversions: { state: 'present', rows: 1 },
          journeys: absent,
        },
      }),
    )
    const missing = { status, value: null, reason }
    expect(fact(result, 'attribution.attributed.conversions')).toMatchObject(missing)
    expect(fact(result, 'attribution.attributed.value')).toMatchObject(missing)
    expect(fact(result, 'attribution.null_journeys')).toMatchObject(missing)
    expect(value(result, 'attribution.total.conversions')).toBe(1)
    expect(value(result, 'attribution.unattributed.conversions')).toBe(1)
  })

  it('does not need touchpoints where journeys were counted by path', () => {
    const result = paths(steadyRows())
    expect(value(result, 'attribution.attributed.conversions')).toBe(80)
    expect(value(result, 'attribution.null_journeys')).toBe(120)
  })

  it('misses no model where there was nothing to attribute', () => {
    const result = paths([{ path: 'A', conversions: 0, value: 0, nulls: 3 }], { model: 'markov' })
    expect(fact(result, 'attribution.channel.A.conversions').reason).toBe('no journey converted')
    expect(titles(result)).toStrictEqual(['source', 'label'])
  })

  it('assesses a month in which one channel earned nothing', () => {
    const result = paths([...steadyRows(), { path: 'Tv', conversions: 0, value: 0, nulls: 9 }])
    expect(fact(result, 'attribution.channel.Tv.conversions').status).toBe('zero')
    expect(result.status).toBe('assessed')
  })

  it('does not let another model stand in for one that needs times', () => {
    const result = paths(steadyRows(), { model: 'time_decay' })
    expect(result.status).toBe('partial')
    expect(titles(result)).toContain('model')
    expect(result.findings.find(({ id }) => id.endsWith('.model'))?.detail).toContain(
      'journeys counted by path carry no times',
    )
    expect(fact(result, 'attribution.channel.Email.conversions').status).toBe('not_measured')
    expect(fact(result, 'attribution.channel.Email.value').status).toBe('not_measured')
    expect(fact(result, 'attribution.channel.Email.share_low').status).toBe('not_measured')
    expect(value(result, 'attribution.channel.Email.linear')).toBe(40)
    expect(result.decisions.map(({ id }) => id)).toStrictEqual(['attribution.reconciliation:total'])
    expect(rowsOf(result, 'channels')[0]?.at(-1)).toStrictEqual({ text: '' })
    expect(result.summary[1]).toContain('could not be computed')
  })
})

describe('the reconciliation gate', () => {
  it('withholds all credit when the books do not agree', () => {
    const result = review(inputOf(pathMonth(steadyRows()), { control: { conversions: 81 } }))
    expect(result.status).toBe('partial')
    expect(result.decisions).toHaveLength(1)
    expect(result.decisions[0]?.action).toBe('fail')
    expect(titles(result)).toStrictEqual(['reconciliation'])
    expect(result.findings[0]?.severity).toBe('serious')
    expect(result.findings[0]?.detail).toContain('every conversion in the books')
    expect(result.facts.some(({ id }) => id.startsWith('attribution.channel.'))).toBe(false)
    expect(result.tables.map(({ id }) => id)).toStrictEqual(['attribution.reconciliation'])
    expect(result.summary).toHaveLength(2)
  })

  it('withholds all credit when one model hands out too much', () => {
    const month = pathMonth(steadyRows())
    const { linear } = month.credits
    if (!isCredit(linear)) throw new Error('linear is always computed')
    const broken: Measurement = {
      ...month,
      credits: { ...month.credits, linear: { ...linear, conversions: [41, 40] } },
    }
    const result = review(inputOf(broken))
    expect(result.findings[0]?.detail).toContain('A model hands out more or less')
  })
})

describe('findings', () => {
  it('always say that credit is correlational', () => {
    const label = paths(steadyRows()).findings.at(-1)
    expect(label).toMatchObject({ id: 'finding.attribution.label', severity: 'info' })
    expect(label?.detail).toContain('none is entered in the policy')
  })

  it('tell what a lift test found', () => {
    const lift_tests = [
      { channel: 'Email', incremental_share: 0.25, low: 0.1, high: 0.4, measured_on: '2026-02-01' },
    ]
    const result = paths(steadyRows(), { lift_tests })
    expect(value(result, 'attribution.channel.Email.incremental')).toBe(10)
    expect(value(result, 'attribution.channel.Email.incremental_low')).toBe(4)
    expect(value(result, 'attribution.channel.Email.incremental_high')).toBe(16)
    expect(result.facts.some(({ id }) => id === 'attribution.channel.Search.incremental')).toBe(
      false,
    )
    expect(result.findings.at(-1)?.detail).toContain(
      'Email {{attribution.channel.Email.incremental}}',
    )
    expect(result.findings.at(-1)?.detail).not.toContain('none is entered')
  })

  it('say where journeys came from', () => {
    expect(paths(steadyRows()).findings[0]).toMatchObject({
      id: 'finding.attribution.source',
      severity: 'info',
      title: 'Credit comes from journeys counted by path',
    })
    const present = { state: 'present', rows: 9 } as const
    const events: TestEvent[] = [
      { person: 'p', day: 1, channel: 'A' },
      { person: 'p', day: 2, value: 500 },
    ]
    const both = review(
      inputOf(timedMonth(events), {
        presence: { touchpoints: present, conversions: present, journeys: present },
      }),
    )
    expect(both.findings[0]).toMatchObject({ id: 'finding.attribution.source', severity: 'info' })
    expect(both.findings[0]?.title).toContain('not used')
    expect(titles(timed(events))).not.toContain('source')
  })

  it.each([
    // 2 of 10 is the bound, 3 of 10 above it.
    [8, 2, false],
    [7, 3, true],
  ])('warn of %d attributed beside %d without a touch: %s', (attributed, lost, warned) => {
    const rows = [
      { path: 'A', conversions: attributed, value: 0, nulls: 0 },
      { path: '', conversions: lost, value: 0, nulls: 0 },
    ]
    expect(titles(paths(rows)).includes('unattributed')).toBe(warned)
  })

  it.each([
    [8, 2, false],
    [9, 1, true],
  ])('tell of %d single touches beside %d longer paths: %s', (single, longer, told) => {
    const rows = [
      { path: 'A', conversions: single, value: 0, nulls: 0 },
      { path: 'A > B', conversions: longer, value: 0, nulls: 0 },
    ]
    expect(titles(paths(rows)).includes('one_touch')).toBe(told)
  })

  it.each([
    [1, 4, false],
    [2, 3, true],
  ])('warn of %d paths the lookback cut beside %d whole ones: %s', (cut, whole, warned) => {
    const events = Array.from({ length: cut + whole }, (_, index): TestEvent[] => [
      ...(index < cut ? [{ person: `p${index}`, day: 1, channel: 'A' }] : []),
      { person: `p${index}`, day: 40, channel: 'B' },
      { person: `p${index}`, day: 41, value: 100 },
    ]).flat()
    expect(titles(timed(events)).includes('truncated')).toBe(warned)
  })

  it('name at most three channels whose credit swings between models', () => {
    const rows = ['A', 'B', 'C', 'D'].flatMap((name) => [
      { path: `${name} > Z`, conversions: 40, value: 0, nulls: 400 },
    ])
    const result = paths(rows)
    const swings = titles(result).filter((title) => title.startsWith('swing.'))
    expect(swings).toStrictEqual(['swing.Z', 'swing.A', 'swing.B'])
    const finding = result.findings.find(({ id }) => id.endsWith('swing.A'))
    expect(finding).toMatchObject({
      subject: 'channel:A',
      severity: 'warning',
      ruleId: 'attribution.swing',
    })
    expect(finding?.detail).toContain(
      '{{attribution.channel.A.last_touch}} conversions under last touch',
    )
    expect(finding?.detail).toContain('{{attribution.channel.A.first_touch}} under first touch')
  })

  it('name channels below the minimum support together', () => {
    const rows = [
      ...steadyRows(),
      { path: 'Tv', conversions: 3, value: 0, nulls: 3 },
      { path: 'Radio', conversions: 2, value: 0, nulls: 2 },
    ]
    const result = paths(rows)
    expect(result.findings.find(({ id }) => id.endsWith('.support'))?.detail).toMatch(
      /^Tv, Radio: /,
    )
    expect(result.summary.at(-1)).toBe('Read the credit of Tv and Radio as a direction only.')
  })

  it('warn where the order of simultaneous touches decides', () => {
    const events = Array.from({ length: 40 }, (_, index): TestEvent[] => [
      { person: `p${index}`, day: 1, channel: index % 2 === 0 ? 'A' : 'B' },
      { person: `p${index}`, day: 1, channel: index % 2 === 0 ? 'B' : 'A' },
      { person: `p${index}`, day: 1, channel: index % 2 === 0 ? 'A' : 'B' },
      { person: `p${index}`, day: 2, value: 100 },
    ]).flat()
    expect(titles(timed(events))).not.toContain('ties')
    const result = timed(events, { max_swing_share: 0.3 })
    expect(titles(result)).toContain('ties')
    expect(value(result, 'attribution.path.tied_share')).toBe(1)
    // Of weights 0.4, 0.2, 0.4 two touches take 0.6 to 0.8 and one takes 0.2 to 0.4; credit is 20, and 8 is more than 0.3 of it.
    expect(result.decisions[1]).toMatchObject({
      action: 'directional',
      reason: 'order_of_ties_decides',
    })
    expect(result.decisions[1]?.evidence['tieLow']).toBeCloseTo(20 * 0.6 + 20 * 0.2, 9)
    expect(result.decisions[1]?.evidence['tieHigh']).toBeCloseTo(20 * 0.8 + 20 * 0.4, 9)
  })

  it('show negative Shapley values and let them decide nothing', () => {
    const rows = [
      { path: 'Good', conversions: 50, value: 0, nulls: 50 },
      { path: 'Bad', conversions: 40, value: 0, nulls: 960 },
    ]
    const result = paths(rows)
    expect(result.findings.find(({ id }) => id.endsWith('.shapley_negative'))?.detail).toMatch(
      /^Bad: /,
    )
    expect(result.decisions.at(-1)).toMatchObject({ subject: 'channel:Bad', action: 'relied_on' })
    expect(titles(paths(steadyRows()))).not.toContain('shapley_negative')
    // Without null journeys the game has nothing to say.
    const blind = rows.map((row) => ({ ...row, nulls: 0 }))
    expect(titles(paths(blind))).not.toContain('shapley_negative')
    // With B beside it, A converts one time in two as it does alone: B adds exactly nothing.
    const idle = paths([
      { path: 'A', conversions: 50, value: 0, nulls: 50 },
      { path: 'A > B', conversions: 40, value: 0, nulls: 40 },
    ])
    expect(fact(idle, 'attribution.channel.B.shapley').status).toBe('zero')
    expect(titles(idle)).not.toContain('shapley_negative')
  })
})

describe('the summary', () => {
  it('tells coverage, leaders, helper and paths', () => {
    const rows = [
      { path: 'A > B', conversions: 50, value: 5000, nulls: 50 },
      { path: 'B', conversions: 40, value: 700, nulls: 93 },
    ]
    expect(paths(rows).summary).toStrictEqual([
      'All {{attribution.total.conversions}} conversions worth {{attribution.total.value}} can be traced to channels.',
      'Under the position-based model B earns most, {{attribution.channel.B.share}} of the credit, followed by A with {{attribution.channel.A.share}}.',
      'A assisted most: it was on the path of {{attribution.channel.A.assisted}} conversions that another channel closed.',
      'Converting paths have {{attribution.path.mean_touches}} touches on average; {{attribution.path.one_touch_share}} of conversions follow a single touch.',
      'No channel has credit firm enough to be relied on; all of it is a direction only.',
    ])
  })

  it('follows the leader only with a channel that earned something', () => {
    const rows = [
      { path: 'A', conversions: 40, value: 5000, nulls: 50 },
      { path: 'B', conversions: 0, value: 0, nulls: 93 },
    ]
    expect(paths(rows).summary[1]).toBe(
      'Under the position-based model A earns most, {{attribution.channel.A.share}} of the credit.',
    )
  })

  it('names the channel that helped most often, whatever it earned', () => {
    // Of B’s 60 conversions it closed 50 and helped with 10; A closed none and helped with 20.
    const rows = [
      { path: 'B', conversions: 50, value: 500, nulls: 50 },
      { path: 'B > C', conversions: 10, value: 100, nulls: 0 },
      { path: 'A > C', conversions: 20, value: 200, nulls: 0 },
    ]
    expect(paths(rows).summary[2]).toBe(
      'A assisted most: it was on the path of {{attribution.channel.A.assisted}} conversions that another channel closed.',
    )
  })

  it('tells what is in no model, and how fast people convert', () => {
    const events: TestEvent[] = [
      { person: 'p', day: 1, channel: 'A' },
      { person: 'p', day: 2, value: 500 },
      { person: 'q', day: 2, value: 500 },
    ]
    const { summary } = timed(events)
    expect(summary[0]).toContain('{{attribution.unattributed.conversions}} are in no model')
    expect(summary[1]).toBe(
      'Under the position-based model A earns most, {{attribution.channel.A.share}} of the credit.',
    )
    expect(summary[2]).toContain('half convert within {{attribution.lag.median}} of the first')
    expect(summary[3]).toBe(
      'No channel has credit firm enough to be relied on; all of it is a direction only.',
    )
    expect(summary).toHaveLength(4)
  })
})
