import { z } from 'zod'

import type { ReviewPorts } from '#graph/ports.ts'
import type { ApprovalOutcome, PendingApproval, StageReceipt } from '#graph/state.ts'
import { present } from '#rules/kernel/invariant.ts'
import { compareText } from '#rules/kernel/order.ts'
import type { StageName, StageResult } from '#rules/schema/review.ts'
import { gradeTrust, isBelow, type TrustFacts } from '#rules/trust/grade.ts'

import { orderApproved } from '../changes/apply.ts'
import { mainFault } from '../ingest/main-fault.ts'
import type { NarratorDeps } from '../llm/narrate.ts'
import { listApprovals, standing, type ApprovalStatus } from '../store/approvals.ts'
import { loadEffects } from '../store/effects.ts'
import {
  loadStages,
  saveStageResult,
  startStage,
  type StoredStage,
} from '../store/stage-results.ts'
import type { Store } from '../store/store.ts'
import { fileMoves } from './approval-filing.ts'
import { lostRows } from './lost-rows.ts'
import { monthToDate } from './month-rows.ts'
import { moveOf } from './moves.ts'
import { programSha256 } from './program.ts'
import { decodeRecords, encodeRecord, type IntakeRecord, type ReviewRecords } from './records.ts'
import { renewStale } from './renew-approvals.ts'
import type { ReviewSession } from './session.ts'
import { runSpecialist, type Earlier } from './specialists.ts'
import { tellStage } from './tell.ts'

const SYSTEM = { actor: 'system:review', role: null, onBehalfOf: null } as const

/** What the ports of one drive work with. */
export interface PortDependencies {
  readonly store: Store
  readonly session: ReviewSession
  /** Number of the review's lock held: a write of a process that lost it is refused. */
  readonly fence: number
  readonly now: () => Date
  /** Undefined: every stage tells itself. */
  readonly narrator?: NarratorDeps | undefined
  readonly publish: (status: 'completed' | 'withheld') => Promise<void>
  /** Told when a stage begins and ends, for whoever watches. */
  readonly onStage: (stage: string, event: 'begins' | 'ends') => void
}

/** The world as the graph of one review sees it. Every method may run again after a crash and then finds its work done. */
export function createReviewPorts(dependencies: PortDependencies): ReviewPorts {
  return {
    admit: () => admit(dependencies),
    runStage: (stage) => runStage(stage, dependencies),
    fileApprovals: () => fileApprovals(dependencies),
    approvalOutcomes: () => approvalOutcomes(dependencies),
    applyMoves: () => applyMoves(dependencies),
    publish: async () => {
      const { store, session, publish } = dependencies
      await publish(finalStatus(await loadRecords(store, session.review.reviewId)))
    },
  }
}

/** The records of a review as the store holds them now. */
export async function loadRecords(store: Store, reviewId: string): Promise<ReviewRecords> {
  return decodeRecords(await loadStages(store.pool, reviewId))
}

/** How a review ends that has nothing left to do. */
export function finalStatus({ intake }: ReviewRecords): 'completed' | 'withheld' {
  return intake?.gate === 'withheld' ? 'withheld' : 'completed'
}

const SpendRow = z.object({
  ledger_media_minor: z.int().nullable(),
  platform_spend_minor: z.int().nullable(),
})

/** What the data gate says on the session's data; the same data and policy give the same record. */
export async function gradeSession({
  data,
  context,
  months,
}: ReviewSession): Promise<IntakeRecord> {
  const [spend] = await data.warehouse.rows('intake/spend', monthToDate(context), SpendRow)
  const lost = await lostRows(data.warehouse, context.month)
  const datasets: TrustFacts['datasets'][number][] = []
  for (const result of data.datasets) {
    const { dataset, state, rows, rejected } = result
    const fault = await data.during(() => mainFault(data.connection, result))
    datasets.push({
      name: dataset,
      state,
      rows,
      rejected,
      lost: lost(dataset),
      ...(fault === undefined ? {} : { fault }),
    })
  }
  const { grade, reasons } = gradeTrust(
    {
      datasets,
      ...months,
      ledgerMediaMinor: spend?.ledger_media_minor ?? null,
      platformSpendMinor: spend?.platform_spend_minor ?? null,
    },
    context.policy.trust,
  )
  const gate = isBelow(grade, context.policy.trust.withhold_below) ? 'withheld' : 'open'
  return {
    gate,
    grade,
    reasons: reasons.map((reason) => ({ ...reason, compared: { ...reason.compared } })),
  }
}

