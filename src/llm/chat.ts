/** One message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What may be spent on one call. */
export interface CallLimits {
  readonly timeoutMs: number
  readonly maxTokens: number
  readonly maxBytes: number
}

/** Why a call gave no usable answer; a closed set. */
export type ChatFailure =
  | 'timeout'
  | 'network'
  | 'rate_limited'
  | 'unavailable'
  | 'refused_request'
  | 'too_large'
  | 'malformed'
  | 'truncated'
  | 'refusal'
  | 'empty'

/** How an answer was asked for. */
export type ReplyFormat = 'json_schema' | 'json_object' | 'none'

/** An answer or why there is none. `again`: whether the same call can succeed without anybody changing anything. */
export type ChatReply =
  | {
      readonly ok: true
      readonly content: string
      readonly model: string
      readonly tokens: number
      readonly calls: number
      readonly format: ReplyFormat
    }
  | {
      readonly ok: false
      readonly reason: ChatFailure
      readonly status: number | null
      readonly again: boolean
      readonly retryAfterMs: number
      readonly tokens: number
      readonly calls: number
    }

/** A language model behind any protocol. It never throws for what the other side does. */
export interface ChatModel {
  readonly complete: (messages: readonly ChatMessage[], limits: CallLimits) => Promise<ChatReply>
}
