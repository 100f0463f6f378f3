import { createServer } from 'node:https'

// cspell:disable
/** A certificate of hooks.example.com that signs itself, and its key: made for these tests and trusted nowhere else. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBrjCCAVOgAwIBAgIUMavP+oMPUSyE56FMFVMrIUgKFYMwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRaG9va3MuZXhhbXBsZS5jb20wIBcNMjYxMTIxMDcyODAxWhgP
MjEyNjEwMjgwNzI4MDFaMBwxGjAYBgNVBAMMEWhvb2tzLmV4YW1wbGUuY29tMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5enSlbadOfWr5eVBmpsNTaW3iKLU+v5B
I4vDcFDIHlM0BOt9CtjzLKw1pD2FkwXKFdhjn3uoAuUGR5igplTSm6NxMG8wHQYD
VR0OBBYEFKTAFInuyTvBbcEx1u2ohaKkZBoSMB8GA1UdIwQYMBaAFKTAFInuyTvB
bcEx1u2ohaKkZBoSMA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4IRaG9va3Mu
ZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSQAwRgIhAL/h9Fy26254YREpb3uLrG2q
Qy5PVp75+IR1MY8yb3ldAiEA/rmniL0K2Ysif5JLD6AY7cdY4qU76ydAki/eKuyd
/BI=
-----END CERTIFICATE-----
`
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/IIMJ9SdBgGOgDlr
DegJ+jxryPp9DmirbJCCfhV4tgihRANCAATl6dKVtp059avl5UGamw1NpbeIotT6
/kEji8NwUMgeUzQE630K2PMsrDWkPYWTBcoV2GOfe6gC5QZHmKCmVNKb
-----END PRIVATE KEY-----
`
// cspell:enable

/** A request as the server got it. */
export interface ReceivedCall {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A real TLS server that answers with these statuses in turn, the last one for all that follow. */
export async function startTlsServer(...statuses: readonly number[]) {
  const calls: ReceivedCall[] = []
  const server = createServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part
    })
    request.on('end', () => {
      calls.push({ path: request.url ?? '', headers: request.headers, body })
      const status = statuses[calls.length - 1] ?? statuses.at(-1) ?? 200
      response.writeHead(status, status === 302 ? { location: 'https://127.0.0.1/' } : {}).end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
