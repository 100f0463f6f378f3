import { StageName } from '#rules/schema/review.ts'

import { AppError } from '../errors.ts'
import { openReply } from '../llm/archive.ts'
import { formatFact } from '../report/format.ts'
import { STAGE_TITLES } from '../report/titles.ts'
import { howSectionsWereTold } from '../report/words-note.ts'
import { spoken } from '../report/words.ts'
import { decideWords, loadFluentWords } from '../runtime/decide-words.ts'
import type { FluentWords } from '../runtime/fluent-words.ts'
import { documentOf, publishReview } from '../runtime/publish.ts'
import { loadLlmCalls, removeOldReplies } from '../store/llm-calls.ts'
import { columns } from '../terminal/output.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'
import { callTable } from './reply-words.ts'
import { narrativeCommand } from './telling.ts'
import { whoActs } from './who.ts'

export interface NarrativeOptions extends CommonOptions {
  readonly review?: string | undefined
  readonly stage?: string | undefined
}

/** `mo narrative show`: how each section was told, and fluent prose beside the words shown now and the facts it rests on. */
export async function runNarrativeShow(
  context: CommandContext,
  options: NarrativeOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    return withSession(workspace, review, async (session) => {
      const stage = stageOf(options.stage)
      const isAsked = (name: string): boolean => stage === undefined || name === stage
      const words = (await loadFluentWords(store, review.reviewId)).filter((each) =>
        isAsked(each.stage),
      )
      const document = await documentOf(store, session)
      const sections = howSectionsWereTold(document).filter((each) => isAsked(each.stage))
      if (context.output.json) {
        context.output.document({
          sections: sections.map((each) => ({ ...each, ...document.narratives[each.stage] })),
          fluent: words,
        })
        return 0 as const
      }
      context.output.line(`Review ${review.reviewId}: ${spoken(review.status)}`)
      if (sections.length === 0) context.output.line('No section has been told.')
      else
        context.output.line(
          columns([
            ['SECTION', 'STAGE', 'HOW IT WAS TOLD'],
            ...sections.map(({ stage: name, how }) => [STAGE_TITLES[name], name, how]),
          ]),
        )
      for (const each of words) tellWords(context, each)
      if (words.some(({ decision }) => decision === undefined)) {
        const command = narrativeCommand(workspace, 'approve', `${review.reviewId} STAGE`)
        context.output.line(
          `Next:    ${command} --as PERSON --reason TEXT (STAGE as above, or all; or reject)`,
        )
      }
      return 0 as const
    })
  })
}

/**
 * `mo narrative approve` and `mo narrative reject`: writes down what a person says to the prose of a stage, or to all that waits, and publishes
 * the review anew.
 *
 * @throws AppError `USAGE` without a person, `TOKEN_REFUSED`, and what `decideWords` throws.
 */
export async function runNarrativeDecision(
  context: CommandContext,
  options: NarrativeOptions & {
    readonly decision: 'approve' | 'reject'
    readonly as?: string | undefined
    readonly reason?: string | undefined
  },
): Promise<CommandExit> {
  const { decision, reason } = options
  return withStore(context, options, async (store, workspace) => {
    const { person, token } = await whoActs(context, { store, workspace, options }, 'approve')
    const review = await findReview(store, workspace, options.review)
    return withSession(workspace, review, async (session) => {
      const stage = stageToDecide(options.stage)
      const personId = person.id
      const stages = await decideWords(store, session, {
        stage,
        personId,
        token,
        decision,
        reason,
      })
      await publishReview(store, session, workspace)
      if (context.output.json) context.output.document({ decision, stages })
      else {
        const titles = stages.map((each) => STAGE_TITLES[each]).join(', ')
        context.output.line(
          `${decision === 'approve' ? 'Approved' : 'Rejected'} as ${personId}: the fluent prose of ${titles}.`,
        )
      }
      return 0 as const
    })
  })
}

