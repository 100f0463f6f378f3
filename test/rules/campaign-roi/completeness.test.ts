import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  findBookGaps,
  wholeCost,
  wholeDelivery,
  wholeValue,
  withoutRejects,
  type PeriodRows,
} from '#rules/campaign-roi/completeness.ts'
import { summariseDelivery } from '#rules/campaign-roi/delivery.ts'
import { summariseCost, summariseValue } from '#rules/campaign-roi/ledger.ts'
import { reviewCampaignRoi } from '#rules/campaign-roi/review.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'
import { policyWith } from '#test/support/policy.ts'

import { ads, cost, facts, MONTH, rejectedRows, value } from './inputs.ts'

const PRESENT = { cost_ledger: 'present', value_ledger: 'present', deals: 'absent' } as const
const won = (campaignId: string) => ({ month: MONTH, campaignId, wins: 1, amountMinor: 1, rows: 1 })
const rows = (changes: Partial<PeriodRows>): PeriodRows => ({
  costs: [],
  values: [],
  delivery: [],
  won: [],
  ...changes,
})

describe('what the books leave out', () => {
  const spent = [ads({ campaignId: 'C', spendMinor: 1 })]
  it.each([
    ['nothing ran', rows({}), [], []],
    ['spent and in no book', rows({ delivery: spent }), ['C'], ['C']],
    ['spent and paid for', rows({ delivery: spent, costs: [cost('C', 'media', 1)] }), [], ['C']],
    ['spent and returned', rows({ delivery: spent, values: [value('C', 1)] }), ['C'], []],
    [
      'spent and returned nothing, as booked',
      rows({ delivery: spent, costs: [cost('C', 'media', 1)], values: [value('C', 0)] }),
      [],
      [],
    ],
    [
      'shown, but without spend',
      rows({ delivery: [ads({ campaignId: 'C', spendMinor: 0 })] }),
      [],
      [],
    ],
    [
      'won by no campaign',
      rows({ won: [{ month: MONTH, campaignId: null, wins: 1, amountMinor: 1, rows: 1 }] }),
      [],
      [],
    ],
    // Value may come in months after the last cost.
    ['returned without a cost', rows({ values: [value('C', 1)] }), [], []],
    [
      'of two the one',
      rows({ costs: [cost('C', 'llm', 1), cost('D', 'llm', 1)], values: [value('D', 1)] }),
      [],
      ['C'],
    ],
  ])('%s', (_what, read, withoutCost, withoutValue) => {
    expect(findBookGaps(read, PRESENT)).toStrictEqual({ cost: withoutCost, value: withoutValue })
  })

  it('is no value where the CRM was read and won nothing', () => {
    const read = rows({ costs: [cost('C', 'media', 1), cost('D', 'media', 1)], won: [won('D')] })
    expect(findBookGaps(read, { ...PRESENT, deals: 'present' }).value).toStrictEqual(['D'])
    expect(findBookGaps(read, { ...PRESENT, deals: 'empty' }).value).toStrictEqual(['C', 'D'])
  })

  it.each(['absent', 'empty', 'unreadable'] as const)(
    'is not asked of a book that is %s',
    (state) => {
      const read = rows({ delivery: spent })
      expect(findBookGaps(read, { ...PRESENT, cost_ledger: state }).cost).toStrictEqual([])
      expect(findBookGaps(read, { ...PRESENT, value_ledger: state }).value).toStrictEqual([])
    },
  )

  it('names a campaign once, in the order of the rows', () => {
    const delivery = ['B', 'A', 'B'].map((campaignId) => ads({ campaignId }))
    expect(findBookGaps(rows({ delivery }), PRESENT).cost).toStrictEqual(['B', 'A'])
  })
})

