import type { Policy } from '#rules/policy/policy.ts'

import type { Actor } from '../audit/entry.ts'
import { deliverOrders } from '../changes/deliver.ts'
import { rollBack } from '../changes/roll-back.ts'
import { settleReceipts } from '../changes/settle.ts'
import { WEBHOOK_WORLD } from '../changes/webhook.ts'
import { AppError } from '../errors.ts'
import { approvalOf, refused, seeRequest } from '../runtime/decide.ts'
import { ownRequest } from '../runtime/own-request.ts'
import { publishReview } from '../runtime/publish.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import { loadApproval } from '../store/approvals.ts'
import { listOrders } from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { changeActor } from './change-actor.ts'
import { changesOf, standingOf, tellChanges, tellWayBack } from './change-words.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { publishLatest } from './publish-changed.ts'
import { whoActs } from './who.ts'

/** What every `mo changes` command may be given. */
export interface ChangesOptions extends CommonOptions {
  /** A review for list and send, a request for confirm and rollback, a file for import. */
  readonly subject?: string
  readonly as?: string
  readonly reason?: string
}

/** `mo changes list`: the orders of a review, what came back on them, and how long it took from insight to live change. */
export async function runChangesList(
  context: CommandContext,
  options: ChangesOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { reviewId } = await findReview(store, workspace, options.subject)
    const changes = await changesOf(store, reviewId)
    if (context.output.json) context.output.document(changes)
    else tellChanges(context, changes)
    return 0
  })
}

/** `mo changes confirm`: a person says that a request's orders were carried out by hand. */
export async function runChangesConfirm(
  context: CommandContext,
  options: ChangesOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { id, reason } = await meant({ store, workspace }, options)
    const deed = { as: options.as, deed: 'confirm', subject: id } as const
    const actor = await changeActor(context, { store, workspace }, deed)
    const { status } = await approvalOf(store, id)
    if (status === 'failed') {
      throw refused('a platform’s history shows its change otherwise', {
        next: `undo it with: mo changes rollback ${id} --as PERSON --reason TEXT`,
      })
    }
    const named = options.subject
    const all = await listOrders(store.pool, [id])
    const orders = named === id ? all : all.filter(({ orderId }) => orderId === named)
    if (orders.length === 0) throw new AppError('APPROVAL_NOT_FOUND', { got: id })
    const open = orders.map((order) => ({
      order,
      kind: 'accepted' as const,
      source: actor.actor,
      detail: { reason },
    }))
    await settleReceipts(store, open, actor)
    return publishAgain(context, { store, workspace, id })
  })
}

/** `mo changes rollback`: undoes an applied move as its approval foresaw. */
export async function runChangesRollback(
  context: CommandContext,
  options: ChangesOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const { id, reason } = await meant({ store, workspace }, options)
    const { person } = await whoActs(context, { store, workspace, options }, 'change')
    const actor = { actor: person.id, role: person.roles[0] ?? null, onBehalfOf: null }
    await mayUndo({ store, workspace }, id, actor)
    tellWayBack(context, await rollBack(store, { approvalId: id, reason, actor }))
    return publishAgain(context, { store, workspace, id })
  })
}

/** `mo changes send`: sends the open orders of a review to the webhook of the policy, in a person's name. */
export async function runChangesSend(
  context: CommandContext,
  options: ChangesOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.subject)
    const { reviewId } = review
    const deed = { as: options.as, deed: 'send', subject: reviewId } as const
    const actor = await changeActor(context, { store, workspace }, deed)
    const { policy } = await workspacePolicy(workspace)
    const delivered = await deliverOrders(store, {
      reviewId,
      target: webhookOf(policy, context.config.webhookSecret),
      world: WEBHOOK_WORLD,
      actor,
    })
    context.output.document(delivered)
    await withSession(workspace, review, (session) => publishReview(store, session, workspace))
    return delivered.refused.length === 0 ? 0 : 1
  })
}

function webhookOf({ changes }: Policy, secret: string | undefined) {
  if (changes.webhook_url === undefined || secret === undefined) {
    throw new AppError('CONFIG_INVALID', {
      message: 'no webhook is set up',
      expected: 'changes.webhook_url in policy.yaml and CHANGE_WEBHOOK_SECRET in the environment',
      next: 'set both, or carry the files in the review’s changes folder out by hand',
    })
  }
  return { url: changes.webhook_url, allowedHosts: changes.webhook_hosts, secret }
}

/** Who proposed a move, or may decide its tier, may undo it: like taking a request back. */
async function mayUndo(
  { store, workspace }: { readonly store: Store; readonly workspace: Workspace },
  id: string,
  { actor }: Actor,
): Promise<void> {
  const approval = await approvalOf(store, id)
  const { policy } = await workspacePolicy(workspace)
  const person = policy.people.find((each) => each.id === actor)
  if (approval.proposer === actor || person?.may_approve.includes(approval.tier) === true) return
  throw refused('only its proposer, or who may decide its tier, rolls a move back', seeRequest(id))
}

/** The request of this company that a command is about, and why. */
async function meant(
  { store, workspace }: { readonly store: Store; readonly workspace: Workspace },
  options: ChangesOptions,
): Promise<{ readonly id: string; readonly reason: string }> {
  const id = requestOf(needed(options.subject, 'the id of a request, or of one of its orders'))
  const reason = needed(options.reason, '--reason')
  await ownRequest(store, workspace, id)
  return { id, reason }
}

/** The request of an order as `mo changes list` prints it, `REQUEST:move:0`; any other id is a request's. */
function requestOf(id: string): string {
  return id.replace(/:(move|rollback):\d+$/, '')
}

function needed(value: string | undefined, expected: string): string {
  if (value !== undefined && value.trim() !== '') return value
  throw new AppError('USAGE', { expected, got: 'nothing', next: 'see: mo changes --help' })
}

/** The files of the review say what was just done. */
async function publishAgain(
  context: CommandContext,
  { store, workspace, id }: { store: Store; workspace: Workspace; id: string },
): Promise<CommandExit> {
  const approval = await loadApproval(store.pool, id)
  await publishLatest(store, workspace, new Set([approval?.reviewId ?? '']))
  const [change] = (await changesOf(store, approval?.reviewId ?? '')).filter(
    ({ approvalId }) => approvalId === id,
  )
  const standing = standingOf(approval?.status ?? 'unknown', change?.orders ?? [])
  context.output.line(`${id} is now ${standing}.`)
  return 0
}
