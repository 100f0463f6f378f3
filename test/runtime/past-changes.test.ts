import { expect, it } from 'vitest'

import type { ActionRow } from '#rules/budget/input.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { money } from '#rules/kernel/money.ts'
import { pastChanges, type PastScope } from '#src/runtime/past-changes.ts'
import { MOVE } from '#test/support/records.ts'

const told = (actionId: string, status: string, amountMinor: number): ActionRow => ({
  actionId,
  createdMs: Date.parse('2026-10-01T09:00:00Z'),
  createdOn: '2026-10-01',
  decidedMs: null,
  campaignId: 'C1',
  fromChannelId: null,
  toChannelId: 'social',
  amountMinor,
  currency: 'USD',
  reasonCode: 'scale_winner',
  status,
})

const onRecord = (actionId: string | null, status: string, minor: number) => ({
  approvalId: `approval of ${actionId ?? 'a plan'}`,
  move: canonicalJson({
    ...MOVE,
    actionId,
    fromLine: null,
    toLine: 'C1/social',
    amount: money('USD', minor),
  }),
  status,
  passedByRule: false,
  createdAt: '2026-10-03T09:00:00.000Z',
})

const changes = (scope: Pick<PastScope, 'actions' | 'requests'>): unknown[] =>
  pastChanges({
    move: { ...MOVE, actionId: 'OWN' },
    on: '2026-10-11',
    timeZone: 'UTC',
    ...scope,
  }).map(({ line, deltaMinor, ageDays, state }) => [line, deltaMinor, ageDays, state])

it.each([
  ['only the data tell', [told('A', 'executed', 500)], [], [['C1/social', 500, 10, 'applied']]],
  [
    'only the record tells',
    [],
    [onRecord('A', 'pending', 500)],
    [['C1/social', 500, 8, 'pending']],
  ],
  [
    'it was amended and applied while the data still propose less',
    [told('A', 'proposed', 100)],
    [onRecord('A', 'applied', 490)],
    [['C1/social', 490, 8, 'applied']],
  ],
  [
    'the data call rejected what is under way',
    [told('A', 'rejected', 100)],
    [onRecord('A', 'applying', 490)],
    [['C1/social', 490, 8, 'applying']],
  ],
  ['it is the move’s own', [told('OWN', 'executed', 500)], [onRecord('OWN', 'pending', 500)], []],
  [
    'nothing named it, as a plan’s',
    [told('A', 'executed', 500)],
    [onRecord(null, 'approved', 70)],
    [
      ['C1/social', 500, 10, 'applied'],
      ['C1/social', 70, 8, 'approved'],
    ],
  ],
])('counts an earlier change once: %s', (_case, actions, requests, expected) => {
  expect(changes({ actions, requests })).toEqual(expected)
})
