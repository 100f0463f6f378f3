import { setTimeout as pause } from 'node:timers/promises'

import { judgeOutput, type JudgedSection } from '#rules/narrative/output.ts'
import { narrativeTokens, renderSentence } from '#rules/narrative/sentence.ts'
import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { StageResult } from '#rules/schema/review.ts'

import { formatFact } from '../report/format.ts'
import type { CallBudget } from './budget.ts'
import type { CallLimits, ChatMessage, ChatModel, ChatReply } from './chat.ts'
import { openingMessages, withFeedback } from './conversation.ts'

/** The words of a stage as templates over its facts, and who arranged them. */
export interface NarratedWords {
  readonly sentences: string[]
  readonly source: 'llm' | 'mixed' | 'template'
}

/** A model and what one review may spend on it. */
export interface NarratorDeps {
  readonly model: ChatModel
  readonly budget: CallBudget
  readonly limits: CallLimits
}

const SECTIONS = ['headline', 'performance', 'decisions', 'risks']
const ATTEMPTS_MAX = 3

/**
 * Tells a stage. Without `deps` the stage's own sentences come back as they are. With a model, its usable sections come first in the order of
 * the page; of the stage's own sentences, those it left out follow, the first of them on top. The model sees tokens and figures, returns
 * tokens, and code puts every phrase in: whatever it answers, or fails to, no figure, name, call or decision can change.
 */
export async function narrate(
  result: StageResult,
  sentences: readonly string[],
  deps: NarratorDeps | undefined,
): Promise<NarratedWords> {
  const template: NarratedWords = { sentences: [...sentences], source: 'template' }
  if (deps === undefined || sentences.length === 0) return template
  const told = stageCatalogue(result, sentences, formatFact)
  const sections = await askForSections(openingMessages(result.stage, told), told, deps)
  const usable = SECTIONS.flatMap((id) =>
    sections.filter((section) => section.id === id && section.issues.length === 0),
  )
  const kept = withoutRepeats(usable.flatMap((section) => section.sentences))
  if (kept.length === 0) return template
  return assemble(kept, sentences, told)
}

/** Sentences that use no statement a second time: each `say` and each fact is told once. */
function withoutRepeats(sentences: readonly string[]): string[] {
  const told = new Set<string>()
  return sentences.filter((sentence) => {
    const facts = narrativeTokens(sentence).filter((id) => !id.endsWith('.name'))
    if (facts.every((id) => told.has(id))) return false
    for (const id of facts) told.add(id)
    return true
  })
}

/** The stage's own sentences stand as they are, without a model's words around them; all others are rendered. */
function assemble(
  kept: readonly string[],
  own: readonly string[],
  { catalogue, required }: StageCatalogue,
): NarratedWords {
  const ownOf = new Map(required.map((id, index) => [id, own[index] ?? '']))
  const used = new Set(kept.flatMap(narrativeTokens))
  const [lead, ...rest] = required
  const missing = (ids: readonly (string | undefined)[]): string[] =>
    ids.flatMap((id = '') => (used.has(id) ? [] : (ownOf.get(id) ?? [])))
  const told = kept.map((sentence) => {
    const [first = ''] = narrativeTokens(sentence)
    return ownOf.get(first) ?? renderSentence(sentence, catalogue)
  })
  const sentences = [...missing([lead]), ...told, ...missing(rest)]
  return { sentences, source: sentences.length === told.length ? 'llm' : 'mixed' }
}

/** The best answer of at most three calls: the first without a breach, else the one with the fewest. */
async function askForSections(
  opening: readonly ChatMessage[],
  told: StageCatalogue,
  deps: NarratorDeps,
): Promise<readonly JudgedSection[]> {
  let best: readonly JudgedSection[] = []
  let fewest = Infinity
  let messages = opening
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const reply = await callOnce(messages, deps)
    if (reply === null) return best
    if (!reply.ok) {
      if (!reply.again || !(await waited(reply.retryAfterMs, deps))) return best
      continue
    }
    const { issues, sections } = judgeOutput(reply.content, { sections: SECTIONS }, told.catalogue)
    if (issues.length === 0) return sections
    if (sections.length > 0 && issues.length < fewest) {
      best = sections
      fewest = issues.length
    }
    messages = withFeedback(opening, reply.content, issues)
  }
  return best
}

/** One call within what is left; null when nothing is. */
async function callOnce(
  messages: readonly ChatMessage[],
  { model, budget, limits }: NarratorDeps,
): Promise<ChatReply | null> {
  const left = budget.leftMs()
  if (left <= 0) return null
  const timeoutMs = Math.ceil(Math.min(limits.timeoutMs, left))
  const startedMs = performance.now()
  const reply = await model.complete(messages, { ...limits, timeoutMs })
  const { calls, tokens, ok } = reply
  budget.book({ calls, tokens, ok, ms: performance.now() - startedMs })
  return reply
}

/** Waits as the endpoint asked; false, at once, when that is longer than what is left. */
async function waited(ms: number, { budget }: NarratorDeps): Promise<boolean> {
  if (ms === 0) return true
  if (ms >= budget.leftMs()) return false
  await pause(ms)
  budget.bookWait(ms)
  return true
}
