import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

import { afterEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

import { loadConfig } from '#src/config.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { openQueue } from '#src/queue/open.ts'
import { mo } from '#test/support/mo.ts'
import { startTestStore } from '#test/support/store.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const textOf = (path: string): Promise<string> => readFile(path, 'utf8')
const all = (text: string, pattern: RegExp): string[] =>
  Array.from(text.matchAll(pattern), ([, found]) => found ?? '')

/** The variables the program reads, as it names them to whoever sets another. */
function variables(): string[] {
  vi.stubEnv('MO_NOTHING', '1')
  try {
    loadConfig()
  } catch (error) {
    return z.object({ expected: z.string() }).parse(error).expected.split(', ')
  }
  throw new TypeError('an unknown variable was taken')
}

const Scripts = z.object({
  scripts: z.record(z.string(), z.string()),
  dependencies: z.object({ node: z.string() }),
})
const packageFile = async () => Scripts.parse(JSON.parse(await textOf('package.json')))

describe('the handbook', () => {
  test('has every variable the program reads, and no other', async () => {
    const listed = all(await textOf('docs/operations.md'), /^\| `([A-Z][A-Z_]+)` +\|/gm)
    expect(listed.toSorted()).toEqual(variables().toSorted())
  })

  test('has every metric, and no other', async () => {
    const listed = all(await textOf('docs/operations.md'), /^\| `(mo_[a-z_]+)` +\|/gm)
    const { store, close } = await startTestStore()
    const queue = await openQueue(store, { redisUrl: undefined })
    try {
      const text = await createMetrics({ store, queue }).text()
      expect(listed.toSorted()).toEqual(all(text, /^# TYPE (mo_[a-z_]+) /gm).toSorted())
    } finally {
      await queue.close()
      await close()
    }
  })

  test('names commands, scripts, codes and files that there are', async () => {
    const text = await textOf('docs/operations.md')
    const { stdout: help } = await mo(['--help'])
    const commands = all(help, /^ {2}([a-z]+)/gm)
    const { scripts } = await packageFile()
    const errors = await textOf('src/errors.ts')
    const named = {
      commands: all(text, /(?:`| )mo (?:-- )?([a-z]+)/g),
      scripts: all(text, /npm (?:run -s )?(start|[a-z]+)(?= --)/g),
      codes: all(text, /`([A-Z]+_[A-Z_]+)`/g).filter((code) => !variables().includes(code)),
      files: all(text, /`((?:src|test|docs)\/[\w./-]+|Dockerfile|docker-compose\.yml)`/g),
    }
    expect(Object.values(named).every((list) => list.length > 1)).toBe(true)
    expect(named.commands.filter((name) => !commands.includes(name))).toEqual([])
    expect(named.scripts.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
    // The image's and OpenTelemetry's own variables are read by them, not by the program.
    const isOfOthers = (code: string): boolean => /^(POSTGRES|OTEL)_/.test(code)
    expect(named.codes.filter((code) => !errors.includes(code) && !isOfOthers(code))).toEqual([])
    expect(named.files.filter((file) => !existsSync(file))).toEqual([])
  })
})

const Service = z.looseObject({
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
})
const Compose = z.object({
  services: z.strictObject({
    orchestrator: Service.extend({
      build: z.string(),
      depends_on: z.strictObject({
        postgres: z.strictObject({ condition: z.literal('service_healthy') }),
      }),
      stop_grace_period: z.string(),
    }),
    postgres: Service.extend({ healthcheck: z.looseObject({ test: z.array(z.string()) }) }),
  }),
  volumes: z.record(z.string(), z.null()),
})

describe('the container', () => {
  const instructions = async () =>
    (await textOf('Dockerfile'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const)
  const told = async (name: string) =>
    (await instructions()).flatMap(([each, text]) => (each === name ? [text] : []))

  test('runs the pinned Node without privileges, and copies what there is', async () => {
    const { node } = (await packageFile()).dependencies
    expect(await told('FROM')).toEqual([`node:${node.split('.')[0]}-bookworm-slim`])
    expect(await told('USER')).toEqual(['node'])
    const order = (await instructions()).map(([name]) => name)
    expect(order.indexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'))
    const copied = (await told('COPY')).flatMap((text) => text.split(' ').slice(0, -1))
    expect(copied.filter((path) => !existsSync(path))).toEqual([])
    const ignored = (await textOf('.dockerignore')).split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', '.git', '**/.orchestrator']))
  })

  test('serves its health and the page of the queue where it is asked for them', async () => {
    const [port, boardPort] = await told('EXPOSE')
    const [entry, command] = [...(await told('ENTRYPOINT')), ...(await told('CMD'))].map((text) =>
      z.array(z.string()).parse(JSON.parse(text)),
    )
    expect(existsSync(entry?.[1] ?? '')).toBe(true)
    expect(command).toEqual([
      'worker',
      '--health-port',
      port,
      '--board-port',
      boardPort,
      '--board-host',
      '0.0.0.0',
      '--workspace',
      '/workspaces',
    ])
    const [health] = await told('HEALTHCHECK')
    expect(health).toContain(`http://127.0.0.1:${port}/healthz`)
    const { start } = (await packageFile()).scripts
    expect(start).toBe(`node bin/mo.mjs worker --health-port ${port}`)
  })

  test('is composed of services, ports, volumes and variables that there are', async () => {
    const { services, volumes } = Compose.parse(parse(await textOf('docker-compose.yml')))
    const { orchestrator, postgres } = services
    expect(existsSync(`${orchestrator.build}/Dockerfile`)).toBe(true)
    const exposed = await told('EXPOSE')
    // For the machine itself: nothing here ends TLS.
    expect(orchestrator.ports).toEqual(exposed.map((port) => `127.0.0.1:${port}:${port}`))
    const known = variables()
    const set = Object.keys(orchestrator.environment)
    expect(set.filter((name) => !known.includes(name))).toEqual([])
    expect(orchestrator.environment['DATABASE_URL']).toContain('@postgres:5432/mo')
    expect(postgres.healthcheck.test[1]).toBe('pg_isready')
    expect(postgres.ports).toEqual([])
    const mounted = Object.values(services).flatMap((each) => each.volumes)
    const named = mounted.flatMap((text) => (text.startsWith('.') ? [] : [text.split(':')[0]]))
    expect(named).toEqual(Object.keys(volumes))
  })
})
