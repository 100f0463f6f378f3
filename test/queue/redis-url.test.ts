import { describe, expect, test } from 'vitest'

import { AppError } from '#src/errors.ts'
import { parseRedisUrl, type RedisTarget } from '#src/queue/redis-url.ts'

const PLAIN: RedisTarget = {
  kind: 'standalone',
  addresses: [{ host: 'cache', port: 6379 }],
  tls: false,
  username: undefined,
  password: undefined,
  database: 0,
  master: undefined,
}

describe('where REDIS_URL leads', () => {
  test.each<[string, Partial<RedisTarget>]>([
    ['redis://cache', {}],
    ['redis://cache/', {}],
    [
      'rediss://cache:6380/2',
      { tls: true, addresses: [{ host: 'cache', port: 6380 }], database: 2 },
    ],
    ['redis://[::1]:7000', { addresses: [{ host: '::1', port: 7000 }] }],
    ['redis://:p%40ss@cache', { password: 'p@ss' }],
    ['redis://queue:secret@cache', { username: 'queue', password: 'secret' }],
    [
      'redis+sentinel://s1,s2:26380/main/3',
      {
        kind: 'sentinel',
        addresses: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 26_380 },
        ],
        master: 'main',
        database: 3,
      },
    ],
    [
      'rediss+cluster://:secret@a,b:7001',
      {
        kind: 'cluster',
        tls: true,
        password: 'secret',
        addresses: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7001 },
        ],
      },
    ],
  ])('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual({ ...PLAIN, ...expected })
  })

  test.each([
    'redis://',
    'http://cache',
    'redis://a,b',
    'redis://cache:0',
    'redis://cache:65536',
    'redis://cache/one',
    'redis://cache/1/2',
    'redis://:%zz@cache',
    'redis+sentinel://s1',
    'redis+cluster://a,b/1',
    'redis+cluster://a,,b',
  ])('%s leads nowhere, and is not shown', (url) => {
    let thrown: unknown
    try {
      parseRedisUrl(url)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AppError)
    expect(thrown).toMatchObject({ code: 'CONFIG_INVALID' })
    expect(JSON.stringify(thrown)).not.toContain('cache')
  })
})
