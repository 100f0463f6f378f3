import type { ChatCall, ChatModel, ChatReply, ReplyFormat } from './chat.ts'
import { failedCall, readExchange } from './completion.ts'
import { createBoundedFetch } from './wire.ts'

/** Where a model is served: the root of an OpenAI-compatible API (`https://host/v1`), its key and the model's name. */
export interface Endpoint {
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  readonly model: string
}

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
}

/** Models that think before they answer refuse a temperature with 400, and their thoughts count as tokens of the answer. */
const REASONING = /^(?:o\d|gpt-[56](?!-chat))/
const SAMPLING = {
  plain: { temperature: 0, modelKwargs: { seed: 1 } },
  reasoning: { modelKwargs: { seed: 1, reasoning_effort: 'low' } },
}

/**
 * A client of one endpoint. Each call is one request: LangChain's client builds it with all its retries off, and the bounded `fetch` below it
 * would refuse a second one. What came back is read from the wire.
 */
export function createOpenAiModel(endpoint: Endpoint): ChatModel {
  return { name: endpoint.model, complete: (call) => complete(endpoint, call) }
}

async function complete(endpoint: Endpoint, call: ChatCall): Promise<ChatReply> {
  const { timeoutMs, maxBytes } = call.limits
  // Loaded when it is needed: it costs half a second, and most commands ask no model.
  const { ChatOpenAI } = await import('@langchain/openai')
  const deadline = AbortSignal.timeout(timeoutMs)
  const wire = createBoundedFetch({ deadline, maxBytes, authorized: endpoint.apiKey !== undefined })
  try {
    const client = new ChatOpenAI({
      model: endpoint.model,
      apiKey: endpoint.apiKey ?? 'none',
      ...SAMPLING[REASONING.test(endpoint.model) ? 'reasoning' : 'plain'],
      maxTokens: call.limits.maxTokens,
      // Attempts are counted one layer up; two layers of retries would multiply.
      maxRetries: 0,
      maxConcurrency: 1,
      timeout: timeoutMs,
      streaming: false,
      configuration: {
        baseURL: endpoint.baseUrl.replace(/\/+$/, ''),
        maxRetries: 0,
        fetch: wire.fetch,
        // Not from the environment: nothing goes out that was not set for this program.
        organization: null,
        project: null,
      },
    })
    await client.invoke(
      call.messages.map(({ role, content }) => ({ role, content })),
      { signal: deadline, ...formatOption(call.format) },
    )
  } catch {
    // What is thrown names hosts and sometimes headers; what happened is read from the exchange and the deadline alone.
  }
  const exchange = wire.exchange()
  if (exchange !== null) return readExchange(exchange, call.format)
  return failedCall(deadline.aborted ? 'timeout' : 'network')
}

function formatOption(format: ReplyFormat) {
  if (format === 'none') return {}
  if (format === 'json_object') return { response_format: { type: 'json_object' as const } }
  const wanted = { name: 'narrative', strict: true, schema: SCHEMA }
  return { response_format: { type: 'json_schema' as const, json_schema: wanted } }
}
