import { beforeAll, describe, expect, it } from 'vitest'

import { firstPromptOf } from '#prompts/earlier.ts'
import { type NarratorPrompt, promptOf } from '#prompts/narrator.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { accountOf, keptSentences } from '#rules/narrative/account.ts'
import { NarrativePolicy } from '#rules/policy/communication.ts'
import type { StageName } from '#rules/schema/review.ts'
import { loadConfig } from '#src/config.ts'
import type { ChatModel } from '#src/llm/chat.ts'
import { askForSections } from '#src/llm/narrate.ts'
import { createOpenAiModel } from '#src/llm/openai.ts'
import { loadPrices } from '#src/llm/prices.ts'
import { createPace } from '#src/llm/recorded-call.ts'
import { evalMode } from '#test/support/environment.ts'
import { createMemoryLedger, type LedgerEntry } from '#test/support/memory-ledger.ts'

import { LITERAL, STAND_INS } from './models/stand-ins.ts'
import { recordingModel, replayedModel } from './recorded.ts'
import { scoreOf, type Score } from './score.ts'
import { type EvalState, loadStates } from './states.ts'
import { comparison, type Column } from './table.ts'

/** Generous: what is measured here is the wording, and a bound that bites would hide it. */
const POLICY = NarrativePolicy.parse({
  max_cost: 100,
  max_seconds: 900,
  per_stage: { cost: 10, seconds: 300 },
  per_call: { cost: 1 },
  per_review: { calls: 500, tokens: 5_000_000, bytes: 50_000_000 },
  per_day: { calls: 5000, tokens: 50_000_000, bytes: 500_000_000, cost: 100, seconds: 9000 },
  breaker: { failures: 1000 },
})

const RECORDED = ['written-by-hand']

/** A version of the prompts of all stages. */
interface Prompts {
  readonly version: string
  readonly promptOf: (stage: StageName) => NarratorPrompt
}

const CURRENT: Prompts = { version: '2', promptOf: (stage) => promptOf(stage, 'strict') }
const VERSIONS: readonly Prompts[] = [{ version: '1', promptOf: firstPromptOf }, CURRENT]

let states: EvalState[] = []
const columns: Column[] = []
beforeAll(async () => {
  states = await loadStates()
})

describe('the words of models', () => {
  it('has states enough', () => {
    expect(states.length).toBeGreaterThanOrEqual(50)
  })

  it.each(STAND_INS)(
    '$name breaks nothing in a final output, and changes no decision',
    async (model) => {
      const before = canonicalJson(states.map(({ result }) => result))
      const column = await run(model, states)
      columns.push(column)
      expect(column.scores.flatMap(({ violations }) => violations)).toEqual([])
      expect(canonicalJson(states.map(({ result }) => result))).toBe(before)
    },
  )

  it.each(RECORDED)('%s, as recorded, breaks nothing in a final output', async (name) => {
    const model = replayedModel(name)
    const known = states.slice(0, model.answers)
    const column = await run(model, known)
    columns.push(column)
    // A prompt or a catalogue that changed asks questions nobody recorded an answer to.
    expect(column.scores.every(({ schema }) => schema)).toBe(true)
    expect(column.scores.flatMap(({ violations }) => violations)).toEqual([])
  })

  it.each(VERSIONS)('prompts $version break nothing in a final output', async (prompts) => {
    const column = await run(LITERAL, states, prompts)
    columns.push(column)
    expect(column.scores.flatMap(({ violations }) => violations)).toEqual([])
  })

  it.runIf(evalMode() !== 'replay').each(VERSIONS)(
    'the model of the environment, live, under prompts $version',
    async (prompts) => {
      const endpoint = loadConfig().narrator
      if (endpoint === undefined)
        throw new Error('set OPENAI_BASE_URL or OPENAI_API_KEY, and NARRATOR_MODEL')
      const model = recordingModel(createOpenAiModel(endpoint))
      const column = await run(model, states, prompts)
      columns.push(column)
      if (evalMode() === 'record') model.save()
      expect(column.scores.flatMap(({ violations }) => violations)).toEqual([])
    },
  )

  it('compares them', () => {
    process.stdout.write(`\n${comparison(columns)}\n\n`)
    expect(columns.length).toBeGreaterThan(0)
  })
})

async function run(
  model: ChatModel,
  over: readonly EvalState[],
  prompts: Prompts = CURRENT,
): Promise<Column> {
  const told: Told[] = []
  for (const state of over) told.push(await tell(state, model, prompts))
  const results = told.flatMap(({ entries }) => entries).flatMap(({ result }) => result ?? [])
  const costs = results.map(({ costMicros }) => costMicros)
  return {
    model: model.name,
    prompts: prompts.version,
    scores: told.map(({ score }) => score),
    latencyMs: results.map(({ latencyMs }) => latencyMs),
    tokens: results.reduce(
      (sum, { inputTokens, outputTokens }) => sum + (inputTokens ?? 0) + (outputTokens ?? 0),
      0,
    ),
    costMicros: costs.includes(null)
      ? null
      : costs.reduce<number>((sum, each) => sum + (each ?? 0), 0),
  }
}

interface Told {
  readonly score: Score
  readonly entries: readonly LedgerEntry[]
}

async function tell(state: EvalState, model: ChatModel, prompts: Prompts): Promise<Told> {
  let first: string | null = null
  const watched: ChatModel = {
    name: model.name,
    complete: async (call) => {
      const reply = await model.complete(call)
      if (reply.ok) first ??= reply.content
      return reply
    },
  }
  const ledger = createMemoryLedger()
  const deps = {
    model: watched,
    ledger,
    policy: POLICY,
    prices: loadPrices(),
    pace: createPace(),
    promptOf: prompts.promptOf,
  }
  const { sections } = await askForSections(state.result.stage, state.told, deps)
  const account = accountOf(keptSentences(sections), state.sentences, state.told)
  return { score: scoreOf(state, first, account), entries: ledger.entries() }
}
