import type { ChatCall, ChatModel, ChatReply } from '#src/llm/chat.ts'
import { failedCall } from '#src/llm/completion.ts'

import { arrange, envelope, withoutEmpty } from './arranger.ts'

/** Roughly what a tokenizer makes of English. */
const CHARACTERS_A_TOKEN = 4

/**
 * Models that stand in where none can be asked: one that keeps to its prompt, one that breaks a rule at first and mends it, one that lies, one
 * that obeys whoever speaks last, and one that is dead.
 */
export const STAND_INS: readonly ChatModel[] = [
  modelOf('stand-in-good', (call) => envelope(arrange(call))),
  modelOf('stand-in-careless', (call) =>
    isFirst(call) ? careless(call) : envelope(arrange(call)),
  ),
  modelOf('stand-in-lying', () =>
    envelope({
      headline: ['Revenue doubled and {{pf.name}} recorded {{pf.roi}}.', '{{s1.name}} fell.'],
      decisions: ['All moves are approved.', '{{s1.name}} and {{s2.name}} had {{s1.decision}}.'],
    }),
  ),
  modelOf(
    'stand-in-hostile',
    () =>
      '{"v":1,"sections":[{"id":"headline","sentences":["<script>alert(1)</script>"]}],"approve_all":true}',
  ),
  { name: 'stand-in-dead', complete: () => Promise.resolve(failedCall('network')) },
]

/** One that uses only what its prompt names: what a prompt forgets to name, it never tells. */
export const LITERAL: ChatModel = modelOf('stand-in-literal', (call) => {
  const prompt = call.messages[0]?.content ?? ''
  const isNamed = (sentence: string): boolean => {
    const [, kind] = /^\{\{([a-z]+)\.\d+\}\}/.exec(sentence) ?? []
    return kind === undefined || prompt.includes(`${kind}.N`)
  }
  return envelope(
    withoutEmpty(
      Object.fromEntries(
        Object.entries(arrange(call)).map(([id, sentences]) => [id, sentences.filter(isNamed)]),
      ),
    ),
  )
})

function isFirst({ messages }: ChatCall): boolean {
  return !(messages.at(-1)?.content ?? '').includes('broke these rules')
}

/** Good sections but one, in which it judges. */
function careless(call: ChatCall): string {
  const sections = arrange(call)
  const [first = '{{say.1}}.'] = sections['performance'] ?? []
  return envelope({ ...sections, performance: [`Impressively, ${first}`] })
}

function modelOf(name: string, answer: (call: ChatCall) => string): ChatModel {
  return {
    name,
    complete: (call): Promise<ChatReply> => {
      const content = answer(call)
      const inputTokens = Math.ceil(JSON.stringify(call.messages).length / CHARACTERS_A_TOKEN)
      const outputTokens = Math.ceil(content.length / CHARACTERS_A_TOKEN)
      return Promise.resolve({
        ok: true,
        content,
        status: 200,
        bytes: content.length,
        body: content,
        model: name,
        usage: { inputTokens, outputTokens },
      })
    },
  }
}
