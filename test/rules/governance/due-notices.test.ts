import { describe, expect, it } from 'vitest'

import {
  dueNotices,
  holdersOf,
  type Notice,
  type WaitingRequest,
} from '#rules/governance/due-notices.ts'

const asked = (person: string): Notice => ({ kind: 'asked', person })
const reminded = (person: string): Notice => ({ kind: 'reminded', person })
const escalated = (person: string): Notice => ({ kind: 'escalated', person })

/** Filed at 0: reminder at 10, escalation at 20, end at 30. */
function request(changes: Partial<WaitingRequest> = {}): WaitingRequest {
  return {
    clock: { remindAtMs: 10, escalateAtMs: 20, expiresAtMs: 30 },
    nowMs: 0,
    mayDecide: ['a', 'b', 'c', 'd'],
    missing: 2,
    said: [],
    ...changes,
  }
}

describe('dueNotices', () => {
  // On each bound and one before it.
  it.each([
    [0, [asked('a'), asked('b')]],
    [9, [asked('a'), asked('b')]],
    [10, [asked('a'), asked('b'), reminded('a'), reminded('b')]],
    [19, [asked('a'), asked('b'), reminded('a'), reminded('b')]],
    [20, [asked('a'), asked('b'), reminded('a'), reminded('b'), escalated('c'), escalated('d')]],
    [30, [asked('a'), asked('b'), reminded('a'), reminded('b'), escalated('c'), escalated('d')]],
    [31, []],
  ])('says at %i what is due by then', (nowMs, expected) => {
    expect(dueNotices(request({ nowMs }))).toStrictEqual(expected)
  })

  it('says each thing once', () => {
    for (const nowMs of [0, 10, 20]) {
      const said = dueNotices(request({ nowMs }))
      expect(dueNotices(request({ nowMs, said }))).toStrictEqual([])
    }
  })

  it('does not remind who decided meanwhile, and asks nobody in their place', () => {
    const said = [asked('a'), asked('b')]
    const later = request({ nowMs: 10, said, mayDecide: ['b', 'c', 'd'], missing: 1 })
    expect(dueNotices(later)).toStrictEqual([reminded('b')])
  })

  it('asks another when who was asked may not decide any more', () => {
    const said = [asked('a'), asked('b')]
    expect(dueNotices(request({ said, mayDecide: ['b', 'c'] }))).toStrictEqual([asked('c')])
  })

  it('stays with whom it is when there is nobody else', () => {
    const said = [asked('a'), asked('b'), reminded('a'), reminded('b')]
    expect(dueNotices(request({ nowMs: 20, said, mayDecide: ['a', 'b'] }))).toStrictEqual([])
  })

  it('says nothing without anybody, without anything missing, and never by a clock that was not set', () => {
    expect(dueNotices(request({ mayDecide: [] }))).toStrictEqual([])
    expect(dueNotices(request({ missing: 0 }))).toStrictEqual([])
    const said = [asked('a'), asked('b')]
    expect(dueNotices(request({ missing: 0, nowMs: 20, said }))).toStrictEqual([])
    const clock = { remindAtMs: null, escalateAtMs: null, expiresAtMs: null }
    expect(dueNotices(request({ clock, nowMs: 1e15 }))).toStrictEqual([asked('a'), asked('b')])
  })
})

describe('holdersOf', () => {
  const mayDecide = ['a', 'b', 'c']
  it.each([
    ['nobody before anybody was asked', [], []],
    ['whoever was asked', [asked('a'), reminded('a')], ['a']],
    ['nobody who was asked and may not decide any more', [asked('a'), asked('x')], ['a']],
    ['whom it was escalated to, not who was asked', [asked('a'), escalated('c')], ['c']],
    ['who was asked when the other may not decide any more', [asked('a'), escalated('x')], ['a']],
  ] as const)('%s', (_, said, expected) => {
    expect(holdersOf({ said, mayDecide })).toStrictEqual(expected)
  })
})
