import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { campaignFlights } from '#rules/budget/campaign-flight.ts'
import { deliveryOf } from '#rules/budget/delivery.ts'
import { absence } from '#rules/budget/input.ts'
import { limitConflicts } from '#rules/budget/limit-conflicts.ts'
import { budgetLines, lineName, lineNames, plannedTotal } from '#rules/budget/lines.ts'
import { conflictId } from '#rules/budget/move-facts.ts'
import { lineWeeks, mondayOf } from '#rules/budget/weekly.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { lineId } from '#rules/schema/budget-move.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'

const MONTH = '2026-10'
const day = deliveryDay

const linesOf = (input: Parameters<typeof budgetInput>[0]) =>
  budgetLines(budgetInput(input), MONTH).map((line) => ({
    id: line.id,
    planned: line.planned.status === 'known' ? line.planned.value : line.planned.status,
    days: line.days.length,
  }))

describe('lineId', () => {
  test('names a channel in a campaign, a campaign, a channel anywhere and the company', () => {
    expect(lineId('C1', 'A')).toBe('C1/A')
    expect(lineId('C1', null)).toBe('C1')
    expect(lineId(null, 'A')).toBe('~/A')
    expect(lineId(null, null)).toBe('~')
  })

  test('never gives two lines one name', () => {
    expect(lineId('C1/A', null)).not.toBe(lineId('C1', 'A'))
    expect(lineId('C%2FA', null)).not.toBe(lineId('C/A', null))
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
        fc.pre((a !== c || b !== d) && ![a, b, c, d].includes('~'))
        expect(lineId(a, b)).not.toBe(lineId(c, d))
      }),
    )
  })
})

