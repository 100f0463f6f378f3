import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, vi } from 'vitest'

import { openQueue } from '#src/queue/open.ts'
import { hasRedis, startRedis, type TestRedis } from '#test/support/redis.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

import { KILLED_LOCK_MS, TEST_TIMING, testQueueContract } from './contract.ts'

const SLOTS = 16_384

/** Three masters on the loopback that share the slots. */
async function startCluster(): Promise<{ url: string; close: () => Promise<void> }> {
  const servers = await Promise.all([1, 2, 3].map(() => startRedis('--cluster-enabled', 'yes')))
  const clients = servers.map(({ port }) => new Redis(port, '127.0.0.1'))
  const [first] = servers
  for (const [index, client] of clients.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / 3))
    await client.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (to ?? 0) - 1)
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    if (index > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', first?.port ?? 0)
  }
  await vi.waitFor(
    async () => {
      for (const client of clients) await isWhole(client)
    },
    { timeout: 60_000, interval: 50 },
  )
  for (const client of clients) client.disconnect()
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    close: async () => void (await Promise.all(servers.map((server: TestRedis) => server.close()))),
  }
}

async function isWhole(client: Redis): Promise<void> {
  const info = String(await client.call('CLUSTER', 'INFO'))
  if (!info.includes('cluster_state:ok') || !info.includes('cluster_known_nodes:3')) {
    throw new TypeError('the nodes do not know each other yet')
  }
}

if (!hasRedis) process.stderr.write('The queue on a cluster is not tested: no redis-server here.\n')

describe.skipIf(!hasRedis)('with three masters', () => {
  let store: TestStore
  let cluster: Awaited<ReturnType<typeof startCluster>>
  beforeAll(async () => {
    ;[store, cluster] = await Promise.all([startTestStore(), startCluster()])
  })
  afterAll(() => Promise.all([store.close(), cluster.close()]))

  testQueueContract('a Redis Cluster', {
    connect: () => openQueue(store.store, { redisUrl: cluster.url, timing: TEST_TIMING }),
    processArguments: () => [store.workspaceDir, String(KILLED_LOCK_MS), cluster.url],
  })
})
