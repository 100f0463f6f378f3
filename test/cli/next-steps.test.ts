import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { runScheduleSet } from '#src/commands/schedule.ts'
import { runStatus } from '#src/commands/status.ts'
import { inProcess } from '#test/support/in-process.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

const POLICY = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: Harbour, currency: USD, time_zone: UTC }
targets: []
portfolio: [{ otherwise: hold }]
`

let shared: TestStore
beforeAll(async () => {
  shared = await startTestStore()
  await writeFile(join(shared.workspaceDir, 'policy.yaml'), POLICY)
})
afterAll(() => shared.close())

test('a workspace without a review says how to begin one, as it can be typed', async () => {
  const options = { workspace: shared.workspaceDir }
  const { stdout } = await inProcess((context) => runStatus(context, options))
  expect(stdout.split('\n')[0]).toBe(
    `No review yet. Begin one with: npm run -s mo -- review --workspace ${shared.workspaceDir} --month YYYY-MM`,
  )
})

test('a schedule says how to run the worker it needs, as it can be typed', async () => {
  const options = { workspace: shared.workspaceDir, businessDay: '3', at: '09:00' }
  const { stdout } = await inProcess((context) => runScheduleSet(context, options))
  expect(stdout.split('\n').at(-1)).toBe(
    `A worker must run for it: npm run -s mo -- worker --workspace ${shared.workspaceDir}`,
  )
})
