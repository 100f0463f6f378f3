import { describe, expect, it } from 'vitest'

import {
  enterFlightEnds,
  isRunningStatus,
  nextRun,
  runsNow,
  runsOn,
  standingToTell,
  standingNote,
  standingOf,
  standingWords,
} from '#rules/governance/campaign-standing.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'

const when = { month: '2026-03', asOfOn: '2026-03-20' }
const stand = (status: string | null, endOn: string | null) =>
  standingOf('CAMP_1', { status, endOn }, when)
const END = '{{synthesis.campaign.CAMP_1.flight_end}}'

describe('standingOf', () => {
  it.each([
    // status, last day, switch, flight, runs now, runs on
    [null, null, 'on', 'open', true, true],
    ['active', null, 'on', 'open', true, true],
    ['running', '2026-04-01', 'on', 'open', true, true],
    ['active', '2026-03-31', 'on', 'ending', true, false],
    ['active', '2026-03-21', 'on', 'ending', true, false],
    ['active', '2026-03-20', 'on', 'ended', false, false],
    ['active', '2026-03-19', 'on', 'ended', false, false],
    ['paused', null, 'off', 'open', false, false],
    ['completed', '2026-03-01', 'off', 'ended', false, false],
    ['archived', '2026-03-31', 'off', 'ending', false, false],
    ['draft', null, 'planned', 'open', false, false],
    ['planned', null, 'planned', 'open', false, false],
    ['scheduled', '2026-05-01', 'planned', 'open', false, false],
  ] as const)('of %s until %s is %s, %s', (status, endOn, onOff, flight, now, on) => {
    const standing = stand(status, endOn)
    expect(standing).toEqual({ campaignId: 'CAMP_1', switch: onOff, flight, status, endOn })
    expect([runsNow(standing), runsOn(standing)]).toEqual([now, on])
    expect(standingToTell(standing)).toBe(on ? undefined : standing)
  })

  it('takes a campaign that nobody describes to run', () => {
    expect([runsNow(undefined), runsOn(undefined)]).toEqual([true, true])
    expect(standingToTell(undefined)).toBeUndefined()
  })

  it.each(['active', 'running', 'live', 'enabled', 'in_progress', null])('%s runs', (status) => {
    expect(isRunningStatus(status)).toBe(true)
  })

  it.each(['paused', 'draft', 'stopped', ''])('%s does not run', (status) => {
    expect(isRunningStatus(status)).toBe(false)
  })
})

describe('the words of a standing', () => {
  it.each([
    ['active', null, '', 'flight ends'],
    ['active', '2026-03-31', `is about to end: its flight ends ${END}`, 'flight ends'],
    ['active', '2026-03-01', `is over: its flight ended ${END}`, 'flight ended'],
    ['paused', '2026-03-01', `is paused and its flight ended ${END}`, 'paused'],
    ['paused', '2026-03-31', `is paused and its flight ends ${END}`, 'paused'],
    ['scheduled', null, 'is scheduled', 'scheduled'],
  ] as const)('%s until %s', (status, endOn, words, note) => {
    expect([standingWords(stand(status, endOn)), standingNote(stand(status, endOn))]).toEqual([
      words,
      note,
    ])
  })

  it('name the next flight of a campaign that is on, and the next run of another', () => {
    expect(nextRun(stand('active', '2026-03-01'))).toBe(
      `the next flight: the present one ended ${END}`,
    )
    expect(nextRun(stand('active', '2026-03-31'))).toBe(
      `the next flight: the present one ends ${END}`,
    )
    expect(nextRun(stand('paused', '2026-03-01'))).toBe(
      `its next run: the campaign is paused and its flight ended ${END}`,
    )
  })
})

describe('enterFlightEnds', () => {
  it('enters the last day of flights that are told, once each', () => {
    const book = createFactBook()
    const told = [
      stand('active', null),
      stand('active', '2026-04-30'),
      stand('paused', '2026-03-01'),
      stand('paused', '2026-03-01'),
    ]
    enterFlightEnds(book, told)
    expect(book.list()).toEqual([
      {
        id: 'synthesis.campaign.CAMP_1.flight_end',
        label: 'CAMP_1: last day of the flight',
        unit: 'date',
        value: '2026-03-01',
        status: 'known',
        source: [{ dataset: 'campaigns', rows: 1, where: { campaign_id: 'CAMP_1' } }],
      },
    ])
  })
})
