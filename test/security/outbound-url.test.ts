import { describe, expect, it } from 'vitest'

import { judgeUrl } from '#src/security/outbound-url.ts'

const HOSTS = ['hooks.example.com']
const ruling = (url: string) => {
  const judged = judgeUrl(url, HOSTS)
  return judged.ok ? judged.url.hostname : judged.code
}

describe('judgeUrl', () => {
  it.each([
    ['https://hooks.example.com/x', 'hooks.example.com'],
    ['https://hooks.example.com:443/x', 'hooks.example.com'],
    ['HTTPS://HOOKS.EXAMPLE.COM', 'hooks.example.com'],
    // The root's dot names the same host.
    ['https://hooks.example.com./x', 'hooks.example.com.'],
  ])('lets %s', (url, host) => {
    expect(ruling(url)).toBe(host)
  })

  it.each([
    ['nothing', '', 'UNPARSABLE'],
    ['no URL', 'hooks.example.com', 'UNPARSABLE'],
    ['a line break, which parsers drop', 'https://hooks.example.com/\nx', 'UNPARSABLE'],
    ['a tab within the scheme', 'https\t://hooks.example.com/', 'UNPARSABLE'],
    ['plain http', 'http://hooks.example.com/', 'SCHEME'],
    ['another scheme', 'file:///etc/passwd', 'SCHEME'],
    ['credentials', 'https://a:b@hooks.example.com/', 'USERINFO'],
    ['empty credentials', 'https://@hooks.example.com/', 'USERINFO'],
    ['an allowed name as a user', 'https://hooks.example.com@10.0.0.1/', 'USERINFO'],
    ['one port beside', 'https://hooks.example.com:444/', 'PORT'],
    ['an address', 'https://10.0.0.1/', 'IP_LITERAL'],
    ['an address in octal', 'https://0177.0.0.1/', 'IP_LITERAL'],
    ['an address as one number', 'https://2130706433/', 'IP_LITERAL'],
    ['an address of version 6', 'https://[2001:4860:4860::8888]/', 'IP_LITERAL'],
    ['a longer name', 'https://hooks.example.com.evil.test/', 'HOST'],
    ['a name within', 'https://xhooks.example.com/', 'HOST'],
    ['a name below', 'https://a.hooks.example.com/', 'HOST'],
    ['a name in the path', 'https://evil.test/hooks.example.com', 'HOST'],
    ['a name that looks alike', 'https://hooks.example.c\u043Em/', 'HOST'],
  ])('refuses %s', (_, url, code) => {
    expect(ruling(url)).toBe(code)
  })

  it('lets nothing where nothing is allowed', () => {
    expect(judgeUrl('https://hooks.example.com/', [])).toStrictEqual({ ok: false, code: 'HOST' })
  })
})
