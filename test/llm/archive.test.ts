import { expect, it } from 'vitest'

import { isArchiveKey, openReply, sealReply } from '#src/llm/archive.ts'

const KEY = '0f'.repeat(32)

it('opens what it sealed, with the same key and for the same call', () => {
  const sealed = sealReply(KEY, 'Antwort “ü”', 'call-1')
  expect(sealed).not.toContain('Antwort')
  expect(Buffer.from(sealed, 'base64').includes('Antwort')).toBe(false)
  expect(openReply(KEY, sealed, 'call-1')).toBe('Antwort “ü”')
  expect(openReply('1f'.repeat(32), sealed, 'call-1')).toBeNull()
  expect(openReply(KEY, sealed, 'call-2')).toBeNull()
})

it('never seals the same text to the same bytes', () => {
  expect(sealReply(KEY, 'x', 'c')).not.toBe(sealReply(KEY, 'x', 'c'))
})

it('notices a change of any byte, and what is no sealed text', () => {
  const bytes = Buffer.from(sealReply(KEY, 'x', 'c'), 'base64')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(openReply(KEY, changed.toString('base64'), 'c')).toBeNull()
  }
  expect(openReply(KEY, '', 'c')).toBeNull()
})

it.each([
  [KEY, true],
  [KEY.toUpperCase(), true],
  [KEY.slice(1), false],
  [`${KEY}0`, false],
  [KEY.replace('f', 'g'), false],
])('takes %s for a key: %s', (text, isKey) => {
  expect(isArchiveKey(text)).toBe(isKey)
})
