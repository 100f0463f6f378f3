import { describe, expect, test } from 'vitest'

import { judgeCellSteps } from '#rules/funnel/cell-steps.ts'
import { gatherCells } from '#rules/funnel/cells.ts'
import {
  type ClaimedDropOff,
  claimSubject,
  judgeClaimedDropOffs,
  unreportedDropOffs,
} from '#rules/funnel/claimed-drop-offs.ts'

import { contextWith, count, MONTH } from './inputs.ts'

const CELLS = gatherCells(
  [
    count('S C P1', 'visit', 500),
    count('S C P1', 'signup', 0, { rows: 2 }),
    count('S C P2', 'visit', 40, { rows: 3 }),
    count('S C P2', 'signup', 4),
    count('T C P1', 'visit', 0),
    count('T C P1', 'signup', 0),
    count('U C P1', 'visit', 400),
    count('U C P1', 'signup', 0),
  ],
  { month: MONTH, sourceOrder: [] },
)
const MOTION = { id: 'm', stages: ['visit', 'signup'], from: 'policy' } as const
const STEPS = judgeCellSteps(CELLS, () => MOTION, contextWith().policy.funnel)

function claim(changes: Partial<ClaimedDropOff> = {}): ClaimedDropOff {
  return {
    segmentId: 'S',
    channelId: 'C',
    campaignId: 'P1',
    fromStage: 'visit',
    stage: 'signup',
    ...changes,
  }
}

describe('judgeClaimedDropOffs', () => {
  test.each([
    ['a row that says zero is a true zero', {}, 'true_zero', 0, 500],
    ['a stage without a row is missing', { stage: 'demo_request' }, 'missing_not_zero', null, 500],
    ['people did get there', { campaignId: 'P2' }, 'not_zero', 4, 40],
    ['any campaign: people did get there in one', { campaignId: null }, 'not_zero', 4, 540],
    ['nobody was before it', { segmentId: 'T' }, 'no_traffic', 0, 0],
    ['the stage before is not named', { fromStage: null }, 'true_zero', 0, null],
    ['the stage before has no row', { fromStage: 'lead' }, 'true_zero', 0, null],
    ['nothing was counted there', { channelId: 'X' }, 'no_such_cell', null, null],
    ['nothing was counted for the segment', { segmentId: 'X' }, 'no_such_cell', null, null],
    ['nothing was counted for the campaign', { campaignId: 'X' }, 'no_such_cell', null, null],
  ] satisfies [string, Partial<ClaimedDropOff>, string, number | null, number | null][])(
    '%s',
    (_name, changes, verdict, counted, countedBefore) => {
      expect(judgeClaimedDropOffs([claim(changes)], CELLS, STEPS)).toMatchObject([
        { verdict, counted, countedBefore },
      ])
    },
  )

  test('says how many rows it looked at and whether the stage belongs to the motion', () => {
    expect(judgeClaimedDropOffs([claim()], CELLS, STEPS)[0]).toMatchObject({
      rows: 3,
      inMotion: true,
    })
    expect(judgeClaimedDropOffs([claim({ stage: 'demo_request' })], CELLS, STEPS)[0]).toMatchObject(
      { rows: 1, inMotion: false },
    )
    expect(judgeClaimedDropOffs([claim({ segmentId: 'X' })], CELLS, STEPS)[0]).toMatchObject({
      rows: 0,
      inMotion: false,
    })
  })

  test('finds broken steps that no claim names', () => {
    const broken = (claims: readonly ClaimedDropOff[]): string[] =>
      unreportedDropOffs(claims, STEPS).map((step) => step.cell.id)
    expect(broken([])).toEqual(['S@C@P1', 'U@C@P1'])
    expect(broken([claim()])).toEqual(['U@C@P1'])
    expect(broken([claim({ campaignId: null }), claim({ segmentId: 'U' })])).toEqual([])
    expect(broken([claim({ stage: 'demo_request' })])).toEqual(['S@C@P1', 'U@C@P1'])
  })

  test('names its subject', () => {
    expect(claimSubject(claim())).toBe('S@C@P1:visit>signup')
    expect(claimSubject(claim({ campaignId: null, fromStage: null }))).toBe('S@C@-:signup')
  })
})
