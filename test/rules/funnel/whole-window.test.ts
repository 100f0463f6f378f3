import { describe, expect, test } from 'vitest'

import { createCohortTally } from '#rules/funnel/cohort.ts'
import { createEventFold } from '#rules/funnel/event-fold.ts'
import { createMotionReader, type MotionPeople, type PeriodPeople } from '#rules/funnel/people.ts'
import { reviewFunnel } from '#rules/funnel/review.ts'
import { spanInLog, type WholeWindowPeople, wholeWindowDays } from '#rules/funnel/whole-window.ts'
import { misalignedColumns } from '#test/support/columns.ts'

import { contextWith, facts, MONTH, valueOf } from './inputs.ts'

const DAY = 86_400_000
const MOTION = { id: 'trial', stages: ['visit', 'won'], from: 'policy' } as const
const policyOf = (window_days: number, changes: object = {}) =>
  contextWith({ window_days, ...changes }).policy.funnel

/** As in UTC, where a day ends a second before the next, unless some days end otherwise. */
const clockAt = (asOfOn: string, ends: Readonly<Record<string, string>> = {}) => {
  const endMs = (on: string) => Date.parse(ends[on] ?? `${on}T23:59:59Z`)
  return { asOfOn, asOfMs: endMs(asOfOn), endMs }
}

describe('wholeWindowDays', () => {
  test('four weeks that end a window before the review', () => {
    // 90 days before 31 March 2026 is 31 December; the four weeks before hold 28 days, both ends included.
    expect(wholeWindowDays(MONTH, { clock: clockAt('2026-03-31'), policy: policyOf(90) })).toEqual({
      fromOn: '2025-12-04',
      toOn: '2025-12-31',
      toMs: Date.parse('2025-12-31T23:59:59Z'),
    })
  })

  test.each([
    ['an hour earlier, for the clock went back since', '2026-03-01T22:59:59Z', '2026-03-01'],
    ['as long ago as the window', '2026-03-01T23:59:59Z', '2026-03-01'],
    ['a second later: its last entries are still open', '2026-03-02T00:00:00Z', '2026-02-28'],
    ['an hour later, for the clock went forward', '2026-03-02T00:59:59Z', '2026-02-28'],
  ])('up to a day that ended %s', (_name, end, toOn) => {
    const clock = clockAt('2026-03-31', { '2026-03-01': end })
    const days = wholeWindowDays(MONTH, { clock, policy: policyOf(30) })
    expect(days).toMatchObject({ toOn, toMs: clock.endMs(toOn) })
    expect(days?.fromOn).toBe(toOn === '2026-03-01' ? '2026-02-02' : '2026-02-01')
  })

  test.each([
    ['the day before the last of the month', '2026-04-29', true],
    ['the last day of the month: everybody of it had the window', '2026-04-30', false],
  ])('up to %s', (_name, asOfOn, isShown) => {
    const days = wholeWindowDays(MONTH, { clock: clockAt(asOfOn), policy: policyOf(30) })
    expect(days !== null).toBe(isShown)
  })

  test('none where any step may come first', () => {
    const policy = policyOf(90, { order: 'unordered' })
    expect(wholeWindowDays(MONTH, { clock: clockAt('2026-03-31'), policy })).toBeNull()
  })
})

describe('spanInLog', () => {
  const days = { fromOn: '2025-12-04', toOn: '2025-12-31', toMs: 9 }
  test.each([
    ['begins earlier', '2025-11-01', '2025-12-04'],
    ['begins on the first day', '2025-12-04', '2025-12-04'],
    ['begins within', '2025-12-10', '2025-12-10'],
    ['begins on the last day', '2025-12-31', '2025-12-31'],
    ['begins after', '2026-01-01', null],
  ])('a log that %s', (_name, firstOn, fromOn) => {
    const span = spanInLog(days, { firstOn, fromMs: 5 })
    expect(span).toEqual(
      fromOn === null ? null : { fromOn, toOn: '2025-12-31', fromMs: 5, toMs: 9 },
    )
  })
})

