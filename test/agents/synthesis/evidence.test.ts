import { describe, expect, it } from 'vitest'

import { parseEvidence } from '#agents/synthesis/evidence.ts'

describe('parseEvidence', () => {
  it('reads a JSON object, nested parts passed over', () => {
    const evidence = parseEvidence(
      '{"visits": 830, "ok": true, "who": "x", "none": null, "deep": {"a": 1}}',
    )
    expect(evidence).toEqual(
      new Map<string, unknown>([
        ['visits', 830],
        ['ok', true],
        ['who', 'x'],
        ['none', null],
        ['deep', null],
      ]),
    )
  })

  it('has none where none was given', () => {
    expect(parseEvidence(null)).toBeNull()
  })

  it.each(['clicks look odd', '[1, 2]', '7', '{"visits": ', ''])('cannot read %j', (text) => {
    expect(parseEvidence(text)).toBe('unreadable')
  })
})
