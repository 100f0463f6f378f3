import { cp } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { arrange, envelope } from '#evals/models/arranger.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { replayReview } from '#src/runtime/replay.ts'
import { narratorOf } from '#src/runtime/review-narrator.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { loadLlmCalls } from '#src/store/llm-calls.ts'
import { openStore, type Store } from '#src/store/store.ts'

import { startScript } from '../support/child-process.ts'
import { type LlmServer, says, startLlmServer } from '../support/llm-server.ts'
import { createReadyWorkspace, type TemporaryWorkspace } from '../support/store.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
const MONTH = '2026-03'
const STAGE = 'attribution'

let workspace: TemporaryWorkspace
let server: LlmServer
let store: Store
beforeAll(async () => {
  workspace = await createReadyWorkspace()
  await cp(COMPANY, workspace.directory, { recursive: true })
  server = await startLlmServer((response, request) => {
    says(envelope(arrange(request)))(response, request)
  })
})
afterAll(async () => {
  await store.close()
  await server.close()
  await workspace.remove()
})

it('pays no answer twice when killed between the answer and the saved stage', async () => {
  const script = startScript('narrated-process.ts', [
    workspace.directory,
    MONTH,
    server.baseUrl,
    STAGE,
  ])
  expect(await script.line()).toBe('recorded')
  await script.kill()
  const asked = server.received.length
  const before = new Set(server.received.map(({ raw }) => raw))
  expect(asked).toBe(3)

  store = await openStore({ workspaceDir: workspace.directory })
  const open = await openWorkspace(workspace.directory)
  const now = (): Date => new Date()
  const session = await beginReview(store, open, { month: MONTH, asOf: undefined, now: now() })
  try {
    await driveReview({
      store,
      session,
      now,
      narrator: narratorOf({ baseUrl: server.baseUrl, model: 'm' }, store, session),
      publish: () => Promise.resolve(),
      onStage: () => undefined,
    })
    // Only stages that were not asked about before are asked about now.
    const later = server.received.slice(asked).map(({ raw }) => raw)
    expect(later.length).toBeGreaterThan(0)
    expect(later.filter((raw) => before.has(raw))).toEqual([])
    const calls = await loadLlmCalls(store.pool, session.review.reviewId)
    expect(calls.filter(({ stage }) => stage === STAGE)).toMatchObject([
      { begun: 1, attempt: 1, outcome: { kind: 'answered' } },
    ])
    expect(calls.every(({ begun }) => begun === 1)).toBe(true)

    // Nobody is asked on replay, and what was arranged gives the stored bytes again.
    const total = server.received.length
    const stages = await replayReview(store, session)
    expect(stages.filter(({ equal }) => !equal)).toEqual([])
    expect(server.received).toHaveLength(total)
  } finally {
    await session.data.close()
  }
})
