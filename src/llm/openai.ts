import { z } from 'zod'

import type {
  CallLimits,
  ChatFailure,
  ChatMessage,
  ChatModel,
  ChatReply,
  ReplyFormat,
} from './chat.ts'
import { readBody } from './read-body.ts'

/** Where a model is served: the root of an OpenAI-compatible API (`https://host/v1`), its key and the model's name. */
export interface Endpoint {
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly model: string
}

const FORMATS: readonly ReplyFormat[] = ['json_schema', 'json_object', 'none']
const RETRY_AFTER_MAX_MS = 60_000
/** A rough measure for servers that report no usage, so that a cap on tokens still bites. */
const CHARACTERS_A_TOKEN = 4

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
  usage: z.object({ total_tokens: z.number() }).nullish(),
})

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'sections'],
  properties: {
    v: { type: 'integer', enum: [1] },
    sections: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'sentences'],
        properties: {
          id: { type: 'string' },
          sentences: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  },
} as const

type Failed = Extract<ChatReply, { ok: false }>

/**
 * A client of one endpoint. Each call is one request, but for a refusal that names the format of the reply: then the next simpler format is
 * asked for at once, and kept for this client. Nothing is retried here; redirects are not followed, so that a key goes nowhere else.
 */
export function createOpenAiModel(endpoint: Endpoint): ChatModel {
  let level = 0
  return {
    complete: async (messages, limits) => {
      const deadline = AbortSignal.timeout(limits.timeoutMs)
      for (let calls = 1; ; calls++) {
        const format = FORMATS[level] ?? 'none'
        // Each format is tried only when the one before was refused, so one call must follow the other.
        const answer = await send(endpoint, { messages, limits, format, deadline })
        if (answer === 'format_refused') {
          level++
          continue
        }
        return { ...answer, calls }
      }
    },
  }
}

interface Sending {
  readonly messages: readonly ChatMessage[]
  readonly limits: CallLimits
  readonly format: ReplyFormat
  readonly deadline: AbortSignal
}

async function send(endpoint: Endpoint, sending: Sending): Promise<ChatReply | 'format_refused'> {
  try {
    const response = await fetch(`${endpoint.baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      redirect: 'error',
      signal: sending.deadline,
      headers: {
        'content-type': 'application/json',
        ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }),
      },
      body: JSON.stringify(requestOf(endpoint.model, sending)),
    })
    const body = await readBody(response, sending.limits.maxBytes)
    if (body === null) return failed('too_large', response.status)
    if (!response.ok) return readRefusal(response, body, sending.format)
    return readCompletion(body, response.status, sending.format)
  } catch {
    // What fetch throws names hosts and sometimes headers; only its kind is kept.
    return failed(sending.deadline.aborted ? 'timeout' : 'network', null)
  }
}

function requestOf(model: string, { messages, limits, format }: Sending): object {
  const formats = {
    json_schema: {
      type: 'json_schema',
      json_schema: { name: 'narrative', strict: true, schema: SCHEMA },
    },
    json_object: { type: 'json_object' },
    none: undefined,
  }
  const wanted = formats[format]
  return {
    model,
    messages,
    temperature: 0,
    seed: 1,
    max_tokens: limits.maxTokens,
    ...(wanted === undefined ? {} : { response_format: wanted }),
  }
}

function readRefusal(
  response: Response,
  body: string,
  format: ReplyFormat,
): ChatReply | 'format_refused' {
  const { status } = response
  const namesFormat = /response_format|json_schema|json_object|grammar/i.test(body)
  if ((status === 400 || status === 422) && namesFormat && format !== 'none')
    return 'format_refused'
  const retryAfterMs = retryAfter(response.headers.get('retry-after'))
  if (status === 429) return { ...failed('rate_limited', status), retryAfterMs }
  if (status >= 500) return { ...failed('unavailable', status), retryAfterMs }
  return failed('refused_request', status)
}

/** Seconds, or an HTTP date; 0 when absent or unreadable. */
function retryAfter(header: string | null): number {
  if (header === null) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS) : 0
}

function readCompletion(body: string, status: number, format: ReplyFormat): ChatReply {
  const parsed = Completion.safeParse(parseJson(body))
  if (!parsed.success) return failed('malformed', status)
  const { choices, usage, model } = parsed.data
  const [choice] = choices
  const tokens = usage?.total_tokens ?? Math.ceil(body.length / CHARACTERS_A_TOKEN)
  const content = choice?.message.content ?? ''
  const problem = problemOf(choice?.finish_reason, choice?.message.refusal, content)
  if (problem !== null) return { ...failed(problem, status), tokens }
  return { ok: true, content, model: model ?? '', tokens, calls: 1, format }
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

const NOT_AGAIN: ReadonlySet<ChatFailure> = new Set(['refused_request', 'too_large', 'refusal'])

function failed(reason: ChatFailure, status: number | null): Failed {
  const again = !NOT_AGAIN.has(reason)
  return { ok: false, reason, status, again, retryAfterMs: 0, tokens: 0, calls: 1 }
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
