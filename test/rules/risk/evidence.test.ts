import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { channelOf, compareEvidence, type MeasuredSlice } from '#rules/risk/evidence.ts'
import type { EvidenceValue } from '#rules/risk/signal.ts'

import { LAUNCH_SLICES, SAVINGS_SLICES } from './reference-signals.ts'

const stated = (values: Readonly<Record<string, EvidenceValue>>) => new Map(Object.entries(values))
const all = { channelId: null, segmentId: null }

describe('compareEvidence', () => {
  it('finds that 830 stated visits are more than the 410 measured', () => {
    expect(compareEvidence(stated({ visits: 830, feature_clicks: 0 }), LAUNCH_SLICES)).toEqual({
      verdict: 'differs',
      gaps: [{ key: 'visits', measure: 'visit', stated: 830, measured: 410, rows: 2 }],
    })
  })

  it('finds the channel whose counts the evidence describes', () => {
    const evidence = stated({ impressions: 28_500, clicks: 2140, conversions: 0 })
    expect(compareEvidence(evidence, SAVINGS_SLICES)).toEqual({
      verdict: 'agrees',
      scope: { channelId: 'CH_03', segmentId: null },
    })
  })

  it.each([
    [{ visits: 1100 }, all],
    [{ visit: 620 }, { channelId: 'CH_02', segmentId: null }],
    [{ visits: 480, segment_id: 'SEG_003' }, all],
    [{ visits: 620, channel_id: 'CH_02' }, all],
    [{ conversions: 98 }, all],
    [{ demo_requests: 0 }, { channelId: 'CH_03', segmentId: null }],
    [{ demo_requests: 72 }, all],
    [{ click: 3070 }, all],
  ])('agrees with %j in %j', (evidence, scope) => {
    expect(compareEvidence(stated(evidence), SAVINGS_SLICES)).toEqual({ verdict: 'agrees', scope })
  })

  it('agrees with a segment that runs through two channels', () => {
    const slices: MeasuredSlice[] = ['A', 'B'].map((channelId) => ({
      channelId,
      segmentId: 'S',
      counts: new Map([['visit', 10]]),
      rows: 1,
    }))
    const other = { channelId: 'A', segmentId: 'T', counts: new Map([['visit', 3]]), rows: 1 }
    expect(compareEvidence(stated({ visits: 20 }), [...slices, other])).toEqual({
      verdict: 'agrees',
      scope: { channelId: null, segmentId: 'S' },
    })
    expect(compareEvidence(stated({ visits: 10 }), [...slices, other])).toMatchObject({
      scope: { channelId: 'B', segmentId: null },
    })
    expect(compareEvidence(stated({ visits: 3 }), [...slices, other])).toMatchObject({
      scope: { channelId: null, segmentId: 'T' },
    })
  })

  it('agrees with a channel within a segment when nothing larger fits', () => {
    const cell = (channelId: string, segmentId: string, visit: number): MeasuredSlice => ({
      channelId,
      segmentId,
      counts: new Map([['visit', visit]]),
      rows: 1,
    })
    const slices = [
      cell('A', 'S', 1),
      cell('A', 'T', 10),
      cell('B', 'S', 100),
      cell('B', 'T', 1000),
    ]
    expect(compareEvidence(stated({ visits: 100 }), slices)).toEqual({
      verdict: 'agrees',
      scope: { channelId: 'B', segmentId: 'S' },
    })
  })

  it('names only the counts that no part has', () => {
    const evidence = stated({ impressions: 28_500, clicks: 9, conversions: 0 })
    expect(compareEvidence(evidence, SAVINGS_SLICES)).toEqual({
      verdict: 'differs',
      gaps: [{ key: 'clicks', measure: 'clicks', stated: 9, measured: 3070, rows: 4 }],
    })
  })

  it('names every count when each fits another part', () => {
    const evidence = stated({ impressions: 28_500, clicks: 930 })
    expect(compareEvidence(evidence, SAVINGS_SLICES)).toMatchObject({
      verdict: 'differs',
      gaps: [
        { key: 'clicks', stated: 930, measured: 3070 },
        { key: 'impressions', stated: 28_500, measured: 40_700 },
      ],
    })
  })

  it('names none that the whole has, when each fits another part', () => {
    const evidence = stated({ impressions: 40_700, clicks: 930 })
    expect(compareEvidence(evidence, SAVINGS_SLICES)).toMatchObject({
      verdict: 'differs',
      gaps: [{ key: 'clicks', stated: 930, measured: 3070 }],
    })
  })

  it('holds a stated zero against what was measured', () => {
    expect(compareEvidence(stated({ visits: 0 }), LAUNCH_SLICES)).toMatchObject({
      verdict: 'differs',
      gaps: [{ key: 'visits', stated: 0, measured: 410 }],
    })
  })

  it.each([
    ['no evidence', null],
    ['evidence that is no object', 'unreadable' as const],
    ['nothing that is measured here', stated({ missing_events: 42, source: 'web' })],
    ['a rate', stated({ visits: 0.5 })],
    ['a negative count', stated({ visits: -1 })],
    ['a text', stated({ visits: '410' })],
    ['a channel that was not measured', stated({ visits: 410, channel_id: 'CH_99' })],
  ])('does not check %s', (_what, evidence) => {
    expect(compareEvidence(evidence, LAUNCH_SLICES)).toEqual({ verdict: 'not_checked' })
  })

  it('does not check where nothing was measured', () => {
    expect(compareEvidence(stated({ visits: 1 }), [])).toEqual({ verdict: 'not_checked' })
  })

  it('rules the same whatever the order of the slices', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...SAVINGS_SLICES], { minLength: SAVINGS_SLICES.length }),
        fc.integer({ min: 0, max: 2000 }),
        (slices, visits) => {
          expect(compareEvidence(stated({ visits }), slices)).toEqual(
            compareEvidence(stated({ visits }), SAVINGS_SLICES),
          )
        },
      ),
    )
  })
})

describe('channelOf', () => {
  it('is the channel the evidence describes', () => {
    const evidence = stated({ impressions: 28_500, clicks: 2140, conversions: 0 })
    expect(channelOf(evidence, SAVINGS_SLICES)).toBe('CH_03')
  })

  it('is the channel the evidence names, measured or not', () => {
    expect(channelOf(stated({ channel_id: 'CH_09' }), SAVINGS_SLICES)).toBe('CH_09')
  })

  it('is open when the evidence fits the whole campaign, differs, or is missing', () => {
    expect(channelOf(stated({ visits: 410 }), LAUNCH_SLICES)).toBeNull()
    expect(channelOf(stated({ visits: 830 }), LAUNCH_SLICES)).toBeNull()
    expect(channelOf(stated({ channel_id: 4 }), LAUNCH_SLICES)).toBeNull()
    expect(channelOf(null, LAUNCH_SLICES)).toBeNull()
    expect(channelOf('unreadable', LAUNCH_SLICES)).toBeNull()
  })
})
