import { describe, expect, it } from 'vitest'

import { judgeHealth, type HealthFacts } from '#rules/health/verdict.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { HealthTable } from '#rules/policy/verdict.ts'

const table = HealthTable.parse(undefined)

/** A month without any concern. */
const facts = (changes: Partial<HealthFacts> = {}): HealthFacts => ({
  trustGrade: 'A',
  openRisks: [],
  months: [
    { costMinor: 100, valueMinor: 150 },
    { costMinor: 100, valueMinor: 150 },
  ],
  segmentStops: 0,
  pendingReallocations: 0,
  targetsMissed: 0,
  ...changes,
})

describe('judgeHealth', () => {
  it('calls the reference month ATTENTION: 3 open risks, 2 segment stops, 1 reallocation pending', () => {
    const reference = facts({
      trustGrade: 'B',
      openRisks: [
        { severity: 'high', ageDays: 16 },
        { severity: 'critical', ageDays: 14 },
        { severity: 'low', ageDays: 12 },
      ],
      months: [{ costMinor: 1_109_755, valueMinor: 1_915_000 }],
      segmentStops: 2,
      pendingReallocations: 1,
      targetsMissed: 3,
    })
    expect(judgeHealth(reference, table)).toEqual({
      verdict: 'attention',
      row: 3,
      concerns: [
        { code: 'open_risk', count: 3, row: 3 },
        { code: 'segment_stop', count: 2, row: 3 },
        { code: 'pending_reallocation', count: 1, row: 3 },
        { code: 'target_missed', count: 3, row: 3 },
      ],
      unmeasured: [],
      isBlind: false,
    })
  })

  it('asks for nothing but the grade where the table asks for nothing else', () => {
    const graded = HealthTable.parse([
      { when: 'trust_grade_below', than: 'D', verdict: 'not_assessable' },
      { otherwise: 'on_track' },
    ])
    expect(judgeHealth(facts({ openRisks: null, months: [] }), graded)).toEqual({
      verdict: 'on_track',
      row: 1,
      concerns: [],
      unmeasured: [],
      isBlind: false,
    })
  })

  it('is on track without a concern', () => {
    expect(judgeHealth(facts(), table)).toEqual({
      verdict: 'on_track',
      row: 4,
      concerns: [],
      unmeasured: [],
      isBlind: false,
    })
  })

  it.each([
    ['A', 'on_track'],
    ['D', 'on_track'],
    ['E', 'not_assessable'],
    ['F', 'not_assessable'],
    [null, 'on_track'],
  ] as const)('with data of grade %s it is %s', (trustGrade, verdict) => {
    expect(judgeHealth(facts({ trustGrade }), table).verdict).toBe(verdict)
  })

  it.each([
    // A critical risk older than fourteen days.
    ['critical', 14, 'attention'],
    ['critical', 15, 'critical'],
    ['high', 99, 'attention'],
  ] as const)('with a %s risk open for %d days it is %s', (severity, ageDays, verdict) => {
    expect(judgeHealth(facts({ openRisks: [{ severity, ageDays }] }), table).verdict).toBe(verdict)
  })

  it('says which risk was open for too long', () => {
    const openRisks = [{ severity: 'critical', ageDays: 15 }] as const
    expect(judgeHealth(facts({ openRisks }), table).concerns[0]).toEqual({
      code: 'aged_risk',
      count: 1,
      atLeast: 'critical',
      olderThanDays: 14,
      row: 1,
    })
  })

  describe('a negative ROI for two months', () => {
    const loss = { costMinor: 100, valueMinor: 99 }
    const even = { costMinor: 100, valueMinor: 100 }

    it.each([
      ['two losses', [loss, loss], 'critical'],
      ['only the first five', [loss, loss, even], 'critical'],
      ['one loss', [loss, even], 'on_track'],
      ['a loss before', [even, loss], 'on_track'],
      ['a loss, and one before the month that was even', [loss, even, loss], 'on_track'],
      ['one month known', [loss], 'on_track'],
      ['cost unknown', [loss, { costMinor: null, valueMinor: 1 }], 'on_track'],
      ['value unknown', [loss, { costMinor: 1, valueMinor: null }], 'on_track'],
      ['no cost', [loss, { costMinor: 0, valueMinor: 0 }], 'on_track'],
    ])('%s', (_name, months, verdict) => {
      expect(judgeHealth(facts({ months }), table).verdict).toBe(verdict)
    })

    it('counts the months', () => {
      expect(judgeHealth(facts({ months: [loss, loss] }), table).concerns).toEqual([
        { code: 'roi_below', count: 2, than: 0, row: 2 },
      ])
    })
  })

  it('shows every concern, also those that a graver row made needless', () => {
    const bad = facts({
      trustGrade: 'F',
      openRisks: [{ severity: 'critical', ageDays: 20 }],
      segmentStops: 1,
    })
    const ruling = judgeHealth(bad, table)
    expect(ruling.verdict).toBe('not_assessable')
    expect(ruling.row).toBe(0)
    expect(ruling.concerns.map((concern) => concern.code)).toEqual([
      'trust_grade',
      'aged_risk',
      'open_risk',
      'segment_stop',
    ])
  })

  it('names a concern once, by its first row', () => {
    const twice = HealthTable.parse([
      { when: 'any_of', list: ['open_risk'], verdict: 'critical' },
      { when: 'any_of', list: ['open_risk', 'target_missed'], verdict: 'attention' },
      { otherwise: 'on_track' },
    ])
    const ruling = judgeHealth(facts({ openRisks: [{ severity: 'low', ageDays: 0 }] }), twice)
    expect(ruling.concerns).toEqual([{ code: 'open_risk', count: 1, row: 0 }])
  })

  it('looks only for what the table asks', () => {
    const lenient = HealthTable.parse([{ otherwise: 'on_track' }])
    expect(judgeHealth(facts({ segmentStops: 9 }), lenient)).toEqual({
      verdict: 'on_track',
      row: 0,
      concerns: [],
      unmeasured: [],
      isBlind: false,
    })
  })

  describe('where something was not measured', () => {
    const blind: HealthFacts = {
      trustGrade: 'A',
      openRisks: null,
      months: [{ costMinor: 100, valueMinor: null }],
      segmentStops: null,
      pendingReallocations: null,
      targetsMissed: null,
    }
    const all = ['open_risk', 'roi_below', 'segment_stop', 'pending_reallocation', 'target_missed']

    it('is not on track because nothing was found where nothing was looked at', () => {
      expect(judgeHealth(blind, table)).toEqual({
        verdict: 'not_assessable',
        row: 4,
        concerns: [],
        unmeasured: all,
        isBlind: true,
      })
    })

    it.each([
      ['open_risk', { openRisks: [] }],
      ['roi_below', { months: [{ costMinor: 100, valueMinor: 100 }] }],
      ['segment_stop', { segmentStops: 0 }],
      ['target_missed', { targetsMissed: 0 }],
    ] as const)('one topic that was measured is enough: %s', (topic, changes) => {
      expect(judgeHealth({ ...blind, ...changes }, table)).toMatchObject({
        verdict: 'on_track',
        unmeasured: all.filter((each) => each !== topic),
      })
    })

    it('that nothing waits is not enough, that something does is a concern', () => {
      expect(judgeHealth({ ...blind, pendingReallocations: 0 }, table)).toMatchObject({
        verdict: 'not_assessable',
        unmeasured: all.filter((each) => each !== 'pending_reallocation'),
        isBlind: true,
      })
      expect(judgeHealth({ ...blind, pendingReallocations: 1 }, table)).toMatchObject({
        verdict: 'attention',
        isBlind: true,
      })
    })

    it('a table that asks for nothing else is answered by what waits', () => {
      const only = HealthTable.parse([
        { when: 'any_of', list: ['pending_reallocation'], verdict: 'attention' },
        { otherwise: 'on_track' },
      ])
      const verdictOf = (pendingReallocations: number | null) =>
        judgeHealth({ ...blind, pendingReallocations }, only).verdict
      expect([null, 0, 1].map(verdictOf)).toEqual(['not_assessable', 'on_track', 'attention'])
      const none = HealthTable.parse([{ otherwise: 'on_track' }])
      expect(judgeHealth(blind, none)).toMatchObject({ verdict: 'on_track', isBlind: false })
    })

    it.each([
      ['cost', { costMinor: null, valueMinor: 100 }],
      ['value', { costMinor: 100, valueMinor: null }],
    ])('ROI is not measured without %s', (_what, month) => {
      expect(judgeHealth(facts({ months: [month] }), table).unmeasured).toEqual(['roi_below'])
      expect(judgeHealth(facts({ months: [] }), table).unmeasured).toEqual(['roi_below'])
    })

    it('keeps a graver verdict and the one a table ends with', () => {
      expect(judgeHealth({ ...blind, trustGrade: 'F' }, table).row).toBe(0)
      const wary = HealthTable.parse([...table.slice(0, -1), { otherwise: 'attention' }])
      expect(judgeHealth(blind, wary).verdict).toBe('attention')
    })

    it('names only what the table asks for', () => {
      const short = HealthTable.parse([
        { when: 'any_of', list: ['target_missed'], verdict: 'attention' },
        { otherwise: 'on_track' },
      ])
      expect(judgeHealth(blind, short).unmeasured).toEqual(['target_missed'])
    })
  })

  it('refuses a table without a last row', () => {
    expect(() => judgeHealth(facts(), [])).toThrow(InvariantError)
  })
})
