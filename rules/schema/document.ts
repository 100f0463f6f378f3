import { z } from 'zod'

import { APPROVAL_STATES } from './approval-state.ts'
import { BudgetMove } from './budget-move.ts'
import {
  Chart,
  Decision,
  Evidence,
  Fact,
  Finding,
  MoneyValue,
  StageName,
  StageResult,
  Table,
} from './review.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** One data set as the review saw it. `sha256` is of its files in order, null when there was none. */
export const DocumentInput = z.strictObject({
  dataset: z.string(),
  state: z.enum(['absent', 'empty', 'present', 'unreadable']),
  rows: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  sha256: Sha256.nullable(),
})
export type DocumentInput = z.infer<typeof DocumentInput>

/** What one stage says in the document; its facts and decisions stand at the top level. */
export const DocumentStage = z.strictObject({
  status: StageResult.shape.status,
  findings: z.array(Finding),
  tables: z.array(Table),
  charts: z.array(Chart),
  decisionIds: z.array(z.string()),
  /** Where its words were overtaken: what a stage says of moves is written before people decide on them. */
  note: z.string().optional(),
})
export type DocumentStage = z.infer<typeof DocumentStage>

/** One target as printed, with what came. */
export const DocumentTarget = z.strictObject({
  id: z.string(),
  label: z.string(),
  /** The bound as printed, with its operator: `≥ 67%`. */
  target: z.string(),
  actual: z.string(),
  factId: z.string().nullable(),
  status: z.enum(['met', 'missed', 'not_assessable']),
})
export type DocumentTarget = z.infer<typeof DocumentTarget>

const FactValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])

/** One value that is not what it was when a move was first asked for. */
export const ValueChange = z.strictObject({
  what: z.string(),
  before: FactValue,
  after: FactValue,
})

/** How long it took from what was found to what was changed. */
export const InsightToLive = z.strictObject({
  /** When the budget stage had found it. */
  insightAt: z.string().nullable(),
  /** When the last order of the move was live: the platform's own time where its history tells it, else when it was accepted. */
  liveAt: z.string().nullable(),
  minutes: z.int().nullable(),
})
export type InsightToLive = z.infer<typeof InsightToLive>

/** A move that waits for people, or waited. */
export const DocumentApproval = z.strictObject({
  approvalId: z.string(),
  moveId: z.string(),
  tier: z.string(),
  approversNeeded: z.int().nonnegative(),
  roles: z.array(z.string()),
  proposer: z.string(),
  /** Who may decide it under the review's policy and has not yet; empty once it is settled. */
  mayDecide: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  status: z.enum(APPROVAL_STATES),
  /** Why it has this status, where somebody or the books said so. */
  statusReason: z.string().nullable(),
  /** What is asked for by now: an amendment asks for another amount than the move proposed. */
  amount: MoneyValue,
  /** The request this one took the place of, and what differs from it. */
  supersedes: z.string().nullable(),
  difference: z.array(ValueChange),
  expiresAt: z.string(),
  /** Absent while nothing was ordered. */
  insightToLive: InsightToLive.optional(),
  decisions: z.array(
    z.strictObject({
      person: z.string(),
      onBehalfOf: z.string().nullable(),
      decision: z.enum(['approve', 'reject']),
      reason: z.string(),
      decidedAt: z.string(),
    }),
  ),
})
export type DocumentApproval = z.infer<typeof DocumentApproval>

/** One of the actions leadership is asked for. */
export const DocumentAction = z.strictObject({
  rank: z.int().positive(),
  title: z.string(),
  owner: z.string(),
  due: z.string(),
  expectedImpact: z.strictObject({ low: MoneyValue, mid: MoneyValue, high: MoneyValue }).nullable(),
  impactNotMeasured: z.string().nullable(),
  resources: z.array(z.string()),
  decisionIds: z.array(z.string()),
})
export type DocumentAction = z.infer<typeof DocumentAction>

export const DocumentRisk = z.strictObject({
  riskId: z.string(),
  title: z.string(),
  severity: z.string(),
  status: z.string(),
  owner: z.string(),
  response: z.string(),
  due: z.string().nullable(),
})
export type DocumentRisk = z.infer<typeof DocumentRisk>

