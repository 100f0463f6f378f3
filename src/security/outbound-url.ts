import { isIP } from 'node:net'

/** Why a request may not go to a URL: it cannot be read, or by its scheme, credentials, port, address instead of a name, or host. */
export type UrlRefusal = 'UNPARSABLE' | 'SCHEME' | 'USERINFO' | 'PORT' | 'IP_LITERAL' | 'HOST'

export type UrlRuling =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly code: UrlRefusal }

/**
 * May the program send to this URL? Only https on its own port, without credentials, to a host by name that is on the list. Reading is the
 * WHATWG parser's, so that what is judged is what would be called: 0x7f000001 is an address, a full-width dot a dot.
 *
 * @param allowedHosts Names in lower case.
 * Source: OWASP, Server-Side Request Forgery Prevention; WHATWG URL Standard.
 */
export function judgeUrl(text: string, allowedHosts: readonly string[]): UrlRuling {
  const url = parse(text)
  if (url === undefined) return refuse('UNPARSABLE')
  if (url.protocol !== 'https:') return refuse('SCHEME')
  if (url.username !== '' || url.password !== '' || hasUserinfo(text)) return refuse('USERINFO')
  if (url.port !== '') return refuse('PORT')
  const host = url.hostname.replace(/\.$/, '')
  if (host.startsWith('[') || isIP(host) !== 0) return refuse('IP_LITERAL')
  return allowedHosts.includes(host) ? { ok: true, url } : refuse('HOST')
}

function refuse(code: UrlRefusal): UrlRuling {
  return { ok: false, code }
}

/** White space and control characters are dropped by the parser, and so would hide what was meant. */
function parse(text: string): URL | undefined {
  return /[\s\p{Cc}]/u.test(text) ? undefined : (URL.parse(text) ?? undefined)
}

function hasUserinfo(text: string): boolean {
  const authority = /^[^:]*:[/\\]*([^/\\?#]*)/.exec(text)?.[1] ?? ''
  return authority.includes('@')
}
