import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { judgeCampaigns, rankByReturn } from '#rules/campaign-roi/campaigns.ts'
import type { CampaignRoiInput } from '#rules/campaign-roi/input.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'
import { policyWith } from '#test/support/policy.ts'

import { ads, cost, facts, MONTH, value } from './inputs.ts'

const context = {
  month: MONTH,
  asOfOn: '2026-04-02',
  policy: policyWith({ targets: [{ id: 'roi', at_least: 0.5 }] }),
}
const judge = (changes: Partial<CampaignRoiInput> = {}) => judgeCampaigns(facts(changes), context)

describe('the campaigns of a month', () => {
  const names = { ...facts().names, campaigns: new Map([['NAMED', 'Spring']]) }

  it('are all that have a name, a booking or a platform row', () => {
    const lines = judge({
      names,
      costs: [cost('COST', 'media', 1)],
      values: [value('VALUE', 1)],
      delivery: [ads({ campaignId: 'ADS' })],
      won: [
        { month: MONTH, campaignId: 'WON', wins: 1, amountMinor: 1, rows: 1 },
        { month: MONTH, campaignId: null, wins: 1, amountMinor: 1, rows: 1 },
      ],
    })
    expect(lines.map(({ id, name }) => [id, name])).toStrictEqual([
      ['ADS', 'ADS'],
      ['COST', 'COST'],
      ['NAMED', 'Spring'],
      ['VALUE', 'VALUE'],
      ['WON', 'WON'],
    ])
  })

  it('leave out what was booked in other months', () => {
    const lines = judge({
      names,
      costs: [cost('OLD', 'media', 1, '2026-02')],
      values: [],
      delivery: [],
    })
    expect(lines.map(({ id }) => id)).toStrictEqual(['NAMED'])
    expect(lines[0]?.decision.reason).toBe('cost_missing')
  })

  it('are told from their own rows only', () => {
    const [first, second] = judge({ delivery: [ads({}), ads({ campaignId: 'CAMP_002', rows: 5 })] })
    expect(first?.economics.cost).toStrictEqual(measured(442_275))
    expect(first?.delivery.rows).toBe(2)
    expect(second?.delivery.rows).toBe(5)
    expect(first?.sources).toStrictEqual([
      { dataset: 'cost_ledger', rows: 3, where: { month_key: MONTH, campaign_id: 'CAMP_001' } },
      { dataset: 'value_ledger', rows: 1, where: { month_key: MONTH, campaign_id: 'CAMP_001' } },
    ])
  })

  it('take their value from their own won deals where there is no ledger', () => {
    const lines = judge({
      values: [],
      won: [
        { month: MONTH, campaignId: 'CAMP_001', wins: 2, amountMinor: 700, rows: 2 },
        { month: MONTH, campaignId: 'CAMP_002', wins: 1, amountMinor: 50, rows: 1 },
      ],
      presence: { ...facts().presence, value_ledger: 'absent', deals: 'present' },
    })
    expect(lines.map(({ economics }) => economics.value)).toStrictEqual([
      measured(700),
      measured(50),
      notMeasured('no won deal in the period'),
    ])
  })

  it('have no delivery but an unreadable one when the exports are', () => {
    const [first] = judge({
      delivery: [],
      presence: { ...facts().presence, ad_performance: 'unreadable' },
    })
    expect(first?.delivery.ctr).toStrictEqual(unreadable('the platform rows could not be read'))
  })

  it('keep facts apart when ids read alike', () => {
    const lines = judge({
      names,
      costs: [cost('Brand / US', 'media', 1), cost('Brand - US', 'media', 2)],
      values: [],
      delivery: [],
    })
    expect(new Set(lines.map(({ prefix }) => prefix)).size).toBe(3)
  })

  it('are held against no target where the policy sets none for ROI', () => {
    const policy = policyWith({ targets: [{ id: 'cac', at_most: 5 }] })
    const [first] = judgeCampaigns(facts(), { ...context, policy })
    expect(first?.decision).toMatchObject({ action: 'profit', evidence: { targetRoi: null } })
  })
})

describe('the rank by return', () => {
  const line = (id: string, costMinor: number | null, valueMinor: number | null) => ({
    costs: costMinor === null ? [] : [cost(id, 'media', costMinor)],
    values: valueMinor === null ? [] : [value(id, valueMinor)],
  })
  const rank = (lines: readonly ReturnType<typeof line>[]) =>
    rankByReturn(
      judge({
        names: { ...facts().names, campaigns: new Map() },
        costs: lines.flatMap(({ costs }) => costs),
        values: lines.flatMap(({ values }) => values),
        delivery: [],
      }),
    ).map(({ id }) => id)

  it('puts the best return first and breaks ties by id', () => {
    expect(
      rank([line('B', 100, 200), line('A', 300, 600), line('C', 100, 201), line('D', 1, 0)]),
    ).toStrictEqual(['C', 'A', 'B', 'D'])
  })

  it('leaves out what cannot be compared', () => {
    expect(
      rank([line('A', null, 5), line('B', 5, null), line('C', 0, 5), line('D', 1, 0)]),
    ).toStrictEqual(['D'])
  })

  it('does not depend on the order of bookings', () => {
    const amounts = fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(amounts, (pairs) => {
        const lines = pairs.map(([spent, came], index) => line(`C${index}`, spent, came))
        expect(rank(lines.toReversed())).toStrictEqual(rank(lines))
      }),
    )
  })
})
