import { z } from 'zod'

import type { ChatFailure, ChatReply, ReplyFormat, WireFigures } from './chat.ts'
import type { Exchange } from './wire.ts'

const Count = z.int().nonnegative()

const Completion = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: Count, completion_tokens: Count }).nullish().catch(null),
})
type Completion = z.infer<typeof Completion>

/** What an exchange means. The body is read here and not by a library, because a library hides refusals, sizes and what was counted. */
export function readExchange(exchange: Exchange, format: ReplyFormat): ChatReply {
  const { status, body, bytes } = exchange
  const bare: WireFigures = { status, body, bytes, model: null, usage: null }
  if (body === null) return failed('too_large', bare)
  if (status < 200 || status > 299) return readRefusal(exchange, bare, format)
  const parsed = Completion.safeParse(parseJson(body))
  return parsed.success ? readCompletion(parsed.data, bare) : failed('malformed', bare)
}

/** A call without a whole response. */
export function failedCall(reason: ChatFailure): ChatReply {
  return failed(reason, { status: null, body: null, bytes: 0, model: null, usage: null })
}

function readRefusal(exchange: Exchange, figures: WireFigures, format: ReplyFormat): ChatReply {
  const { status, retryAfterMs, body } = exchange
  const namesFormat = /response_format|json_schema|json_object|grammar/i.test(body ?? '')
  if ((status === 400 || status === 422) && namesFormat && format !== 'none') {
    return failed('format_refused', figures)
  }
  if (status === 429) return { ...failed('rate_limited', figures), retryAfterMs }
  if (status >= 500) return { ...failed('unavailable', figures), retryAfterMs }
  return failed('refused_request', figures)
}

function readCompletion({ choices, usage, model }: Completion, bare: WireFigures): ChatReply {
  const [choice] = choices
  const figures: WireFigures = {
    ...bare,
    model: model ?? null,
    usage:
      usage == null
        ? null
        : { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
  }
  const content = choice?.message.content ?? ''
  const problem = problemOf(choice?.finish_reason, choice?.message.refusal, content)
  return problem === null ? { ...figures, ok: true, content } : failed(problem, figures)
}

function problemOf(
  finish: string | null | undefined,
  refusal: string | null | undefined,
  content: string,
): ChatFailure | null {
  if (refusal != null && refusal !== '') return 'refusal'
  if (finish === 'content_filter') return 'refusal'
  if (finish != null && finish !== 'stop') return 'truncated'
  return content.trim() === '' ? 'empty' : null
}

const NOT_AGAIN: ReadonlySet<ChatFailure> = new Set([
  'refused_request',
  'format_refused',
  'too_large',
  'refusal',
])

function failed(
  reason: ChatFailure,
  figures: WireFigures,
): Extract<ChatReply, { readonly ok: false }> {
  return { ...figures, ok: false, reason, again: !NOT_AGAIN.has(reason), retryAfterMs: 0 }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    // What is not JSON is refused by the schema like a wrong shape.
    return undefined
  }
}
