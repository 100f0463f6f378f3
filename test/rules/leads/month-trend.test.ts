import { describe, expect, it } from 'vitest'

import type { LeadScoringInput, MqlMonth } from '#rules/leads/input.ts'
import {
  answeredOf,
  judgeTrend,
  monthOf,
  readMonthTrend,
  workedOf,
} from '#rules/leads/month-trend.ts'
import { policyWith } from '#test/support/policy.ts'

import { leadInput, month } from './inputs.ts'

const CONTEXT = { month: '2026-10', asOfOn: '2026-11-20', policy: policyWith() }
const trend = (changes: Partial<LeadScoringInput> = {}, asOfOn = CONTEXT.asOfOn) =>
  readMonthTrend(leadInput(changes), { ...CONTEXT, asOfOn })
const call = (result: ReturnType<typeof trend>, id: string) =>
  result.calls.find((one) => one.id === id)

describe('the counts of a month', () => {
  it('are those of its row', () => {
    const input = leadInput({ months: [month('2026-09', { mqls: 7 })] })
    expect(monthOf(input, '2026-09').mqls).toBe(7)
  })

  it('are zero without a row', () => {
    const nothing: MqlMonth = {
      month: '2026-08',
      mqls: 0,
      accepted: 0,
      rejected: 0,
      salesQualified: 0,
      opportunities: 0,
      wins: 0,
      matureMqls: 0,
      matureSalesQualified: 0,
    }
    expect(monthOf(leadInput(), '2026-08')).toStrictEqual(nothing)
  })
})

describe('rates of a month', () => {
  it('of acceptance count answers only', () => {
    expect(answeredOf(month('2026-10', { mqls: 99, accepted: 5, rejected: 3 }))).toStrictEqual({
      successes: 5,
      trials: 8,
    })
  })

  it('of MQL to SQL count mature MQLs only', () => {
    const entry = month('2026-10', { mqls: 99, matureMqls: 40, matureSalesQualified: 12 })
    expect(workedOf(entry, leadInput().filled)).toStrictEqual({ successes: 12, trials: 40 })
  })

  it('of MQL to SQL do not exist where SQL dates are not kept', () => {
    const entry = month('2026-10', { matureMqls: 40, matureSalesQualified: 12 })
    const { filled } = leadInput()
    expect(workedOf(entry, { ...filled, salesQualified: 0 })).toStrictEqual({
      successes: 0,
      trials: 0,
    })
  })
})

describe('the trend', () => {
  it('compares volume per day, allowing for the length of the months', () => {
    // 310 in 31 days against 300 in 30: no change at all, and too few to rule out one of 5 %.
    const result = trend({
      months: [month('2026-09', { mqls: 300 }), month('2026-10', { mqls: 310 })],
    })
    expect(call(result, 'mqls')).toMatchObject({ direction: 'undecided', comparedChange: 0 })
    expect(call(result, 'mqls')?.change).toMatchObject({ previous: 10, current: 10 })
  })

  it('calls the three figures together', () => {
    const result = trend({
      months: [
        month('2026-09', {
          mqls: 300,
          accepted: 240,
          rejected: 60,
          matureMqls: 300,
          matureSalesQualified: 120,
        }),
        month('2026-10', {
          mqls: 480,
          accepted: 240,
          rejected: 160,
          matureMqls: 200,
          matureSalesQualified: 84,
        }),
      ],
    })
    expect(result.calls.map(({ id, direction }) => [id, direction])).toStrictEqual([
      ['mqls', 'improving'],
      ['acceptance', 'declining'],
      ['sales_qualification', 'undecided'],
    ])
  })

  it('allows for days that come in clusters', () => {
    const daily = {
      previous: Array.from({ length: 30 }, (_, day) => (day % 10 === 0 ? 100 : 0)),
      current: Array.from({ length: 31 }, (_, day) => (day % 10 === 0 ? 95 : 0)),
    }
    const months = [month('2026-09', { mqls: 300 }), month('2026-10', { mqls: 380 })]
    expect(call(trend({ months }), 'mqls')?.direction).toBe('improving')
    expect(call(trend({ months, daily }), 'mqls')).toMatchObject({
      direction: 'undecided',
      change: { test: 'quasi_poisson' },
    })
  })

  it('takes a month without a row as none', () => {
    const result = trend({ months: [month('2026-09', { mqls: 300 })] })
    expect(result.current.mqls).toBe(0)
    expect(call(result, 'mqls')?.direction).toBe('declining')
  })

  // The day before the last, and the last: a review speaks for the end of its day.
  it.each([
    ['2026-10-30', false],
    ['2026-10-31', true],
  ])('calls nothing before the month is over: on %s %s', (asOfOn, complete) => {
    const result = trend({}, asOfOn)
    expect(result.complete).toBe(complete)
    expect(result.calls.every(({ reason }) => (reason === 'incomplete_period') !== complete)).toBe(
      true,
    )
  })
})

