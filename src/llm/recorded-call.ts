import { createHash } from 'node:crypto'

import type { NarratorPrompt } from '#prompts/narrator.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { StageName } from '#rules/schema/review.ts'

import { sealReply } from './archive.ts'
import { planCall, type CapReached } from './caps.ts'
import { type ChatMessage, type ChatReply, REPLY_FORMATS, type ReplyFormat } from './chat.ts'
import type { CallIntent, CallOutcome, CallResult } from './ledger.ts'
import type { NarratorDeps } from './narrate.ts'
import { costMicros } from './prices.ts'

/** A measure on the safe side: no tokeniser makes more tokens of JSON than half its bytes. */
const BYTES_A_TOKEN = 2

/** Time and format of one review's calls. */
export interface Pace {
  /** The format asked for: the strictest that was not refused yet. */
  readonly format: () => ReplyFormat
  /** One format simpler; false below the simplest. */
  readonly stepDown: () => boolean
  /** Milliseconds that were left for the review when the last call was planned, less what went since. */
  readonly leftMs: () => number
  readonly bookLeft: (ms: number) => void
  readonly bookWait: (ms: number) => void
  readonly waitedMs: () => number
  readonly postpone: (ms: number) => void
  /** Whether an endpoint asked not to be called yet. */
  readonly isPostponed: () => boolean
}

/** The pace of a review at its begin. @param now A steady clock in milliseconds. */
export function createPace(now: () => number = () => performance.now()): Pace {
  let level = 0
  let left = { ms: 0, at: now() }
  let waited = 0
  let notBefore = 0
  return {
    format: () => REPLY_FORMATS[level] ?? 'none',
    stepDown: () => {
      if (level >= REPLY_FORMATS.length - 1) return false
      level++
      return true
    },
    leftMs: () => left.ms - (now() - left.at),
    bookLeft: (ms) => {
      left = { ms, at: now() }
    },
    bookWait: (ms) => {
      waited += ms
    },
    waitedMs: () => waited,
    postpone: (ms) => {
      notBefore = now() + ms
    },
    isPostponed: () => now() < notBefore,
  }
}

/** One attempt at a stage. */
export interface Attempt {
  readonly stage: StageName
  readonly attempt: number
  readonly prompt: NarratorPrompt
  readonly messages: readonly ChatMessage[]
  readonly told: StageCatalogue
  readonly judge: (raw: string) => CallOutcome
}

/** What became of an attempt; `not_made`: a bound forbids the call. */
export type AttemptOutcome = CallOutcome | { readonly kind: 'not_made'; readonly cap: CapReached }

/**
 * What an attempt brought: from the ledger when it was made before, else by a call that is recorded before it is made and after it is answered.
 * A refusal that names the format of the reply is answered by the next simpler format.
 */
export async function recordedCall(attempt: Attempt, deps: NarratorDeps): Promise<AttemptOutcome> {
  for (;;) {
    const outcome = await callOnce(attempt, deps.pace.format(), deps)
    const refused = outcome.kind === 'failed' && outcome.reason === 'format_refused'
    if (!refused || !deps.pace.stepDown()) return outcome
  }
}

async function callOnce(
  attempt: Attempt,
  format: ReplyFormat,
  deps: NarratorDeps,
): Promise<AttemptOutcome> {
  const { model, ledger, pace, watch } = deps
  const intent = intentOf(attempt, format, model.name)
  const begun = await ledger.begin(intent, (account) => {
    if (pace.isPostponed()) return { ok: false, cap: 'breaker' }
    const waited = pace.waitedMs()
    const spent = {
      ...account,
      stage: { ...account.stage, ms: account.stage.ms + waited },
      review: { ...account.review, ms: account.review.ms + waited },
    }
    return planCall(deps.policy, spent, {
      inputTokens: Math.ceil(bytesOf(attempt.messages) / BYTES_A_TOKEN),
      price: deps.prices.priceOf(model.name),
    })
  })
  if (begun.kind === 'known') return begun.outcome
  if (begun.kind === 'refused') return { kind: 'not_made', cap: begun.cap }
  pace.bookLeft(begun.plan.leftMs)
  const { stage } = attempt
  watch?.({ kind: 'asked', stage, atMostMs: begun.plan.limits.timeoutMs })
  const startedMs = performance.now()
  const reply = await model.complete({
    messages: attempt.messages,
    format,
    limits: begun.plan.limits,
  })
  const latencyMs = performance.now() - startedMs
  const outcome = outcomeOf(reply, attempt)
  await ledger.finish(intent, { ...resultOf(reply, intent, deps), outcome, latencyMs })
  if (!reply.ok && reply.reason !== 'format_refused') {
    watch?.({ kind: 'failed', stage, code: reply.reason, httpStatus: reply.status })
  }
  return outcome
}

function intentOf(attempt: Attempt, format: ReplyFormat, requestedModel: string): CallIntent {
  const { stage, prompt, messages, told } = attempt
  const phrases = Array.from(told.catalogue, ([id, { text, kind }]) => [id, kind, text])
  return {
    stage,
    attempt: attempt.attempt,
    format,
    requestSha256: sha256(
      canonicalJson({ model: requestedModel, messages: [...messages], format }),
    ),
    promptVersion: prompt.version,
    promptSha256: sha256(prompt.text),
    catalogueSha256: sha256(canonicalJson(phrases)),
    requestedModel,
  }
}

function outcomeOf(reply: ChatReply, { judge }: Attempt): CallOutcome {
  if (reply.ok) return judge(reply.content)
  const { reason, again, retryAfterMs, status } = reply
  return { kind: 'failed', reason, again, retryAfterMs, httpStatus: status }
}

function resultOf(
  reply: ChatReply,
  intent: CallIntent,
  { prices, archiveKey }: NarratorDeps,
): Omit<CallResult, 'outcome' | 'latencyMs'> {
  const { body, usage } = reply
  const returned = reply.model ?? intent.requestedModel
  return {
    httpStatus: reply.status,
    returnedModel: reply.model,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    costMicros: costMicros(usage, prices.priceOf(returned)),
    pricesAsOf: prices.asOf,
    bytes: reply.bytes,
    responseSha256: body === null ? null : sha256(body),
    rawReply:
      body === null || archiveKey === undefined
        ? null
        : sealReply(archiveKey, body, intent.requestSha256),
  }
}

function bytesOf(messages: readonly ChatMessage[]): number {
  return Buffer.byteLength(JSON.stringify(messages), 'utf8')
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
