import { sendMail } from '../notify/send-mail.ts'
import { changeInWords } from '../report/approval-notes.ts'
import { formatMoney } from '../report/format.ts'
import { approvedSoFar, lacksApprovers, spoken } from '../report/words.ts'
import { amend, withdraw } from '../runtime/amend.ts'
import { approvalOf, decide } from '../runtime/decide.ts'
import { moveOf } from '../runtime/moves.ts'
import { noticeApprovals, type NoticedRequest } from '../runtime/notices.ts'
import { ownRequest } from '../runtime/own-request.ts'
import { workspacePolicy } from '../runtime/workspace.ts'
import { loadDecisions } from '../store/approval-decisions.ts'
import { expireApprovals } from '../store/approval-steps.ts'
import { listApprovals, type Approval } from '../store/approvals.ts'
import type { Store } from '../store/store.ts'
import { runnable } from '../terminal/next-command.ts'
import { columns } from '../terminal/output.ts'
import { progressOf, tellApproval } from './approval-words.ts'
import {
  withSession,
  withStore,
  workspaceReviews,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { warnOfChangedPolicy } from './policy.ts'
import { driveAndTell } from './review.ts'
import { tellWaitingWords } from './telling.ts'
import { mayAct, whoActs } from './who.ts'

/** `mo approvals list`: every request of the workspace, those that wait first. */
export async function runApprovalList(
  context: CommandContext,
  options: CommonOptions & { readonly all: boolean },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await mayAct(context, { store, workspace }, 'read')
    await expireApprovals(store.pool, { actor: 'system:cli', role: null, onBehalfOf: null })
    const reviews = new Set((await workspaceReviews(store, workspace)).map((each) => each.reviewId))
    const listed = (
      await listApprovals(store.pool, options.all ? {} : { statuses: ['pending'] })
    ).filter((approval) => reviews.has(approval.reviewId))
    if (context.output.json) context.output.document(listed.map(plainApproval))
    else
      context.output.line(
        listed.length === 0 ? 'Nothing waits for approval.' : approvalTable(listed),
      )
    if (!context.output.json) {
      for (const approval of listed.filter(({ status }) => status === 'pending')) {
        const progress = await progressOf(store, approval, context.now())
        context.output.line(`${approval.approvalId}: ${approvedSoFar(progress)}`)
        if (lacksApprovers(progress)) {
          const command = `mo approvals show ${approval.approvalId}`
          context.output.line(
            `  Why, and what can be done: ${runnable(command, options.workspace)}`,
          )
        }
      }
      await tellWaitingWords(context.output, { store, workspace, reviews })
    }
    return 0
  })
}

function approvalTable(approvals: readonly Approval[]): string {
  const rows = approvals.map((approval) => {
    const move = moveOf(approval)
    return [
      approval.approvalId,
      approval.status,
      approval.tier,
      formatMoney(move.amount.currency, move.amount.minor),
      `${move.fromName} → ${move.toName}`,
      approval.expiresAt.slice(0, 16).replace('T', ' '),
    ]
  })
  return columns([['APPROVAL', 'STATUS', 'TIER', 'AMOUNT', 'MOVE', 'UNTIL (UTC)'], ...rows])
}

/** `mo approvals show`: one request with what it binds and who decided. */
export async function runApprovalShow(
  context: CommandContext,
  options: CommonOptions & { readonly id: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await mayAct(context, { store, workspace }, 'read')
    const { approval } = await ownRequest(store, workspace, options.id)
    const decisions = await loadDecisions(store.pool, options.id)
    const progress = await progressOf(store, approval, context.now())
    if (context.output.json) {
      context.output.document({ ...plainApproval(approval), decisions })
    } else tellApproval(context.output, approval, { progress, workspace: options.workspace })
    return 0
  })
}

function plainApproval(approval: Approval) {
  return {
    ...approval,
    move: moveOf(approval),
    facts: plainJson(approval.facts),
    difference: plainJson(approval.difference),
    rollback: approval.rollback === null ? null : plainJson(approval.rollback),
  }
}

function plainJson(text: string): unknown {
  return JSON.parse(text)
}

export interface DecisionOptions extends CommonOptions {
  readonly id: string
  /** Undefined: whose token it is. */
  readonly as?: string
  readonly reason: string
}

/**
 * `mo approve` and `mo reject`: writes the decision down, then lets the review go on.
 *
 * @throws AppError `APPROVAL_NOT_FOUND`, `PERSON_UNKNOWN`, `TOKEN_REFUSED`, `APPROVAL_REFUSED` with the reason.
 */
