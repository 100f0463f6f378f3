import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { openQueue } from '#src/queue/open.ts'
import { hasRedis, startRedis, type TestRedis } from '#test/support/redis.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

import { KILLED_LOCK_MS, TEST_TIMING, testQueueContract } from './contract.ts'

if (!hasRedis) process.stderr.write('The queue on Redis is not tested: no redis-server here.\n')

describe.skipIf(!hasRedis)('with a Redis server', () => {
  let store: TestStore
  let redis: TestRedis
  beforeAll(async () => {
    ;[store, redis] = await Promise.all([startTestStore(), startRedis()])
  })
  afterAll(() => Promise.all([store.close(), redis.close()]))

  const connect = () => openQueue(store.store, { redisUrl: redis.url, timing: TEST_TIMING })

  testQueueContract('Redis', {
    connect,
    processArguments: () => [store.workspaceDir, String(KILLED_LOCK_MS), redis.url],
  })

  test('a restart of the server loses no bell, and the worker goes on', async () => {
    const queue = await connect()
    const heard: string[] = []
    const worker = queue.work({
      handle: async ({ subject }) => {
        heard.push(subject)
        return { kind: 'done' }
      },
      concurrency: 1,
      onDead: async () => undefined,
      onError: () => undefined,
      timing: TEST_TIMING,
    })
    await queue.ring({ kind: 'review', subject: 'before' }, { turn: 1 })
    await vi.waitFor(() => expect(heard).toEqual(['before']), { timeout: 20_000 })
    await redis.restart()
    await queue.ring({ kind: 'review', subject: 'after' }, { turn: 1 })
    await vi.waitFor(() => expect(heard).toEqual(['before', 'after']), { timeout: 30_000 })
    await worker.close()
    await queue.close()
  })

  test('a server that throws keys away is refused', async () => {
    const greedy = await startRedis('--maxmemory', '10mb', '--maxmemory-policy', 'allkeys-lru')
    await expect(openQueue(store.store, { redisUrl: greedy.url })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      got: 'allkeys-lru',
    })
    await greedy.close()
  })
})
