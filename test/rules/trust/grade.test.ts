import { describe, expect, it } from 'vitest'

import { gradeTrust, isBelow, type TrustFacts } from '#rules/trust/grade.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith().trust
const set = (changes: Partial<TrustFacts['datasets'][number]> = {}) => ({
  name: 'leads',
  state: 'present' as const,
  rows: 98,
  rejected: 0,
  lost: 0,
  ...changes,
})
const facts = (changes: Partial<TrustFacts> = {}): TrustFacts => ({
  datasets: [set()],
  recording: ['leads'],
  silent: [],
  later: [],
  ledgerMediaMinor: null,
  platformSpendMinor: null,
  ...changes,
})

describe('the grade', () => {
  it('is A on clean data', () => {
    expect(gradeTrust(facts(), policy)).toStrictEqual({ grade: 'A', reasons: [] })
  })

  // max_rejected_row_share is 0.02: 2 of 100 is at the bound, 3 of 101 is above it.
  it.each([
    [2, 'A'],
    [3, 'B'],
  ])('with %d of 98 + n rows rejected is %s', (rejected, grade) => {
    expect(gradeTrust(facts({ datasets: [set({ rejected })] }), policy).grade).toBe(grade)
  })

  // 0.29 × 100 is 28.999… as a double; the bound is meant as printed.
  it.each([
    [29, 71, 'A'],
    [30, 71, 'B'],
  ])('with %d rejected beside %d rows against a bound of 0.29 is %s', (rejected, rows, grade) => {
    const bound = { ...policy, max_rejected_row_share: 0.29 }
    expect(gradeTrust(facts({ datasets: [set({ rejected, rows })] }), bound).grade).toBe(grade)
  })

  it('names the data set and what was compared', () => {
    expect(gradeTrust(facts({ datasets: [set({ rejected: 3 })] }), policy).reasons).toStrictEqual([
      {
        code: 'rows_rejected',
        subject: 'leads',
        steps: 1,
        compared: { rejected: 3, rows: 101, maxRejectedRowShare: 0.02 },
      },
    ])
  })

  it.each([
    ['ad_performance', 0, 'A'],
    ['ad_performance', 1, 'B'],
    ['cost_ledger', 1, 'B'],
    ['value_ledger', 1, 'B'],
    ['deals', 1, 'B'],
    ['leads', 1, 'A'],
  ])('of which a book lost a row of the month is not the best: %s, %d', (name, lost, grade) => {
    // One of 99 is below the share that lowers a grade by itself.
    const datasets = [set({ name, rejected: 1, lost })]
    expect(gradeTrust(facts({ datasets }), policy).grade).toBe(grade)
  })

  it('names the book and how many rows it lost, once', () => {
    const fault = { faultExpected: 'USD', faultGot: 'EUR' }
    const few = set({ name: 'deals', rejected: 2, lost: 2, fault })
    expect(gradeTrust(facts({ datasets: [few] }), policy).reasons).toStrictEqual([
      { code: 'book_incomplete', subject: 'deals', steps: 1, compared: { lost: 2, ...fault } },
    ])
    const many = set({ name: 'deals', rejected: 3, lost: 3 })
    expect(gradeTrust(facts({ datasets: [many] }), policy)).toMatchObject({
      grade: 'B',
      reasons: [{ code: 'rows_rejected' }],
    })
    const unread = set({ name: 'deals', state: 'unreadable', rows: 0, rejected: 3, lost: 3 })
    expect(gradeTrust(facts({ datasets: [set(), unread] }), policy)).toMatchObject({
      grade: 'C',
      reasons: [{ code: 'dataset_unreadable' }],
    })
  })

  it('is F when nothing can be read', () => {
    const empty = [set({ state: 'absent', rows: 0 }), set({ state: 'empty', rows: 0 })]
    expect(gradeTrust(facts({ datasets: empty }), policy)).toStrictEqual({
      grade: 'F',
      reasons: [{ code: 'no_data', subject: 'workspace', steps: 5, compared: { readable: 0 } }],
    })
  })

  it('falls two grades for a data set that cannot be read, and not again for its rows', () => {
    const datasets = [set(), set({ name: 'deals', state: 'unreadable', rows: 0, rejected: 50 })]
    expect(gradeTrust(facts({ datasets }), policy)).toStrictEqual({
      grade: 'C',
      reasons: [
        {
          code: 'dataset_unreadable',
          subject: 'deals',
          steps: 2,
          compared: { state: 'unreadable' },
        },
      ],
    })
  })

  it('is not lowered by a data set that is absent', () => {
    const datasets = [set(), set({ name: 'deals', state: 'absent', rows: 0 })]
    expect(gradeTrust(facts({ datasets }), policy).grade).toBe('A')
  })

  it('never goes past F', () => {
    const datasets = Array.from({ length: 9 }, () => set({ state: 'unreadable' }))
    expect(gradeTrust(facts({ datasets }), policy).grade).toBe('F')
  })
})

