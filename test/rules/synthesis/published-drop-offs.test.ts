import { describe, expect, it } from 'vitest'

import {
  judgeDropOff,
  unreportedZeros,
  type FunnelCell,
} from '#rules/synthesis/published-drop-offs.ts'
import { parseSubject, type PublishedFigure } from '#rules/synthesis/published-figure.ts'

import { REFERENCE_CELLS, REFERENCE_PUBLISHED, REFERENCE_STAGES } from './reference-published.ts'

const dropOffs = REFERENCE_PUBLISHED.filter((figure) => figure.metric === 'drop_off')

const claim = (subject: string): PublishedFigure => ({
  figureId: 'F',
  publishedOn: null,
  metric: 'drop_off',
  subject: parseSubject(subject),
  printed: '0',
  value: null,
})

const cell = (stage: string, count: number, changes: Partial<FunnelCell> = {}): FunnelCell => ({
  campaignId: 'C',
  segmentId: 'S',
  channelId: 'H',
  stage,
  count,
  rows: 1,
  ...changes,
})

describe('judgeDropOff', () => {
  it('finds that all six published drop-offs are rows that do not exist', () => {
    expect(dropOffs.map((figure) => judgeDropOff(figure, REFERENCE_CELLS).found)).toEqual(
      dropOffs.map(() => 'missing'),
    )
    expect(dropOffs).toHaveLength(6)
  })

  it.each([
    ['segment:SEG_003 channel:CH_03 to:demo_request', 'zero', 0],
    ['campaign:CAMP_003 to:feature_adopt', 'zero', 0],
    ['segment:SEG_001 to:signup', 'counted', 180],
    ['segment:SEG_001 to:feature_adopt', 'missing', null],
    ['segment:SEG_001', 'missing', null],
  ] as const)('%s: %s', (subject, found, count) => {
    expect(judgeDropOff(claim(subject), REFERENCE_CELLS)).toMatchObject({ found, count })
  })

  it('does not take a row without a place for the place that is named', () => {
    const placeless = [cell('signup', 0, { segmentId: null })]
    expect(judgeDropOff(claim('segment:S to:signup'), placeless).found).toBe('missing')
    expect(judgeDropOff(claim('campaign:C to:signup'), placeless).found).toBe('zero')
  })
})

describe('unreportedZeros', () => {
  it('finds the two true zeros of the reference company, the larger loss first', () => {
    const zeros = unreportedZeros(dropOffs, REFERENCE_CELLS, REFERENCE_STAGES)
    expect(
      zeros.map(({ cell: zero, before }) => [
        zero.channelId,
        before.stage,
        before.count,
        zero.stage,
      ]),
    ).toEqual([
      ['CH_03', 'visit', 480, 'demo_request'],
      ['CH_04', 'visit', 410, 'feature_adopt'],
    ])
  })

  it('leaves out what was reported', () => {
    const reported = [claim('channel:CH_03 to:demo_request')]
    const zeros = unreportedZeros(reported, REFERENCE_CELLS, REFERENCE_STAGES)
    expect(zeros.map(({ cell: zero }) => zero.channelId)).toEqual(['CH_04'])
  })

  it('takes the last stage before that anybody reached, in the same place', () => {
    const cells = [
      cell('visit', 100),
      cell('signup', 30),
      cell('demo_request', 0),
      cell('demo_request', 0, { channelId: 'other' }),
      cell('signup', 99, { segmentId: 'T' }),
      cell('signup', 99, { campaignId: 'D' }),
      cell('feature_adopt', 50),
    ]
    expect(
      unreportedZeros([], cells, REFERENCE_STAGES).map(({ cell: zero, before }) => [
        zero.channelId,
        before.stage,
        before.count,
      ]),
    ).toEqual([['H', 'signup', 30]])
  })

  it('needs people before: a zero after a zero, or at the first stage, is no loss', () => {
    const cells = [cell('visit', 0), cell('signup', 0)]
    expect(unreportedZeros([], cells, REFERENCE_STAGES)).toEqual([])
  })

  it('passes over stages the company does not name', () => {
    const cells = [cell('webinar', 100), cell('signup', 0)]
    expect(unreportedZeros([], cells, REFERENCE_STAGES)).toEqual([])
    expect(unreportedZeros([], [cell('visit', 9), cell('webinar', 0)], REFERENCE_STAGES)).toEqual(
      [],
    )
  })

  it('tells the larger loss first, whatever its place', () => {
    const cells = [
      cell('visit', 5, { channelId: 'a' }),
      cell('signup', 0, { channelId: 'a' }),
      cell('visit', 9, { channelId: 'b' }),
      cell('signup', 0, { channelId: 'b' }),
    ]
    for (const given of [cells, cells.toReversed()]) {
      expect(
        unreportedZeros([], given, REFERENCE_STAGES).map(({ cell: zero }) => zero.channelId),
      ).toEqual(['b', 'a'])
    }
  })

  it('tells two zeros of one place by stage', () => {
    const cells = [cell('visit', 9), cell('signup', 0), cell('demo_request', 0)]
    for (const given of [cells, cells.toReversed()]) {
      expect(
        unreportedZeros([], given, REFERENCE_STAGES).map(({ cell: zero }) => zero.stage),
      ).toEqual(['demo_request', 'signup'])
    }
  })

  it('breaks ties by place', () => {
    const cells = ['b', 'a'].flatMap((channelId) => [
      cell('visit', 5, { channelId }),
      cell('signup', 0, { channelId }),
    ])
    expect(
      unreportedZeros([], cells, REFERENCE_STAGES).map(({ cell: zero }) => zero.channelId),
    ).toEqual(['a', 'b'])
  })
})
