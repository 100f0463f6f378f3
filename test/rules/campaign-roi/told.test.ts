import { describe, expect, it } from 'vitest'

import type { CampaignRoiInput } from '#rules/campaign-roi/input.ts'
import { reviewCampaignRoi } from '#rules/campaign-roi/review.ts'
import { misalignedColumns } from '#test/support/columns.ts'
import { policyWith } from '#test/support/policy.ts'

import { ads, cost, facts, MONTH, value } from './inputs.ts'

const review = (changes: Partial<CampaignRoiInput> = {}) =>
  reviewCampaignRoi(facts(changes), {
    month: MONTH,
    asOfOn: '2026-04-02',
    policy: policyWith({ targets: [{ id: 'roi', at_least: 0.5 }] }),
  })
const named = (...ids: readonly string[]) => ({
  ...facts().names,
  campaigns: new Map(ids.map((id) => [id, `Name ${id}`])),
})
const findings = (changes: Partial<CampaignRoiInput> = {}) =>
  review(changes).findings.map(({ id, severity }) => [id, severity])
const traced = [ads({ spendMinor: 1_050_000 })]

describe('findings', () => {
  it('name spend without a trace and each loss', () => {
    expect(findings()).toStrictEqual([
      ['finding.campaign_roi.spend_trace:total', 'serious'],
      ['finding.campaign_roi.performance:CAMP_003', 'serious'],
    ])
    const [trace, loss] = review().findings
    expect(trace).toMatchObject({
      ruleId: 'campaign_roi.spend_trace',
      subject: 'total:spend',
      title: '{{campaign_roi.spend_trace.untraceable_share}} of media spend cannot be traced',
    })
    expect(loss).toStrictEqual({
      id: 'finding.campaign_roi.performance:CAMP_003',
      ruleId: 'campaign_roi.performance',
      subject: 'campaign:CAMP_003',
      severity: 'serious',
      title: 'Feature Launch returned less than it cost',
      detail:
        'It cost {{campaign_roi.campaign.CAMP_003.cost}} and returned {{campaign_roi.campaign.CAMP_003.value}}, an ROI of {{campaign_roi.campaign.CAMP_003.roi}}.',
    })
  })

  it('say nothing of spend that was traced', () => {
    expect(findings({ delivery: traced })).toStrictEqual([
      ['finding.campaign_roi.performance:CAMP_003', 'serious'],
    ])
  })

  it('warn of platforms that report more than the books', () => {
    const found = findings({ delivery: [ads({ spendMinor: 1_200_000 })] })
    expect(found).toContainEqual(['finding.campaign_roi.spend_trace:total', 'warning'])
  })

  it('say that a loss without a cost has no ROI', () => {
    const { findings: found } = review({
      costs: [cost('C', 'media', 0)],
      values: [value('C', -5)],
      names: named('C'),
      delivery: [],
    })
    expect(found[0]?.detail).toMatch(/, no ROI\.$/)
  })

  // The bound is 1.3 conversions for each of 100 wins.
  it.each([
    [130, false],
    [131, true],
  ])('hold %d platform conversions against the wins', (conversions, told) => {
    const found = findings({
      delivery: [ads({ spendMinor: 1_050_000, conversions })],
      won: [{ month: MONTH, campaignId: 'CAMP_001', wins: 100, amountMinor: null, rows: 100 }],
      presence: { ...facts().presence, deals: 'present' },
    })
    expect(found.some(([id]) => id === 'finding.campaign_roi.claim_ratio:total')).toBe(told)
  })
})

