import { createHmac } from 'node:crypto'

import { expect, it, onTestFinished } from 'vitest'

import { post, sendOrder, signOrder, type WebhookWorld } from '#src/changes/webhook.ts'
import type { ChangeOrder } from '#src/store/change-orders.ts'
import { giverOrder } from '#test/support/records.ts'
import { CERTIFICATE, startTlsServer } from '#test/support/tls-server.ts'

const SECRET = 'a secret of more than thirty-two characters'
const NOW = new Date('2026-11-21T09:00:00Z')
const ORDER: ChangeOrder = {
  ...giverOrder({ approvalId: 'a1', oldMinor: 500_000, newMinor: 380_000 }),
  orderedAt: '2026-11-21T08:00:00.000Z',
}
const target = {
  url: 'https://hooks.example.com/budget',
  allowedHosts: ['hooks.example.com'],
  secret: SECRET,
}

/** A world whose name service says what it is told and whose server is the local one. */
async function world(addresses: readonly string[], ...statuses: readonly number[]) {
  const server = await startTlsServer(...statuses)
  onTestFinished(() => server.close())
  const reached: string[] = []
  const there: WebhookWorld = {
    now: () => NOW,
    resolve: () => Promise.resolve(addresses),
    post: (url, { address }, message) => {
      reached.push(address)
      return post(url, { address: '127.0.0.1', port: server.port, ca: CERTIFICATE }, message)
    },
  }
  return { there, server, reached }
}

it('sends the order signed, with its key, to the address that was judged', async () => {
  const { there, server, reached } = await world(['93.184.216.34', '93.184.216.35'], 200)
  expect(await sendOrder(ORDER, target, there)).toBe(200)
  expect(reached).toStrictEqual(['93.184.216.34'])
  const [call] = server.calls
  expect(call?.path).toBe('/budget')
  expect(call?.headers).toMatchObject({ host: 'hooks.example.com', 'idempotency-key': 'a1:move:0' })
  const timestamp = String(call?.headers['x-orchestrator-timestamp'])
  expect(timestamp).toBe('1795251600')
  const expected = createHmac('sha256', SECRET)
    .update(`${timestamp}.${call?.body ?? ''}`)
    .digest('hex')
  expect(call?.headers['x-orchestrator-signature']).toBe(`v1=${expected}`)
  expect(JSON.parse(call?.body ?? '')).toMatchObject({
    campaignId: 'C1',
    deltaMinor: -120_000,
    oldMinor: 500_000,
    newMinor: 380_000,
    idempotencyKey: 'a1:move:0',
  })
})

it('signs another time and another secret in another way', () => {
  const signature = (secret: string, at: Date) =>
    signOrder(ORDER, secret, at).headers['x-orchestrator-signature']
  expect(signature(SECRET, NOW)).toBe(signature(SECRET, NOW))
  expect(signature(SECRET, NOW)).not.toBe(signature(`${SECRET}!`, NOW))
  expect(signature(SECRET, NOW)).not.toBe(signature(SECRET, new Date(NOW.getTime() + 1000)))
})

it.each([
  ['a private address', ['10.0.0.1']],
  ['one private address among public ones', ['93.184.216.34', '169.254.169.254']],
  ['no address', []],
])('calls nobody when the host has %s', async (_, addresses) => {
  const { there, reached } = await world(addresses, 200)
  await expect(sendOrder(ORDER, target, there)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
  expect(reached).toStrictEqual([])
})

it('calls nobody at a URL that is not on the list', async () => {
  const { there, reached } = await world(['93.184.216.34'], 200)
  const elsewhere = { ...target, url: 'https://hooks.example.com.evil.test/' }
  await expect(sendOrder(ORDER, elsewhere, there)).rejects.toMatchObject({
    code: 'WEBHOOK_REFUSED',
  })
  expect(reached).toStrictEqual([])
})

it('does not follow a redirect', async () => {
  const { there, server } = await world(['93.184.216.34'], 302)
  expect(await sendOrder(ORDER, target, there)).toBe(302)
  expect(server.calls).toHaveLength(1)
})

it('says that nobody answers, and that a certificate is of another host', async () => {
  const { there, server } = await world(['93.184.216.34'], 200)
  const other = {
    ...target,
    url: 'https://other.example.com/',
    allowedHosts: ['other.example.com'],
  }
  await expect(sendOrder(ORDER, other, there)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' })
  await server.close()
  await expect(sendOrder(ORDER, target, there)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' })
  const unknown = { ...there, resolve: () => Promise.reject(new Error('ENOTFOUND')) }
  await expect(sendOrder(ORDER, target, unknown)).rejects.toMatchObject({ code: 'DELIVERY_FAILED' })
})
