import { afterEach, describe, expect, it } from 'vitest'

import type { ChatCall, ChatReply, ReplyFormat } from '#src/llm/chat.ts'
import { createOpenAiModel } from '#src/llm/openai.ts'

import {
  type Behaviour,
  drips,
  failsWith,
  floods,
  hangs,
  hangsUp,
  type LlmServer,
  redirectsTo,
  says,
  slow,
  startLlmServer,
} from '../support/llm-server.ts'

const LIMITS = { timeoutMs: 5000, maxTokens: 700, maxBytes: 10_000 }
const MESSAGES = [{ role: 'user', content: 'hello' }] as const

function callOf(limits = LIMITS, format: ReplyFormat = 'json_schema'): ChatCall {
  return { messages: MESSAGES, format, limits }
}

let servers: LlmServer[] = []
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  servers = []
})

async function ask(
  behaviours: readonly Behaviour[],
  limits: Partial<typeof LIMITS> = {},
): Promise<{ reply: ChatReply; server: LlmServer }> {
  const server = await startLlmServer(...behaviours)
  servers.push(server)
  const model = createOpenAiModel({ baseUrl: `${server.baseUrl}/`, apiKey: 'k-1', model: 'm-1' })
  return { reply: await model.complete(callOf({ ...LIMITS, ...limits })), server }
}

describe('a good endpoint', () => {
  it('is asked once, with every option that bounds cost and chance', async () => {
    const { reply, server } = await ask([says('{}')])
    expect(reply).toMatchObject({
      ok: true,
      content: '{}',
      model: 'served-model',
      usage: { inputTokens: 100, outputTokens: 20 },
      status: 200,
    })
    expect(reply.bytes).toBe(Buffer.byteLength(reply.body ?? ''))
    expect(server.received).toHaveLength(1)
    expect(server.received[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer k-1',
      body: {
        model: 'm-1',
        temperature: 0,
        seed: 1,
        max_tokens: 700,
        stream: false,
        messages: MESSAGES,
      },
    })
    expect(Object.keys(server.received[0]?.body ?? {}).toSorted()).toEqual([
      'max_tokens',
      'messages',
      'model',
      'response_format',
      'seed',
      'stream',
      'temperature',
    ])
  })

  it.each(['gpt-5-mini', 'gpt-5.1', 'o3-mini'])(
    'is asked by %s for little thought instead of a temperature, which it would refuse',
    async (name) => {
      const server = await startLlmServer(says('{}'))
      servers.push(server)
      await createOpenAiModel({ baseUrl: server.baseUrl, model: name }).complete(callOf())
      const body = server.received[0]?.body ?? {}
      expect(body).toMatchObject({ seed: 1, reasoning_effort: 'low', max_completion_tokens: 700 })
      expect(body).not.toHaveProperty('temperature')
      expect(body).not.toHaveProperty('max_tokens')
    },
  )

  it.each(['gpt-5-chat-latest', 'gpt-4o', 'olmo'])('%s is asked at temperature 0', async (name) => {
    const server = await startLlmServer(says('{}'))
    servers.push(server)
    await createOpenAiModel({ baseUrl: server.baseUrl, model: name }).complete(callOf())
    expect(server.received[0]?.body).toMatchObject({ temperature: 0, seed: 1 })
    expect(server.received[0]?.body).not.toHaveProperty('reasoning_effort')
  })

  it('may be slow within the time', async () => {
    const { reply } = await ask([slow(60, '{}')])
    expect(reply.ok).toBe(true)
  })

  it.each([[false], [[1.5, -2]]] as const)(
    'may count no tokens, or nonsense (%j)',
    async (usage) => {
      const { reply } = await ask([says('{}', { usage })])
      expect(reply).toMatchObject({ ok: true, usage: null })
    },
  )

  it('gets no key where none is set', async () => {
    const server = await startLlmServer(says('{}'))
    servers.push(server)
    await createOpenAiModel({ baseUrl: server.baseUrl, model: 'm' }).complete(callOf())
    expect(server.received).toHaveLength(1)
    expect(server.received[0]?.authorization).toBeUndefined()
  })
})

