import { StageName } from '#rules/schema/review.ts'

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

/** The title of a section by the name of its stage; a name that is no stage stays. */
export function stageTitle(name: string): string {
  const parsed = StageName.safeParse(name)
  return parsed.success ? STAGE_TITLES[parsed.data] : name
}
