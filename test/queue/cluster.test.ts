import { afterAll, beforeAll, describe } from 'vitest'

import { openQueue } from '#src/queue/open.ts'
import { startRedisCluster } from '#test/support/redis-cluster.ts'
import { hasRedis } from '#test/support/redis.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

import { KILLED_LOCK_MS, TEST_TIMING, testQueueContract } from './contract.ts'

if (!hasRedis) process.stderr.write('The queue on a cluster is not tested: no redis-server here.\n')

describe.skipIf(!hasRedis)('with three masters', () => {
  let store: TestStore
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  beforeAll(async () => {
    ;[store, cluster] = await Promise.all([startTestStore(), startRedisCluster()])
  })
  afterAll(() => Promise.all([store.close(), cluster.close()]))

  testQueueContract('a Redis Cluster', {
    connect: () => openQueue(store.store, { redisUrl: cluster.url, timing: TEST_TIMING }),
    processArguments: () => [store.workspaceDir, String(KILLED_LOCK_MS), cluster.url],
  })
})
