import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'

import type { TokenScope } from '#rules/schema/token-scope.ts'
import { createBoardApp } from '#src/board/board.ts'
import { createLog } from '#src/observe/log.ts'
import { servePages, type PageServer } from '#src/observe/serve.ts'
import { createToken, revokeToken } from '#src/people/tokens.ts'
import type { Bell } from '#src/queue/bell.ts'
import { buryBell, listDeadLetters } from '#src/queue/dead-letters.ts'
import { openQueue } from '#src/queue/open.ts'
import type { WorkQueue } from '#src/queue/queue.ts'
import { registerWorkspace } from '#src/schedule/workspaces.ts'
import { storeReview, SYSTEM } from '#test/support/records.ts'
import { hasRedis, startRedis, type TestRedis } from '#test/support/redis.ts'
import {
  createTemporaryWorkspace,
  startTestStore,
  type TemporaryWorkspace,
  type TestStore,
} from '#test/support/store.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const COMPANY = 'Harbour'
const POLICY = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: ${COMPANY}, currency: USD, time_zone: UTC }
people:
  - { id: ops, name: Operations, roles: [operator] }
  - { id: fin, name: Finance, roles: [finance] }
targets: []
portfolio: [{ otherwise: hold }]
`
const SECRETS = ['postgres://app:hunter2@db/x', 'jane.doe@example.com', COMPANY]

const Jobs = z.object({
  queues: z.tuple([
    z.looseObject({
      readOnlyMode: z.boolean(),
      counts: z.record(z.string(), z.number()),
      jobs: z.array(z.looseObject({ id: z.string(), data: z.unknown() })),
    }),
  ]),
})

if (!hasRedis)
  process.stderr.write('The page of a queue on Redis is not tested: no redis-server.\n')
const backends = hasRedis ? (['postgres', 'redis'] as const) : (['postgres'] as const)

describe.each(backends)('the page of a queue on %s', (backend) => {
  let shared: TestStore
  let folder: TemporaryWorkspace
  let redis: TestRedis | undefined
  let queue: WorkQueue
  let server: PageServer
  let clock = new Date('2026-10-01T00:00:00Z')

  beforeAll(async () => {
    shared = await startTestStore()
    folder = await createTemporaryWorkspace()
    await writeFile(join(folder.directory, 'policy.yaml'), POLICY)
    const identity = { name: COMPANY, directory: folder.directory, timeZone: 'UTC' }
    await registerWorkspace(shared.pool, identity)
    redis = backend === 'redis' ? await startRedis() : undefined
    queue = await openQueue(shared.store, { redisUrl: redis?.url })
    const { store } = shared
    const app = createBoardApp({ store, queue, log: createLog('silent'), now: () => clock })
    server = await servePages(app, { port: 0, host: '127.0.0.1', option: '--board-port' })
  })
  afterAll(async () => {
    await server.close()
    await queue.close()
    await redis?.close()
    await shared.close()
    await folder.remove()
  })

  const origin = () => `http://127.0.0.1:${server.port}`
  const tokenOf = (person: string, scopes: readonly TokenScope[], workspace = COMPANY) =>
    createToken(shared.store, { workspace, person, label: '', scopes, days: 2 }, SYSTEM)
  const bearer = async (person: string, scopes: readonly TokenScope[]) => ({
    authorization: `Bearer ${(await tokenOf(person, scopes)).text}`,
  })
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${origin()}${path}`, { redirect: 'manual', ...init })
  const signIn = (token: string, headers: Record<string, string> = { origin: origin() }) =>
    ask('/sign-in', { method: 'POST', headers, body: new URLSearchParams({ token }) })
  /** The cookie a browser would send back. */
  const cookieFrom = (answer: Response) => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const jobs = async (headers: Record<string, string>) => {
    const path = '/queue/api/queues?activeQueue=mo-work&status=failed&page=1&jobsPerPage=20'
    const text = await (await ask(path, { headers })).text()
    return { text, queue: Jobs.parse(JSON.parse(text)).queues[0] }
  }
  const audit = async () => {
    const { rows } = await shared.pool.query(
      `select action, actor, subject, entry::jsonb ->> 'reason' as reason
       from mo.audit_log where action like 'queue.%' or action like 'session.%' order by seq`,
    )
    return rows
  }
  /** A job that failed with words that nobody may read. */
  const failedJob = async (bell: Bell): Promise<string> => {
    const known = (await jobs(await bearer('ops', ['read']))).queue.jobs.map(({ id }) => id)
    await queue.ring(bell, { turn: 1 })
    const worker = queue.work({
      handle: async () => {
        throw new Error(`lost ${SECRETS[0]} of ${SECRETS[1]}`)
      },
      onDead: (dead) => buryBell(shared.pool, dead, COMPANY),
      onError: () => undefined,
      concurrency: 1,
    })
    const failed = await vi.waitFor(
      async () => {
        const { queue: shown } = await jobs(await bearer('ops', ['read']))
        const fresh = shown.jobs.find(({ id }) => !known.includes(id))
        expect(fresh).toBeDefined()
        return fresh
      },
      { timeout: 30_000, interval: 100 },
    )
    await worker.close()
    return failed?.id ?? ''
  }

  test('shows nothing to whoever did not sign in', async () => {
    const page = await ask('/queue')
    expect([page.status, page.headers.get('location')]).toEqual([303, '/sign-in'])
    for (const path of ['/queue/queue/mo-work', '/queue/static/js/main.js', '/sign-out']) {
      expect([path, (await ask(path)).status]).toEqual([path, 303])
    }
    for (const [path, method] of [
      ['/queue/api/queues', 'GET'],
      ['/queue/api/queues/mo-work/clean/failed', 'PUT'],
      ['/queue', 'POST'],
    ] as const) {
      const answer = await ask(path, { method })
      expect([path, answer.status, await answer.json()]).toEqual([path, 401, { error: 'sign in' }])
    }
    const form = await ask('/sign-in')
    expect(form.status).toBe(200)
    expect(form.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(form.headers.get('cache-control')).toBe('no-store')
  })

  test('opens to a token, by a cookie that no script and no other site can use', async () => {
    const { text, token } = await tokenOf('ops', ['operate'])
    const answer = await signIn(text)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/queue'])
    const [cookie = ''] = answer.headers.getSetCookie()
    expect(cookie).toMatch(
      /^mo_session=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    const headers = { cookie: cookieFrom(answer) }
    const page = await ask('/queue', { headers })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<base href="/queue/" />')
    const { rows } = await shared.pool.query('select secret_sha256 from mo.sessions')
    expect(JSON.stringify(rows)).not.toContain(cookie.slice(11, 54))
    expect(await audit()).toContainEqual({
      action: 'session.begun',
      actor: 'ops',
      subject: token.tokenId,
      reason: null,
    })
    const tls = await signIn(text, { origin: origin(), 'x-forwarded-proto': 'https' })
    expect(tls.headers.getSetCookie()[0]).toContain('; Secure')
  })

  test.each<[string, (text: string, tokenId: string) => Promise<unknown>]>([
    ['its token is revoked', (_text, tokenId) => revoke(tokenId)],
    ['its time is over', (_text, tokenId) => passTime('sessions', tokenId)],
    ['the time of its token is over', (_text, tokenId) => passTime('api_tokens', tokenId)],
    ['the person signs out', (cookie) => signOut(cookie)],
  ])('a session ends when %s', async (_name, end) => {
    const { text, token } = await tokenOf('ops', ['operate'])
    const headers = { cookie: cookieFrom(await signIn(text)) }
    expect((await ask('/queue/api/queues', { headers })).status).toBe(200)
    await end(headers.cookie, token.tokenId)
    expect((await ask('/queue/api/queues', { headers })).status).toBe(401)
  })
  const revoke = (tokenId: string) =>
    revokeToken(shared.store, { workspace: COMPANY, tokenId, reason: 'lost' }, SYSTEM)
  /** As if its hours had passed: only the owner of the tables can do that, and only without their guards. */
  const passTime = (table: 'sessions' | 'api_tokens', tokenId: string) =>
    shared.store.asOwner(async (owner) => {
      const [begun] = table === 'sessions' ? ['begun_at'] : ['created_at']
      await owner.query(`alter table mo.${table} disable trigger user`)
      await owner.query(
        `update mo.${table} set expires_at = clock_timestamp() - interval '1 second',
           ${begun} = clock_timestamp() - interval '1 hour' where token_id = $1`,
        [tokenId],
      )
      await owner.query(`alter table mo.${table} enable trigger user`)
    })
  const signOut = (cookie: string) =>
    ask('/sign-out', { method: 'POST', headers: { cookie, origin: origin() } })

  test('a link or another site ends no session and begins none', async () => {
    const { text } = await tokenOf('ops', ['operate'])
    const cookie = cookieFrom(await signIn(text))
    for (const headers of [{}, { origin: 'https://elsewhere.example' }, { origin: 'null' }]) {
      expect((await signIn(text, headers)).status).toBe(403)
      const left = await ask('/sign-out', { method: 'POST', headers: { ...headers, cookie } })
      expect(left.status).toBe(403)
    }
    expect(await (await ask('/sign-out', { headers: { cookie } })).text()).toContain('as ops')
    expect((await ask('/queue/api/queues', { headers: { cookie } })).status).toBe(200)
  })

  test('refuses tokens that are good for nothing here, and says so', async () => {
    const good = (await tokenOf('ops', ['operate'])).text
    const { text: revoked, token } = await tokenOf('ops', ['operate'])
    await revoke(token.tokenId)
    for (const [text, why] of [
      ['', 'the token is not known'],
      [good.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')), 'the token is not known'],
      [revoked, 'the token was revoked'],
      [(await tokenOf('fin', ['approve'])).text, 'the token was not given for this'],
      [(await tokenOf('left', ['read'])).text, 'the policy no longer names the person'],
      [(await tokenOf('ops', ['read'], 'Other')).text, 'no worker of this database knows'],
    ] as const) {
      const answer = await signIn(text)
      expect(answer.headers.getSetCookie()).toEqual([])
      expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining(why)])
    }
  })

  test('shows ids, states and times, and nobody a secret, a mail address or a company', async () => {
    const reviewId = await storeReview(shared.pool, { workspace: COMPANY })
    await failedJob({ kind: 'review', subject: reviewId })
    await failedJob({ kind: 'tick', subject: COMPANY })
    const tick = { kind: 'tick', subject: COMPANY } as const
    const schedule = { bell: tick, pattern: '0 7 * * *', timeZone: 'UTC' }
    await queue.setSchedules(new Map([['tick-0000-1', schedule]]))
    const headers = await bearer('ops', ['operate'])
    const { text, queue: shown } = await jobs(headers)
    const details = shown.jobs.map(({ id }) => `/queue/api/queues/mo-work/${id}`)
    const paths = ['workers', 'default-job-options', 'metrics', 'rate-limit', 'job-data-schema']
    const texts = await Promise.all(
      [
        ...details,
        ...details.map((path) => `${path}/flow`),
        ...details.map((path) => `${path}/logs`),
        ...paths.map((path) => `/queue/api/queues/mo-work/${path}`),
        '/queue/api/queues?activeQueue=mo-work&status=delayed&page=1&jobsPerPage=20',
        '/queue/api/job-schedulers',
      ].map(async (path) => (await ask(path, { headers })).text()),
    )
    for (const secret of SECRETS) expect([text, ...texts].join('\n')).not.toContain(secret)
    expect(shown.jobs.map(({ data }) => data)).toEqual(
      expect.arrayContaining([{ kind: 'review', subject: reviewId }, { kind: 'tick' }]),
    )
    expect(texts.join('\n')).toContain('tick-0000-1')
    await queue.setSchedules(new Map())
  })

  test('whoever is no operator, or has a token for reading, may only read', async () => {
    const jobId = await failedJob({
      kind: 'review',
      subject: await storeReview(shared.pool, { workspace: COMPANY }),
    })
    for (const [person, scope] of [
      ['fin', 'operate'],
      ['ops', 'read'],
    ] as const) {
      const headers = await bearer(person, [scope])
      expect((await jobs(headers)).queue.readOnlyMode).toBe(true)
      const answer = await ask(`/queue/api/queues/mo-work/${jobId}/retry`, {
        method: 'PUT',
        headers,
      })
      expect([answer.status, await answer.json()]).toEqual([403, { error: 'not an operator' }])
      expect((await audit()).at(-1)).toMatchObject({ action: 'queue.refused', actor: person })
    }
    expect((await jobs(await bearer('ops', ['operate']))).queue.readOnlyMode).toBe(false)
  })

  test('an operator tries a job again: it is given up no more, and it is on the audit log', async () => {
    const subject = await storeReview(shared.pool, { workspace: COMPANY })
    const jobId = await failedJob({ kind: 'review', subject })
    const { text } = await tokenOf('ops', ['operate'])
    const cookie = cookieFrom(await signIn(text))
    const retry = (headers: Record<string, string>) =>
      ask(`/queue/api/queues/mo-work/${jobId}/retry`, {
        method: 'PUT',
        headers: { cookie, ...headers },
      })
    // A cookie goes along with what another site makes a browser send.
    for (const headers of [{}, { origin: 'https://elsewhere.example' }, { origin: 'nonsense' }]) {
      expect((await retry(headers)).status).toBe(403)
    }
    expect((await listDeadLetters(shared.pool)).map((letter) => letter.subject)).toContain(subject)
    expect((await retry({ origin: origin() })).status).toBe(204)
    expect((await listDeadLetters(shared.pool)).map((letter) => letter.subject)).not.toContain(
      subject,
    )
    expect((await audit()).at(-1)).toEqual({
      action: 'queue.retry',
      actor: 'ops',
      subject,
      reason: null,
    })
    expect((await jobs({ cookie })).queue.jobs.map(({ id }) => id)).not.toContain(jobId)
    const gone = await ask(`/queue/api/queues/mo-work/${jobId}/clean`, {
      method: 'PUT',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    })
    expect(gone.status).toBe(204)
    expect((await audit()).at(-1)).toMatchObject({ action: 'queue.clean', subject })
  })

  test('jobs of another company are nobody else’s, alone or among others', async () => {
    const subject = await storeReview(shared.pool, { workspace: 'Other' })
    const jobId = await failedJob({ kind: 'review', subject })
    const headers = await bearer('ops', ['operate'])
    const act = async (path: string) => {
      const answer = await ask(`/queue/api/queues/mo-work/${path}`, { method: 'PUT', headers })
      return [
        answer.status,
        z.looseObject({ error: z.string().optional() }).parse(await answer.json()).error,
      ]
    }
    expect(await act(`${jobId}/clean`)).toEqual([403, 'not a job of your company'])
    expect(await act('review-00000000-0/retry')).toEqual([403, 'not a job of your company'])
    expect(await act('retry/failed')).toEqual([200, undefined])
    expect((await audit()).at(-1)).toMatchObject({ action: 'queue.retry', subject: 'all failed' })
    const other = { name: 'Other', directory: `${folder.directory}/other`, timeZone: 'UTC' }
    await registerWorkspace(shared.pool, other)
    expect(await act('clean/failed')).toEqual([403, 'jobs of other companies are among them'])
  })

  test.each([
    ['PUT', 'queues/mo-work/obliterate'],
    ['PUT', 'queues/mo-work/empty'],
    ['PUT', 'queues/mo-work/pause'],
    ['PUT', 'queues/pause'],
    ['PUT', 'queues/mo-work/concurrency'],
    ['POST', 'queues/mo-work/add'],
    ['PATCH', 'queues/mo-work/review-1/update-data'],
    ['PATCH', 'queues/mo-work/review-1/retry'],
    ['PUT', 'queues/mo-work/job-schedulers/tick-1-1/remove'],
    ['PUT', 'queues/mo-work/clean/active'],
    ['PUT', 'queues/mo-work/clean/retry'],
  ])('%s %s is done by nobody', async (method, path) => {
    const headers = await bearer('ops', ['operate'])
    const answer = await ask(`/queue/api/${path}`, { method, headers, body: '{}' })
    expect([answer.status, await answer.json()]).toEqual([403, { error: 'not done here' }])
  })

  test('a path that climbs or is malformed is no way around', async () => {
    const statusOf = (path: string) => {
      const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
      const asked = request({ host: '127.0.0.1', port: server.port, path }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject).end()
      return promise
    }
    for (const path of [
      '/sign-in/../queue/api/queues',
      '//queue/api/queues',
      '/queue/%61pi%2e/queues',
    ]) {
      expect([path, await statusOf(path)]).not.toEqual([path, 200])
    }
    const headers = await bearer('ops', ['operate'])
    const put = { method: 'PUT', headers }
    expect((await ask('/queue/api/queues/%E0%A4%A/x', put)).status).toBe(403)
    expect((await ask('/queue/static/%2e%2e/%2e%2e/index.ejs', { headers })).status).toBe(404)
  })

  test('whoever keeps trying is made to wait', async () => {
    clock = new Date('2026-10-02T00:00:00Z')
    const statuses: number[] = []
    for (let attempt = 0; attempt < 21; attempt += 1) statuses.push((await signIn('wrong')).status)
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429])
    const { text } = await tokenOf('ops', ['operate'])
    const headers = { authorization: `Bearer ${text}` }
    expect((await ask('/queue/api/queues', { headers })).status).toBe(429)
    clock = new Date('2026-10-02T00:01:01Z')
    expect((await signIn(text)).status).toBe(303)
  })
})