describe('a sum that leaves something out is no sum', () => {
  const booked = () => summariseCost([cost('C', 'media', 5), cost('C', 'llm', 2)], 'present')

  it('stands where nothing is left out', () => {
    expect(wholeCost(booked(), 0, [])).toStrictEqual(booked())
  })

  it('of cost: a campaign without an entry hides the whole and its media, no other kind', () => {
    const { total, byType } = wholeCost(booked(), 0, ['D', 'E'])
    const reason = notMeasured('the cost ledger has no entry of 2 campaigns that ran')
    expect([total, byType.media]).toStrictEqual([reason, reason])
    expect(byType.llm).toStrictEqual(measured(2))
    expect(byType.tooling).toStrictEqual(booked().byType.tooling)
  })

  it('of cost: a rejected row hides every kind that has entries', () => {
    const { total, byType } = wholeCost(booked(), 1, ['D'])
    const reason = unreadable('1 row of the cost ledger was rejected')
    expect([total, byType.media, byType.llm]).toStrictEqual([reason, reason, reason])
    expect(byType.agency).toStrictEqual(booked().byType.agency)
  })

  const REJECTED = { cost_ledger: 9, value_ledger: 2, ad_performance: 9, deals: 1 }
  it.each([
    ['value_ledger', 'present', unreadable('2 rows of the value ledger were rejected')],
    ['deals', 'absent', unreadable('1 row of the deals was rejected')],
  ] as const)('of value: asks the book it was read from, %s', (_book, ledger, expected) => {
    const found = summariseValue([value('C', 7)], [won('C')], {
      value_ledger: ledger,
      deals: 'present',
    })
    expect(wholeValue(found, REJECTED, []).value).toStrictEqual(expected)
  })

  it('of value: one campaign without an entry is enough, and no book stays no book', () => {
    const found = summariseValue([value('C', 7)], [], { value_ledger: 'present', deals: 'absent' })
    const none = { ...REJECTED, value_ledger: 0 }
    expect(wholeValue(found, none, ['D']).value).toStrictEqual(
      notMeasured('the value ledger has no entry of a campaign that ran'),
    )
    const nowhere = summariseValue([], [], { value_ledger: 'absent', deals: 'absent' })
    expect(wholeValue(nowhere, REJECTED, ['D'])).toStrictEqual(nowhere)
  })

  it('of delivery: every sum and every rate', () => {
    const { rows: count, ...sums } = wholeDelivery(summariseDelivery([ads({})], 'present'), 3)
    expect(count).toBe(2)
    expect(new Set(Object.values(sums).map(({ status }) => status))).toStrictEqual(
      new Set(['unreadable']),
    )
    expect(Object.keys(sums)).toHaveLength(10)
  })

  it('keeps the reason of what was missing before', () => {
    fc.assert(
      fc.property(fc.nat(), (rejected) => {
        const missing = notMeasured('nobody looked')
        expect(withoutRejects(missing, rejected, 'deals')).toBe(missing)
      }),
    )
  })
})

