import { describe, expect, it } from 'vitest'

import {
  calibrateChannels,
  judgeChannels,
  type ChannelCalibration,
} from '#rules/leads/channel-calibration.ts'
import type { ClaimedLead } from '#rules/leads/claimed-probability.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'

const POLICY = LeadPolicy.parse({})
/** `count` leads of a channel claimed at `probability`, of which `wins` converted. */
const leads = (
  channelId: string | null,
  probability: number,
  count: number,
  wins: number,
): ClaimedLead[] =>
  Array.from({ length: count }, (_, i) => ({ channelId, probability, converted: i < wins }))

describe('channels against their promise', () => {
  it('worked by hand where claims are right on the whole', () => {
    // Claimed ½ everywhere; 30 + 20 of 100 win: no shift. z = ±5 ÷ √12.5 = ±1.4142.
    const channels = calibrateChannels(
      [...leads('a', 0.5, 50, 30), ...leads('b', 0.5, 50, 20)],
      POLICY,
    )
    expect(
      channels.map(({ channelId, leads: count, wins }) => [channelId, count, wins]),
    ).toStrictEqual([
      ['a', 50, 30],
      ['b', 50, 20],
    ])
    expect(channels[0]?.expectedWins).toBeCloseTo(25, 9)
    expect(channels[0]?.ratio).toBeCloseTo(1.2, 9)
    expect(channels[0]?.adjustedP).toBeCloseTo(0.15729920705028516, 8)
  })

  it('are compared after the claims are right on the whole', () => {
    // Claimed a tenth, half of all win: a shift makes every promise one half.
    const channels = calibrateChannels(
      [...leads('a', 0.1, 50, 25), ...leads('b', 0.1, 50, 25)],
      POLICY,
    )
    expect(channels[0]?.expectedWins).toBeCloseTo(25, 8)
    expect(channels[0]?.ratio).toBeCloseTo(1, 8)
  })

  it('are corrected for their number', () => {
    const two = calibrateChannels([...leads('a', 0.5, 50, 34), ...leads('b', 0.5, 50, 16)], POLICY)
    const four = calibrateChannels(
      [
        ...leads('a', 0.5, 50, 34),
        ...leads('b', 0.5, 50, 25),
        ...leads('c', 0.5, 50, 25),
        ...leads('d', 0.5, 50, 16),
      ],
      POLICY,
    )
    expect(four[0]?.adjustedP).toBeCloseTo(2 * (two[0]?.adjustedP ?? 0), 8)
  })

  it('need as many leads as a score needs outcomes', () => {
    // On and one beside 20.
    const of = (count: number) =>
      calibrateChannels([...leads('a', 0.5, count, 9), ...leads('b', 0.5, 40, 20)], POLICY).map(
        ({ channelId }) => channelId,
      )
    expect(of(19)).toStrictEqual(['b'])
    expect(of(20)).toStrictEqual(['a', 'b'])
  })

  it('leave leads without a channel out of the comparison, not of the shift', () => {
    const channels = calibrateChannels(
      [...leads('a', 0.5, 40, 20), ...leads(null, 0.5, 40, 0)],
      POLICY,
    )
    expect(channels).toHaveLength(1)
    expect(channels[0]?.expectedWins).toBeCloseTo(10, 8)
  })

  it('are nothing when nobody won', () => {
    expect(calibrateChannels(leads('a', 0.5, 40, 0), POLICY)).toStrictEqual([])
  })

  it('are in the order of their ids', () => {
    const channels = calibrateChannels(
      [...leads('z', 0.5, 20, 10), ...leads('b', 0.5, 20, 10), ...leads('Z', 0.5, 20, 10)],
      POLICY,
    )
    expect(channels.map(({ channelId }) => channelId)).toStrictEqual(['Z', 'b', 'z'])
  })
})

describe('points for a channel', () => {
  const channel = (changes: Partial<ChannelCalibration> = {}): ChannelCalibration => ({
    channelId: 'CH 1',
    leads: 100,
    wins: 30,
    expectedWins: 20,
    ratio: 1.5,
    adjustedP: 0.01,
    ...changes,
  })
  const judge = (changes: Partial<ChannelCalibration> = {}) =>
    judgeChannels([channel(changes)], POLICY, {
      names: new Map([['CH 1', 'Search']]),
      version: 'test-1',
    })
  const actions = (changes: Partial<ChannelCalibration> = {}) =>
    judge(changes).map(({ action, reason }) => `${action}: ${reason}`)

  it.each([
    [1.5, 0.01, ['raise_points: wins_more_than_scored']],
    [0.5, 0.01, ['lower_points: wins_less_than_scored']],
    // α on and one step beside.
    [1.5, 0.05, ['raise_points: wins_more_than_scored']],
    [1.5, 0.0501, []],
    // calibration_gap 0.1 on and beside.
    [1.11, 0.01, ['raise_points: wins_more_than_scored']],
    [1.09, 0.01, []],
    [0.91, 0.01, []],
    [0.89, 0.01, ['lower_points: wins_less_than_scored']],
    [0, 0.01, ['lower_points: wins_less_than_scored']],
  ])('at %d of the promise with p %d: %j', (ratio, adjustedP, expected) => {
    expect(actions({ ratio, adjustedP })).toStrictEqual(expected)
  })

  it('need more than calibration_gap, not just as much', () => {
    const policy = LeadPolicy.parse({ model: { calibration_gap: 0.5 } })
    const at = (ratio: number) =>
      judgeChannels([channel({ ratio })], policy, { names: new Map(), version: 'test-1' })
    expect(at(1.5)).toStrictEqual([])
    expect(at(0.5)).toStrictEqual([])
    expect(at(1.501)).toHaveLength(1)
  })

  it('show what was compared', () => {
    expect(judge()[0]).toStrictEqual({
      id: 'lead_scoring.channel_points:CH-1:7f8a6d01',
      stage: 'lead_scoring',
      subject: 'channel:CH 1',
      subjectName: 'Search',
      action: 'raise_points',
      reason: 'wins_more_than_scored',
      ruleId: 'lead_scoring.channel_points',
      policyVersion: 'test-1',
      evidence: {
        leads: 100,
        wins: 30,
        expectedWins: 20,
        ratio: 1.5,
        adjustedP: 0.01,
        alpha: 0.05,
        calibrationGap: 0.1,
      },
    })
  })

  it('are named by id where no name is known', () => {
    expect(judge({ channelId: 'CH_9' })[0]?.subjectName).toBe('CH_9')
  })
})
