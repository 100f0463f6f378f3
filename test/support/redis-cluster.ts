import { setTimeout as pause } from 'node:timers/promises'

import { Redis } from 'ioredis'

import { startRedis, type TestRedis } from './redis.ts'

const SLOTS = 16_384
const PATIENCE_MS = 60_000

/** What a queue needs of a Redis that is killed now and then, whether it is one server or several. */
export type RestartedRedis = Pick<TestRedis, 'url' | 'restart' | 'close'>

/** Three masters on the loopback that share the slots; `restart` kills one after the other and starts it again. */
export async function startRedisCluster(): Promise<RestartedRedis> {
  const servers = await Promise.all([1, 2, 3].map(() => startRedis('--cluster-enabled', 'yes')))
  const clients = servers.map(({ port }) => new Redis(port, '127.0.0.1'))
  const [first] = servers
  for (const [index, client] of clients.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / 3))
    await client.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (to ?? 0) - 1)
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
    if (index > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', first?.port ?? 0)
  }
  const end = performance.now() + PATIENCE_MS
  for (const client of clients) {
    while (!(await isWhole(client))) {
      if (performance.now() > end) throw new TypeError('the nodes do not know each other')
      await pause(50)
    }
    client.disconnect()
  }
  let next = 0
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    restart: async () => {
      await servers[next % servers.length]?.restart()
      next += 1
    },
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  }
}

async function isWhole(client: Redis): Promise<boolean> {
  const info = String(await client.call('CLUSTER', 'INFO'))
  return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
}
