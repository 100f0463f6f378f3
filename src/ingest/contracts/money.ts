import {
  AMOUNT,
  choice,
  COUNT,
  CURRENCY,
  DATE,
  ID,
  INSTANT,
  mayReferTo,
  MONTH,
  optional,
  PROSE,
  refersTo,
  required,
  SIGNED_AMOUNT,
  TEXT,
  WORD,
} from './column.ts'
import type { DatasetContract } from './contract.ts'

/** What the ad platforms report: one row a day, campaign, channel, segment and creative. */
export const AD_PERFORMANCE: DatasetContract = {
  dataset: 'ad_performance',
  columns: [
    required('date', DATE),
    refersTo('campaigns', 'campaign_id'),
    refersTo('channels', 'channel_id'),
    mayReferTo('segments', 'segment_id'),
    optional('creative_id', ID),
    required('currency', CURRENCY),
    required('spend', AMOUNT),
    optional('impressions', COUNT),
    optional('clicks', COUNT),
    optional('conversions', COUNT),
    optional('conversion_value', AMOUNT),
  ],
  key: ['date', 'campaign_id', 'channel_id', 'segment_id', 'creative_id'],
  dated: 'date',
  rowRules: [],
}

/** What was paid. Two equal bookings need an `entry_id` each; without one the second is taken for a copy. */
export const COST_LEDGER: DatasetContract = {
  dataset: 'cost_ledger',
  columns: [
    optional('date', DATE),
    optional('month', MONTH),
    refersTo('campaigns', 'campaign_id'),
    required('cost_type', choice('media', 'human_review', 'llm', 'tooling', 'agency')),
    required('amount', AMOUNT),
    required('currency', CURRENCY),
    optional('entry_id', ID),
  ],
  key: ['date', 'month', 'campaign_id', 'cost_type', 'amount', 'entry_id'],
  dated: 'date',
  rowRules: [{ kind: 'date-or-month' }],
}

/** What came in; a refund is a negative amount. */
export const VALUE_LEDGER: DatasetContract = {
  dataset: 'value_ledger',
  columns: [
    optional('date', DATE),
    optional('month', MONTH),
    refersTo('campaigns', 'campaign_id'),
    required('amount', SIGNED_AMOUNT),
    required('currency', CURRENCY),
    required('source', choice('crm', 'estimate')),
    optional('entry_id', ID),
  ],
  key: ['date', 'month', 'campaign_id', 'amount', 'source', 'entry_id'],
  dated: 'date',
  rowRules: [{ kind: 'date-or-month' }],
}

/** What a line may spend in a month. */
export const BUDGETS: DatasetContract = {
  dataset: 'budgets',
  columns: [
    required('month', MONTH),
    mayReferTo('campaigns', 'campaign_id'),
    mayReferTo('channels', 'channel_id'),
    required('planned', AMOUNT),
    optional('committed', AMOUNT),
    optional('min', AMOUNT),
    optional('max', AMOUNT),
    required('currency', CURRENCY),
  ],
  key: ['month', 'campaign_id', 'channel_id'],
  dated: 'month',
  rowRules: [{ kind: 'ordered', low: 'min', high: 'max' }],
}

/** Moves of budget between channels, proposed, decided or made. */
export const BUDGET_ACTIONS: DatasetContract = {
  dataset: 'budget_actions',
  columns: [
    required('action_id', ID),
    required('created_at', INSTANT),
    refersTo('campaigns', 'campaign_id'),
    mayReferTo('channels', 'from_channel_id'),
    mayReferTo('channels', 'to_channel_id'),
    required('amount', AMOUNT),
    required('currency', CURRENCY),
    required('reason_code', WORD),
    optional('reason', PROSE),
    required('proposed_by', TEXT),
    optional('approver', TEXT),
    optional('decided_at', INSTANT),
    required(
      'status',
      choice(
        'draft',
        'proposed',
        'pending',
        'approved',
        'rejected',
        'executed',
        'applying',
        'applied',
        'verified',
        'expired',
        'superseded',
        'withdrawn',
        'cancelled',
        'failed',
        'rolled_back',
      ),
    ),
  ],
  key: ['action_id'],
  dated: 'created_at',
  rowRules: [],
}
