import { setTimeout as pause } from 'node:timers/promises'

import { type NarratorPrompt, promptOf } from '#prompts/narrator.ts'
import { SECTIONS, type UsableSection } from '#rules/narrative/account.ts'
import { fluentJudge } from '#rules/narrative/fluent-judge.ts'
import { judgeOutput } from '#rules/narrative/output.ts'
import type { StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { NarrativePolicy } from '#rules/policy/communication.ts'
import type { StageName } from '#rules/schema/review.ts'

import type { ChatModel } from './chat.ts'
import { messagesOf } from './conversation.ts'
import type { CallLedger, CallOutcome } from './ledger.ts'
import type { PriceList } from './prices.ts'
import { recordedCall, type AttemptOutcome, type Pace } from './recorded-call.ts'
import type { CallEvent, Shortfall, ShortfallCode } from './shortfall.ts'

/** A model and everything that bounds what one review may spend on it. */
export interface NarratorDeps {
  readonly model: ChatModel
  readonly ledger: CallLedger
  readonly policy: NarrativePolicy
  readonly prices: PriceList
  /** Where other prompts than the current ones are tried. */
  readonly promptOf?: (stage: StageName, mode: NarrativePolicy['mode']) => NarratorPrompt
  /** 256 bits in hexadecimal; without one, no raw answer is kept. */
  readonly archiveKey?: string | undefined
  /** Shared by all stages of the review. */
  readonly pace: Pace
  /** Told of each call as it is made, and of each that fails. */
  readonly watch?: ((event: CallEvent) => void) | undefined
}

/** What of a model's words may stand; and, where that is none or not all, why. */
export interface AskedSections {
  readonly sections: readonly UsableSection[]
  readonly shortfall?: Shortfall
}

/** The same narrator with somebody told of its calls; undefined stays undefined. */
export function watched(
  narrator: NarratorDeps | undefined,
  watch: (event: CallEvent) => void,
): NarratorDeps | undefined {
  return narrator === undefined ? undefined : { ...narrator, watch }
}

const ATTEMPTS_MAX = 3

/**
 * Asks a model for the sections of a stage, at most three times, each time with what was wrong before; what passed every check is kept section
 * by section. The model sees tokens and figures, returns tokens, and code puts every phrase in: whatever it answers, or fails to, no figure,
 * name, call or decision can change.
 */
export async function askForSections(
  stage: StageName,
  told: StageCatalogue,
  deps: NarratorDeps,
): Promise<AskedSections> {
  const prompt = (deps.promptOf ?? promptOf)(stage, deps.policy.mode)
  const judge = (raw: string): CallOutcome => judgeReply(raw, told, deps.policy.mode)
  const kept = new Map<string, UsableSection>()
  let last: Extract<CallOutcome, { kind: 'answered' }> | undefined
  let reason: Omit<Shortfall, 'model'> | undefined
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const messages = messagesOf(prompt, told, last)
    // Each attempt answers the one before.
    const outcome = await recordedCall({ stage, attempt, prompt, messages, told, judge }, deps)
    reason = reasonOf(outcome, reason)
    if (outcome.kind === 'answered') {
      for (const section of outcome.sections) kept.set(section.id, section)
      if (outcome.issues.length === 0) break
      last = outcome
    } else if (!(await mayTryAgain(outcome, deps.pace))) break
  }
  const sections = [...kept.values()]
  if (reason === undefined) return { sections }
  return { sections, shortfall: { model: deps.model.name, ...reason } }
}

/** Why the attempts so far left less than was asked for; undefined after an answer without a breach. A bound that ends them is the reason only where nothing failed before. */
function reasonOf(
  outcome: AttemptOutcome,
  before: Omit<Shortfall, 'model'> | undefined,
): Omit<Shortfall, 'model'> | undefined {
  if (outcome.kind === 'failed') return why(outcome.reason, outcome.httpStatus)
  if (outcome.kind === 'answered') {
    if (outcome.issues.length === 0) return undefined
    return why(
      outcome.issues.every(({ code }) => code === 'schema') ? 'form_refused' : 'words_refused',
    )
  }
  return before ?? why(outcome.cap)
}

function why(code: ShortfallCode, httpStatus: number | null = null): Omit<Shortfall, 'model'> {
  return { code, httpStatus }
}

function judgeReply(raw: string, told: StageCatalogue, mode: NarrativePolicy['mode']): CallOutcome {
  const shape = { sections: SECTIONS, ...(mode === 'fluent' ? { judge: fluentJudge(told) } : {}) }
  const { issues, sections } = judgeOutput(raw, shape, told.catalogue)
  return {
    kind: 'answered',
    sections: sections
      .filter((section) => section.issues.length === 0)
      .map(({ id, sentences }) => ({ id, sentences: [...sentences] })),
    issues: issues.map(({ code, span, hint }) => ({ code, span, hint })),
  }
}

async function mayTryAgain(
  outcome: Exclude<AttemptOutcome, { kind: 'answered' }>,
  pace: Pace,
): Promise<boolean> {
  return outcome.kind === 'failed' && outcome.again && (await waited(outcome.retryAfterMs, pace))
}

/** Waits as the endpoint asked; false, at once, when that is longer than what is left, and then nobody asks before that time. */
async function waited(ms: number, pace: Pace): Promise<boolean> {
  if (ms === 0) return true
  if (ms >= pace.leftMs()) {
    pace.postpone(ms)
    return false
  }
  await pause(ms)
  pace.bookWait(ms)
  return true
}
