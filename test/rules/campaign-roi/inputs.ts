import type { CampaignRoiInput, CostRow, DeliveryRow, ValueRow } from '#rules/campaign-roi/input.ts'
import type { Rejected, RejectedRows } from '#rules/campaign-roi/rejected.ts'

export const MONTH = '2026-03'
const NONE: RejectedRows = { cost_ledger: 0, value_ledger: 0, ad_performance: 0, deals: 0 }
/** Rejected rows of which nobody can say when they count. */
export const rejectedRows = (rows: Partial<RejectedRows> = {}): Rejected => ({
  undated: { ...NONE, ...rows },
  dated: [],
})
export const cost = (
  campaignId: string,
  costType: string,
  amountMinor: number,
  month = MONTH,
): CostRow => ({
  month,
  campaignId,
  costType,
  amountMinor,
  rows: 1,
})
export const value = (campaignId: string, amountMinor: number, month = MONTH): ValueRow => ({
  month,
  campaignId,
  source: 'estimate',
  amountMinor,
  rows: 1,
})
export const ads = (changes: Partial<DeliveryRow>): DeliveryRow => ({
  month: MONTH,
  campaignId: 'CAMP_001',
  channelId: 'CH_01',
  segmentId: 'SEG_001',
  spendMinor: 32_400,
  impressions: 16_200,
  clicks: 1190,
  conversions: 122,
  conversionValueMinor: 610_000,
  rows: 2,
  ...changes,
})

/** The ledgers of the published reference report, in cents. */
export function facts(changes: Partial<CampaignRoiInput> = {}): CampaignRoiInput {
  return {
    costs: [
      cost('CAMP_001', 'media', 420_000),
      cost('CAMP_001', 'human_review', 18_000),
      cost('CAMP_001', 'llm', 4275),
      cost('CAMP_002', 'media', 510_000),
      cost('CAMP_002', 'human_review', 22_000),
      cost('CAMP_002', 'llm', 3850),
      cost('CAMP_003', 'media', 120_000),
      cost('CAMP_003', 'human_review', 9500),
      cost('CAMP_003', 'llm', 2130),
    ],
    values: [value('CAMP_001', 935_000), value('CAMP_002', 980_000), value('CAMP_003', 0)],
    delivery: [ads({})],
    won: [],
    trend: { ads: [], deals: [] },
    names: {
      campaigns: new Map([
        ['CAMP_001', 'Spring Promo'],
        ['CAMP_002', 'SMB Cost Savings'],
        ['CAMP_003', 'Feature Launch'],
      ]),
      channels: new Map([['CH_01', 'Email']]),
      segments: new Map(),
    },
    rejected: rejectedRows(),
    presence: {
      cost_ledger: 'present',
      value_ledger: 'present',
      ad_performance: 'present',
      deals: 'absent',
    },
    ...changes,
  }
}
