import {
  AMOUNT,
  BOOLEAN,
  COUNT,
  DATE,
  DECIMAL,
  ID,
  INSTANT,
  mayReferTo,
  optional,
  PROSE,
  refersTo,
  required,
  SIGNED_AMOUNT,
  TEXT,
  WORD,
} from './column.ts'
import type { DatasetContract } from './contract.ts'

/** Trends and calls per segment as somebody stated them for a window of days. */
export const SEGMENT_ROLLUPS: DatasetContract = {
  dataset: 'segment_rollups',
  columns: [
    required('window_start', DATE),
    required('window_end', DATE),
    refersTo('campaigns', 'campaign_id'),
    refersTo('segments', 'segment_id'),
    optional('impressions', COUNT),
    optional('clicks', COUNT),
    optional('conversions', COUNT),
    optional('spend', AMOUNT),
    optional('value', SIGNED_AMOUNT),
    optional('primary_kpi', TEXT),
    optional('kpi_value', DECIMAL),
    optional('trend', DECIMAL),
    optional('recommendation', WORD),
  ],
  key: ['window_start', 'window_end', 'campaign_id', 'segment_id'],
  dated: 'window_end',
  rowRules: [{ kind: 'ordered', low: 'window_start', high: 'window_end' }],
}

/** What was acted on, by whom, and why. */
export const DECISION_LOG: DatasetContract = {
  dataset: 'decision_log',
  columns: [
    required('decision_id', ID),
    required('decided_at', INSTANT),
    mayReferTo('campaigns', 'campaign_id'),
    optional('trigger', PROSE),
    required('action', PROSE),
    optional('made_by', TEXT),
    optional('human_override', BOOLEAN),
  ],
  key: ['decision_id'],
  dated: 'decided_at',
  rowRules: [],
}

/** What an earlier report printed, as it was printed. */
export const PUBLISHED_FIGURES: DatasetContract = {
  dataset: 'published_figures',
  columns: [
    required('figure_id', ID),
    optional('published_on', DATE),
    required('metric', TEXT),
    optional('subject', TEXT),
    required('printed', TEXT),
    optional('value', DECIMAL),
    optional('note', PROSE),
  ],
  key: ['figure_id'],
  dated: 'published_on',
  rowRules: [],
}
