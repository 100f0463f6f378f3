import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import type { Bell } from '#src/queue/bell.ts'
import { openQueue } from '#src/queue/open.ts'
import type { WorkQueue } from '#src/queue/queue.ts'
import { hasRedis, startRedis, startSentinel, type TestRedis } from '#test/support/redis.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

import { TEST_TIMING } from './contract.ts'

const PATIENCE = { timeout: 60_000, interval: 50 }

if (!hasRedis) process.stderr.write('The queue behind sentinels is not tested: no redis-server.\n')

describe.skipIf(!hasRedis)('behind a sentinel', () => {
  let store: TestStore
  let master: TestRedis
  let replica: TestRedis
  let sentinel: TestRedis
  let queue: WorkQueue
  beforeAll(async () => {
    ;[store, master] = await Promise.all([startTestStore(), startRedis()])
    replica = await startRedis('--replicaof', '127.0.0.1', String(master.port))
    sentinel = await startSentinel('main', master.port)
    queue = await openQueue(store.store, {
      redisUrl: `redis+sentinel://127.0.0.1:${sentinel.port}/main`,
      timing: TEST_TIMING,
    })
  })
  afterAll(async () => {
    await queue.close()
    await Promise.all([store, master, replica, sentinel].map((each) => each.close()))
  })

  test('a worker goes on with the replica that was made master', async () => {
    const heard: string[] = []
    const worker = queue.work({
      handle: async (bell: Bell) => {
        heard.push(bell.subject)
        return { kind: 'done' }
      },
      concurrency: 1,
      onDead: () => Promise.resolve(),
      onError: () => undefined,
      timing: TEST_TIMING,
    })
    const rings = (subject: string) =>
      vi.waitFor(async () => {
        await queue.ring({ kind: 'review', subject }, { turn: 1 })
        await vi.waitFor(() => expect(heard).toContain(subject), { timeout: 2_000, interval: 20 })
      }, PATIENCE)
    await rings('before')
    // Before it knows a replica that follows, there is none it could make master.
    await vi.waitFor(
      async () =>
        expect(await sentinel.ask('SENTINEL', 'REPLICAS', 'main')).toContain(
          'master-link-status,ok',
        ),
      PATIENCE,
    )
    await master.close()
    await rings('after')
    await worker.close()
  })
})
