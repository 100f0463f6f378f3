import { z } from 'zod'

import type { Account, CallPlan, CapReached } from './caps.ts'
import { CHAT_FAILURES, type ReplyFormat } from './chat.ts'

const IssueRecord = z.strictObject({ code: z.string(), span: z.string(), hint: z.string() })

/**
 * What became of a call, as far as the review goes on with it: the sections that passed every check and the breaches of the others, or why
 * there was no answer. It is small and holds no raw answer, so that a review goes on from it after a crash.
 */
export const CallOutcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answered'),
    sections: z.array(z.strictObject({ id: z.string(), sentences: z.array(z.string()) })),
    issues: z.array(IssueRecord),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    reason: z.enum(CHAT_FAILURES),
    again: z.boolean(),
    retryAfterMs: z.number().nonnegative(),
    /** Null where no response came. */
    httpStatus: z.int().nullable().default(null),
  }),
])
export type CallOutcome = z.infer<typeof CallOutcome>

/** Which call of a review: a finished one with the same key is never made again. */
export interface CallKey {
  readonly stage: string
  /** 1–3. */
  readonly attempt: number
  readonly format: ReplyFormat
  /** Of everything the request says but its limits. */
  readonly requestSha256: string
}

/** A call before it is made. */
export interface CallIntent extends CallKey {
  readonly promptVersion: string
  readonly promptSha256: string
  readonly catalogueSha256: string
  readonly requestedModel: string
}

/** What the ledger keeps of a finished call. `rawReply` is sealed, or null without a key. */
export interface CallResult {
  readonly outcome: CallOutcome
  readonly httpStatus: number | null
  readonly returnedModel: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Null: not measured. */
  readonly costMicros: number | null
  readonly pricesAsOf: string
  readonly bytes: number
  readonly latencyMs: number
  readonly responseSha256: string | null
  readonly rawReply: string | null
}

/** A call made before with what became of it, one to be made now, or the bound that forbids it. */
export type BegunCall =
  | { readonly kind: 'known'; readonly outcome: CallOutcome }
  | { readonly kind: 'planned'; readonly plan: CallPlan }
  | { readonly kind: 'refused'; readonly cap: CapReached }

/** Decides on a call from what was spent so far. */
export type Planner = (
  account: Account,
) =>
  | { readonly ok: true; readonly plan: CallPlan }
  | { readonly ok: false; readonly cap: CapReached }

/** The calls of one review, kept before they are made and after they are answered. */
export interface CallLedger {
  readonly begin: (intent: CallIntent, planner: Planner) => Promise<BegunCall>
  readonly finish: (key: CallKey, result: CallResult) => Promise<void>
}
