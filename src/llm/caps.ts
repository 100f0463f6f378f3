import type { NarrativePolicy } from '#rules/policy/communication.ts'

import type { CallLimits } from './chat.ts'
import type { Price } from './prices.ts'

/** What calls took together. Tokens and money of a call that was begun and never answered count as reserved. */
export interface Spent {
  readonly calls: number
  readonly tokens: number
  readonly bytes: number
  readonly ms: number
  readonly costMicros: number
}

/** What was spent so far, and how the endpoint behaved last. */
export interface Account {
  readonly stage: Spent
  readonly review: Spent
  readonly day: Spent
  /** Failed calls in a row, as long as the last is not older than the breaker's pause. */
  readonly failuresInARow: number
}

/** What the next call may take, and what is set aside for it. */
export interface CallPlan {
  readonly limits: CallLimits
  readonly reserved: { readonly tokens: number; readonly costMicros: number | null }
  /** Time left in the stage, the review and the day before this call. */
  readonly leftMs: number
}

/** The bound that allows no further call. */
export type CapReached =
  | 'breaker'
  | `${'call' | 'stage' | 'review' | 'day'}_${'calls' | 'tokens' | 'bytes' | 'ms' | 'costMicros'}`

/** The call that is to be made. */
export interface CallSize {
  readonly inputTokens: number
  readonly price: Price | null
}

/** An answer shorter than this holds no section. */
const OUTPUT_TOKENS_MIN = 60
const BYTES_MIN = 1024

type Caps = Readonly<Record<'call' | 'stage' | 'review' | 'day', Spent>>

/** What the next call may take at most, so that no bound of any scope can be passed; or which bound leaves nothing. */
export function planCall(
  policy: NarrativePolicy,
  account: Account,
  size: CallSize,
):
  | { readonly ok: true; readonly plan: CallPlan }
  | { readonly ok: false; readonly cap: CapReached } {
  if (account.failuresInARow >= policy.breaker.failures) return { ok: false, cap: 'breaker' }
  const caps = capsOf(policy)
  const spent = { ...account, call: NOTHING }
  const left = (kind: keyof Spent): Left => leastOf(caps, spent, kind)
  const [calls, ms, bytes, tokens, money] = [
    left('calls'),
    left('ms'),
    left('bytes'),
    left('tokens'),
    left('costMicros'),
  ]
  const answerable = tokens.amount - size.inputTokens
  const payable = payableTokens(size, money.amount)
  const reached = [
    { cap: calls.cap, enough: calls.amount >= 1 },
    { cap: ms.cap, enough: ms.amount >= 1 },
    { cap: bytes.cap, enough: bytes.amount >= BYTES_MIN },
    { cap: tokens.cap, enough: answerable >= OUTPUT_TOKENS_MIN },
    { cap: money.cap, enough: payable >= OUTPUT_TOKENS_MIN },
  ].find(({ enough }) => !enough)
  if (reached !== undefined) return { ok: false, cap: reached.cap }
  const maxTokens = Math.floor(Math.min(answerable, payable))
  const limits = {
    timeoutMs: Math.floor(ms.amount),
    maxTokens,
    maxBytes: Math.floor(bytes.amount),
  }
  const leftMs = leastOf({ ...caps, call: UNBOUNDED }, spent, 'ms').amount
  return { ok: true, plan: { limits, reserved: reservation(size, maxTokens), leftMs } }
}

/** What the tightest scope leaves of a kind. */
interface Left {
  readonly amount: number
  readonly cap: CapReached
}

const UNBOUNDED: Spent = {
  calls: Infinity,
  tokens: Infinity,
  bytes: Infinity,
  ms: Infinity,
  costMicros: Infinity,
}

/** Nothing spent. */
export const NOTHING: Spent = { calls: 0, tokens: 0, bytes: 0, ms: 0, costMicros: 0 }

function capsOf(policy: NarrativePolicy): Caps {
  const { per_call: call, per_stage: stage, per_review: review, per_day: day } = policy
  return {
    call: inUnits({ ...call, calls: 1 }),
    stage: inUnits(stage),
    review: inUnits({ ...review, seconds: policy.max_seconds, cost: policy.max_cost }),
    day: inUnits(day),
  }
}

function inUnits(cap: NarrativePolicy['per_day']): Spent {
  const { calls, tokens, bytes, seconds, cost } = cap
  return { calls, tokens, bytes, ms: seconds * 1000, costMicros: cost * 1e6 }
}

/** The scope that leaves least of a kind. */
function leastOf(caps: Caps, spent: Caps, kind: keyof Spent): Left {
  const scopes = ['call', 'stage', 'review', 'day'] as const
  const left = scopes.map((scope) => ({
    amount: caps[scope][kind] - spent[scope][kind],
    cap: `${scope}_${kind}` as const,
  }))
  return left.reduce((least, next) => (next.amount < least.amount ? next : least))
}

/** Tokens of an answer that the money left pays for; unbounded where the price is unknown or nothing. */
function payableTokens({ price, inputTokens }: CallSize, micros: number): number {
  if (price === null) return Infinity
  const rest = micros - inputTokens * price.input
  if (rest < 0) return 0
  return price.output === 0 ? Infinity : rest / price.output
}

function reservation({ price, inputTokens }: CallSize, maxTokens: number): CallPlan['reserved'] {
  const tokens = inputTokens + maxTokens
  if (price === null) return { tokens, costMicros: null }
  return { tokens, costMicros: Math.ceil(inputTokens * price.input + maxTokens * price.output) }
}