describe('the review of a month with a gap in its books', () => {
  const context = { month: MONTH, asOfOn: '2026-03-31', policy: policyWith() }
  const review = (changes: Parameters<typeof facts>[0]) =>
    reviewCampaignRoi(facts(changes), context)
  const factOf = (result: ReturnType<typeof review>, id: string) =>
    result.facts.find((fact) => fact.id === id)

  it('states no cost and no return where a campaign that spent has no entry', () => {
    const result = review({ costs: facts().costs.filter((row) => row.campaignId !== 'CAMP_001') })
    for (const metric of ['cost', 'net', 'roi', 'cac']) {
      expect(factOf(result, `campaign_roi.total.${metric}`)?.status).toBe('not_measured')
    }
    expect(factOf(result, 'campaign_roi.total.booked_cost')?.value).toStrictEqual({
      currency: 'USD',
      minor: 667_480,
    })
    const finding = result.findings.find(({ ruleId }) => ruleId === 'campaign_roi.completeness')
    expect(finding).toMatchObject({
      severity: 'serious',
      title: 'The cost ledger has no entry of Spring Promo',
    })
    expect(finding?.detail).toContain('{{campaign_roi.campaign.CAMP_001.platform_spend}}')
    expect(finding?.detail).toContain('{{campaign_roi.total.booked_cost}}')
  })

  it('states no value where a campaign that was paid for has no entry', () => {
    const result = review({ values: facts().values.filter((row) => row.campaignId !== 'CAMP_003') })
    expect(factOf(result, 'campaign_roi.total.value')?.status).toBe('not_measured')
    expect(factOf(result, 'campaign_roi.total.booked_value')?.value).toMatchObject({
      minor: 1_915_000,
    })
    expect(result.findings[0]).toMatchObject({
      id: 'finding.campaign_roi.completeness:no_value_entry',
      title: 'The value ledger has no entry of Feature Launch',
    })
  })

  it.each([
    ['2026-03-30', 'info', ' that counts so far'],
    ['2026-03-31', 'serious', ''],
  ])('blames no gap while the month may still be booked: %s', (asOfOn, severity, words) => {
    const values = facts().values.filter((row) => row.campaignId !== 'CAMP_003')
    const [finding] = reviewCampaignRoi(facts({ values }), { ...context, asOfOn }).findings
    expect(finding).toMatchObject({
      severity,
      title: `The value ledger has no entry of Feature Launch${words}`,
    })
    expect(finding?.detail.startsWith('The month is not over; ')).toBe(severity === 'info')
  })

  it.each([
    ['cost_ledger', 'full cost, net and ROI', 'campaign_roi.total.cost'],
    ['value_ledger', 'value, net and ROI', 'campaign_roi.total.value'],
    ['ad_performance', 'what the platforms spent', 'campaign_roi.total.platform_spend'],
  ] as const)('says that rows of %s were rejected', (book, missing, id) => {
    const result = review({ rejected: rejectedRows({ [book]: 1 }) })
    expect(factOf(result, id)?.status).toBe('unreadable')
    expect(result.findings[0]?.title).toContain(missing)
    const ids = new Set(result.facts.map((fact) => fact.id))
    const referred = result.findings.flatMap(({ detail }) =>
      Array.from(detail.matchAll(/\{\{([^}]+)\}\}/g), ([, token = '']) => token),
    )
    expect(referred.filter((token) => !ids.has(token))).toStrictEqual([])
  })

  it('says nothing of rows of another month, and adds those of the month to those without one', () => {
    const dated = [
      { book: 'cost_ledger', month: '2026-02', rows: 4 },
      { book: 'value_ledger', month: MONTH, rows: 2 },
    ] as const
    const other = review({ rejected: { ...rejectedRows(), dated: dated.slice(0, 1) } })
    expect(factOf(other, 'campaign_roi.total.cost')?.status).toBe('known')
    expect(other.findings.map(({ id }) => id)).not.toContain(
      'finding.campaign_roi.completeness:rejected_cost_ledger',
    )
    const both = review({ rejected: { ...rejectedRows({ value_ledger: 1 }), dated } })
    expect(factOf(both, 'campaign_roi.total.value')?.reason).toBe(
      '3 rows of the value ledger were rejected',
    )
  })

  it('names three of more campaigns, and what each of them spent', () => {
    const ids = ['A', 'B', 'C', 'D']
    const spent = ids.map((campaignId) => ads({ campaignId }))
    const names = { ...facts().names, campaigns: new Map(ids.map((id) => [id, `Name ${id}`])) }
    const findingOf = (delivery: typeof spent) =>
      review({ delivery, names, values: [], costs: facts().costs.slice(0, 1) }).findings[0]
    const four = findingOf(spent)
    expect(four?.title).toBe('The cost ledger has no entry of Name A, Name B, Name C and others')
    expect(four?.detail).toBe(
      'Name A spent {{campaign_roi.campaign.A.platform_spend}} by the platforms’ rows. Name B spent {{campaign_roi.campaign.B.platform_spend}} by the platforms’ rows. Name C spent {{campaign_roi.campaign.C.platform_spend}} by the platforms’ rows. The ledger books {{campaign_roi.total.booked_cost}} for the others. Full cost, net and ROI of the month are not stated until it is booked.',
    )
    expect(findingOf(spent.slice(0, 3))?.title).toBe(
      'The cost ledger has no entry of Name A, Name B, Name C',
    )
  })

  const MEND =
    'Validation names each rejected row, what was expected and what came; correct them and review again.'
  const readable = (metric: string) =>
    `The rows that could be read book {{campaign_roi.total.booked_${metric}}}. ${MEND}`
  const sold = {
    won: [won('CAMP_001')],
    presence: { ...facts().presence, deals: 'present' } as const,
  }

  it.each([
    ['cost_ledger', {}, 'full cost, net and ROI', readable('cost')],
    ['value_ledger', {}, 'value, net and ROI', readable('value')],
    ['value_ledger', { values: [] }, 'value, net and ROI', MEND],
    ['ad_performance', {}, 'what the platforms spent and delivered', MEND],
    ['deals', sold, 'the number of wins', MEND],
    [
      'deals',
      { ...sold, values: [], presence: { ...sold.presence, value_ledger: 'absent' } as const },
      'the number of wins, value, net and ROI',
      readable('value'),
    ],
  ] as const)('says of rejected %s what is left of it', (book, changes, missing, detail) => {
    const { findings } = review({ ...changes, rejected: rejectedRows({ [book]: 2 }) })
    const finding = findings.find(({ id }) => id.endsWith(`:rejected_${book}`))
    expect(finding?.title).toContain(`were rejected, so ${missing} of the month cannot be stated`)
    expect(finding?.detail).toBe(detail)
  })

  it('says nothing where nothing is missing', () => {
    const result = review({})
    expect(result.findings.filter(({ ruleId }) => ruleId.endsWith('completeness'))).toStrictEqual(
      [],
    )
    expect(factOf(result, 'campaign_roi.total.booked_cost')).toBeUndefined()
  })
})