describe('budgetLines', () => {
  test('spend goes to the most specific plan that covers it', () => {
    const lines = linesOf({
      plans: [
        planRow({ channelId: 'A', plannedMinor: 100 }),
        planRow({ campaignId: 'C2', plannedMinor: 200 }),
      ],
      delivery: [day(), day({ channelId: 'B' }), day({ campaignId: 'C2', channelId: 'A' })],
    })
    expect(lines).toEqual([
      { id: 'C1/A', planned: 100, days: 1 },
      { id: 'C1/B', planned: 'not_measured', days: 1 },
      { id: 'C2', planned: 200, days: 1 },
    ])
  })

  test('what a campaign’s channels leave of its plan is a line, when they leave something', () => {
    const plans = (total: number) => [
      planRow({ plannedMinor: total }),
      planRow({ channelId: 'A', plannedMinor: 60 }),
      planRow({ channelId: 'B', plannedMinor: 30 }),
    ]
    expect(linesOf({ plans: plans(91) })).toContainEqual({ id: 'C1', planned: 1, days: 0 })
    expect(linesOf({ plans: plans(90) }).map((line) => line.id)).toEqual(['C1/A', 'C1/B'])
    expect(linesOf({ plans: plans(89) }).map((line) => line.id)).toEqual(['C1/A', 'C1/B'])
    const rest = budgetLines(budgetInput({ plans: plans(91) }), MONTH)[0]
    expect(rest?.name).toBe('C1, not assigned to a channel')
  })

  test('channel and company plans are lines only where no campaign is planned', () => {
    const company = planRow({ campaignId: null, plannedMinor: 500 })
    const channel = planRow({ campaignId: null, channelId: 'A', plannedMinor: 300 })
    expect(linesOf({ plans: [company], delivery: [day()] })).toEqual([
      { id: '~', planned: 500, days: 1 },
    ])
    expect(linesOf({ plans: [company, channel], delivery: [day()] })).toEqual([
      { id: '~/A', planned: 300, days: 1 },
    ])
    expect(linesOf({ plans: [company, channel, planRow()], delivery: [day()] })).toEqual([
      { id: 'C1', planned: 100_000, days: 1 },
    ])
    const second = planRow({ campaignId: null, channelId: 'B', plannedMinor: 200 })
    expect(linesOf({ plans: [channel, second] })).toEqual([
      { id: '~/A', planned: 300, days: 0 },
      { id: '~/B', planned: 200, days: 0 },
    ])
  })

  test('every day of the month belongs to exactly one line, whatever the plans', () => {
    const id = fc.constantFrom('C1', 'C2', 'C3')
    const channel = fc.constantFrom('A', 'B')
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.option(id), fc.option(channel)), {
          selector: ([campaignId, channelId]) => lineId(campaignId, channelId),
          maxLength: 6,
        }),
        fc.array(fc.tuple(id, channel), { maxLength: 8 }),
        (plans, delivered) => {
          const delivery = delivered.map(([campaignId, channelId], index) =>
            day({ campaignId, channelId, date: addDays('2026-10-01', index) }),
          )
          const lines = budgetLines(
            budgetInput({
              delivery,
              plans: plans.map(([campaignId, channelId]) => planRow({ campaignId, channelId })),
            }),
            MONTH,
          )
          const placed = lines.flatMap((line) => line.days)
          expect(placed).toHaveLength(delivery.length)
          expect(new Set(placed).size).toBe(delivery.length)
          expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length)
        },
      ),
    )
  })

  test('days before the month are history, and no history alone makes a line', () => {
    const delivery = [
      day({ date: '2026-09-30' }),
      day({ channelId: 'B', date: '2026-09-30' }),
      day(),
    ]
    const [line, ...others] = budgetLines(budgetInput({ delivery }), MONTH)
    expect(others).toEqual([])
    expect(line?.history.map((entry) => entry.date)).toEqual(['2026-09-30'])
    expect(line?.days.map((entry) => entry.date)).toEqual(['2026-10-01'])
  })

  test('a missing plan says whether budgets are missing altogether', () => {
    const unplanned = budgetLines(budgetInput({ delivery: [day()] }), MONTH)[0]
    expect(unplanned?.planned).toMatchObject({ reason: 'the budgets hold no row' })
    const absent = budgetInput({ delivery: [day()] })
    const none = budgetLines(
      { ...absent, presence: { ...absent.presence, budgets: 'absent' } },
      MONTH,
    )[0]
    expect(none?.planned).toMatchObject({ reason: 'no budgets were provided' })
    const other = budgetLines(
      budgetInput({ delivery: [day()], plans: [planRow({ campaignId: 'C9' })] }),
      MONTH,
    )
    expect(other.find((line) => line.id === 'C1/A')?.planned).toMatchObject({
      reason: 'no budget was planned for it',
    })
    expect(other.find((line) => line.id === 'C1/A')?.committed).toMatchObject({
      reason: 'no budget was planned for it',
    })
  })

  test('commitments and bounds are carried, and unsaid ones stay unsaid', () => {
    const lines = budgetLines(
      budgetInput({
        plans: [
          planRow({ channelId: 'A', committedMinor: 0, minMinor: 5, maxMinor: 9 }),
          planRow({ channelId: 'B' }),
        ],
      }),
      MONTH,
    )
    expect(lines[0]).toMatchObject({ committed: { status: 'zero' }, minMinor: 5, maxMinor: 9 })
    expect(lines[1]).toMatchObject({
      committed: { status: 'not_measured', reason: 'the budget does not say what is committed' },
      minMinor: null,
      maxMinor: null,
    })
  })

  test('lines are named as a reader knows them', () => {
    const names = lineNames(
      budgetInput({
        campaigns: [
          {
            campaignId: 'C1',
            name: 'Spring',
            status: null,
            startOn: null,
            endOn: null,
            budgetMinor: null,
          },
        ],
        channels: [{ channelId: 'A', name: 'Search', platform: null }],
      }),
    )
    expect(lineName('C1', 'A', names)).toBe('Search in Spring')
    expect(lineName('C1', null, names)).toBe('Spring')
    expect(lineName(null, 'A', names)).toBe('Search')
    expect(lineName(null, null, names)).toBe('All campaigns')
    expect(lineName('C9', 'Z', names)).toBe('Z in C9')
    expect(lineName(null, 'Z', names)).toBe('Z')
  })
})

