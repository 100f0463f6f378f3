import { afterAll, beforeAll } from 'vitest'

import { openQueue } from '#src/queue/open.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

import { KILLED_LOCK_MS, TEST_TIMING, testQueueContract } from './contract.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

testQueueContract('PostgreSQL', {
  connect: () => openQueue(store.store, { redisUrl: undefined, timing: TEST_TIMING }),
  processArguments: () => [store.workspaceDir, String(KILLED_LOCK_MS)],
})
