import {
  createRedisBackend,
  withBackend,
  type ConnectionOptions,
  type RedisQueueBackend,
} from 'bullmq'
import { Cluster, Redis } from 'ioredis'

import { AppError } from '../errors.ts'
import { answered } from './answered.ts'
import type { BullBackend } from './bull-queue.ts'
import { parseRedisUrl, type RedisTarget } from './redis-url.ts'

const RECONNECT_MS_MAX = 2_000
/** The only policy under which Redis never throws a job away. */
const POLICY = 'noeviction'

/**
 * The queue in a Redis: standalone, behind sentinels, or a cluster.
 *
 * @throws AppError `CONFIG_INVALID` on a malformed URL or a Redis that evicts keys, `QUEUE_UNAVAILABLE` when it does not answer.
 */
export async function openRedisBackend(
  url: string,
): Promise<BullBackend<RedisQueueBackend, ConnectionOptions>> {
  const client = connect(parseRedisUrl(url))
  // A lost connection comes back by itself; who needs it meanwhile is told by the call.
  client.on('error', () => undefined)
  try {
    for (const policy of await answered(evictionPolicies(client))) refuseEviction(policy)
  } catch (error) {
    client.disconnect()
    throw error
  }
  return {
    name: 'redis',
    classes: withBackend(createRedisBackend),
    connection: client,
    check: async () => {
      await answered(client.ping())
    },
    end: async () => {
      client.disconnect()
    },
  }
}

function connect(target: RedisTarget): Redis | Cluster {
  const { username, password } = target
  const common = {
    // BullMQ waits for jobs with blocking calls that must survive a reconnect.
    maxRetriesPerRequest: null,
    retryStrategy: reconnectAfter,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(target.tls ? { tls: {} } : {}),
  }
  const addresses = target.addresses.map((address) => ({ ...address }))
  if (target.kind === 'cluster') {
    return new Cluster(addresses, {
      redisOptions: common,
      clusterRetryStrategy: reconnectAfter,
    })
  }
  if (target.kind === 'sentinel') {
    return new Redis({
      ...common,
      sentinels: addresses,
      name: target.master ?? '',
      db: target.database,
      ...(target.tls ? { enableTLSForSentinelMode: true } : {}),
    })
  }
  const [address] = addresses
  return new Redis({ ...common, ...address, db: target.database })
}

function reconnectAfter(times: number): number {
  return Math.min(100 * 2 ** times, RECONNECT_MS_MAX)
}

/** The policy of every server that holds keys. From INFO, because hosted servers often refuse CONFIG. */
async function evictionPolicies(client: Redis | Cluster): Promise<string[]> {
  if (client instanceof Redis) return [policyIn(await client.info('memory'))]
  // The nodes are known once the first call was answered.
  await client.ping()
  return Promise.all(
    client.nodes('master').map(async (node) => policyIn(await node.info('memory'))),
  )
}

function policyIn(info: string): string {
  return /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown'
}

function refuseEviction(policy: string): void {
  if (policy === POLICY) return
  throw new AppError('CONFIG_INVALID', {
    message: 'the Redis behind REDIS_URL may throw jobs away',
    expected: `maxmemory-policy ${POLICY}`,
    got: policy,
    next: `set maxmemory-policy to ${POLICY} on every server, or unset REDIS_URL`,
  })
}