describe('plannedTotal', () => {
  const total = (...plans: Parameters<typeof planRow>[0][]) =>
    plannedTotal(budgetInput({ plans: plans.map((plan) => planRow(plan)) }))

  test.each<[string, Parameters<typeof planRow>[0][], number]>([
    ['the company’s own row', [{ campaignId: null, plannedMinor: 7 }, { plannedMinor: 5 }], 7],
    [
      'campaigns, their channels not added on top',
      [{ plannedMinor: 5 }, { channelId: 'A', plannedMinor: 3 }],
      5,
    ],
    [
      'channels of a campaign without a row of its own',
      [
        { channelId: 'A', plannedMinor: 3 },
        { channelId: 'B', plannedMinor: 2 },
      ],
      5,
    ],
    [
      'campaigns rather than a second cut by channel',
      [{ plannedMinor: 5 }, { campaignId: null, channelId: 'A', plannedMinor: 9 }],
      5,
    ],
    [
      'channels when nothing else is planned',
      [
        { campaignId: null, channelId: 'A', plannedMinor: 9 },
        { campaignId: null, channelId: 'B', plannedMinor: 1 },
      ],
      10,
    ],
    [
      'each campaign by its own broadest row',
      [
        { plannedMinor: 5 },
        { channelId: 'A', plannedMinor: 3 },
        { campaignId: 'C2', channelId: 'A', plannedMinor: 4 },
      ],
      9,
    ],
  ])('%s', (_name, plans, expected) => {
    expect(total(...plans)).toEqual(measured(expected))
  })

  test('is not measured without plans', () => {
    expect(total()).toMatchObject({ status: 'not_measured', reason: 'the budgets hold no row' })
  })
})

describe('deliveryOf', () => {
  test('sums what every row says, and leaves out what one row leaves out', () => {
    const found = deliveryOf(
      [day(), day({ clicks: null, valueMinor: null })],
      notMeasured('nothing'),
    )
    expect(found).toMatchObject({
      spend: { value: 20_000 },
      impressions: { value: 2000 },
      conversions: { value: 10 },
      clicks: { status: 'not_measured' },
      value: { status: 'not_measured' },
      rows: 2,
    })
  })

  test('no day is not zero', () => {
    expect(deliveryOf([], notMeasured('nothing')).spend).toEqual({
      status: 'not_measured',
      reason: 'nothing',
    })
    expect(deliveryOf([day({ spendMinor: 0 })], notMeasured('nothing')).spend.status).toBe('zero')
  })
})

test('absence names the data set and what became of it', () => {
  expect(absence('ad_performance', 'absent')).toBe('no ad performance was provided')
  expect(absence('budgets', 'empty')).toBe('the budgets hold no row')
  expect(absence('budgets', 'unreadable')).toBe('the budgets could not be read')
})

describe('weeks', () => {
  test('begin on Monday', () => {
    expect(mondayOf('2026-10-05')).toBe('2026-10-05')
    expect(mondayOf('2026-10-11')).toBe('2026-10-05')
    expect(mondayOf('2026-10-12')).toBe('2026-10-12')
  })

  const week = (from: string, spendMinor = 100) =>
    Array.from({ length: 7 }, (_day, index) => day({ date: addDays(from, index), spendMinor }))
  const reported = (days: readonly { readonly date: string }[]) =>
    new Set(days.map(({ date }) => date))

  test('only complete weeks with spend count, oldest first', () => {
    const days = [...week('2026-10-12'), ...week('2026-10-05'), ...week('2026-10-19', 0)]
    const part = week('2026-10-26').slice(0, 6)
    expect(lineWeeks([...days, ...part], reported([...days, ...part]))).toEqual([
      { monday: '2026-10-05', spend: 700, conversions: 35, value: 210_000 },
      { monday: '2026-10-12', spend: 700, conversions: 35, value: 210_000 },
    ])
  })

  test('a day on which the company reported and the line did not belongs to the week', () => {
    const days = week('2026-10-05')
    const [found] = lineWeeks(days.slice(0, 3), reported(days))
    expect(found).toMatchObject({ spend: 300, conversions: 15 })
  })

  test('a measure that one day leaves out is left out of its week only', () => {
    const days = [...week('2026-10-05'), ...week('2026-10-12')]
    const [first, ...rest] = days
    const found = lineWeeks([{ ...(first ?? day()), valueMinor: null }, ...rest], reported(days))
    expect(found.map((entry) => entry.value)).toEqual([null, 210_000])
    expect(found.map((entry) => entry.conversions)).toEqual([35, 35])
  })
})

