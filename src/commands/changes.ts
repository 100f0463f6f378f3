import { readFile } from 'node:fs/promises'

import type { Policy } from '#rules/policy/policy.ts'

import type { Actor } from '../audit/entry.ts'
import { deliverOrders } from '../changes/deliver.ts'
import { readHistory } from '../changes/history.ts'
import { rollBack } from '../changes/roll-back.ts'
import { importHistory, type ImportedOrder, settleReceipts } from '../changes/settle.ts'
import { WEBHOOK_WORLD } from '../changes/webhook.ts'
import { AppError } from '../errors.ts'
import { formatMoney } from '../report/format.ts'
import { spoken } from '../report/words.ts'
import { approvalOf, refused, seeRequest } from '../runtime/decide.ts'
import { ownRequest } from '../runtime/own-request.ts'
import { publishReview } from '../runtime/publish.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import { listApprovals, loadApproval, type Approval } from '../store/approvals.ts'
import { listOrders, listReceipts } from '../store/change-orders.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { runnable } from '../terminal/next-command.ts'
import { changesOf, standingOf, tellChanges, tellWayBack } from './change-words.ts'
import {
  findReview,
  withSession,
  withStore,
  workspaceReviews,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { mayAct, whoActs } from './who.ts'

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
    const { id, actor, reason } = await personal(context, { store, workspace }, options)
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
    const { id, actor, reason } = await personal(context, { store, workspace }, options)
    await mayUndo({ store, workspace }, id, actor)
    tellWayBack(context, await rollBack(store, { approvalId: id, reason, actor }))
    return publishAgain(context, { store, workspace, id })
  })
}

/** Requests whose orders may still be borne out, or not. */
const OPEN_TO_HISTORY = ['applying', 'applied', 'failed', 'rolled_back'] as const

/**
 * `mo changes import`: holds the orders of the workspace that are not verified yet against a platform's change history, in the name of whoever
 * brings it: a program does so with a token of its own.
 */
export async function runChangesImport(
  context: CommandContext,
  options: ChangesOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const actor = await actorOf(context, { store, workspace }, options)
    const file = needed(options.subject, 'a CSV file with the change history')
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new AppError('FILE_NOT_FOUND', { where: { file }, cause })
    })
    const { policy } = await workspacePolicy(workspace)
    const history = readHistory(text, {
      file,
      currency: policy.company.currency,
      now: context.now(),
    })
    const reviews = (await workspaceReviews(store, workspace)).map(({ reviewId }) => reviewId)
    const open = await listApprovals(store.pool, { statuses: OPEN_TO_HISTORY })
    const approvals = open.filter(({ reviewId }) => reviews.includes(reviewId))
    const failed = approvals.filter(({ status }) => status === 'failed')
    const orders = await ordersToVerify(store, approvals)
    const found = await importHistory(store, { orders, history, source: 'change-history' }, actor)
    if (context.output.json) context.output.document(found)
    else tellImported(context.output, { found, failed, workspace: options.workspace })
    await publishLatest(store, workspace, new Set(approvals.map(({ reviewId }) => reviewId)))
    const isHeld = found.every((each) => each.found !== 'mismatched')
    const isAlive = found.some((each) => failed.every((one) => one.approvalId !== each.approvalId))
    return isHeld && (isAlive || failed.length === 0) ? 0 : 1
  })
}

function tellImported(
  output: CommandContext['output'],
  {
    found,
    failed,
    workspace,
  }: {
    readonly found: readonly ImportedOrder[]
    readonly failed: readonly Approval[]
    readonly workspace: string
  },
): void {
  if (found.length === 0) output.line('No order waits for a history.')
  for (const each of found) {
    output.line(`${each.orderId}  ${spoken(each.found)}${differenceOf(each)}`)
  }
  const broken = new Set([
    ...failed.map(({ approvalId }) => approvalId),
    ...found.filter((each) => each.found === 'mismatched').map((each) => each.approvalId),
  ])
  for (const id of broken) {
    const undo = runnable(`mo changes rollback ${id} --as PERSON --reason TEXT`, workspace)
    output.line(`${id} failed, and no later history heals it. Undo it with: ${undo}`)
  }
}

function differenceOf({ found, order, seen }: ImportedOrder): string {
  if (found !== 'mismatched' || seen === undefined) return ''
  const { currency } = order.details
  const step = (from: number | null, to: number | null): string =>
    [from, to]
      .map((minor) => (minor === null ? 'not known' : formatMoney(currency, minor)))
      .join(' → ')
  const ordered = `${step(order.oldMinor, order.newMinor)} (${formatMoney(currency, order.deltaMinor)})`
  return `: ordered ${ordered}, the history has ${step(seen.oldMinor, seen.newMinor)} at ${new Date(seen.changedMs).toISOString()}`
}

/**
 * Of a request that was rolled back the orders that undo it, of any other those that carry it out; of one that failed those that no history
 * has spoken of yet, so that its way back starts from what there is.
 */
async function ordersToVerify(store: Store, approvals: readonly Approval[]) {
  const standings = new Map(approvals.map(({ approvalId, status }) => [approvalId, status]))
  const told = new Set(
    (await listReceipts(store.pool, [...standings.keys()]))
      .filter(({ kind }) => kind === 'verified' || kind === 'mismatched')
      .map(({ orderId }) => orderId),
  )
  const orders = await listOrders(store.pool, [...standings.keys()])
  return orders.filter(({ approvalId, orderId, purpose }) => {
    const status = standings.get(approvalId)
    if (status === 'failed' && told.has(orderId)) return false
    return purpose === (status === 'rolled_back' ? 'rollback' : 'move')
  })
}

/** Writes the files of reviews anew; of a review whose month another one has taken over since, none. */
async function publishLatest(
  store: Store,
  workspace: Workspace,
  touched: ReadonlySet<string>,
): Promise<void> {
  const seen = new Set<string>()
  for (const { reviewId, month } of await workspaceReviews(store, workspace)) {
    const isLatest = !seen.has(month)
    seen.add(month)
    const review =
      isLatest && touched.has(reviewId) ? await loadReview(store.pool, reviewId) : undefined
    if (review !== undefined) {
      await withSession(workspace, review, (session) => publishReview(store, session, workspace))
    }
  }
}

/** `mo changes send`: sends the open orders of a review to the webhook of the policy. */
export async function runChangesSend(
  context: CommandContext,
  options: ChangesOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await mayAct(context, { store, workspace }, 'change')
    const review = await findReview(store, workspace, options.subject)
    const { policy } = await workspacePolicy(workspace)
    const delivered = await deliverOrders(store, {
      reviewId: review.reviewId,
      target: webhookOf(policy, context.config.webhookSecret),
      world: WEBHOOK_WORLD,
      actor: { actor: 'system:webhook', role: null, onBehalfOf: null },
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

async function personal(
  context: CommandContext,
  { store, workspace }: { readonly store: Store; readonly workspace: Workspace },
  options: ChangesOptions,
) {
  const actor = await actorOf(context, { store, workspace }, options)
  const id = requestOf(needed(options.subject, 'the id of a request, or of one of its orders'))
  const reason = needed(options.reason, '--reason')
  await ownRequest(store, workspace, id)
  return { actor, id, reason }
}

async function actorOf(
  context: CommandContext,
  place: { readonly store: Store; readonly workspace: Workspace },
  options: ChangesOptions,
): Promise<Actor> {
  const { person } = await whoActs(context, { ...place, options }, 'change')
  return { actor: person.id, role: person.roles[0] ?? null, onBehalfOf: null }
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
