import { StageName } from '#rules/schema/review.ts'

import { AppError } from '../errors.ts'
import { formatFact } from '../report/format.ts'
import { STAGE_TITLES } from '../report/titles.ts'
import { decideWords, loadFluentWords } from '../runtime/decide-words.ts'
import type { FluentWords } from '../runtime/fluent-words.ts'
import { publishReview } from '../runtime/publish.ts'
import {
  findReview,
  withSession,
  withStore,
  type CommandContext,
  type CommandExit,
  type CommonOptions,
} from './context.ts'

export interface NarrativeOptions extends CommonOptions {
  readonly review?: string | undefined
  readonly stage?: string | undefined
}

/** `mo narrative show`: fluent prose beside the words shown now and the facts it rests on. */
export async function runNarrativeShow(
  context: CommandContext,
  options: NarrativeOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    return withSession(workspace, review, async (session) => {
      const stage = stageOf(options.stage)
      const words = (await loadFluentWords(store, session)).filter(
        (each) => stage === undefined || each.stage === stage,
      )
      if (context.output.json) context.output.document(words)
      else if (words.length === 0) context.output.line('No fluent prose in this review.')
      for (const each of words) tellWords(context, each)
      return 0 as const
    })
  })
}

/**
 * `mo narrative approve` and `mo narrative reject`: writes down what a person says to the prose of a stage, or to all that waits, and publishes
 * the review anew.
 *
 * @throws AppError `USAGE` without a person, and what `decideWords` throws.
 */
export async function runNarrativeDecision(
  context: CommandContext,
  options: NarrativeOptions & {
    readonly decision: 'approve' | 'reject'
    readonly as?: string | undefined
    readonly reason?: string | undefined
  },
): Promise<CommandExit> {
  const { as: personId, decision, reason } = options
  if (personId === undefined) {
    throw new AppError('USAGE', { message: 'who decides?', expected: '--as PERSON', got: 'none' })
  }
  return withStore(context, options, async (store, workspace) => {
    const review = await findReview(store, workspace, options.review)
    return withSession(workspace, review, async (session) => {
      const stage = stageOf(options.stage)
      const stages = await decideWords(store, session, { stage, personId, decision, reason })
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
  if (output.json) return
  const { stage, decision, sentences, shown, facts, proposer } = words
  const stand =
    decision === undefined
      ? 'waits for a person'
      : `${decision.decision === 'approve' ? 'approved' : 'rejected'} by ${decision.person}`
  output.line(`${STAGE_TITLES[stage]} (${stage}), by ${proposer}: ${stand}`)
  output.line('  Fluent prose:')
  for (const sentence of sentences) output.line(`    ${sentence}`)
  output.line('  Shown without it:')
  for (const sentence of shown) output.line(`    ${sentence}`)
  output.line('  Facts it rests on:')
  for (const fact of facts) output.line(`    ${fact.id}  ${formatFact(fact)}  ${fact.label}`)
}
