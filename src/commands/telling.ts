import { relative } from 'node:path'

import type { ReviewDocument } from '#rules/schema/document.ts'

import type { CallEvent } from '../llm/shortfall.ts'
import { parsePolicy } from '../policy/load.ts'
import { shortfallInWords } from '../report/shortfall-words.ts'
import { stageTitle } from '../report/titles.ts'
import { type SectionWords, tellingOf } from '../report/words-note.ts'
import { publishedWords } from '../runtime/fluent-words.ts'
import { loadRecords } from '../runtime/review-ports.ts'
import type { Workspace } from '../runtime/workspace.ts'
import { loadNarrativeDecisions } from '../store/narrative-decisions.ts'
import { loadReview, type Review } from '../store/reviews.ts'
import { reviewsWithFluentWords } from '../store/stage-results.ts'
import type { Store } from '../store/store.ts'
import { shellWord } from '../terminal/next-command.ts'
import type { Output } from '../terminal/output.ts'

/** A review and how each of its sections was told. */
export interface ToldReview {
  readonly reviewId: string
  readonly sections: readonly (SectionWords & { readonly stage: string })[]
}

/** How the sections of a document were told. */
export function toldReview({ reviewId, narratives }: ReviewDocument): ToldReview {
  return {
    reviewId,
    sections: Object.entries(narratives).map(
      ([stage, { source, approvedBy, shortfall, fluent }]) => ({
        stage,
        source,
        approvedBy,
        shortfall,
        fluent,
      }),
    ),
  }
}

/** How the sections of a review were told so far, from the store alone. */
export async function loadTold(
  store: Store,
  { reviewId, policy }: Pick<Review, 'reviewId' | 'policy'>,
): Promise<ToldReview> {
  const records = await loadRecords(store, reviewId)
  const decisions = await loadNarrativeDecisions(store.pool, reviewId)
  const words = publishedWords(records, decisions, parsePolicy(policy, 'policy.yaml').policy)
  return {
    reviewId,
    sections: Array.from(words, ([stage, { sentences: _sentences, ...told }]) => ({
      stage,
      ...told,
    })),
  }
}

/** Which sections a model told, why it did not tell the others, whose yes its prose waits for, and the commands that say more; nothing where no model was asked. */
export function tellTelling(
  output: Pick<Output, 'line'>,
  { reviewId, sections }: ToldReview,
  workspace: Workspace,
): void {
  const lines = tellingOf(sections)
  for (const [index, line] of lines.entries()) {
    output.line(`${index === 0 ? 'Words:  ' : '        '} ${line}`)
  }
  const command = (action: string, more = '', stage = ''): string =>
    `         ${narrativeCommand(workspace, action, `${reviewId}${stage}`)}${more}`
  if (sections.some(({ shortfall }) => shortfall !== undefined)) output.line(command('replies'))
  if (sections.some(({ fluent }) => fluent?.status === 'waits')) {
    output.line(command('show'))
    output.line(command('approve', ' --as PERSON --reason TEXT', ' STAGE'))
  }
}

/** A command about the words of a review, to be typed as it stands. */
export function narrativeCommand(
  { directory }: Workspace,
  action: string,
  reviewId: string,
): string {
  const folder = relative(process.cwd(), directory) || '.'
  return `npm run -s mo -- narrative ${action} ${reviewId} --workspace ${shellWord(folder)}`
}

/** Says what a model is being asked while it is waited for, and the first time it fails, so that nobody watches a silent screen. */
export function watchCalls({
  progress,
  warning,
}: Pick<Output, 'progress' | 'warning'>): (event: CallEvent) => void {
  let failed = false
  return (event) => {
    const title = stageTitle(event.stage)
    if (event.kind === 'asked') {
      const seconds = Math.ceil(event.atMostMs / 1000)
      progress(`  ${title}: asking the language model, ${seconds} s at most`)
      return
    }
    const why = `the language model ${shortfallInWords(event)}`
    if (failed) progress(`  ${title}: ${why}`)
    else warning(`${title}: ${why}; a section that it does not tell is told by template`)
    failed = true
  }
}

/** Prose of models that waits for a person in any of these reviews; nothing where none does. */
export async function tellWaitingWords(
  output: Pick<Output, 'line'>,
  {
    store,
    workspace,
    reviews,
  }: {
    readonly store: Store
    readonly workspace: Workspace
    readonly reviews: ReadonlySet<string>
  },
): Promise<void> {
  for (const reviewId of await reviewsWithFluentWords(store.pool)) {
    const review = reviews.has(reviewId) ? await loadReview(store.pool, reviewId) : undefined
    if (review === undefined) continue
    const told = await loadTold(store, review)
    const sections = told.sections.filter(({ fluent }) => fluent?.status === 'waits')
    if (sections.length > 0)
      tellTelling(output, { reviewId, sections: waitingOnly(sections) }, workspace)
  }
}

function waitingOnly(sections: ToldReview['sections']): ToldReview['sections'] {
  return sections.map(({ stage, fluent }) => ({ stage, source: 'template', fluent }))
}
