import type { DatasetName } from '#rules/schema/review.ts'

import { DECISION_LOG, PUBLISHED_FIGURES, SEGMENT_ROLLUPS } from './claims.ts'
import { CONTENT, CREATIVES, SEARCH_PERFORMANCE } from './content.ts'
import type { DatasetContract } from './contract.ts'
import { ACTIONS_TAKEN, EXPERIMENTS, RISK_SIGNALS } from './governance.ts'
import { CONVERSIONS, FUNNEL_COUNTS, FUNNEL_EVENTS, JOURNEYS, TOUCHPOINTS } from './journeys.ts'
import { DEALS, LEADS } from './leads.ts'
import { AD_PERFORMANCE, BUDGET_ACTIONS, BUDGETS, COST_LEDGER, VALUE_LEDGER } from './money.ts'
import { CAMPAIGNS, CHANNELS, SEGMENTS } from './organisation.ts'

/** Changes whenever a contract changes, so that a manifest says under which contract its rows were judged. */
export const CONTRACT_VERSION = 1

/** The contract of every data set. */
export const CONTRACTS: Readonly<Record<DatasetName, DatasetContract>> = {
  campaigns: CAMPAIGNS,
  segments: SEGMENTS,
  channels: CHANNELS,
  ad_performance: AD_PERFORMANCE,
  cost_ledger: COST_LEDGER,
  value_ledger: VALUE_LEDGER,
  funnel_counts: FUNNEL_COUNTS,
  funnel_events: FUNNEL_EVENTS,
  touchpoints: TOUCHPOINTS,
  conversions: CONVERSIONS,
  journeys: JOURNEYS,
  content: CONTENT,
  search_performance: SEARCH_PERFORMANCE,
  leads: LEADS,
  deals: DEALS,
  experiments: EXPERIMENTS,
  budgets: BUDGETS,
  budget_actions: BUDGET_ACTIONS,
  risk_signals: RISK_SIGNALS,
  creatives: CREATIVES,
  actions_taken: ACTIONS_TAKEN,
  segment_rollups: SEGMENT_ROLLUPS,
  decision_log: DECISION_LOG,
  published_figures: PUBLISHED_FIGURES,
}