describe('campaignFlights', () => {
  const campaign = {
    campaignId: 'C1',
    name: 'Spring',
    status: 'active',
    startOn: '2026-09-01',
    endOn: '2026-10-30',
    budgetMinor: 1000,
  }
  const flight = (
    changes: object,
    media: Parameters<typeof budgetInput>[0] = {},
    asOfOn = '2026-10-01',
  ) =>
    campaignFlights(
      budgetInput({
        campaigns: [{ ...campaign, ...changes }],
        media: [
          { campaignId: 'C1', month: '2026-08', amountMinor: 900, rows: 1 },
          { campaignId: 'C1', month: '2026-09', amountMinor: 300, rows: 2 },
          { campaignId: 'C2', month: '2026-09', amountMinor: 5, rows: 1 },
        ],
        ...media,
      }),
      budgetContext({ asOfOn }),
    )

  test('counts media from the first month of the flight, and days that are over', () => {
    expect(flight({})).toEqual([
      {
        campaignId: 'C1',
        name: 'Spring',
        budget: measured(1000),
        spend: measured(300),
        spendRows: 2,
        utilisation: measured(0.3),
        elapsed: measured(0.5),
      },
    ])
  })

  test.each([
    ['2026-09-01', 0],
    ['2026-08-01', 0],
    ['2026-10-30', 59 / 60],
    ['2026-10-31', 1],
    ['2026-12-01', 1],
  ])('on %s the share %f of the flight is over', (asOfOn, share) => {
    expect(flight({}, {}, asOfOn)[0]?.elapsed).toEqual(measured(share))
  })

  test('what is missing is said to be missing', () => {
    expect(flight({ endOn: null })[0]?.elapsed).toMatchObject({ status: 'not_measured' })
    expect(flight({ endOn: '2026-08-30' })[0]?.elapsed).toMatchObject({
      reason: 'the campaign ends before it starts',
    })
    expect(flight({ endOn: '2026-08-31' })[0]?.elapsed).toMatchObject({
      reason: 'the campaign ends before it starts',
    })
    expect(flight({ endOn: '2026-09-01' })[0]?.elapsed).toEqual(measured(1))
    expect(flight({ startOn: null })[0]?.spend).toEqual(measured(1200))
    expect(flight({ budgetMinor: null })[0]).toMatchObject({
      budget: { status: 'not_measured' },
      utilisation: { status: 'not_measured' },
    })
    expect(flight({}, { media: [] })[0]?.spend).toMatchObject({
      reason: 'the cost ledger books no media for it',
    })
    const { presence } = budgetInput()
    expect(
      flight({}, { presence: { ...presence, cost_ledger: 'absent' } })[0]?.spend,
    ).toMatchObject({
      reason: 'no cost ledger was provided',
    })
  })

  test('are listed by campaign', () => {
    const campaigns = ['C2', 'C3', 'C1'].map((campaignId) => ({ ...campaign, campaignId }))
    expect(flight({}, { campaigns }).map(({ campaignId }) => campaignId)).toEqual([
      'C1',
      'C2',
      'C3',
    ])
  })

  test('a campaign with neither budget nor media is left out', () => {
    expect(flight({ budgetMinor: null }, { media: [] })).toEqual([])
  })
})