export const DocumentSegment = z.strictObject({
  segmentId: z.string(),
  campaignId: z.string(),
  name: z.string(),
  momentum: z.enum(['improving', 'declining', 'stable', 'undecided', 'not_assessable']),
  action: z.string(),
  decisionId: z.string(),
})
export type DocumentSegment = z.infer<typeof DocumentSegment>

/** A move as it stands: with the amount that is asked for. */
export const DocumentMove = z.strictObject({
  ...BudgetMove.shape,
  /** What the budget stage proposed, where a person asked for another amount since. */
  proposedAmount: MoneyValue.optional(),
})
export type DocumentMove = z.infer<typeof DocumentMove>

/** The words of one stage: the figures in `text` were put in by code from `factIds`. */
export const DocumentNarrative = z.strictObject({
  text: z.string(),
  sentences: z.array(z.string()),
  source: z.enum(['llm', 'mixed', 'template']),
  /** Fluent prose of a model, and the person who approved it; absent for words by the closed vocabulary or by template. */
  approvedBy: z.string().optional(),
  /** The local day on which that person approved it. */
  approvedOn: z.string().optional(),
  /** Moves whose sentences rules put in the place of the model's, because people amended or decided them. */
  adjusted: z
    .array(z.strictObject({ moveId: z.string(), after: z.enum(['amendment', 'decision']) }))
    .optional(),
  /** A model was to tell the stage and nothing, or not all, that it said may stand: why, as a code, and what its endpoint answered with (null: nothing). */
  shortfall: z
    .strictObject({ model: z.string(), code: z.string(), httpStatus: z.int().nullable() })
    .optional(),
  /** Fluent prose of a model that is not shown: it waits for one of these people, or was rejected. */
  fluent: z
    .strictObject({
      status: z.enum(['waits', 'rejected']),
      model: z.string(),
      mayDecide: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    })
    .optional(),
  factIds: z.array(z.string()),
})
export type DocumentNarrative = z.infer<typeof DocumentNarrative>

/** `review.json`: everything a review saw, decided and said. */
export const ReviewDocument = z.strictObject({
  schemaVersion: z.literal('1.0'),
  reviewId: z.string(),
  workspace: z.string(),
  company: z.string(),
  month: z.string(),
  asOf: z.string(),
  timeZone: z.string(),
  status: z.enum(['completed', 'awaiting_approval', 'withheld', 'failed', 'running']),
  /** True while stages or approvals are still open: the verdict may change. */
  interim: z.boolean(),
  /** The report went out for its meeting while these requests were still waiting. */
  issuedForMeeting: z
    .strictObject({
      meetingAt: z.string(),
      issuedAt: z.string(),
      pending: z.array(z.string()),
    })
    .optional(),
  inputs: z.array(DocumentInput),
  policy: z.strictObject({ version: z.string(), sha256: Sha256 }),
  trust: z.strictObject({
    grade: z.enum(['A', 'B', 'C', 'D', 'E', 'F']),
    reasons: z.array(z.strictObject({ code: z.string(), subject: z.string(), compared: Evidence })),
  }),
  health: z.strictObject({
    verdict: z.enum(['on_track', 'attention', 'critical', 'not_assessable']),
    reasons: z.array(z.strictObject({ code: z.string(), text: z.string() })),
    /** What the verdict could not look at, because nobody measured it. */
    unmeasured: z.array(z.string()),
    decisionId: z.string().nullable(),
  }),
  targets: z.array(DocumentTarget),
  facts: z.record(z.string(), Fact),
  stages: z.partialRecord(StageName, DocumentStage),
  decisions: z.array(Decision),
  segments: z.array(DocumentSegment),
  budget: z.strictObject({ moves: z.array(DocumentMove), approvals: z.array(DocumentApproval) }),
  risks: z.array(DocumentRisk),
  actions: z.array(DocumentAction),
  focus: z.array(z.string()),
  narratives: z.partialRecord(StageName, DocumentNarrative),
  decisionsSha256: Sha256,
})
export type ReviewDocument = z.infer<typeof ReviewDocument>