/** `mo narrative purge`: removes raw replies of models whose time by policy is over. A worker does so by itself. */
export async function runNarrativePurge(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store) => {
    const removed = await removeOldReplies(store.pool)
    if (context.output.json) context.output.document({ removed })
    else context.output.line(`Removed ${removed} raw replies whose time is over.`)
    return 0 as const
  })
}

/**
 * `mo narrative replies`: what was asked of a model in a review, what became of it and what it cost; for machines with the raw replies that are
 * still kept.
 *
 * @throws AppError `CONFIG_INVALID` where a reply was kept and the key in the environment does not open it.
 */
export async function runNarrativeReplies(
  context: CommandContext,
  options: NarrativeOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    const stage = stageOf(options.stage)
    const calls = (await loadLlmCalls(store.pool, review.reviewId)).filter(
      (call) => stage === undefined || call.stage === stage,
    )
    const { output, config } = context
    if (!output.json) {
      if (calls.length === 0) output.line('No model was asked.')
      else output.line(callTable(calls))
      if (calls.some(({ raw_reply: sealed }) => sealed !== null)) {
        output.line('Raw replies that are kept are shown with --json, under their key.')
      }
      return 0 as const
    }
    const key = config.narrator?.archiveKey
    output.document(
      calls.map(({ raw_reply: sealed, ...call }) => ({
        ...call,
        reply: sealed === null ? null : openedReply(sealed, call.request_sha256, key),
      })),
    )
    return 0 as const
  })
}

function openedReply(sealed: string, call: string, key: string | undefined): string {
  const opened = key === undefined ? null : openReply(key, sealed, call)
  if (opened !== null) return opened
  throw new AppError('CONFIG_INVALID', {
    message: 'the key that the reply was kept under is needed to read it',
    expected: 'NARRATOR_ARCHIVE_KEY of that time, with NARRATOR_MODEL and an endpoint',
    got: key === undefined ? 'no key' : 'a key that does not open it',
    next: 'set the key that was set when the review ran',
  })
}

/** What is published is named: a stage, or `all` that waits. */
function stageToDecide(name: string | undefined): StageName | undefined {
  if (name === undefined) {
    throw new AppError('USAGE', {
      message: 'which section is meant is not said',
      expected: `all, or one of ${StageName.options.join(', ')}`,
      got: 'nothing',
      next: 'see what waits with: mo narrative show REVIEW',
    })
  }
  return name === 'all' ? undefined : stageOf(name)
}

function stageOf(name: string | undefined): StageName | undefined {
  if (name === undefined) return undefined
  const parsed = StageName.safeParse(name)
  if (parsed.success) return parsed.data
  throw new AppError('USAGE', {
    message: 'there is no such stage',
    expected: StageName.options.join(', '),
    got: name,
  })
}

function tellWords({ output }: CommandContext, words: FluentWords): void {
  const { stage, decision, sentences, shown, facts, proposer } = words
  const stand =
    decision === undefined
      ? 'waits for a person'
      : `${decision.decision === 'approve' ? 'approved' : 'rejected'} by ${decision.person}`
  output.line(`${STAGE_TITLES[stage]} (${stage}), by ${proposer}: ${stand}`)
  tellSentences(output, 'Fluent prose (+ not among the words shown without it)', {
    sentences,
    other: shown,
  })
  tellSentences(output, 'Shown without it (- not in the prose)', {
    sentences: shown,
    other: sentences,
    mark: '-',
  })
  output.line('  Facts it rests on:')
  for (const fact of facts) output.line(`    ${fact.id}  ${formatFact(fact)}  ${fact.label}`)
}

function tellSentences(
  output: CommandContext['output'],
  title: string,
  {
    sentences,
    other,
    mark = '+',
  }: {
    readonly sentences: readonly string[]
    readonly other: readonly string[]
    readonly mark?: string
  },
): void {
  output.line(`  ${title}:`)
  for (const sentence of sentences) {
    output.line(`  ${other.includes(sentence) ? ' ' : mark} ${sentence}`)
  }
}
