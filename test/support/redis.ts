import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Redis } from 'ioredis'

/** A Redis of one's own for a test. */
export interface TestRedis {
  readonly port: number
  readonly url: string
  /** Kills it and starts it again on the same port and data. */
  readonly restart: () => Promise<void>
  readonly close: () => Promise<void>
  /** Its answer to a command, as text. */
  readonly ask: (command: string, ...parameters: readonly string[]) => Promise<string>
}

/** Whether this machine has a Redis server; where it has none, a test that needs one says so and is skipped. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** Starts a server on a free port of the loopback; every write is on disk before it is acknowledged. */
export async function startRedis(...settings: readonly string[]): Promise<TestRedis> {
  return serve((directory) =>
    Promise.resolve([
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      ...settings,
    ]),
  )
}

/** Starts a sentinel that alone may say that its master is gone. */
export async function startSentinel(name: string, masterPort: number): Promise<TestRedis> {
  return serve(async (directory) => {
    // A sentinel writes what it learns into its configuration, which therefore has to be a file.
    const file = join(directory, 'sentinel.conf')
    const lines = [
      `dir ${directory}`,
      `sentinel monitor ${name} 127.0.0.1 ${masterPort} 1`,
      `sentinel down-after-milliseconds ${name} 500`,
      `sentinel failover-timeout ${name} 2000`,
    ]
    await writeFile(file, `${lines.join('\n')}\n`)
    return [file, '--sentinel']
  })
}

async function serve(
  settingsIn: (directory: string) => Promise<readonly string[]>,
): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'mo-redis-'))
  const port = await freePort()
  const settings = await settingsIn(directory)
  const args = [...settings, '--port', String(port), '--bind', '127.0.0.1']
  let child = await start(args, port)
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    restart: async () => {
      await kill(child)
      child = await start(args, port)
    },
    close: async () => {
      await kill(child)
      await rm(directory, { recursive: true, force: true })
    },
    ask: async (command, ...parameters) => {
      const client = new Redis(port, '127.0.0.1')
      try {
        return String(await client.call(command, ...parameters))
      } finally {
        client.disconnect()
      }
    },
  }
}

async function start(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const client = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  })
  client.on('error', () => undefined)
  await client.ping()
  client.disconnect()
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** A port nobody listens on; below the range that clients get theirs from, because a cluster needs the port 10 000 above as well. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => {
    server.close(() => resolve(true))
  })
  return promise
}
