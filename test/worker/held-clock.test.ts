import { afterAll, beforeAll, expect, it } from 'vitest'

import { heldClock } from '#src/worker/held-clock.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let shared: TestStore
beforeAll(async () => {
  shared = await startTestStore()
})
afterAll(() => shared.close())

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DATABASE_MS = Date.parse('2026-11-21T12:00:00Z')

it.each([
  ['years behind', -700 * DAY_MS, -700 * DAY_MS],
  ['the same', 0, 0],
  ['five minutes ahead', 5 * MINUTE_MS, 5 * MINUTE_MS],
  ['a little more ahead', 5 * MINUTE_MS + 1, 0],
  ['half a month ahead', 15 * DAY_MS, 0],
])('takes a clock that is %s for what it is worth', async (_words, aheadMs, takenMs) => {
  let nowMs = DATABASE_MS + aheadMs
  const clock = await heldClock({
    store: shared.store,
    now: () => new Date(nowMs),
    databaseNow: () => Promise.resolve(new Date(DATABASE_MS)),
  })
  expect(clock().getTime() - DATABASE_MS).toBe(takenMs)
  nowMs += MINUTE_MS
  expect(clock().getTime() - DATABASE_MS).toBe(takenMs + MINUTE_MS)
})

it('asks the database itself when nobody says what its clock shows', async () => {
  const now = () => new Date(Date.now() + 15 * DAY_MS)
  const clock = await heldClock({ store: shared.store, now })
  expect(now().getTime() - clock().getTime()).toBeGreaterThan(14 * DAY_MS)
})