describe('the format of the reply', () => {
  it.each([
    ['json_schema', 'json_schema'],
    ['json_object', 'json_object'],
    ['none', undefined],
  ] as const)('%s is asked for as %s', async (format, wanted) => {
    const server = await startLlmServer(says('{}'))
    servers.push(server)
    const model = createOpenAiModel({ baseUrl: server.baseUrl, model: 'm' })
    await model.complete(callOf(LIMITS, format))
    expect(server.received[0]?.body.response_format?.type).toBe(wanted)
  })

  it.each([
    [400, 'response_format json_schema unsupported', 'json_schema', 'format_refused'],
    [422, 'json_object is unknown', 'json_object', 'format_refused'],
    [400, 'failed to parse grammar', 'json_schema', 'format_refused'],
    [400, 'response_format is unknown', 'none', 'refused_request'],
    [400, 'the prompt is too long', 'json_schema', 'refused_request'],
    [401, 'no key for response_format', 'json_schema', 'refused_request'],
  ] as const)('status %d saying “%s” to %s is %s', async (status, error, format, reason) => {
    const server = await startLlmServer(failsWith(status, { body: JSON.stringify({ error }) }))
    servers.push(server)
    const model = createOpenAiModel({ baseUrl: server.baseUrl, model: 'm' })
    const reply = await model.complete(callOf(LIMITS, format))
    expect(reply).toMatchObject({ ok: false, reason, again: false })
    expect(server.received).toHaveLength(1)
  })
})

describe('a bad endpoint', () => {
  it.each([
    ['hangs', hangs, 'timeout'],
    ['drips', drips, 'timeout'],
    ['is slower than the time', slow(1000, '{}'), 'timeout'],
    ['hangs up', hangsUp, 'network'],
    ['answers no JSON', failsWith(200, { body: '<html>' }), 'malformed'],
    ['answers cut JSON', failsWith(200, { body: '{"choices":[{"mess' }), 'malformed'],
    ['answers another shape', failsWith(200, { body: '{"choices":[]}' }), 'malformed'],
    ['is cut by its token limit', says('{"v":1', { finish: 'length' }), 'truncated'],
    ['wants to call a tool', says('{}', { finish: 'tool_calls' }), 'truncated'],
    ['says nothing', says(null), 'empty'],
    ['says blanks', says(' \n'), 'empty'],
    ['breaks', failsWith(500), 'unavailable'],
    ['is overloaded', failsWith(503), 'unavailable'],
  ] as const)('that %s gives %s and may be asked again', async (_what, behaviour, reason) => {
    const { reply, server } = await ask([behaviour], { timeoutMs: 150 })
    expect(reply).toMatchObject({ ok: false, reason, again: true })
    expect(server.received).toHaveLength(1)
  })

  it.each([
    ['refuses', says(null, { refusal: 'I cannot' }), 'refusal'],
    ['filters', says('x', { finish: 'content_filter' }), 'refusal'],
    ['says 400', failsWith(400), 'refused_request'],
    ['says 401', failsWith(401), 'refused_request'],
    ['says 403', failsWith(403), 'refused_request'],
    ['says 404', failsWith(404), 'refused_request'],
  ] as const)('that %s is not asked again', async (_what, behaviour, reason) => {
    const { reply } = await ask([behaviour])
    expect(reply).toMatchObject({ ok: false, reason, again: false })
  })

  it('that redirects is not followed, so that the key goes nowhere else', async () => {
    const elsewhere = await startLlmServer(says('{}'))
    servers.push(elsewhere)
    const { reply } = await ask([redirectsTo(`${elsewhere.baseUrl}/chat/completions`)])
    expect(reply).toMatchObject({ ok: false, reason: 'network' })
    expect(elsewhere.received).toEqual([])
  })

  it('that floods is cut off after the limit', async () => {
    const sent = { bytes: 0 }
    const { reply } = await ask([floods(sent)])
    expect(reply).toMatchObject({ ok: false, reason: 'too_large', again: false })
    // Buffers of the sockets lie between both ends; a thousand megabytes do not.
    expect(sent.bytes).toBeLessThan(50e6)
  })

  it.each([
    ['2', 2000],
    ['0', 0],
    ['900', 60_000],
    ['soon', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 60_000],
  ])('that asks to retry after %s is waited for %d ms', async (header, retryAfterMs) => {
    const { reply } = await ask([failsWith(429, { headers: { 'retry-after': header } })])
    expect(reply).toMatchObject({ ok: false, reason: 'rate_limited', again: true, retryAfterMs })
  })

  it('that does not exist is a failure of the network', async () => {
    const model = createOpenAiModel({ baseUrl: 'http://127.0.0.1:1/v1', model: 'm' })
    expect(await model.complete(callOf())).toMatchObject({ ok: false, reason: 'network' })
  })
})
