import { describe, expect, it } from 'vitest'

import { compareFeedback } from '#rules/leads/feedback-table.ts'
import type { AnswerCount } from '#rules/leads/input.ts'
import { ACCEPTED, judgeReasons, OTHER_REASONS, readReasons } from '#rules/leads/reasons.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'

const POLICY = LeadPolicy.parse({})
const WHEN = { month: '2026-10', previousMonth: '2026-09' }
/** Answers as { answer: [month before, month] }. */
const answers = (counts: Readonly<Record<string, readonly [number, number]>>): AnswerCount[] =>
  Object.entries(counts).flatMap(([answer, [previous, current]]) => [
    { month: '2026-09', answer, count: previous },
    { month: '2026-10', answer, count: current },
  ])
const read = (counts: Readonly<Record<string, readonly [number, number]>>) =>
  readReasons(answers(counts), WHEN, POLICY)

describe('the answers of two months', () => {
  const reading = () => read({ accepted: [80, 70], budget: [10, 25], timing: [10, 15] })

  it('are counted, acceptance first, then the most frequent', () => {
    expect(
      reading().lines.map(({ answer, previous, current }) => [answer, previous, current]),
    ).toStrictEqual([
      ['accepted', 80, 70],
      ['budget', 10, 25],
      ['timing', 10, 15],
    ])
    expect(reading()).toMatchObject({ previousAnswers: 100, currentAnswers: 110 })
  })

  it('are compared by adjusted residuals, corrected for their number', () => {
    const table = compareFeedback([80, 10, 10], [70, 25, 15])
    expect(reading().table).toStrictEqual(table)
    expect(reading().lines.map(({ adjustedResidual }) => adjustedResidual)).toStrictEqual(
      table.shifts.map(({ adjustedResidual }) => adjustedResidual),
    )
    // Benjamini and Hochberg: three, one and a half and one times the p values in their order.
    const [first = 0, second = 0, third = 0] = table.shifts
      .map(({ p }) => p)
      .toSorted((left, right) => left - right)
    const adjusted = reading().lines.map(({ adjustedP }) => adjustedP ?? 1)
    expect(Math.min(...adjusted)).toBeCloseTo(Math.min(3 * first, 1.5 * second, third), 12)
  })

  it('of other months do not count', () => {
    const more = [...answers({ accepted: [80, 70], budget: [20, 40] })]
    const old = { month: '2026-08', answer: 'budget', count: 500 }
    expect(readReasons([...more, old], WHEN, POLICY)).toStrictEqual(readReasons(more, WHEN, POLICY))
  })

  it('add up when a query gives several rows', () => {
    const twice = [...answers({ accepted: [40, 35] }), ...answers({ accepted: [40, 35] })]
    expect(readReasons(twice, WHEN, POLICY).lines[0]).toMatchObject({ previous: 80, current: 70 })
  })

  it('break ties by name', () => {
    const tied = read({ zeta: [20, 20], alpha: [20, 20], accepted: [50, 50] })
    expect(tied.lines.map(({ answer }) => answer)).toStrictEqual(['accepted', 'alpha', 'zeta'])
  })
})

describe('too few answers', () => {
  // On and one beside 20 in each month.
  it.each([
    [19, 40, true],
    [20, 40, false],
    [40, 19, true],
    [40, 20, false],
  ])('%d before and %d now are not compared: %s', (before, now, expected) => {
    const reading = read({ accepted: [before - 8, now - 8], budget: [8, 8] })
    expect(reading.table === null).toBe(expected)
  })

  it('are still shown', () => {
    expect(read({ budget: [1, 2], accepted: [3, 4] }).lines).toStrictEqual([
      { answer: 'accepted', previous: 3, current: 4, adjustedResidual: null, adjustedP: null },
      { answer: 'budget', previous: 1, current: 2, adjustedResidual: null, adjustedP: null },
    ])
  })

  it('are nothing without a row', () => {
    expect(readReasons([], WHEN, POLICY)).toStrictEqual({
      previousAnswers: 0,
      currentAnswers: 0,
      lines: [],
      table: null,
    })
  })
})