describe('createWholeWindowReader', () => {
  const span = { fromOn: '1970-01-11', toOn: '1970-01-21', fromMs: 10 * DAY, toMs: 20 * DAY }

  /** Persons who visit on a day and win on another; the review looks on day 50 and gives them 30 days. */
  function follow(persons: readonly (readonly [number, number | null])[]): WholeWindowPeople {
    const reader = createMotionReader(MOTION, {
      vocabulary: MOTION.stages,
      policy: policyOf(30),
      asOfMs: 50 * DAY,
      wholeWindow: span,
    })
    const fold = createEventFold([reader.read])
    const log = persons.flatMap(([visit, won], person) => [
      { person, timeMs: visit * DAY, kind: 0 },
      ...(won === null ? [] : [{ person, timeMs: won * DAY, kind: 1 }]),
    ])
    fold.add({
      person: log.map(({ person }) => person),
      timeMs: log.map(({ timeMs }) => timeMs),
      kind: log.map(({ kind }) => kind),
      period: log.map(() => -1),
    })
    fold.finish()
    const { wholeWindow } = reader.finish()
    if (wholeWindow === null) throw new Error('expected persons of a whole window')
    return wholeWindow
  }

  test('counts entries of the span, both ends included, with their whole window', () => {
    const { cohort } = follow([
      [10 - 1 / 1440, 11],
      [10, 40],
      [15, 46],
      [20, null],
      [20 + 1 / 1440, 21],
    ])
    // Day 10 with a win on the window's last day, day 15 with one a day too late, day 20 without; a minute before and after are out.
    expect(cohort).toMatchObject({ entered: 3, matured: 3, maturedConverted: 1, open: 0 })
  })

  test('beside them all who entered since, each as long as watched', () => {
    const { since, span: told } = follow([
      [9, 10],
      [10, 12],
      [20, null],
      [40, 45],
      [45, null],
      [50, null],
    ])
    expect(told).toEqual(span)
    expect(since).toMatchObject({ entered: 5, converted: 2, matured: 2, open: 2 })
    // 1 of 5 after two days, then 1 of 3 who were watched longer: 1 − 4/5 × 2/3.
    expect(since.curve.steps.map(({ time, atRisk }) => [time, atRisk])).toEqual([
      [2, 4],
      [5, 3],
    ])
  })
})

