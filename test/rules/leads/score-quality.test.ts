import { describe, expect, it } from 'vitest'

import { createRandom } from '#rules/kernel/random.ts'
import type { SettledLead } from '#rules/leads/input.ts'
import { isJudgeable, measureScoreQuality, type ScoreQuality } from '#rules/leads/score-quality.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'

const POLICY = LeadPolicy.parse({})

/** Leads whose chance to win is score ÷ 200. */
function drawn(count: number, seed = 1): SettledLead[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const score = Math.floor(random() * 101)
    return { score, converted: random() < score / 200, channelId: null }
  })
}
function judged(
  settled: readonly SettledLead[],
  scores: readonly number[] = [],
  policy: LeadPolicy = POLICY,
): ScoreQuality {
  const quality = measureScoreQuality(settled, scores, policy)
  if (!isJudgeable(quality)) throw new Error('there are outcomes enough')
  return quality
}
const outcomes = (wins: number, others: number): SettledLead[] => [
  ...Array.from({ length: wins }, (_, i) => ({
    score: 50 + (i % 40),
    converted: true,
    channelId: null,
  })),
  ...Array.from({ length: others }, (_, i) => ({
    score: 20 + (i % 40),
    converted: false,
    channelId: null,
  })),
]

describe('outcomes enough to judge by', () => {
  // On and one beside the policy's 20 of each kind.
  it.each([
    [19, 500, false],
    [20, 500, true],
    [21, 500, true],
    [500, 19, false],
    [500, 20, true],
    [0, 500, false],
    [500, 0, false],
  ])('%d wins and %d others: %s', (wins, others, expected) => {
    expect(isJudgeable(measureScoreQuality(outcomes(wins, others), [], POLICY))).toBe(expected)
  })

  it('else only the counts are known', () => {
    expect(measureScoreQuality(outcomes(3, 8), [], POLICY)).toStrictEqual({ settled: 11, wins: 3 })
  })

  it('never from one kind, even when the policy asks for none', () => {
    const lenient = { ...POLICY, min_outcomes: 0 }
    expect(isJudgeable(measureScoreQuality(outcomes(0, 30), [], lenient))).toBe(false)
  })
})

describe('a policy that asks for one outcome of a kind', () => {
  const one = LeadPolicy.parse({ min_outcomes: 1 })

  // One win has no scatter; two have.
  it.each([
    [1, 1, false],
    [1, 50, false],
    [50, 1, false],
    [2, 2, true],
  ])('judges %d wins and %d others: %s', (wins, others, expected) => {
    for (const score_meaning of ['points', 'probability'] as const) {
      const found = measureScoreQuality(outcomes(wins, others), [], { ...one, score_meaning })
      expect(isJudgeable(found)).toBe(expected)
    }
  })

  it('does not rank a half with a single win', () => {
    const { older, newer } = judged([...outcomes(25, 75), ...outcomes(1, 99)], [], one)
    expect(older).not.toBeNull()
    expect(newer).toBeNull()
  })
})

describe('the quality of a score', () => {
  const settled = drawn(1500)
  const quality = () => judged(settled, [10, 20, 30])

  it('counts settled leads and wins', () => {
    expect(quality().settled).toBe(1500)
    expect(quality().wins).toBe(settled.filter((lead) => lead.converted).length)
  })

  it('ranks all, the older half and the newer half', () => {
    expect(quality().ranking.auc).toBeGreaterThan(0.6)
    expect(quality().older).toStrictEqual(judged(settled.slice(0, 750)).ranking)
    expect(quality().newer).toStrictEqual(judged(settled.slice(750)).ranking)
  })

  // On and one beside the policy's 20 of each kind, in the older half and in the newer.
  it.each([
    [20, 20, true, true],
    [19, 21, false, true],
    [21, 19, true, false],
  ])('ranks halves with %d and %d wins: %s, %s', (before, now, older, newer) => {
    const halves = [...outcomes(before, 100 - before), ...outcomes(now, 100 - now)]
    const found = judged(halves)
    expect([found.older !== null, found.newer !== null]).toStrictEqual([older, newer])
    const turned = judged(halves.map((lead) => ({ ...lead, converted: !lead.converted })))
    expect([turned.older !== null, turned.newer !== null]).toStrictEqual([older, newer])
  })

  it('has no ranking of a half with one kind of outcome', () => {
    const split = [...outcomes(0, 30), ...outcomes(30, 0)]
    const { older, newer } = judged(split)
    expect(older).toBeNull()
    expect(newer).toBeNull()
  })

  it('bands at the limits of the policy, lowest first', () => {
    expect(quality().bands.map((band) => band.leads)).toStrictEqual([
      settled.filter((lead) => lead.score < 40).length,
      settled.filter((lead) => lead.score >= 40 && lead.score < 60).length,
      settled.filter((lead) => lead.score >= 60 && lead.score < 80).length,
      settled.filter((lead) => lead.score >= 80).length,
    ])
    expect(quality().bandTrend.z).toBeGreaterThan(3)
  })

  it('has ten tenths', () => {
    expect(quality().deciles).toHaveLength(10)
  })

  it('judges points on what the oldest third did not teach', () => {
    expect(quality().calibration?.leads).toHaveLength(1000)
    expect(quality().calibration?.accuracy.leads).toBe(1000)
  })

  it('judges probabilities on all', () => {
    const policy = { ...POLICY, score_meaning: 'probability' as const, score_max: 200 }
    const { calibration } = judged(settled, [], policy)
    expect(calibration?.accuracy.leads).toBe(1500)
    expect(calibration?.accuracy.observedOverExpected).toBeCloseTo(1, 0)
    expect(calibration?.line.slope).toBeCloseTo(1, 0)
    expect(calibration?.expectedError).toBeLessThan(0.05)
  })

  it('has no calibration when the score does not vary in the oldest third', () => {
    const flat = [...outcomes(10, 30).map((lead) => ({ ...lead, score: 50 })), ...outcomes(40, 40)]
    expect(judged(flat).calibration).toBeNull()
  })
})

describe('drift', () => {
  const settled = drawn(1500)

  it('is measured against the settled scores', () => {
    const scores = drawn(400, 9).map((lead) => lead.score)
    const { drift } = judged(settled, scores)
    expect(drift?.psi).toBeLessThan(0.1)
    expect(drift?.p).toBeGreaterThan(0.001)
    const moved = judged(
      settled,
      scores.map((score) => Math.min(100, score + 40)),
    ).drift
    expect(moved?.psi).toBeGreaterThan(0.5)
    expect(moved?.p).toBeLessThan(0.001)
  })

  it('is unknown without a score in the month', () => {
    expect(judged(settled, []).drift).toBeNull()
  })

  // All settled scores are one, so there are two bins: ten leads are five for each.
  it.each([
    [9, false],
    [10, true],
  ])('with %d scored leads in the month is known: %s', (count, expected) => {
    const one = outcomes(30, 30).map((lead) => ({ ...lead, score: 50 }))
    const { drift } = judged(
      one,
      Array.from({ length: count }, () => 50),
    )
    expect(drift !== null).toBe(expected)
    expect(drift?.degrees ?? 1).toBe(1)
  })
})
