import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  bookSources,
  COST_TYPES,
  summariseCost,
  summariseValue,
} from '#rules/campaign-roi/ledger.ts'
import type { Presence } from '#rules/kernel/presence.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'

import { cost, value } from './inputs.ts'

const won = (amountMinor: number | null, rows = 1) => ({
  month: '2026-03',
  campaignId: 'CAMP_001',
  wins: rows,
  amountMinor,
  rows,
})

describe('the cost of a subject', () => {
  it('is the sum of its entries, kind by kind', () => {
    const found = summariseCost(
      [cost('C', 'media', 420_000), cost('C', 'media', 10_000), cost('C', 'human_review', 18_000)],
      'present',
    )
    expect(found).toStrictEqual({
      rows: 3,
      byType: {
        media: measured(430_000),
        human_review: measured(18_000),
        llm: notMeasured('no llm entry in the cost ledger'),
        tooling: notMeasured('no tooling entry in the cost ledger'),
        agency: notMeasured('no agency entry in the cost ledger'),
      },
      rowsByType: { media: 2, human_review: 1, llm: 0, tooling: 0, agency: 0 },
      total: measured(448_000),
    })
  })

  it('names the kind that nobody booked as a reader would', () => {
    expect(summariseCost([cost('C', 'media', 1)], 'present').byType.human_review).toStrictEqual(
      notMeasured('no human review entry in the cost ledger'),
    )
  })

  it('is a true zero when an entry of zero was booked', () => {
    expect(summariseCost([cost('C', 'agency', 0)], 'present')).toMatchObject({
      byType: { agency: { status: 'zero' } },
      total: { status: 'zero' },
    })
  })

  it.each([
    ['present', notMeasured('no entry in the cost ledger')],
    ['empty', notMeasured('no entry in the cost ledger')],
    ['absent', notMeasured('no cost ledger was provided')],
    ['unreadable', unreadable('the cost ledger could not be read')],
  ] as const)('without an entry in a ledger that is %s', (presence, total) => {
    const found = summariseCost([], presence)
    expect(found.total).toStrictEqual(total)
    expect(found.byType.media.status).toBe(total.status)
    expect(found.rows).toBe(0)
  })

  it('equals the sum of its kinds', () => {
    const entry = fc.tuple(fc.constantFrom(...COST_TYPES), fc.integer({ min: 0, max: 1_000_000 }))
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
        const found = summariseCost(
          entries.map(([type, amount]) => cost('C', type, amount)),
          'present',
        )
        const parts = COST_TYPES.flatMap((type) => {
          const quantity = found.byType[type]
          return 'value' in quantity ? [quantity.value] : []
        })
        expect(found.total).toStrictEqual(measured(parts.reduce((sum, part) => sum + part, 0)))
      }),
    )
  })
})

describe('the value of a subject', () => {
  const books = (value_ledger: Presence, deals: Presence = 'present') => ({ value_ledger, deals })

  it('is read from the ledger where there is one, refunds taken off', () => {
    expect(
      summariseValue([value('C', 900), value('C', -100)], [won(5000)], books('present')),
    ).toStrictEqual({ rows: 2, value: measured(800), basis: 'value_ledger', estimated: 'all' })
  })

  it('is no estimate when the CRM booked all of it', () => {
    const crm = { ...value('C', 900), source: 'crm' }
    expect(summariseValue([crm], [], books('present')).estimated).toBe('none')
    expect(summariseValue([crm, value('C', 1)], [], books('present')).estimated).toBe('part')
  })

  it('is not taken from deals where the ledger has no entry of the subject', () => {
    expect(summariseValue([], [won(5000)], books('present'))).toStrictEqual({
      rows: 0,
      value: notMeasured('no entry in the value ledger'),
      basis: 'value_ledger',
      estimated: 'none',
    })
  })

  it('is unreadable with the ledger', () => {
    expect(summariseValue([], [won(5000)], books('unreadable')).value).toStrictEqual(
      unreadable('the value ledger could not be read'),
    )
  })

  it.each(['absent', 'empty'] as const)(
    'is that of the won deals when the ledger is %s',
    (state) => {
      expect(summariseValue([], [won(5000, 2), won(700)], books(state))).toStrictEqual({
        rows: 3,
        value: measured(5700),
        basis: 'deals',
        estimated: 'none',
      })
    },
  )

  it.each([
    ['no deal was won', [], notMeasured('no won deal in the period')],
    ['one won deal has no amount', [won(5), won(null)], notMeasured('a won deal has no amount')],
    ['every amount is zero', [won(0)], measured(0)],
  ])('when %s', (_name, deals, expected) => {
    expect(summariseValue([], deals, books('absent')).value).toStrictEqual(expected)
  })

  it.each([
    ['absent', notMeasured('neither a value ledger nor deals were provided')],
    ['empty', notMeasured('neither a value ledger nor deals were provided')],
    ['unreadable', unreadable('the deals could not be read')],
  ] as const)('without a ledger and with deals that are %s', (deals, expected) => {
    expect(summariseValue([], [], books('absent', deals))).toStrictEqual({
      rows: 0,
      value: expected,
      basis: 'none',
      estimated: 'none',
    })
  })
})

describe('the sources of cost and value', () => {
  const where = { month_key: '2026-03' }
  const costs = () => summariseCost([cost('C', 'media', 1)], 'present')

  it('are both books with their rows', () => {
    const booked = summariseValue([value('C', 1), value('C', 2)], [], {
      value_ledger: 'present',
      deals: 'absent',
    })
    expect(bookSources(costs(), booked, where)).toStrictEqual([
      { dataset: 'cost_ledger', rows: 1, where },
      { dataset: 'value_ledger', rows: 2, where },
    ])
  })

  it('are the cost ledger alone where no value was booked', () => {
    const booked = summariseValue([], [], { value_ledger: 'absent', deals: 'absent' })
    expect(bookSources(costs(), booked, where)).toStrictEqual([
      { dataset: 'cost_ledger', rows: 1, where },
    ])
  })
})