describe('rare reasons', () => {
  it('are gathered when two or more are expected below five', () => {
    // Equal months: expected is half of both; 9 is rare, 10 is not.
    const reading = read({
      accepted: [60, 60],
      budget: [20, 20],
      fax: [4, 5],
      owl: [2, 3],
      ten: [6, 4],
    })
    const lines = reading.lines.map(({ answer, previous, current }) => [answer, previous, current])
    expect(lines).toContainEqual([OTHER_REASONS, 6, 8])
    expect(lines.map(([answer]) => answer)).toContain('ten')
    expect(lines.map(([answer]) => answer)).not.toContain('fax')
  })

  it('are expected by the month with fewer answers', () => {
    // 100 answers and 26: of 16 answers 16 · 26 ÷ 126 = 3.3 are expected in the smaller month.
    const lines = read({ accepted: [74, 20], fax: [13, 3], owl: [13, 3] }).lines
    expect(lines.map(({ answer, previous }) => [answer, previous])).toStrictEqual([
      [ACCEPTED, 74],
      [OTHER_REASONS, 26],
    ])
  })

  it('stay by themselves when there is only one', () => {
    const lines = read({ accepted: [60, 60], budget: [20, 20], fax: [2, 2] }).lines
    expect(lines.map(({ answer }) => answer)).toContain('fax')
  })

  it('never swallow acceptance', () => {
    const lines = read({ accepted: [1, 1], budget: [20, 20], fax: [2, 2], owl: [1, 2] }).lines
    expect(lines.map(({ answer }) => answer)).toStrictEqual([ACCEPTED, 'budget', OTHER_REASONS])
  })
})

it('lists acceptance first, then the commonest reason of the month, equals by name', () => {
  const reading = read({
    timing: [30, 20],
    accepted: [60, 10],
    budget: [10, 40],
    zone: [20, 30],
    'no fit': [20, 30],
  })
  expect(reading.lines.map(({ answer }) => answer)).toStrictEqual([
    ACCEPTED,
    'budget',
    'no fit',
    'zone',
    'timing',
  ])
})

describe('a criterion is proposed', () => {
  const judge = (counts: Readonly<Record<string, readonly [number, number]>>) =>
    judgeReasons(read(counts), POLICY, 'test-1')

  it('for a reason that grew beyond chance', () => {
    const decisions = judge({ accepted: [150, 110], 'too small': [25, 70], timing: [25, 20] })
    expect(decisions).toHaveLength(1)
    expect(decisions[0]).toMatchObject({
      id: 'lead_scoring.rejection_reason:too-small:d6fa2222',
      subject: 'reason:too small',
      subjectName: 'too small',
      action: 'add_exclusion_criterion',
      reason: 'rejection_reason_grew',
      ruleId: 'lead_scoring.rejection_reason',
      policyVersion: 'test-1',
      evidence: {
        current: 70,
        currentAnswers: 200,
        previous: 25,
        previousAnswers: 200,
        alpha: 0.05,
      },
    })
    expect(decisions[0]?.evidence['adjustedResidual']).toBeGreaterThan(3)
    expect(decisions[0]?.evidence['adjustedP']).toBeLessThan(0.01)
  })

  it.each([
    ['one that shrank', { accepted: [110, 150], budget: [70, 25], timing: [20, 25] } as const],
    ['acceptance that grew', { accepted: [100, 160], budget: [100, 40] } as const],
    ['one that grew within chance', { accepted: [150, 148], budget: [50, 52] } as const],
    ['too few answers', { accepted: [9, 2], budget: [1, 9] } as const],
  ])('not for %s', (_name, counts) => {
    expect(judge(counts)).toStrictEqual([])
  })

  it('at α, and not one step above', () => {
    const reading = read({ accepted: [150, 135], budget: [50, 65] })
    const p = reading.lines.find(({ answer }) => answer === 'budget')?.adjustedP ?? 0
    const at = (alpha: number) => judgeReasons(reading, { ...POLICY, alpha }, 'v').length
    expect(at(p)).toBe(1)
    expect(at(p - 1e-9)).toBe(0)
  })
})
