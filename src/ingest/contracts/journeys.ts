import {
  AMOUNT,
  COUNT,
  CURRENCY,
  DATE,
  ID,
  INSTANT,
  LONG_TEXT,
  mayReferTo,
  optional,
  required,
  SIGNED_AMOUNT,
  TEXT,
  WORD,
} from './column.ts'
import type { DatasetContract } from './contract.ts'

/** How many reached a stage on a day. */
export const FUNNEL_COUNTS: DatasetContract = {
  dataset: 'funnel_counts',
  columns: [
    required('date', DATE),
    mayReferTo('campaigns', 'campaign_id'),
    mayReferTo('segments', 'segment_id'),
    mayReferTo('channels', 'channel_id'),
    required('stage', WORD),
    required('count', COUNT),
    optional('source', TEXT),
  ],
  key: ['date', 'campaign_id', 'segment_id', 'channel_id', 'stage', 'source'],
  dated: 'date',
  rowRules: [],
}

/** One person reaching one stage. */
export const FUNNEL_EVENTS: DatasetContract = {
  dataset: 'funnel_events',
  columns: [
    required('person_id', ID),
    required('stage', WORD),
    required('occurred_at', INSTANT),
    mayReferTo('campaigns', 'campaign_id'),
    mayReferTo('segments', 'segment_id'),
    mayReferTo('channels', 'channel_id'),
  ],
  key: [],
  dated: 'occurred_at',
  rowRules: [],
}

/** One contact of a person with a channel. `channel` is a name of its own and need not stand in `channels`. */
export const TOUCHPOINTS: DatasetContract = {
  dataset: 'touchpoints',
  columns: [
    required('person_id', ID),
    required('occurred_at', INSTANT),
    required('channel', ID),
    mayReferTo('campaigns', 'campaign_id'),
    optional('cost', AMOUNT),
  ],
  key: [],
  dated: 'occurred_at',
  rowRules: [],
}

/** One conversion of a person; a refund has a negative value. */
export const CONVERSIONS: DatasetContract = {
  dataset: 'conversions',
  columns: [
    required('conversion_id', ID),
    required('person_id', ID),
    required('occurred_at', INSTANT),
    optional('value', SIGNED_AMOUNT),
    optional('currency', CURRENCY),
  ],
  key: ['conversion_id'],
  dated: 'occurred_at',
  rowRules: [],
}

/** Journeys already counted by path, `A > B > C`. A path may come in several rows. */
export const JOURNEYS: DatasetContract = {
  dataset: 'journeys',
  columns: [
    required('path', LONG_TEXT),
    required('conversions', COUNT),
    optional('conversion_value', SIGNED_AMOUNT),
    optional('nulls', COUNT),
  ],
  key: [],
  rowRules: [],
}