describe('the review', () => {
  const young: PeriodPeople = { ...period(400, 3, 5), gaps: [], habits: [] }

  function period(entered: number, converted: number, elapsedDays: number): PeriodPeople {
    const cohort = cohortOf(entered, converted, elapsedDays)
    const funnel = { steps: [], totalMeanMs: null, totalMedianMs: null, excluded: 0 }
    return { funnel, byLabel: new Map([[0, funnel]]), cohort, gaps: [], habits: [] }
  }

  function cohortOf(entered: number, converted: number, elapsedDays: number) {
    const tally = createCohortTally(90)
    for (let person = 0; person < entered; person++) {
      tally.enter({ elapsedDays, convertedAfterDays: person < converted ? 40 : null })
    }
    return tally.finish()
  }

  function review(entered: number, converted: number, isLogOldEnough = true) {
    const since = createCohortTally(90)
    for (let person = 0; person < entered; person++) {
      since.enter({ elapsedDays: 90, convertedAfterDays: person < converted ? 40 : null })
    }
    for (let person = 0; person < 500; person++) {
      since.enter({ elapsedDays: 20, convertedAfterDays: null })
    }
    const people: MotionPeople = {
      motion: MOTION,
      current: young,
      before: young,
      weeks: [],
      wholeWindow: isLogOldEnough
        ? {
            span: { fromOn: '2025-12-04', toOn: '2025-12-31', fromMs: 0, toMs: 0 },
            cohort: cohortOf(entered, converted, 90),
            since: since.finish(),
          }
        : null,
    }
    return reviewFunnel(
      facts({
        people: {
          motions: [people],
          cellKeys: [{ campaignId: null, segmentId: null, channelId: null }],
          events: new Map(),
        },
        presence: { funnel_counts: 'absent', funnel_events: 'present' },
      }),
      contextWith({ window_days: 90 }),
    )
  }
  const prefix = 'funnel.motion.trial.whole_window'
  const finding = (result: ReturnType<typeof review>) =>
    result.findings.find(({ id }) => id === 'finding.funnel.maturity:trial')?.detail

  test('a young month is told beside the newest rate that is known, with its days', () => {
    const result = review(200, 40)
    const parts = ['from_on', 'to_on', 'entered', 'converted', 'rate', 'since_entered']
    expect(parts.map((part) => valueOf(result, `${prefix}.${part}`))).toEqual([
      '2025-12-04',
      '2025-12-31',
      200,
      40,
      0.2,
      700,
    ])
    expect(valueOf(result, `${prefix}.since_open`)).toBe(500)
    // Who is open was watched for 20 days and says nothing of day 40, when 40 of 200 had won.
    expect(valueOf(result, `${prefix}.curve_rate`)).toBeCloseTo(0.2, 12)
    // Wilson at 95 % for 40 of 200.
    expect(valueOf(result, `${prefix}.rate_low`)).toBeCloseTo(0.1505, 4)
    expect(valueOf(result, `${prefix}.rate_high`)).toBeCloseTo(0.2609, 4)
    const table = result.tables.find(({ id }) => id === 'funnel.whole_window')
    expect(table && misalignedColumns(table)).toEqual([])
    expect(table?.columns.map(({ key }) => key)).toEqual(
      'motion from to entered rate low high since curve open'.split(' '),
    )
    const inputsOf = (part: string) =>
      result.facts.find(({ id }) => id === `${prefix}.${part}`)?.inputs
    expect(inputsOf('rate_low')).toEqual([`${prefix}.converted`, `${prefix}.entered`])
    expect(inputsOf('curve_rate')).toEqual([`${prefix}.since_entered`, `${prefix}.since_open`])
    expect(table?.rows[0]?.slice(1)).toEqual(
      [
        'from_on',
        'to_on',
        'entered',
        'rate',
        'rate_low',
        'rate_high',
        'since_entered',
        'curve_rate',
        'since_open',
      ].map((part) => ({ fact: `${prefix}.${part}` })),
    )
    expect(finding(result)).toContain(
      `Nobody of the month has had the whole window yet. The newest who had the whole window entered from {{${prefix}.from_on}} to {{${prefix}.to_on}}: {{${prefix}.converted}} of {{${prefix}.entered}} reached the goal, {{${prefix}.rate}}`,
    )
    expect(result.summary.join(' ')).toContain(`{{${prefix}.rate}}`)
    const sources = result.facts.filter(({ id }) => id.startsWith(prefix))
    expect(sources.map(({ id, source }) => [id.slice(prefix.length + 1), source[0]?.rows])).toEqual(
      [
        ['from_on', 200],
        ['to_on', 200],
        ['entered', 200],
        ['converted', 200],
        ['rate', 200],
        ['rate_low', 200],
        ['rate_high', 200],
        ['since_entered', 700],
        ['since_open', 700],
        ['curve_rate', 700],
      ],
    )
  })

  test('days on which nobody entered have no rate', () => {
    const result = review(0, 0)
    const reasons = ['rate', 'rate_low', 'curve_rate'].map(
      (part) => result.facts.find(({ id }) => id === `${prefix}.${part}`)?.reason,
    )
    expect(reasons).toEqual([
      'nobody entered on these days',
      'nobody entered on these days',
      'nobody has been watched for the whole window',
    ])
    expect(finding(result)).toContain(
      ` Nobody entered from {{${prefix}.from_on}} to {{${prefix}.to_on}}, the newest days whose window is over.`,
    )
  })

  test('a log that is too young says nothing of them', () => {
    const result = review(200, 40, false)
    expect(result.facts.some(({ id }) => id.startsWith(prefix))).toBe(false)
    expect(result.tables.map(({ id }) => id)).not.toContain('funnel.whole_window')
    expect(finding(result)).toMatch(/whole window yet\.$/)
  })
})
