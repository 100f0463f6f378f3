import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { request } from 'node:https'

import { AppError } from '../errors.ts'
import { isPublicAddress } from '../security/ip-address.ts'
import { judgeUrl } from '../security/outbound-url.ts'
import type { ChangeOrder } from '../store/change-orders.ts'
import { orderJson } from './files.ts'

const TIMEOUT_MS = 10_000

/** Where orders are sent, and the secret that signs them. */
export interface WebhookTarget {
  readonly url: string
  readonly allowedHosts: readonly string[]
  readonly secret: string
}

/** What the sender needs of the world; tests bring a server of their own. */
export interface WebhookWorld {
  readonly now: () => Date
  /** Every address of a host. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  /** Sends to exactly this address, under the name of the URL, and follows nothing. Returns the status. */
  readonly post: (url: URL, endpoint: Endpoint, message: SignedMessage) => Promise<number>
}

/** The very address a connection goes to; another port and authority are for tests with a server of their own. */
export interface Endpoint {
  readonly address: string
  readonly port?: number
  readonly ca?: string
}

/** A body with the headers that prove where it comes from. */
export interface SignedMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The real world. */
export const WEBHOOK_WORLD: WebhookWorld = {
  now: () => new Date(),
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  post,
}

/**
 * Signs an order: HMAC-SHA256 over `TIMESTAMP.BODY`, in hex. The receiver compares signature and age, and does nothing twice for one key.
 */
export function signOrder(order: ChangeOrder, secret: string, at: Date): SignedMessage {
  const body = JSON.stringify(orderJson(order))
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': order.orderId,
      'x-orchestrator-timestamp': timestamp,
      'x-orchestrator-signature': `v1=${signature}`,
    },
  }
}

/**
 * Sends one order. The URL must be https on an allowed host; every address the name resolves to must be public, and the connection goes to
 * the address that was judged, so that a name that changes in between leads nowhere. Redirects are not followed.
 *
 * @returns The HTTP status.
 * @throws AppError `WEBHOOK_REFUSED` when the guard refuses, `DELIVERY_FAILED` when nobody answers.
 */
export async function sendOrder(
  order: ChangeOrder,
  target: WebhookTarget,
  world: WebhookWorld,
): Promise<number> {
  const ruling = judgeUrl(target.url, target.allowedHosts)
  if (!ruling.ok) throw guarded(`the URL fails the rule ${ruling.code}`)
  const host = ruling.url.hostname
  const addresses = await world.resolve(host).catch((cause: unknown) => {
    throw new AppError('DELIVERY_FAILED', { message: 'the webhook’s host is unknown', cause })
  })
  const [first] = addresses
  if (first === undefined || !addresses.every(isPublicAddress)) {
    throw guarded('its host has an address that is not public')
  }
  const message = signOrder(order, target.secret, world.now())
  return world.post(ruling.url, { address: first }, message).catch((cause: unknown) => {
    throw new AppError('DELIVERY_FAILED', { message: 'the webhook does not answer', cause })
  })
}

function guarded(why: string): AppError {
  return new AppError('WEBHOOK_REFUSED', { message: `the webhook was not called: ${why}` })
}

/** One request over TLS to an address; the certificate must be of the URL's host. */
export async function post(
  url: URL,
  { address, port = 443, ca }: Endpoint,
  message: SignedMessage,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const call = request(
    {
      host: address,
      port,
      servername: url.hostname,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...message.headers,
        host: url.host,
        'content-length': String(Buffer.byteLength(message.body)),
      },
      ...(ca === undefined ? {} : { ca }),
    },
    (response) => {
      // The answer's body is of no interest, and its size is not ours to trust.
      response.destroy()
      resolve(response.statusCode ?? 0)
    },
  )
  call.on('error', reject)
  call.end(message.body)
  return promise
}