describe('the summary', () => {
  it('states the return, the first and the last campaign, and what cannot be traced', () => {
    expect(review().summary).toStrictEqual([
      expect.stringMatching(/^The month cost .* all of it an estimate, .*total\.roi\}\}\.$/),
      'Spring Promo led with an ROI of {{campaign_roi.campaign.CAMP_001.roi}}; Feature Launch came last with {{campaign_roi.campaign.CAMP_003.roi}}.',
      expect.stringContaining('cannot be traced'),
      'There is no earlier month to compare with.',
    ])
  })

  it('says when only a part of the value is an estimate', () => {
    const [first, ...rest] = facts().values
    if (first === undefined) throw new TypeError('expected a value')
    const values = [{ ...first, source: 'crm' }, ...rest]
    const found = review({ values })
    expect(found.summary[0]).toContain(', in part an estimate,')
    const basis = found.facts.find(({ id }) => id === 'campaign_roi.total.value_basis')
    expect(basis?.value).toBe('in part an estimate')
  })

  it('calls a value booked by the CRM no estimate', () => {
    const values = facts().values.map((row) => ({ ...row, source: 'crm' }))
    const found = review({ values })
    expect(found.summary[0]).toBe(
      'The month cost {{campaign_roi.total.cost}} in full and returned {{campaign_roi.total.value}} for a net of {{campaign_roi.total.net}} and an ROI of {{campaign_roi.total.roi}}.',
    )
    expect(found.facts.map(({ id }) => id)).not.toContain('campaign_roi.total.value_basis')
  })

  it('names no first and last of one campaign', () => {
    const found = review({
      names: named('C'),
      costs: [cost('C', 'media', 10)],
      values: [value('C', 20)],
      delivery: [ads({ campaignId: 'C', spendMinor: 10 })],
    })
    expect(found.summary.join(' ')).not.toContain('led with')
    expect(found.summary).toHaveLength(2)
  })

  it('does not miss an earlier month where this one is missing', () => {
    const before = { costs: [cost('CAMP_001', 'media', 10, '2026-02')], values: [] }
    expect(review({ ...before, delivery: [] }).summary).toStrictEqual([
      expect.stringMatching(/^Return cannot be stated/),
    ])
  })

  it('says nothing of the month before where the value of this one is missing', () => {
    expect(review({ values: [] }).summary).toStrictEqual([
      'Return cannot be stated: full cost is {{campaign_roi.total.cost}}, value is {{campaign_roi.total.value}}.',
      expect.stringContaining('cannot be traced'),
    ])
  })

  it('does not call a month alone that is only not over yet', () => {
    const before = {
      costs: [...facts().costs, cost('CAMP_001', 'media', 5, '2026-02')],
      values: [...facts().values, value('CAMP_001', 5, '2026-02')],
    }
    const open = reviewCampaignRoi(facts(before), {
      month: MONTH,
      asOfOn: '2026-03-20',
      policy: policyWith(),
    })
    expect(open.summary.at(-1)).toContain('cannot be traced')
  })

  it('leads from the first of several campaigns to the last of those that can be ranked', () => {
    const values = facts().values.slice(0, 2)
    expect(review({ values }).summary[1]).toBe(
      'Spring Promo led with an ROI of {{campaign_roi.campaign.CAMP_001.roi}}; SMB Cost Savings came last with {{campaign_roi.campaign.CAMP_002.roi}}.',
    )
  })

  it('compares with the prior month only in value that was measured', () => {
    const before = { values: [...facts().values, value('CAMP_001', 5, '2026-02')] }
    expect(review(before).summary.at(-1)).toContain('Against the prior month')
  })

  it('says in names what a template would take for a token', () => {
    const names = { ...facts().names, campaigns: new Map([['CAMP_001', '{{x.y}}']]) }
    expect(review({ names }).summary.join(' ')).toContain('((x.y))')
  })
})

