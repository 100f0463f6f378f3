import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

import type { HistoryRow } from '#rules/governance/change-verification.ts'

import type { Actor } from '../audit/entry.ts'
import { readHistory } from '../changes/history.ts'
import { holdAgainst, importHistory, type ImportedOrder } from '../changes/settle.ts'
import { AppError } from '../errors.ts'
import { formatMoney } from '../report/format.ts'
import { spoken } from '../report/words.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import { listApprovals, type Approval } from '../store/approvals.ts'
import { listOrders, listReceipts, type ChangeOrder } from '../store/change-orders.ts'
import type { Store } from '../store/store.ts'
import { runnable, shellWord } from '../terminal/next-command.ts'
import { changeActor } from './change-actor.ts'
import type { ChangesOptions } from './changes.ts'
import { withStore, workspaceReviews, type CommandContext, type CommandExit } from './context.ts'
import { publishLatest } from './publish-changed.ts'

export interface ImportOptions extends ChangesOptions {
  /** Keeps the history where it shows a line otherwise than ordered as well. */
  readonly differs?: boolean
}

/** Requests whose orders may still be borne out, or not. */
const OPEN_TO_HISTORY = ['applying', 'applied', 'failed', 'rolled_back'] as const

/**
 * `mo changes import`: holds the orders of the workspace that are not verified yet against a platform's change history, in the name of whoever
 * brings it: a program does so with a token of its own. A history that shows a line otherwise than ordered ends the move for good, and may be
 * the wrong file: it is shown, and kept only when asked for.
 */
export async function runChangesImport(
  context: CommandContext,
  options: ImportOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const file = options.subject ?? ''
    if (file.trim() === '') throw new AppError('USAGE', NO_FILE)
    const deed = { as: options.as, deed: 'import', subject: basename(file) } as const
    const actor = await changeActor(context, { store, workspace }, deed)
    const history = await historyIn(file, { workspace, now: context.now() })
    const approvals = await openApprovals(store, workspace)
    const orders = await ordersToVerify(store, approvals)
    const differs = holdAgainst({ orders, history }).filter(isMismatched)
    const isKept = differs.length === 0 || options.differs === true
    const found = isKept
      ? await keep(store, { orders, history, workspace, approvals }, actor)
      : holdAgainst({ orders, history })
    const failed = approvals.filter(({ status }) => status === 'failed')
    const told = { found, failed, isKept, file, workspace: options.workspace }
    if (context.output.json) context.output.document(found.map((each) => ({ ...each, isKept })))
    else tellImported(context.output, told)
    const isAlive = found.some((each) => failed.every((one) => one.approvalId !== each.approvalId))
    return differs.length === 0 && (isAlive || failed.length === 0) ? 0 : 1
  })
}

const NO_FILE = {
  expected: 'a CSV file with the change history',
  got: 'nothing',
  next: 'see: mo changes --help',
}

function isMismatched({ found }: ImportedOrder): boolean {
  return found === 'mismatched'
}

async function historyIn(
  file: string,
  { workspace, now }: { readonly workspace: Workspace; readonly now: Date },
): Promise<readonly HistoryRow[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_NOT_FOUND', { where: { file }, cause })
  })
  const { policy } = await workspacePolicy(workspace)
  return readHistory(text, { file, currency: policy.company.currency, now })
}

async function openApprovals(store: Store, workspace: Workspace): Promise<Approval[]> {
  const reviews = (await workspaceReviews(store, workspace)).map(({ reviewId }) => reviewId)
  const open = await listApprovals(store.pool, { statuses: OPEN_TO_HISTORY })
  return open.filter(({ reviewId }) => reviews.includes(reviewId))
}

interface Kept {
  readonly orders: readonly ChangeOrder[]
  readonly history: readonly HistoryRow[]
  readonly workspace: Workspace
  readonly approvals: readonly Approval[]
}

async function keep(
  store: Store,
  { orders, history, workspace, approvals }: Kept,
  actor: Actor,
): Promise<ImportedOrder[]> {
  const found = await importHistory(store, { orders, history, source: 'change-history' }, actor)
  await publishLatest(store, workspace, new Set(approvals.map(({ reviewId }) => reviewId)))
  return found
}

interface Imported {
  readonly found: readonly ImportedOrder[]
  /** Requests that had failed before. */
  readonly failed: readonly Approval[]
  readonly isKept: boolean
  readonly file: string
  readonly workspace: string
}

function tellImported(
  output: CommandContext['output'],
  { found, failed, isKept, file, workspace }: Imported,
): void {
  if (found.length === 0) output.line('No order waits for a history.')
  for (const each of found) {
    output.line(`${each.orderId}  ${spoken(each.found)}${differenceOf(each)}`)
  }
  const broken = new Set([
    ...failed.map(({ approvalId }) => approvalId),
    ...found.filter((each) => isKept && isMismatched(each)).map((each) => each.approvalId),
  ])
  for (const id of broken) {
    const undo = runnable(`mo changes rollback ${id} --as PERSON --reason TEXT`, workspace)
    output.line(`${id} failed, and no later history heals it. Undo it with: ${undo}`)
  }
  if (isKept) return
  output.line(
    'Nothing of it was kept, because it differs from what was ordered. If it is the wrong file, import the right one.',
  )
  const command = runnable('mo changes import --differs --as PERSON', workspace)
  output.line(
    `If the platform does hold these values, put that on record, and the move has failed for good: ${command} ${shellWord(file)}`,
  )
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