describe('the month among earlier ones', () => {
  const past = ['2026-04', '2026-05', '2026-06', '2026-07', '2026-08', '2026-09']
  const months = [
    ...past.map((each, i) => month(each, { mqls: 300 + i })),
    month('2026-10', { mqls: 150 }),
  ]

  it('is unusual when it is far from them', () => {
    expect(trend({ months }).history).toMatchObject({
      verdict: 'unusually_low',
      reading: { median: 302.5 },
    })
  })

  it('counts a month without an MQL among them as zero', () => {
    const gap = months.filter((each) => each.month !== '2026-06')
    expect(trend({ months: gap }).history.reading?.median).toBe(302)
  })

  it('does not count itself or later months', () => {
    const later = [...months, month('2026-11', { mqls: 9999 })]
    expect(trend({ months: later }).history).toStrictEqual(trend({ months }).history)
  })

  it('has no verdict while it runs', () => {
    expect(trend({ months }, '2026-10-30').history.verdict).toBe('too_short')
  })

  it('has no verdict without MQLs at all', () => {
    expect(trend({ months: [] }).history.verdict).toBe('too_short')
  })
})

describe('the mix of channels', () => {
  const row = (
    when: string,
    channelId: string,
    matureMqls: number,
    matureSalesQualified: number,
  ) => ({
    month: when,
    channelId,
    matureMqls,
    matureSalesQualified,
  })

  it('is split month against month', () => {
    const { mix } = trend({
      channels: [
        row('2026-09', 'a', 100, 50),
        row('2026-09', 'b', 100, 10),
        row('2026-10', 'a', 50, 25),
        row('2026-10', 'b', 150, 15),
      ],
    })
    expect(mix?.change).toBeCloseTo(0.2 - 0.3, 12)
    expect(mix?.rateEffect).toBeCloseTo(0, 12)
    expect(mix?.segments.map(({ id }) => id)).toStrictEqual(['a', 'b'])
  })

  it('takes a channel that is there in one month only', () => {
    const { mix } = trend({
      channels: [row('2026-09', 'a', 100, 50), row('2026-10', 'b', 100, 10)],
    })
    expect(mix?.segments).toMatchObject([
      { id: 'a', currentShare: 0 },
      { id: 'b', previousShare: 0 },
    ])
  })

  it.each([
    ['without mature MQLs', {}],
    ['without mature MQLs in the month before', { channels: [row('2026-10', 'a', 100, 50)] }],
    [
      'where SQL dates are not kept',
      {
        channels: [row('2026-09', 'a', 9, 0), row('2026-10', 'a', 9, 0)],
        filled: { ...leadInput().filled, salesQualified: 0 },
      },
    ],
  ])('is not split %s', (_name, changes) => {
    expect(trend(changes).mix).toBeNull()
  })
})

describe('the decisions', () => {
  const result = () =>
    trend({
      months: [month('2026-09', { mqls: 300 }), month('2026-10', { mqls: 480 })],
    })
  const decisions = () => judgeTrend(result(), CONTEXT)

  it('are one for each figure', () => {
    expect(
      decisions().map(({ id, subject, subjectName }) => [id, subject, subjectName]),
    ).toStrictEqual([
      ['lead_scoring.trend:mqls', 'trend:mqls', 'MQL volume'],
      ['lead_scoring.trend:acceptance', 'trend:acceptance', 'Acceptance by sales'],
      ['lead_scoring.trend:sales_qualification', 'trend:sales_qualification', 'MQL to SQL'],
    ])
  })

  it('carry direction, reason and what was compared', () => {
    expect(decisions()[0]).toMatchObject({
      stage: 'lead_scoring',
      action: 'improving',
      reason: 'significant_change',
      ruleId: 'lead_scoring.trend',
      policyVersion: 'test-1',
      evidence: { previous: 10, history: 'too_short', historyP: null, businessMinimum: 0.05 },
    })
    expect(decisions()[1]?.evidence).not.toHaveProperty('history')
  })
})
