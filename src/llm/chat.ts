/** One message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What may be spent on one call. */
export interface CallLimits {
  readonly timeoutMs: number
  /** Tokens of the answer. */
  readonly maxTokens: number
  /** Bytes of the response body. */
  readonly maxBytes: number
}

/** Why a call gave no usable answer; a closed set. `format_refused`: the refusal names the format of the reply. */
export const CHAT_FAILURES = [
  'timeout',
  'network',
  'rate_limited',
  'unavailable',
  'refused_request',
  'format_refused',
  'too_large',
  'malformed',
  'truncated',
  'refusal',
  'empty',
] as const
export type ChatFailure = (typeof CHAT_FAILURES)[number]

/** How an answer is asked for, the strictest first. */
export const REPLY_FORMATS = ['json_schema', 'json_object', 'none'] as const
export type ReplyFormat = (typeof REPLY_FORMATS)[number]

/** One call: exactly one request goes out for it. */
export interface ChatCall {
  readonly messages: readonly ChatMessage[]
  readonly format: ReplyFormat
  readonly limits: CallLimits
}

/** Tokens as the endpoint counted them. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What came over the wire, whatever it means. */
export interface WireFigures {
  readonly status: number | null
  /** Bytes of the response body that were read. */
  readonly bytes: number
  /** The body; null when none came or it was too large. */
  readonly body: string | null
  /** The model that answered, as it names itself; null where it does not. */
  readonly model: string | null
  /** Null where the endpoint counts none. */
  readonly usage: Usage | null
}

/** An answer or why there is none. `again`: whether the same call can succeed without anybody changing anything. */
export type ChatReply = WireFigures &
  (
    | { readonly ok: true; readonly content: string }
    | {
        readonly ok: false
        readonly reason: ChatFailure
        readonly again: boolean
        readonly retryAfterMs: number
      }
  )

/** A language model behind any protocol. It never throws for what the other side does. */
export interface ChatModel {
  readonly name: string
  readonly complete: (call: ChatCall) => Promise<ChatReply>
}
