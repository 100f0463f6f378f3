import { basename, join, relative } from 'node:path'

import type { ReviewDocument } from '#rules/schema/document.ts'

import { watched } from '../llm/narrate.ts'
import { formatMoney } from '../report/format.ts'
import { VERDICT_WORDS } from '../report/titles.ts'
import { stageTitle } from '../report/titles.ts'
import { unmeasuredBeside } from '../report/verdict-basis.ts'
import { approvedSoFar, lacksApprovers } from '../report/words.ts'
import { beginReview } from '../runtime/begin.ts'
import { driveReview, type DriveOutcome } from '../runtime/drive.ts'
import { documentOf, publishAtRest, reviewFolder } from '../runtime/publish.ts'
import { narratorOf } from '../runtime/review-narrator.ts'
import type { ReviewSession } from '../runtime/session.ts'
import type { Workspace } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import { runnable, shellWord } from '../terminal/next-command.ts'
import { keepDueHead } from './audit-heads.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { warnOfChangedPolicy } from './policy.ts'
import { tellTelling, toldReview, watchCalls } from './telling.ts'
import { whenFree } from './when-free.ts'

export interface ReviewOptions extends CommonOptions {
  readonly month: string
  readonly asOf?: string
}

/** `mo review`: begins the month's review, or goes on with it, and runs it until it is finished, waits, or is withheld. */
export async function runReview(
  context: CommandContext,
  options: ReviewOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await warnOfChangedPolicy(context, { store, workspace })
    const session = await beginReview(store, workspace, {
      month: options.month,
      asOf: options.asOf,
      now: context.now(),
    })
    try {
      return await driveAndTell(context, { store, workspace, session })
    } finally {
      await session.data.close()
    }
  })
}

/** `mo resume`: goes on with a review after a crash or a decision. */
export async function runResume(
  context: CommandContext,
  options: CommonOptions & { readonly review?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await warnOfChangedPolicy(context, { store, workspace })
    const review = await findReview(store, workspace, options.review)
    return withSession(workspace, review, (session) =>
      driveAndTell(context, { store, workspace, session }),
    )
  })
}

const EXIT_OF_OUTCOME: Readonly<Record<DriveOutcome, CommandExit>> = {
  completed: 0,
  awaiting_approval: 3,
  withheld: 4,
}

interface Driven {
  readonly store: Store
  readonly workspace: Workspace
  readonly session: ReviewSession
  /** Somebody decided, and that is on record: the review is gone on with even when another process has it at this moment. */
  readonly decided?: boolean
}

/** Drives a review on and prints where it stands. */
export async function driveAndTell(
  context: CommandContext,
  { store, workspace, session, decided = false }: Driven,
): Promise<CommandExit> {
  const { output, config } = context
  if (config.narratorUnset !== undefined) output.warning(config.narratorUnset)
  const began = new Map<string, number>()
  const drive = () =>
    driveReview({
      store,
      session,
      now: context.now,
      narrator: watched(narratorOf(config.narrator, store, session), watchCalls(output)),
      publish: publishAtRest(store, session),
      onStage: (stage, event) => {
        const at = context.now().getTime()
        if (event === 'begins') began.set(stage, at)
        else
          output.progress(`  ${stageTitle(stage).padEnd(16)} ${at - (began.get(stage) ?? at)} ms`)
      },
    })
  const outcome = decided ? await whenFree(drive) : await drive()
  const broken = await keepDueHead(context, store, workspace)
  if (broken !== undefined) output.warning(broken)
  const document = await documentOf(store, session)
  if (output.json) output.document(document)
  else if (outcome === undefined) tellBusy(context, document, workspace)
  else tellDocument(context, document, { workspace, folder: await reviewFolder(store, session) })
  return outcome === undefined ? exitOfBusy(document) : EXIT_OF_OUTCOME[outcome]
}

/** Whoever has the review looks at what was decided before it rests. */
function tellBusy(
  { output }: CommandContext,
  { reviewId }: ReviewDocument,
  workspace: Workspace,
): void {
  const directory = relative(process.cwd(), workspace.directory) || '.'
  output.line(`Another process is working on review ${reviewId} and goes on with it.`)
  output.line(`Next:    ${runnable(`mo status ${reviewId}`, directory)}`)
}

