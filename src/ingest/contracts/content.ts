import {
  COUNT,
  DATE,
  ID,
  LONG_TEXT,
  mayReferTo,
  optional,
  PROSE,
  refersTo,
  required,
  TEXT,
} from './column.ts'
import type { DatasetContract } from './contract.ts'

/** One piece of content on one day. */
export const CONTENT: DatasetContract = {
  dataset: 'content',
  columns: [
    required('date', DATE),
    required('content_id', ID),
    optional('url', LONG_TEXT),
    optional('title', TEXT),
    optional('type', TEXT),
    optional('published_on', DATE),
    required('views', COUNT),
    optional('engaged_views', COUNT),
    optional('avg_time_s', { kind: 'decimal', min: 0 }),
    optional('scroll_75', COUNT),
    optional('bounces', COUNT),
    optional('conversions', COUNT),
    optional('assisted_conversions', COUNT),
  ],
  key: ['date', 'content_id'],
  dated: 'date',
  rowRules: [],
}

/** One page and query on one day of a search console. */
export const SEARCH_PERFORMANCE: DatasetContract = {
  dataset: 'search_performance',
  columns: [
    required('date', DATE),
    optional('page', LONG_TEXT),
    optional('query', LONG_TEXT),
    required('clicks', COUNT),
    required('impressions', COUNT),
    required('position', { kind: 'decimal', min: 0 }),
  ],
  key: ['date', 'page', 'query'],
  dated: 'date',
  rowRules: [],
}

/** One advertisement or message. */
export const CREATIVES: DatasetContract = {
  dataset: 'creatives',
  columns: [
    required('creative_id', ID),
    refersTo('campaigns', 'campaign_id'),
    mayReferTo('channels', 'channel_id'),
    mayReferTo('segments', 'segment_id'),
    required('text', PROSE),
    optional('url', LONG_TEXT),
    optional('cta', TEXT),
  ],
  key: ['creative_id'],
  rowRules: [],
}