export async function runDecision(
  context: CommandContext,
  options: DecisionOptions & { readonly decision: 'approve' | 'reject' },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { person, token } = await whoActs(context, { store, workspace, options }, 'approve')
    const { review } = await ownRequest(store, workspace, options.id)
    await warnOfChangedPolicy(context, { store, workspace })
    return withSession(workspace, review, async (session) => {
      const outcome = await decide(store, session, {
        approvalId: options.id,
        personId: person.id,
        token,
        decision: options.decision,
        reason: options.reason,
        now: context.now(),
      })
      if (!context.output.json) {
        const did = options.decision === 'approve' ? 'Approved' : 'Rejected'
        const progress = await progressOf(store, await approvalOf(store, options.id), context.now())
        context.output.line(
          outcome.status === 'pending'
            ? `${did} as ${person.id}: ${options.id} has ${approvedSoFar(progress)}.`
            : `${did} as ${person.id}: ${options.id} is now ${spoken(outcome.status)}.`,
        )
        if (outcome.status === 'approved') {
          const orders = await whenOrdered(store, review.reviewId)
          const command = `mo changes list ${review.reviewId}`
          context.output.line(`${orders}; see: ${runnable(command, options.workspace)}`)
        }
      }
      return driveAndTell(context, { store, workspace, session, decided: true })
    })
  })
}

/** A review goes on when nothing of it waits any more, and only then orders what was approved. */
async function whenOrdered(store: Store, reviewId: string): Promise<string> {
  const waiting = await listApprovals(store.pool, { reviewId, statuses: ['pending'] })
  if (waiting.length === 0) return 'Its change orders are written next'
  const ids = waiting.map(({ approvalId }) => approvalId).join(', ')
  return `Its change orders are written once nothing of the review waits any more; ${ids} still ${waiting.length === 1 ? 'does' : 'do'}`
}

/** `mo amend`: asks for another amount in place of a request, as its new proposer. */
export async function runAmend(
  context: CommandContext,
  options: DecisionOptions & { readonly amount: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { person } = await whoActs(context, { store, workspace, options }, 'amend')
    const { review } = await ownRequest(store, workspace, options.id)
    await warnOfChangedPolicy(context, { store, workspace })
    return withSession(workspace, review, async (session) => {
      const renewal = await amend(store, session, {
        approvalId: options.id,
        personId: person.id,
        reason: options.reason,
        amount: options.amount,
        now: context.now(),
      })
      if (!context.output.json) {
        const { anew, changes } = renewal
        const { currency } = moveOf(await approvalOf(store, anew)).amount
        const changed = changes.map((change) => changeInWords(change, currency))
        context.output.line(
          `Asked anew as ${anew} (${changed.join(', ')}); ${person.id} proposes it and may not approve it.`,
        )
      }
      return driveAndTell(context, { store, workspace, session, decided: true })
    })
  })
}

/** `mo approvals remind`: asks, reminds and escalates what waits, each person once, and sends what is to be sent. */
export async function runApprovalRemind(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { policy } = await workspacePolicy(workspace)
    const noticed = await noticeApprovals(store, {
      workspace: policy.company.name,
      now: context.now(),
    })
    const { smtpUrl } = context.config
    const mail = smtpUrl === undefined ? undefined : await sendMail(store, smtpUrl)
    if (context.output.json) context.output.document({ noticed, mail: mail ?? null })
    else tellNotices(context, noticed)
    return mail === undefined || mail.failed === 0 ? 0 : 1
  })
}

function tellNotices({ output }: CommandContext, noticed: readonly NoticedRequest[]): void {
  if (noticed.length === 0) output.line('Nothing waits for approval.')
  for (const { approvalId, notices, holders } of noticed) {
    const said = notices.map(({ kind, person }) => `${kind} ${person}`).join(', ')
    output.line(
      `${approvalId}  ${said === '' ? 'nothing new to say' : said}; with ${holders.join(', ') || 'nobody'}`,
    )
  }
}

/** `mo withdraw`: takes a request back before it is applied. */
export async function runWithdraw(
  context: CommandContext,
  options: DecisionOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { person } = await whoActs(context, { store, workspace, options }, 'amend')
    const { review } = await ownRequest(store, workspace, options.id)
    await withdraw(store, { approvalId: options.id, personId: person.id, reason: options.reason })
    if (!context.output.json) {
      context.output.line(`Withdrawn as ${person.id}: ${options.id}; its money is free again.`)
    }
    return withSession(workspace, review, (session) =>
      driveAndTell(context, { store, workspace, session, decided: true }),
    )
  })
}
