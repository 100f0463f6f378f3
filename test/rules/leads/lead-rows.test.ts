import { describe, expect, it } from 'vitest'

import {
  createdIn,
  inBand,
  matureMqlsOf,
  mqlsOf,
  reached,
  youngMqlsOf,
} from '#rules/leads/lead-rows.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith({ leads: { sales_days: 14, bands: { hql: 80, mql: 60, mel: 30.5 } } })
const on = (asOfOn: string) => ({ asOfOn, policy })

describe('which leads a figure counts', () => {
  it('created in a month', () => {
    expect(createdIn('2026-03')).toEqual({ where: { month_key: '2026-03' } })
  })

  it.each([
    ['2026-04-30', { from: '2026-03-01', to: '2026-03-31' }],
    ['2026-03-31', { from: '2026-03-01', to: '2026-03-31' }],
    ['2026-03-10', { from: '2026-03-01', to: '2026-03-10' }],
  ])('MQLs of a month, as far as is looked: %s', (asOfOn, days) => {
    expect(mqlsOf(on(asOfOn), '2026-03')).toEqual({ anyOf: ['mql_on'], ...days })
  })

  it('MQLs of several months', () => {
    expect(mqlsOf(on('2026-04-30'), '2026-01', '2026-03')).toEqual({
      anyOf: ['mql_on'],
      from: '2026-01-01',
      to: '2026-03-31',
    })
  })

  it.each([
    // 31 March less 14 days is 17 March: the last day old enough; the 18th is the first too young.
    ['2026-03-31', '2026-03-17', '2026-03-18'],
    ['2026-04-14', '2026-03-31', '2026-04-01'],
    ['2026-03-10', '2026-02-24', '2026-03-01'],
  ])('old enough to have been worked, and too young: %s', (asOfOn, lastOld, firstYoung) => {
    expect(matureMqlsOf(on(asOfOn), '2026-03').to).toBe(lastOld)
    expect(youngMqlsOf(on(asOfOn), '2026-03').from).toBe(firstYoung)
    expect(youngMqlsOf(on(asOfOn), '2026-03').to).toBe(
      asOfOn < '2026-03-31' ? asOfOn : '2026-03-31',
    )
  })

  it('got so far: who is at a later stage has been at the earlier ones', () => {
    const stages = ['salesQualified', 'opportunities', 'wins'] as const
    expect(stages.map((stage) => reached(stage, on('2026-03-31')))).toEqual([
      { anyOf: ['sql_on', 'opportunity_on', 'won_on'], to: '2026-03-31' },
      { anyOf: ['opportunity_on', 'won_on'], to: '2026-03-31' },
      { anyOf: ['won_on'], to: '2026-03-31' },
    ])
  })

  it('in a band, in millionths, each up to the one above', () => {
    const bands = ['hql', 'mql', 'mel', 'below', 'unscored'] as const
    expect(bands.map((band) => inBand(band, { policy }))).toEqual([
      { anyOf: ['score_e6'], from: 80_000_000 },
      { anyOf: ['score_e6'], from: 60_000_000, to: 79_999_999 },
      { anyOf: ['score_e6'], from: 30_500_000, to: 59_999_999 },
      { anyOf: ['score_e6'], to: 30_499_999 },
      { anyOf: ['score_e6'], empty: true },
    ])
  })
})
