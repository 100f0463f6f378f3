import {
  AMOUNT,
  choice,
  CURRENCY,
  DECIMAL,
  ID,
  INSTANT,
  mayReferTo,
  optional,
  required,
  TEXT,
} from './column.ts'
import type { DatasetContract } from './contract.ts'

/** One lead with the instants at which it reached each stage. */
export const LEADS: DatasetContract = {
  dataset: 'leads',
  columns: [
    required('lead_id', ID),
    required('created_at', INSTANT),
    mayReferTo('channels', 'channel_id'),
    mayReferTo('campaigns', 'campaign_id'),
    optional('score', DECIMAL),
    optional('score_version', TEXT),
    optional('mql_at', INSTANT),
    optional('sql_at', INSTANT),
    optional('opportunity_at', INSTANT),
    optional('won_at', INSTANT),
    optional('lost_at', INSTANT),
    optional('amount', AMOUNT),
    optional('currency', CURRENCY),
    optional('sales_feedback', choice('accepted', 'rejected')),
    optional('rejection_reason', TEXT),
    optional('owner', TEXT),
  ],
  key: ['lead_id'],
  dated: 'created_at',
  rowRules: [],
}

/** One deal of the CRM. */
export const DEALS: DatasetContract = {
  dataset: 'deals',
  columns: [
    required('deal_id', ID),
    optional('lead_id', ID),
    mayReferTo('campaigns', 'campaign_id'),
    mayReferTo('channels', 'channel_id'),
    required('amount', AMOUNT),
    required('currency', CURRENCY),
    required('created_at', INSTANT),
    optional('won_at', INSTANT),
    optional('lost_at', INSTANT),
  ],
  key: ['deal_id'],
  dated: 'created_at',
  rowRules: [],
}