async function admit({ store, session, fence }: PortDependencies): Promise<'open' | 'withheld'> {
  const { reviewId } = session.review
  const known = (await loadRecords(store, reviewId)).intake
  if (known !== undefined) return known.gate
  const record = await gradeSession(session)
  const result = encodeRecord(record)
  const program = await programSha256()
  await saveStageResult(store.pool, { reviewId, stage: 'intake', fence, result, program })
  return record.gate
}

async function runStage(stage: StageName, dependencies: PortDependencies): Promise<StageReceipt> {
  const { store, session, fence, onStage } = dependencies
  const { reviewId } = session.review
  const begun = await startStage(store.pool, { reviewId, stage, fence })
  if (begun.result !== null) return receiptOf(stage, begun)
  onStage(stage, 'begins')
  const { records, approvals } = await earlierOf(stage, dependencies)
  const computed = await runSpecialist(stage, session, { records, approvals })
  const record = await tellStage(computed, { records, approvals }, dependencies.narrator)
  const result = encodeRecord(record)
  const program = await programSha256()
  const saved = await saveStageResult(store.pool, { reviewId, stage, fence, result, program })
  onStage(stage, 'ends')
  return receiptOf(stage, saved)
}

/** What earlier stages left, for the two who read it: the last stage, and a narrator. To parse it for all would double a review's cost. */
async function earlierOf(
  stage: StageName,
  { store, session, narrator }: PortDependencies,
): Promise<Earlier> {
  if (stage !== 'synthesis' && narrator === undefined) {
    return { records: { stages: new Map() }, approvals: [] }
  }
  const { reviewId } = session.review
  const records = await loadRecords(store, reviewId)
  return { records, approvals: standing(await listApprovals(store.pool, { reviewId })) }
}

function receiptOf(stage: StageName, stored: StoredStage): StageReceipt {
  const records = decodeRecords([stored])
  const result: StageResult = present(records.stages.get(stage), `the record of ${stage}`).result
  return {
    stage,
    status: result.status,
    sha256: present(stored.resultSha256, `the hash of ${stage}`),
    decisions: result.decisions.length,
    findings: result.findings.length,
  }
}

async function fileApprovals({
  store,
  session,
  fence,
  now,
}: PortDependencies): Promise<PendingApproval[]> {
  const { reviewId } = session.review
  const { budget } = await loadRecords(store, reviewId)
  const { moves } = present(budget, 'the budget stage').result
  await fileMoves(store, session, { moves, now: now(), actor: SYSTEM, fence })
  return pendingApprovals(store, reviewId)
}

/** Requests of the review that wait for people. */
async function pendingApprovals(store: Store, reviewId: string): Promise<PendingApproval[]> {
  const pending = await listApprovals(store.pool, { reviewId, statuses: ['pending'] })
  return pending
    .map((approval) => ({
      approvalId: approval.approvalId,
      moveId: moveOf(approval).id,
      tier: approval.tier,
      approversNeeded: approval.approversNeeded,
    }))
    .toSorted((left, right) => compareText(left.approvalId, right.approvalId))
}

async function approvalOutcomes({ store, session }: PortDependencies): Promise<ApprovalOutcome[]> {
  const filed = await listApprovals(store.pool, { reviewId: session.review.reviewId })
  return filed.flatMap(({ status, ...approval }) => {
    const outcome = OUTCOMES[status]
    return outcome === undefined
      ? []
      : [{ approvalId: approval.approvalId, moveId: moveOf(approval).id, outcome }]
  })
}

/** How people's part ended, for the states in which it has. */
const OUTCOMES: Readonly<Record<ApprovalStatus, ApprovalOutcome['outcome'] | undefined>> = {
  draft: undefined,
  proposed: undefined,
  pending: undefined,
  approved: 'approved',
  applying: 'approved',
  applied: 'approved',
  verified: 'approved',
  failed: 'approved',
  rolled_back: 'approved',
  rejected: 'rejected',
  expired: 'expired',
  superseded: 'superseded',
  withdrawn: 'withdrawn',
}

/** What still holds is ordered, once; what is void by now waits for people again. */
async function applyMoves({ store, session, fence, now }: PortDependencies) {
  const { reviewId } = session.review
  await renewStale(store, session, { now: now(), actor: SYSTEM })
  await orderApproved(store, session, { fence, actor: SYSTEM })
  const effects = await loadEffects(store.pool, reviewId)
  return {
    applied: effects.filter((effect) => effect.stage === 'apply').map((effect) => effect.subject),
    pending: await pendingApprovals(store, reviewId),
  }
}
