import { createServer } from 'node:http'

import { afterAll, beforeAll, expect, it, vi } from 'vitest'

import { createOpenAiModel } from '#src/llm/openai.ts'

import { type LlmServer, says, startLlmServer } from '../support/llm-server.ts'

let model: LlmServer
let traces: { readonly url: string; readonly paths: string[]; readonly close: () => Promise<void> }
// One collector for both: the library keeps the address it saw first.
beforeAll(async () => {
  model = await startLlmServer(says('{}'))
  traces = await startCollector()
  vi.stubEnv('LANGSMITH_ENDPOINT', traces.url)
  vi.stubEnv('LANGSMITH_API_KEY', 'a-key-from-another-program')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await model.close()
  await traces.close()
})

/** Stands where LangSmith would: it writes down what is sent to it. */
async function startCollector(): Promise<typeof traces> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    request.resume()
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

async function ask(): Promise<void> {
  const limits = { timeoutMs: 20_000, maxTokens: 50, maxBytes: 10_000 }
  const messages = [{ role: 'user' as const, content: 'Catalogue' }]
  const client = createOpenAiModel({ baseUrl: model.baseUrl, model: 'm' })
  const reply = await client.complete({ messages, format: 'none', limits })
  expect(reply.ok).toBe(true)
}

it('sends no trace of a call anywhere, even where a key of LangSmith lies about', async () => {
  await ask()
  const { awaitAllCallbacks } = await import('@langchain/core/callbacks/promises')
  await awaitAllCallbacks()
  expect(traces.paths).toEqual([])
})

it('sends them when whoever runs the program switches them on', async () => {
  vi.stubEnv('LANGSMITH_TRACING', 'true')
  await ask()
  await vi.waitFor(() => expect(traces.paths.length).toBeGreaterThan(0), { timeout: 15_000 })
})
