import { readBody } from './read-body.ts'

const RETRY_AFTER_MAX_MS = 60_000

/** What one request brought back. */
export interface Exchange {
  readonly status: number
  /** Null when the body was larger than allowed. */
  readonly body: string | null
  readonly bytes: number
  readonly retryAfterMs: number
}

/** A `fetch` for one call and what it brought back: null as long as no whole response has come. */
export interface BoundedFetch {
  readonly fetch: typeof fetch
  readonly exchange: () => Exchange | null
}

/** The bounds of one call. */
interface WireBounds {
  readonly deadline: AbortSignal
  readonly maxBytes: number
  /** False where no key is set: then no authorization is sent. */
  readonly authorized: boolean
}

/**
 * A `fetch` that makes one request at most, follows no redirect (a key goes nowhere else), reads no more than the bytes allowed and counts the
 * whole body against the deadline. A library on top can neither retry nor wait with it.
 */
export function createBoundedFetch({ deadline, maxBytes, authorized }: WireBounds): BoundedFetch {
  let exchange: Exchange | null = null
  let used = false
  return {
    exchange: () => exchange,
    fetch: async (input, init) => {
      if (used) return new Response(null, { status: 400 })
      used = true
      const headers = new Headers(init?.headers)
      if (!authorized) headers.delete('authorization')
      const response = await fetch(input, {
        ...init,
        headers,
        redirect: 'error',
        signal: deadline,
      })
      const { text, bytes } = await readBody(response, maxBytes)
      const retryAfterMs = retryAfter(response.headers.get('retry-after'))
      exchange = { status: response.status, body: text, bytes, retryAfterMs }
      return new Response(text ?? '', { status: response.status, headers: JSON_TYPE })
    },
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Seconds, or an HTTP date; 0 when absent or unreadable. */
function retryAfter(header: string | null): number {
  if (header === null) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS) : 0
}
