import { randomUUID } from 'node:crypto'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { dispatchMessages, queueMessage, type NewMessage } from '#src/notify/outbox.ts'
import { sendMail } from '#src/notify/send-mail.ts'
import { startSmtpServer } from '#test/support/smtp-server.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

async function queued(changes: Partial<NewMessage> = {}): Promise<string> {
  const key = `k-${randomUUID()}`
  const message = {
    key,
    workspace: 'w',
    recipient: 'fin@example.com',
    subject: 'A move waits',
    body: 'Line one\n.\nLine two',
  }
  await queueMessage(store.pool, { ...message, ...changes })
  return key
}
const rowOf = async (key: string) => {
  const { rows } = await store.pool.query(
    'select sent_at is not null as sent, attempts, last_error from mo.outbox where message_key = $1',
    [key],
  )
  return rows
}
const smtp = async () => {
  const server = await startSmtpServer()
  onTestFinished(() => server.close())
  return server
}

it('sends a message once, under an id made of its key', async () => {
  const server = await smtp()
  const key = await queued()
  await queueMessage(store.pool, {
    key,
    workspace: 'w',
    recipient: 'x',
    subject: 'other',
    body: '',
  })
  expect(await sendMail(store.store, server.url)).toStrictEqual({ sent: 1, failed: 0 })
  expect(await sendMail(store.store, server.url)).toStrictEqual({ sent: 0, failed: 0 })
  expect(server.mails).toHaveLength(1)
  expect(server.mails[0]?.to).toContain('fin@example.com')
  expect(server.mails[0]?.data).toMatch(/Subject: A move waits/)
  expect(server.mails[0]?.data).toMatch(/Message-ID: <[0-9a-f]{32}@marketing-orchestrator>/)
  expect(await rowOf(key)).toStrictEqual([{ sent: true, attempts: 1, last_error: null }])
})

it('keeps what could not be sent for the next time', async () => {
  const server = await smtp()
  const lost = await queued({ recipient: 'nobody@example.com' })
  expect(await sendMail(store.store, server.url)).toStrictEqual({ sent: 0, failed: 1 })
  expect(await rowOf(lost)).toMatchObject([{ sent: false, attempts: 1 }])
  await store.pool.query(`update mo.outbox set attempts = 12 where message_key = $1`, [lost])
  expect(await sendMail(store.store, server.url)).toStrictEqual({ sent: 0, failed: 0 })
})

it.each([
  [1, 59, 0],
  [1, 61, 1],
  [3, 239, 0],
  [3, 241, 1],
  [11, 61_000, 0],
  [11, 62_000, 1],
])(
  'tries a message that failed %i times, %i seconds old, %i times',
  async (attempts, age, failed) => {
    const server = await smtp()
    const lost = await queued({ recipient: 'nobody@example.com' })
    await store.store.asOwner((owner) =>
      owner.query(
        `alter table mo.outbox disable trigger keep_message;
       update mo.outbox set attempts = ${attempts},
         created_at = clock_timestamp() - interval '${age} seconds' where message_key = '${lost}';
       alter table mo.outbox enable trigger keep_message`,
      ),
    )
    expect(await sendMail(store.store, server.url)).toStrictEqual({ sent: 0, failed })
    await store.pool.query('update mo.outbox set attempts = 12 where message_key = $1', [lost])
  },
)

it('counts nothing against messages while the server is away, and asks it for one only', async () => {
  const keys = [await queued(), await queued()]
  const server = await startSmtpServer()
  await server.close()
  for (const _ of [1, 2]) {
    expect(await sendMail(store.store, server.url)).toStrictEqual({ sent: 0, failed: 1 })
  }
  expect(await rowOf(keys[0] ?? '')).toMatchObject([
    { sent: false, attempts: 0, last_error: expect.stringContaining('ECONNREFUSED') },
  ])
  expect(await rowOf(keys[1] ?? '')).toMatchObject([{ attempts: 0, last_error: null }])
  const back = await smtp()
  expect(await sendMail(store.store, back.url)).toStrictEqual({ sent: 2, failed: 0 })
})

it('stops between two messages when it is told to', async () => {
  const keys = [await queued(), await queued()]
  const stop = new AbortController()
  const send = () => {
    stop.abort()
    return Promise.resolve()
  }
  const stopped = { send, signal: stop.signal }
  expect(await dispatchMessages(store.store, stopped)).toStrictEqual({ sent: 1, failed: 0 })
  expect(await rowOf(keys[1] ?? '')).toMatchObject([{ sent: false, attempts: 0 }])
  await dispatchMessages(store.store, { send: () => Promise.resolve() })
})

it('lets no line break begin a header', async () => {
  const server = await smtp()
  await queued({ subject: 'A\r\nBcc: eve@example.com' })
  await sendMail(store.store, server.url)
  expect(server.mails[0]?.data).not.toMatch(/^Bcc:/m)
})

it('of two senders at once each message meets one', async () => {
  const keys = await Promise.all(Array.from({ length: 10 }, () => queued()))
  const sent: string[] = []
  const send = ({ key }: { key: string }) => {
    sent.push(key)
    return Promise.resolve()
  }
  await Promise.all([
    dispatchMessages(store.store, { send }),
    dispatchMessages(store.store, { send }),
  ])
  expect(sent.toSorted()).toStrictEqual(keys.toSorted())
})

it('cannot be changed or sent again by direct SQL', async () => {
  const key = await queued()
  await dispatchMessages(store.store, { send: () => Promise.resolve() })
  const change = (text: string) =>
    store.pool.query(`update mo.outbox set ${text} where message_key = $1`, [key])
  await expect(change(`body = 'x'`)).rejects.toMatchObject({ code: '42501' })
  await expect(change('sent_at = null')).rejects.toMatchObject({ code: 'MO001' })
})
