import { AppError } from '../errors.ts'

interface Address {
  readonly host: string
  readonly port: number
}

/** Where a Redis is and how it is run. */
export interface RedisTarget {
  readonly kind: 'standalone' | 'sentinel' | 'cluster'
  /** One for standalone; the sentinels; some nodes of the cluster, which name the others. */
  readonly addresses: readonly Address[]
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  /** Database number; a cluster has only 0. */
  readonly database: number
  /** The name under which the sentinels know the master. */
  readonly master: string | undefined
}

/** What REDIS_URL looks like. Not a plain URL: sentinels and clusters have several hosts. */
const REDIS_URL_PATTERN =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/@]+)(?<path>(?:\/[^/]*)*)$/

const SYNTAX =
  'redis://[user:password@]host[:port][/database], redis+sentinel://[…@]host,host/master[/database] or redis+cluster://[…@]host,host; rediss for TLS'

const PORTS = { standalone: 6379, sentinel: 26_379, cluster: 6379 } as const

/**
 * Reads REDIS_URL.
 *
 * @throws AppError `CONFIG_INVALID`; the value is never shown, for it may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const groups = REDIS_URL_PATTERN.exec(url)?.groups
  if (groups === undefined) throw invalid('another form')
  const kind = KINDS.find((each) => each === groups['kind']) ?? 'standalone'
  const addresses = (groups['hosts'] ?? '').split(',').map((text) => addressOf(text, PORTS[kind]))
  if (kind === 'standalone' && addresses.length > 1) {
    throw invalid('several hosts without +sentinel or +cluster')
  }
  return {
    kind,
    addresses,
    tls: groups['scheme'] === 'rediss',
    username: decoded(groups['user']),
    password: decoded(groups['password']),
    ...pathOf(groups['path'] ?? '', kind),
  }
}

const KINDS = ['sentinel', 'cluster'] as const

function pathOf(text: string, kind: RedisTarget['kind']): Pick<RedisTarget, 'database' | 'master'> {
  const path = text.split('/').filter((part) => part !== '')
  const master = kind === 'sentinel' ? path.shift() : undefined
  if (kind === 'sentinel' && master === undefined) {
    throw invalid('sentinels without the name of the master')
  }
  const database = databaseOf(path)
  if (kind === 'cluster' && database !== 0) throw invalid('a database number for a cluster')
  return { database, master }
}

function addressOf(text: string, defaultPort: number): Address {
  const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/.exec(text)?.groups
  const host = match?.['host']?.replaceAll(/[[\]]/g, '') ?? ''
  const port = match?.['port'] === undefined ? defaultPort : Number(match['port'])
  if (host === '' || port < 1 || port > 65_535) throw invalid('a host or port that is none')
  return { host, port }
}

function databaseOf([text, ...more]: readonly string[]): number {
  if (more.length > 0) throw invalid('a longer path')
  if (text === undefined) return 0
  if (!/^\d{1,5}$/.test(text)) throw invalid('a database that is no number')
  return Number(text)
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw invalid('a user or password that is not percent-encoded', cause)
  }
}

function invalid(got: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', {
    message: 'REDIS_URL is not readable',
    expected: SYNTAX,
    got,
    next: 'correct REDIS_URL, or unset it to keep the queue in the database',
    cause,
  })
}
