import { z } from 'zod'

import { MoneyValue, StageResult, Template } from './review.ts'

/** Why the verdict is what it is; `count` is how many things stand behind the reason. */
export const HealthReason = z.strictObject({
  code: z.enum([
    'trust_grade',
    'aged_risk',
    'roi_below',
    'open_risk',
    'segment_stop',
    'pending_reallocation',
    'target_missed',
    'nothing_measured',
  ]),
  count: z.int().nonnegative(),
  text: Template,
})
export type HealthReason = z.infer<typeof HealthReason>

/** The one verdict of the month, with every reason that applies, also those a graver row made needless. */
export const Health = z.strictObject({
  verdict: z.enum(['on_track', 'attention', 'critical', 'not_assessable']),
  decisionId: z.string(),
  reasons: z.array(HealthReason),
  /** What the policy's table asks for and nobody measured, as a reader names it: nothing was found there because nothing was looked at. Results stored before it was asked lack it. */
  unmeasured: z.array(z.string()).default([]),
})
export type Health = z.infer<typeof Health>

/** A target beside what was reached; both figures are facts. `not_assessable` is neither met nor missed. */
export const TargetStatus = z.strictObject({
  id: z.string(),
  label: z.string(),
  operator: z.enum(['at_least', 'at_most']),
  target: z.string(),
  actual: z.string(),
  status: z.enum(['met', 'missed', 'not_assessable']),
  decisionId: z.string(),
})
export type TargetStatus = z.infer<typeof TargetStatus>

/** A segment within a campaign and what is to become of it. `published` is the call somebody stated before. */
export const SegmentCall = z.strictObject({
  decisionId: z.string(),
  campaignId: z.string(),
  segmentId: z.string(),
  name: z.string(),
  momentum: z.enum(['improving', 'declining', 'stable', 'undecided', 'not_assessable']),
  basis: z.enum(['measured', 'stated', 'none']),
  action: z.enum(['scale', 'hold', 'revise', 'stop']),
  published: z.string().nullable(),
  needsApproval: z.boolean(),
})
export type SegmentCall = z.infer<typeof SegmentCall>

/** An open risk and what is to be done about it; `owner` is a person's id, null when the policy names nobody. */
export const RiskItem = z.strictObject({
  riskId: z.string(),
  decisionId: z.string(),
  riskType: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  campaignId: z.string().nullable(),
  status: z.string(),
  /** Type and place, in words. */
  title: z.string(),
  /** Where the risk lies, as a reader knows it. */
  subject: z.string(),
  raisedOn: z.string(),
  ageDays: z.int().nonnegative(),
  action: z.enum(['pause', 'review', 'check_tracking', 'revise_copy']),
  whatToDo: Template,
  owner: z.string().nullable(),
  ownerName: z.string(),
  dueOn: z.string(),
  evidence: z.enum(['agrees', 'differs', 'not_checked']),
})
export type RiskItem = z.infer<typeof RiskItem>

/** What an action is expected to bring over a month; null when the data cannot say. */
export const ExpectedImpact = z.strictObject({ low: MoneyValue, mid: MoneyValue, high: MoneyValue })
export type ExpectedImpact = z.infer<typeof ExpectedImpact>

/** One of the top actions, ranked by expected value. */
export const Action = z.strictObject({
  /** Stable across reviews of the same subject; `actions_taken` refers to it. */
  id: z.string(),
  rank: z.int().positive(),
  title: Template,
  /** A person's id, null when the policy names nobody for the area. */
  owner: z.string().nullable(),
  ownerName: z.string(),
  due: z.string(),
  expectedImpact: ExpectedImpact.nullable(),
  /** Why there is no impact. */
  impactNotMeasured: z.string().nullable(),
  resources: z.array(Template),
  decisionIds: z.array(z.string()),
})
export type Action = z.infer<typeof Action>

/** What the synthesis stage returns: a stage result and the executive page. */
export const SynthesisStageResult = z.strictObject({
  ...StageResult.shape,
  health: Health,
  targets: z.array(TargetStatus),
  segments: z.array(SegmentCall),
  risks: z.array(RiskItem),
  actions: z.array(Action),
  /** Next month's focus, most important first. */
  focus: z.array(Template),
  /** The executive narrative, in reading order. */
  executive: z.array(Template),
})
export type SynthesisStageResult = z.infer<typeof SynthesisStageResult>
