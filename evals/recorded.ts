import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { z } from 'zod'

import type { ChatCall, ChatModel, ChatReply } from '#src/llm/chat.ts'
import { sha256 } from '#src/store/hash.ts'

const Usage = z.strictObject({ inputTokens: z.int(), outputTokens: z.int() })

const Recorded = z.strictObject({
  /** Of the messages asked; another prompt or another catalogue is another question. */
  asked: z.string(),
  content: z.string(),
  model: z.string().nullable(),
  latencyMs: z.number(),
  usage: Usage.nullable(),
})
type Recorded = z.infer<typeof Recorded>

const FOLDER = join(import.meta.dirname, 'recorded')

/** A model that gives the answers recorded of another, by the question; a question nobody recorded has no answer. */
export function replayedModel(name: string): ChatModel & { readonly answers: number } {
  const answers = new Map(loadRecorded(name).map((recorded) => [recorded.asked, recorded]))
  return {
    name,
    answers: answers.size,
    complete: (call): Promise<ChatReply> => {
      const recorded = answers.get(askedOf(call))
      return Promise.resolve(recorded === undefined ? UNKNOWN : replyOf(recorded))
    },
  }
}

/** The model, with every answer it gives added to its record. */
export function recordingModel(model: ChatModel): ChatModel & { readonly save: () => void } {
  const records = new Map(loadRecorded(model.name).map((recorded) => [recorded.asked, recorded]))
  return {
    name: model.name,
    complete: async (call) => {
      const startedMs = performance.now()
      const reply = await model.complete(call)
      if (reply.ok) {
        const { content, usage } = reply
        const latencyMs = Math.round(performance.now() - startedMs)
        const asked = askedOf(call)
        records.set(asked, { asked, content, model: reply.model, latencyMs, usage })
      }
      return reply
    },
    save: () => {
      const lines = [...records.values()].map((recorded) => JSON.stringify(recorded))
      mkdirSync(dirname(fileOf(model.name)), { recursive: true })
      writeFileSync(fileOf(model.name), `${lines.join('\n')}\n`)
    },
  }
}

const UNKNOWN: ChatReply = {
  ok: false,
  reason: 'network',
  again: false,
  retryAfterMs: 0,
  status: null,
  bytes: 0,
  body: null,
  model: null,
  usage: null,
}

function replyOf({ content, model, usage }: Recorded): ChatReply {
  return { ok: true, content, status: 200, bytes: content.length, body: content, model, usage }
}

function askedOf({ messages }: ChatCall): string {
  return sha256(JSON.stringify(messages)).slice(0, 16)
}

function loadRecorded(name: string): Recorded[] {
  if (!existsSync(fileOf(name))) return []
  const lines = readFileSync(fileOf(name), 'utf8').trimEnd().split('\n')
  return lines.map((line) => Recorded.parse(JSON.parse(line)))
}

function fileOf(name: string): string {
  return join(FOLDER, `${name.replaceAll(/[^A-Za-z0-9_.-]/g, '-')}.jsonl`)
}