describe('a month without rows', () => {
  const silent = (...names: readonly string[]) =>
    names.map((name) => ({ name, nearest: '2026-02' }))

  it.each([
    [['leads'], 'B'],
    [['leads', 'deals'], 'C'],
  ])('of %j while others speak makes it %s', (names, grade) => {
    const recording = ['leads', 'deals', 'ad_performance']
    expect(gradeTrust(facts({ recording, silent: silent(...names) }), policy).grade).toBe(grade)
  })

  it('of everything that records what happened makes it F', () => {
    const mute = facts({ recording: ['leads', 'deals'], silent: silent('leads', 'deals') })
    expect(gradeTrust(mute, policy)).toStrictEqual({
      grade: 'F',
      reasons: [
        {
          code: 'no_rows_in_month',
          subject: 'leads',
          steps: 5,
          compared: { rows: 0, nearestMonth: '2026-02' },
        },
        {
          code: 'no_rows_in_month',
          subject: 'deals',
          steps: 1,
          compared: { rows: 0, nearestMonth: '2026-02' },
        },
      ],
    })
  })

  it('that speaks of its later days is no export that ended early, and is counted', () => {
    const recording = ['leads', 'cost_ledger']
    const later = [{ name: 'cost_ledger', rows: 3 }]
    expect(
      gradeTrust(facts({ recording, silent: silent('cost_ledger'), later }), policy),
    ).toStrictEqual({
      grade: 'A',
      reasons: [
        { code: 'rows_after_as_of', subject: 'cost_ledger', steps: 0, compared: { rows: 3 } },
      ],
    })
  })

  it('of which only later days are recorded is F all the same', () => {
    const later = [{ name: 'leads', rows: 3 }]
    const { grade, reasons } = gradeTrust(facts({ silent: silent('leads'), later }), policy)
    expect(grade).toBe('F')
    expect(reasons.map(({ code }) => code)).toStrictEqual(['no_rows_in_month', 'rows_after_as_of'])
  })

  it('is nothing where nothing is recorded', () => {
    expect(gradeTrust(facts({ recording: [] }), policy).grade).toBe('A')
  })
})

describe('what refused rows have in common', () => {
  const fault = { column: 'currency', expected: 'USD', got: 'EUR' }

  it.each([
    [set({ state: 'unreadable', rows: 0, rejected: 9, fault }), 'dataset_unreadable'],
    [set({ rejected: 9, fault }), 'rows_rejected'],
  ])('is told beside what was compared', (spoilt, code) => {
    const [reason] = gradeTrust(facts({ datasets: [set(), spoilt] }), policy).reasons
    expect(reason).toMatchObject({ code, compared: fault })
  })
})

describe('spend that cannot be traced', () => {
  // max_untraceable_spend_share is 0.25 of 10,000 cents.
  it.each([
    [7500, 'A'],
    [7499, 'B'],
    [12_000, 'A'],
  ])('with %d of 10,000 cents explained the grade is %s', (platformSpendMinor, grade) => {
    const reading = facts({ ledgerMediaMinor: 10_000, platformSpendMinor })
    expect(gradeTrust(reading, policy).grade).toBe(grade)
  })

  it.each([
    [71, 'A'],
    [70, 'B'],
  ])(
    'with %d of 100 cents explained against a bound of 0.29 is %s',
    (platformSpendMinor, grade) => {
      const reading = facts({ ledgerMediaMinor: 100, platformSpendMinor })
      const bound = { ...policy, max_untraceable_spend_share: 0.29 }
      expect(gradeTrust(reading, bound).grade).toBe(grade)
    },
  )

  it.each([
    [0, 0],
    [0, 500],
    // A credit note in the ledger is no spend that a platform could explain.
    [-100, 0],
  ])('is none where the ledger has %d cents and the platforms %d', (ledger, platforms) => {
    const reading = facts({ ledgerMediaMinor: ledger, platformSpendMinor: platforms })
    expect(gradeTrust(reading, policy).grade).toBe('A')
  })

  it.each([
    { ledgerMediaMinor: 10_000, platformSpendMinor: null },
    { ledgerMediaMinor: null, platformSpendMinor: 10_000 },
  ])('is not judged with one side missing: %o', (sides) => {
    expect(gradeTrust(facts(sides), policy).grade).toBe('A')
  })

  it('says what was compared', () => {
    const reading = facts({ ledgerMediaMinor: 10_000, platformSpendMinor: 0 })
    expect(gradeTrust(reading, policy).reasons).toStrictEqual([
      {
        code: 'spend_untraceable',
        subject: 'media spend',
        steps: 1,
        compared: {
          untraceableMinor: 10_000,
          ledgerMediaMinor: 10_000,
          maxUntraceableSpendShare: 0.25,
        },
      },
    ])
  })
})

describe('isBelow', () => {
  it.each([
    ['B', 'A', true],
    ['A', 'A', false],
    ['A', 'B', false],
    ['F', 'D', true],
    // What nobody graded is below nothing.
    [null, 'F', false],
    [null, 'A', false],
  ] as const)('%s below %s: %s', (grade, bound, expected) => {
    expect(isBelow(grade, bound)).toBe(expected)
  })
})
