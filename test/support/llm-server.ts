import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { z } from 'zod'

/** One way of answering a request. */
export type Behaviour = (response: ServerResponse, request: ChatRequest) => void

const Request = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z.looseObject({ type: z.string() }).optional(),
})
export type ChatRequest = z.infer<typeof Request>

/** A received request with its headers. */
export interface Received {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: ChatRequest
  readonly raw: string
}

export interface LlmServer {
  readonly baseUrl: string
  readonly received: readonly Received[]
  readonly close: () => Promise<void>
}

/** A real HTTP server of the OpenAI protocol. Requests are answered by the behaviours in turn, the last one for all that follow. */
export async function startLlmServer(...behaviours: readonly Behaviour[]): Promise<LlmServer> {
  const received: Received[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await readAll(request)
    const body = Request.parse(JSON.parse(raw))
    const { authorization } = request.headers
    received.push({ path: request.url ?? '', authorization, body, raw })
    const behaviour = behaviours[received.length - 1] ?? behaviours.at(-1)
    behaviour?.(response, body)
  }
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = isAddress(address) ? address.port : 0
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) {
    if (Buffer.isBuffer(part)) parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

interface CompletionChanges {
  readonly finish?: string
  readonly refusal?: string
  /** Tokens of prompt and answer as the server counts them; false: it counts none. */
  readonly usage?: readonly [number, number] | false
}

function completion(content: string | null, changes: CompletionChanges = {}): string {
  const { finish = 'stop', refusal = null, usage = [100, 20] } = changes
  return JSON.stringify({
    id: 'completion-1',
    object: 'chat.completion',
    model: 'served-model',
    choices: [
      { index: 0, finish_reason: finish, message: { role: 'assistant', content, refusal } },
    ],
    ...(usage === false
      ? {}
      : {
          usage: {
            prompt_tokens: usage[0],
            completion_tokens: usage[1],
            total_tokens: usage[0] + usage[1],
          },
        }),
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Answers with this content at once. */
export function says(content: string | null, changes: CompletionChanges = {}): Behaviour {
  return (response) => {
    response.writeHead(200, JSON_TYPE).end(completion(content, changes))
  }
}

/** Answers with sections of sentences in the wanted envelope. */
export function tells(
  sections: Readonly<Record<string, readonly string[]>>,
  changes: CompletionChanges = {},
): Behaviour {
  const list = Object.entries(sections).map(([id, sentences]) => ({ id, sentences }))
  return says(JSON.stringify({ v: 1, sections: list }), changes)
}

/** Fails with this status. */
export function failsWith(
  status: number,
  {
    body = '{"error":{"message":"no"}}',
    headers = {},
  }: { body?: string; headers?: Record<string, string> } = {},
): Behaviour {
  return (response) => {
    response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body)
  }
}

/** Answers well, but late. */
export function slow(ms: number, content: string): Behaviour {
  return (response, request) => {
    setTimeout(() => {
      says(content)(response, request)
    }, ms)
  }
}

/** Takes the request and never answers. */
export const hangs: Behaviour = () => undefined

/** Sends a space every few milliseconds for ever: each read succeeds, the answer never ends. */
export const drips: Behaviour = (response) => {
  response.writeHead(200, JSON_TYPE)
  const timer = setInterval(() => response.write(' '), 5)
  response.on('close', () => {
    clearInterval(timer)
  })
}

/** Sends a body that would come to a thousand megabytes, as fast as it is taken. */
export function floods(sent: { bytes: number }): Behaviour {
  return (response) => {
    response.writeHead(200, JSON_TYPE)
    const part = Buffer.alloc(64 * 1024, 0x20)
    const push = (): void => {
      while (sent.bytes < 1e9 && !response.destroyed) {
        sent.bytes += part.length
        if (!response.write(part)) {
          response.once('drain', push)
          return
        }
      }
      response.end()
    }
    push()
  }
}

/** Closes the connection without an answer. */
export const hangsUp: Behaviour = (response) => {
  response.destroy()
}

/** Sends the client elsewhere. */
export function redirectsTo(url: string): Behaviour {
  return (response) => {
    response.writeHead(307, { location: url }).end()
  }
}