function exitOfBusy({ budget }: ReviewDocument): CommandExit {
  return budget.approvals.some(({ status }) => status === 'pending') ? 3 : 0
}

/** Verdict, reasons, what waits, where the report is, and the exact next command. */
function tellDocument(
  { output }: CommandContext,
  document: ReviewDocument,
  { workspace, folder: published }: { readonly workspace: Workspace; readonly folder: string },
): void {
  const folder = relative(process.cwd(), published) || '.'
  output.line(
    `Review ${document.reviewId} of ${document.company}: ${document.status.replaceAll('_', ' ')}`,
  )
  output.line(
    `Verdict: ${VERDICT_WORDS[document.health.verdict]}${document.interim ? ' (interim)' : ''}`,
  )
  for (const reason of document.health.reasons) output.line(`  - ${reason.text}`)
  const unmeasured = unmeasuredBeside(document)
  if (unmeasured.length > 0) {
    output.line(`  not looked at, because not measured: ${unmeasured.join(', ')}`)
  }
  output.line(`Report:  ${join(folder, 'report.html')} (also report.md, review.json)`)
  if (basename(published) !== document.month) {
    output.line(
      `         It looks back at a day of its month; the report of the later day stays in ${join(folder, '..')}`,
    )
  }
  tellRejected({ output }, document, workspace)
  if (document.status === 'withheld') {
    const directory = shellWord(relative(process.cwd(), workspace.directory) || '.')
    output.line(`Withheld: the data are graded ${document.trust.grade}; nothing was decided.`)
    output.line(`Next:    npm run -s mo -- validate --workspace ${directory}`)
    output.line(
      `         npm run -s mo -- review --workspace ${directory} --month ${document.month}`,
    )
  }
  tellTelling(output, toldReview(document), workspace)
  tellPending({ output }, document, workspace)
}

/** Rows that are in no figure, whatever they do to the grade. */
function tellRejected(
  { output }: Pick<CommandContext, 'output'>,
  { inputs }: ReviewDocument,
  workspace: Workspace,
): void {
  const spoilt = inputs.filter(({ rejected }) => rejected > 0)
  if (spoilt.length === 0) return
  const rows = spoilt.reduce((sum, { rejected }) => sum + rejected, 0)
  const each = spoilt.map(({ dataset, rejected }) => `${dataset} ${rejected}`).join(', ')
  const directory = shellWord(relative(process.cwd(), workspace.directory) || '.')
  output.line(
    `${rows} ${rows === 1 ? 'row was' : 'rows were'} rejected (${each}): npm run -s mo -- validate --workspace ${directory}`,
  )
}

function tellPending(
  { output }: Pick<CommandContext, 'output'>,
  { budget }: ReviewDocument,
  workspace: Workspace,
): void {
  const directory = shellWord(relative(process.cwd(), workspace.directory) || '.')
  const pending = budget.approvals.filter((approval) => approval.status === 'pending')
  if (pending.length === 0) return
  output.line('Waiting for approval:')
  for (const approval of pending) {
    const move = budget.moves.find((each) => each.id === approval.moveId)
    const amount = formatMoney(approval.amount.currency, approval.amount.minor)
    output.line(
      `  ${approval.approvalId}  ${amount} from ${move?.fromName ?? '?'} to ${move?.toName ?? '?'}  tier ${approval.tier}, ${approvedSoFar(approval)}, until ${approval.expiresAt.slice(0, 16).replace('T', ' ')} UTC`,
    )
  }
  const dead = pending.find(lacksApprovers)
  const first = pending.find((approval) => !lacksApprovers(approval))
  if (dead !== undefined) {
    const show = `npm run -s mo -- approvals show ${dead.approvalId} --workspace ${directory}`
    output.line(`Why nobody can approve ${dead.approvalId}, and what can be done: ${show}`)
  }
  if (first === undefined) return
  const base = `--workspace ${directory} --as PERSON --reason TEXT`
  output.line(`Next:    npm run -s mo -- approve ${first.approvalId} ${base}`)
  output.line(`         npm run -s mo -- reject ${first.approvalId} ${base}`)
}
