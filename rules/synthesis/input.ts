import type { CampaignFlight } from '../governance/campaign-standing.ts'
import type { BudgetAction, UsedLine } from '../governance/past-moves.ts'
import type { Presence } from '../kernel/presence.ts'
import type { Policy } from '../policy/policy.ts'
import type { SegmentDelivery, SegmentRollup } from '../portfolio/rollup.ts'
import type { MeasuredSlice } from '../risk/evidence.ts'
import type { RiskSignal } from '../risk/signal.ts'
import type { ApprovalState } from '../schema/approval-state.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { StageResult } from '../schema/review.ts'
import type { Grade } from '../trust/grade.ts'
import type { ActionTaken } from './candidates.ts'
import type { FunnelCell } from './published-drop-offs.ts'
import type { PublishedFigure } from './published-figure.ts'
import type { DataEnd } from './published-findings.ts'
import type { ExperimentState } from './published-lift.ts'

/** Media spend of one source: its sum in minor units, null where it was not measured, and the rows behind it. */
export interface SpendSum {
  readonly minor: number | null
  readonly rows: number
}

/** Full cost and value of one month in minor units; null where not measured. */
export interface MonthSums {
  readonly month: string
  readonly costMinor: number | null
  readonly valueMinor: number | null
}

/** A move of this review and how its request stands. */
export interface MoveApproval {
  readonly moveId: string
  readonly state: ApprovalState
}

/** What earlier stages and people left behind. */
export interface EarlierStages {
  /** Results of the six stages before, as far as they ran. */
  readonly stages: readonly StageResult[]
  /** Moves of the budget stage. */
  readonly moves: readonly BudgetMove[]
  /** Requests filed for them so far. */
  readonly approvals: readonly MoveApproval[]
  /** Grade of the data; null when nobody graded it. */
  readonly grade: Grade | null
}

interface SynthesisNames {
  readonly campaigns: ReadonlyMap<string, string>
  readonly channels: ReadonlyMap<string, string>
  readonly segments: ReadonlyMap<
    string,
    { readonly name: string; readonly priority: string | null }
  >
}

/** Everything the synthesis looks at. */
export interface SynthesisInput {
  readonly earlier: EarlierStages
  readonly risks: readonly RiskSignal[]
  /** Per risk: what was measured of its campaign up to the day it was raised. */
  readonly riskSlices: ReadonlyMap<string, readonly MeasuredSlice[]>
  readonly rollups: readonly SegmentRollup[]
  readonly delivery: {
    readonly current: readonly SegmentDelivery[]
    readonly previous: readonly SegmentDelivery[]
  }
  readonly budgetActions: readonly BudgetAction[]
  readonly usedLines: readonly UsedLine[]
  readonly funnel: readonly FunnelCell[]
  readonly experiments: readonly ExperimentState[]
  readonly published: readonly PublishedFigure[]
  readonly taken: readonly ActionTaken[]
  /** The reviewed month first, then the months before it, without a gap. */
  readonly months: readonly MonthSums[]
  readonly spend: {
    readonly ledger: SpendSum
    readonly platforms: SpendSum
    readonly rollups: SpendSum
  }
  readonly dataEnds: readonly DataEnd[]
  readonly names: SynthesisNames
  /** State and last day of each campaign. */
  readonly flights: ReadonlyMap<string, CampaignFlight>
  readonly presence: Readonly<Record<'risk_signals' | 'budget_actions', Presence>>
}

/** The month under review, its date and the policy in force. */
export interface SynthesisContext {
  readonly month: string
  readonly asOfOn: string
  readonly policy: Policy
}