describe('limitConflicts', () => {
  const conflicts = (
    plans: readonly Parameters<typeof planRow>[0][],
    changes: Parameters<typeof budgetInput>[0] = {},
  ) => {
    const input = budgetInput({ plans: plans.map((plan) => planRow(plan)), ...changes })
    return limitConflicts(budgetLines(input, MONTH), input, plannedTotal(input))
  }
  const campaign = (campaignId: string, name: string) => ({
    campaignId,
    name,
    status: null,
    startOn: null,
    endOn: null,
    budgetMinor: null,
  })

  test('limits that fit are no finding', () => {
    expect(conflicts([{ channelId: 'A', minMinor: 100_000, maxMinor: 100_000 }])).toEqual([])
    expect(conflicts([])).toEqual([])
  })

  test('names the lines whose least budgets are more than the total', () => {
    const found = conflicts([
      { channelId: 'A', plannedMinor: 60, minMinor: 70 },
      { channelId: 'B', plannedMinor: 40, committedMinor: 45 },
      { channelId: 'C', plannedMinor: 5 },
    ])
    expect(found).toEqual([
      {
        kind: 'lowers_above_budget',
        gapMinor: 10,
        ids: ['C1/A', 'C1/B'],
        names: ['A in C1', 'B in C1'],
      },
    ])
  })

  test('names the campaign whose greatest budget is less than its channels must spend', () => {
    const found = conflicts(
      [
        { plannedMinor: 100, maxMinor: 90 },
        { channelId: 'A', plannedMinor: 60, minMinor: 60 },
        { channelId: 'B', plannedMinor: 40, minMinor: 40 },
      ],
      { campaigns: [campaign('C1', 'Spring')] },
    )
    expect(found).toEqual([
      {
        kind: 'group_upper_below_lines',
        gapMinor: 10,
        ids: ['C1/A', 'C1/B', 'C1'],
        names: ['A in Spring', 'B in Spring', 'Spring'],
      },
    ])
  })

  test('names the campaign whose least budget is more than its channels may spend', () => {
    const found = conflicts([
      { plannedMinor: 100, minMinor: 90 },
      { channelId: 'A', plannedMinor: 60, maxMinor: 50 },
      { channelId: 'B', plannedMinor: 40, maxMinor: 35 },
    ])
    expect(found).toMatchObject([
      { kind: 'group_lower_above_lines', gapMinor: 5, ids: ['C1/A', 'C1/B', 'C1'] },
    ])
  })

  test('holds the limits of a campaign against its own lines only', () => {
    const found = conflicts([
      { plannedMinor: 60, maxMinor: 60 },
      { channelId: 'A', plannedMinor: 60, minMinor: 60 },
      { campaignId: 'C2', plannedMinor: 200 },
      { campaignId: 'C3', channelId: 'A', plannedMinor: 40 },
    ])
    expect(found).toEqual([])
  })

  test('names the lines whose greatest budgets are less than the total', () => {
    const found = conflicts([
      { campaignId: null, plannedMinor: 120 },
      { plannedMinor: 100, maxMinor: 100 },
    ])
    expect(found).toEqual([
      { kind: 'uppers_below_budget', gapMinor: 20, ids: ['C1'], names: ['C1'] },
    ])
  })

  test('asks nothing of lines that nobody planned', () => {
    const found = conflicts(
      [
        { campaignId: null, plannedMinor: 120 },
        { plannedMinor: 100, maxMinor: 100 },
      ],
      {
        delivery: [day({ campaignId: 'C9' })],
      },
    )
    expect(found).toMatchObject([{ gapMinor: 20, ids: ['C1'] }])
  })

  test('keeps lines apart whose campaigns share a name', () => {
    const found = conflicts(
      ['C1', 'C2'].map((campaignId) => ({
        campaignId,
        channelId: 'A',
        plannedMinor: 50,
        minMinor: 60,
        maxMinor: 50,
      })),
      { campaigns: [campaign('C1', 'Spring'), campaign('C2', 'Spring')] },
    )
    expect(found.map(({ names }) => names)).toEqual([['A in Spring'], ['A in Spring']])
    expect(new Set(found.map(conflictId)).size).toBe(2)
  })
})