describe('tables and chart', () => {
  const tableOf = (id: string, changes: Partial<CampaignRoiInput> = {}) =>
    review(changes).tables.find((table) => table.id === id)
  const many = (count: number): Partial<CampaignRoiInput> => {
    const ids = Array.from({ length: count }, (_, index) => `C${String(index).padStart(2, '0')}`)
    return {
      names: named(...ids),
      costs: ids.map((id) => cost(id, 'media', 100)),
      values: ids.map((id, index) => value(id, 1000 - index)),
      delivery: [],
    }
  }

  it('have one cell for each column, figures set as numbers', () => {
    for (const table of review().tables) {
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length)
      expect(misalignedColumns(table)).toStrictEqual([])
    }
  })

  it('list campaigns that cannot be ranked after the others', () => {
    const rows = tableOf('campaign_roi.campaigns', {
      values: facts().values.slice(1),
    })?.rows.map(([first]) => first)
    expect(rows).toStrictEqual([
      { text: 'SMB Cost Savings' },
      { text: 'Feature Launch' },
      { text: 'Spring Promo' },
    ])
  })

  it.each([
    [30, 30, false],
    [31, 30, true],
  ])('show of %d campaigns %d', (count, shown, isCut) => {
    const table = tableOf('campaign_roi.campaigns', many(count))
    expect(table?.rows).toHaveLength(shown)
    expect(table?.note).toMatch(
      /^Value and full cost are those of the books; .* over media spend alone\./,
    )
    expect(table?.note?.endsWith('The list is cut here; every line stands in review.json.')).toBe(
      isCut,
    )
    expect(table?.columns.map(({ label }) => label)).toContain('Media cost per conversion')
    expect(review(many(count)).charts[0]?.categories).toHaveLength(shown)
  })

  it('are left out where there is nothing to show', () => {
    const ids = review({ delivery: [] }).tables.map(({ id }) => id)
    expect(ids).toStrictEqual([
      'campaign_roi.campaigns',
      'campaign_roi.cost_by_kind',
      'campaign_roi.comparisons',
    ])
    expect(review().tables.map(({ id, title }) => [id, title])).toStrictEqual([
      ['campaign_roi.campaigns', 'Campaigns by return'],
      ['campaign_roi.cost_by_kind', 'What the month cost'],
      ['campaign_roi.channels', 'Channels'],
      ['campaign_roi.segments', 'Segments'],
      ['campaign_roi.comparisons', 'Against earlier periods'],
    ])
  })

  it('say nothing of kinds that were not booked where all were', () => {
    const kinds = ['media', 'human_review', 'llm', 'tooling', 'agency']
    const costs = kinds.map((kind) => cost('CAMP_001', kind, 1))
    expect(tableOf('campaign_roi.cost_by_kind', { costs })).not.toHaveProperty('note')
  })

  it('name a segment in its own column', () => {
    expect(tableOf('campaign_roi.segments')?.columns[0]).toStrictEqual({
      key: 'segment',
      label: 'Segment',
      numeric: false,
    })
  })

  it('name a channel and what it delivered', () => {
    const table = tableOf('campaign_roi.channels')
    expect(table?.columns[0]).toStrictEqual({ key: 'channel', label: 'Channel', numeric: false })
    expect(table?.rows[0]?.slice(0, 2)).toStrictEqual([
      { text: 'Email' },
      { fact: 'campaign_roi.channel.CH_01.platform_spend' },
    ])
  })

  it('set cost beside value, campaign by campaign', () => {
    const [chart] = review().charts
    expect(chart).toMatchObject({
      kind: 'bar',
      categories: ['Spring Promo', 'SMB Cost Savings', 'Feature Launch'],
      series: [
        {
          name: 'Full cost',
          values: expect.arrayContaining(['campaign_roi.campaign.CAMP_001.cost']),
        },
        { name: 'Value', values: expect.arrayContaining(['campaign_roi.campaign.CAMP_003.value']) },
      ],
    })
    expect(chart?.summary).toContain(
      'Spring Promo: cost {{campaign_roi.campaign.CAMP_001.cost}}, value {{campaign_roi.campaign.CAMP_001.value}}; ',
    )
  })

  it('draw no chart of campaigns without a return', () => {
    expect(review({ values: [] }).charts).toStrictEqual([])
  })
})
