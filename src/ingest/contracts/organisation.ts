import { AMOUNT, choice, COUNT, CURRENCY, DATE, ID, optional, required, TEXT } from './column.ts'
import type { DatasetContract } from './contract.ts'

/** One row a campaign. */
export const CAMPAIGNS: DatasetContract = {
  dataset: 'campaigns',
  columns: [
    required('campaign_id', ID),
    required('name', TEXT),
    optional('objective', TEXT),
    optional('primary_kpi', TEXT),
    optional('start_on', DATE),
    optional('end_on', DATE),
    optional(
      'status',
      choice(
        'draft',
        'planned',
        'scheduled',
        'active',
        'running',
        'paused',
        'completed',
        'ended',
        'stopped',
        'cancelled',
        'archived',
      ),
    ),
    optional('budget', AMOUNT),
    optional('currency', CURRENCY),
  ],
  key: ['campaign_id'],
  rowRules: [{ kind: 'ordered', low: 'start_on', high: 'end_on' }],
}

/** One row an audience segment. */
export const SEGMENTS: DatasetContract = {
  dataset: 'segments',
  columns: [
    required('segment_id', ID),
    required('name', TEXT),
    optional('lifecycle_stage', TEXT),
    optional('priority', TEXT),
    optional('size_estimate', COUNT),
  ],
  key: ['segment_id'],
  rowRules: [],
}

/** One row a channel. */
export const CHANNELS: DatasetContract = {
  dataset: 'channels',
  columns: [
    required('channel_id', ID),
    required('name', TEXT),
    optional('type', TEXT),
    optional('platform', TEXT),
  ],
  key: ['channel_id'],
  rowRules: [],
}
