import { z } from 'zod'

import { Evidence, MoneyValue, StageResult } from './review.ts'

/**
 * Name of a budget line: `CAMPAIGN/CHANNEL` for a channel within a campaign, `CAMPAIGN` for a campaign as a whole, `~/CHANNEL` for a
 * channel across campaigns, `~` for the company as a whole. A slash inside an id is written `%2F`, so that two lines never share a name.
 */
export function lineId(campaignId: string | null, channelId: string | null): string {
  const campaign = campaignId === null ? '~' : plainId(campaignId)
  return channelId === null ? campaign : `${campaign}/${plainId(channelId)}`
}

function plainId(id: string): string {
  return id.replaceAll('%', '%25').replaceAll('/', '%2F')
}

/** The ids that a line's name was made of by `lineId`; null where the name leaves one open. */
export function endsOfLine(line: string): {
  readonly campaignId: string | null
  readonly channelId: string | null
} {
  const [campaign = '~', channel] = line.split('/')
  return {
    campaignId: campaign === '~' ? null : readId(campaign),
    channelId: channel === undefined ? null : readId(channel),
  }
}

function readId(text: string): string {
  return text.replaceAll('%2F', '/').replaceAll('%25', '%')
}

/**
 * Why a move should not be made as it stands. A carried proposal can have any; one that this review proposes itself only the last, that it rests
 * on claims which the books contradict, for with another it would not exist.
 */
export const MoveConcern = z.enum([
  'same_line',
  'giver_not_used',
  'receiver_not_used',
  'exceeds_uncommitted_remainder',
  'remainder_not_measured',
  'receiver_under_open_risk',
  'campaign_under_open_risk',
  'receiver_under_stop',
  'campaign_not_running',
  'foreign_currency',
  'claims_above_books',
])
export type MoveConcern = z.infer<typeof MoveConcern>

/**
 * A shift of budget from one line to another; `toLine` null is the reserve. Money leaves one line and reaches the other in full, so
 * every plan balances by construction. Who must approve it is decided by governance, from these fields.
 */
export const BudgetMove = z.strictObject({
  /** `MOVE:` and the id of the carried action, or `MOVE:FROM>TO` for one this review proposes. */
  id: z.string(),
  /** `carried`: proposed before this review, in `budget_actions`. `proposed`: by this review. */
  origin: z.enum(['carried', 'proposed']),
  actionId: z.string().nullable(),
  campaignId: z.string().nullable(),
  fromLine: z.string().nullable(),
  toLine: z.string().nullable(),
  fromName: z.string(),
  toName: z.string(),
  amount: MoneyValue,
  reasonCode: z.string(),
  /** The very quantities the move rests on. */
  basis: Evidence,
  /** Change of conversion value over the planning period; null when the data cannot say, with the reason beside it. */
  expectedImpact: z.strictObject({ low: MoneyValue, mid: MoneyValue, high: MoneyValue }).nullable(),
  impactNotMeasured: z.string().nullable(),
  concerns: z.array(MoveConcern),
  ruleId: z.string(),
})
export type BudgetMove = z.infer<typeof BudgetMove>

/** What the budget stage returns: a stage result and its moves. */
export const BudgetStageResult = z.strictObject({
  ...StageResult.shape,
  moves: z.array(BudgetMove),
})
export type BudgetStageResult = z.infer<typeof BudgetStageResult>
