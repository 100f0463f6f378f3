import type { StageName } from '#rules/schema/review.ts'

export const VERDICT_WORDS = {
  on_track: 'ON TRACK',
  attention: 'ATTENTION',
  critical: 'CRITICAL',
  not_assessable: 'NOT ASSESSABLE',
} as const

export const STAGE_TITLES: Readonly<Record<StageName, string>> = {
  campaign_roi: 'Campaign ROI',
  funnel: 'Funnel',
  attribution: 'Attribution',
  content: 'Content',
  lead_scoring: 'Lead scoring',
  budget: 'Budget',
  synthesis: 'Summary',
}
