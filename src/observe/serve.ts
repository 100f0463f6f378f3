import { serve, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'

import { AppError } from '../errors.ts'

/** Where pages are served. */
export interface Address {
  /** 0 for any free one. */
  readonly port: number
  /** Undefined: every address of the machine. */
  readonly host?: string
  /** The option that named the port, for whoever is told that it cannot be had. */
  readonly option: string
}

/** A server that listens. */
export interface PageServer {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Serves pages. @throws AppError `USAGE` when the address cannot be had. */
export async function servePages(
  { fetch }: Pick<Hono, 'fetch'>,
  { port, host, option }: Address,
): Promise<PageServer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = serve(
    { fetch, port, ...(host === undefined ? {} : { hostname: host }) },
    (address) => {
      resolve(address.port)
    },
  )
  server.once('error', (cause: Error) => {
    reject(
      new AppError('USAGE', {
        message: `the port of ${option} cannot be had`,
        expected: 'a free port, and an address of this machine',
        got: `${port}: ${cause.message}`,
        cause,
      }),
    )
  })
  return { port: await promise, close: () => closed(server) }
}

async function closed(server: ServerType): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  // A browser that keeps its connection must not keep the process.
  if ('closeAllConnections' in server) server.closeAllConnections()
  return promise
}
