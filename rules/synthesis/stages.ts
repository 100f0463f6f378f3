import type { StageName, StageResult } from '../schema/review.ts'
import type { Health } from '../schema/synthesis.ts'
import type { SeriousFinding } from './alike.ts'

/** Findings that need action, in the order of the stages. */
export function seriousFindings(stages: readonly StageResult[]): SeriousFinding[] {
  return stages.flatMap(({ stage, findings }) =>
    findings
      .filter((finding) => finding.severity === 'serious')
      .map((finding) => ({ stage, finding })),
  )
}

/** Ids of every decision of the stages. */
export function decisionIdsOf(stages: readonly StageResult[]): ReadonlySet<string> {
  return new Set(stages.flatMap(({ decisions }) => decisions.map(({ id }) => id)))
}

/** Did this stage run in the review? */
export function hasRun(stages: readonly StageResult[], name: StageName): boolean {
  return stages.some(({ stage }) => stage === name)
}

const STAGE_NAMES: Readonly<Record<StageName, string>> = {
  campaign_roi: 'campaign ROI',
  funnel: 'the funnel',
  attribution: 'attribution',
  content: 'content',
  lead_scoring: 'lead scoring',
  budget: 'the budget',
  synthesis: 'the synthesis',
}

/** Does any stage tell a finding of this rule? */
export function hasTold(stages: readonly StageResult[], ruleId: string): boolean {
  return stages.some(({ findings }) => findings.some((finding) => finding.ruleId === ruleId))
}

/** Stages without a figure, as a reader names them. */
export function unmeasuredStages(stages: readonly StageResult[]): string[] {
  return stages
    .filter(({ status }) => status === 'not_measured')
    .map(({ stage }) => STAGE_NAMES[stage])
}

/** As complete as the stages it brings together; a verdict that could not be given leaves it partial at best. */
export function statusOf(
  stages: readonly StageResult[],
  { verdict }: Health,
): StageResult['status'] {
  if (stages.every(({ status }) => status === 'not_measured')) return 'not_measured'
  const complete = stages.every(({ status }) => status === 'assessed')
  return complete && verdict !== 'not_assessable' ? 'assessed' : 'partial'
}
