import { describe, expect, it } from 'vitest'

import { claimProbabilities, countOutsideRange } from '#rules/leads/claimed-probability.ts'
import type { SettledLead } from '#rules/leads/input.ts'

const lead = (score: number, converted: boolean, channelId: string | null = null): SettledLead => ({
  score,
  converted,
  channelId,
})
const PROBABILITY = { score_meaning: 'probability', score_max: 100 } as const
const POINTS = { score_meaning: 'points', score_max: 100 } as const

describe('a score that states a probability', () => {
  it('is divided by its maximum and kept inside [0, 1]', () => {
    const claimed = claimProbabilities(
      [lead(25, true), lead(120, false), lead(-5, false)],
      PROBABILITY,
    )
    expect([...(claimed?.fit ?? []), ...(claimed?.judge ?? [])]).toStrictEqual([
      { probability: 0.25, converted: true, channelId: null },
      { probability: 1, converted: false, channelId: null },
      { probability: 0, converted: false, channelId: null },
    ])
  })

  it('counts the scores beside its range, the ends being inside', () => {
    const scores = [-0.01, 0, 50, 100, 100.01, 300].map((score) => lead(score, false))
    expect(countOutsideRange(scores, PROBABILITY)).toBe(3)
    expect(countOutsideRange(scores, { ...PROBABILITY, score_max: 300 })).toBe(1)
    expect(countOutsideRange(scores, POINTS)).toBe(0)
  })

  it('uses the scale of the policy', () => {
    const three = [lead(0.5, true), lead(0, false), lead(0.25, true)]
    const claimed = claimProbabilities(three, { ...PROBABILITY, score_max: 1 })
    expect(claimed?.judge[0]?.probability).toBe(0.25)
  })

  it('has no correction to learn with fewer than three leads', () => {
    const two = [lead(25, true), lead(50, false)]
    expect(claimProbabilities(two, PROBABILITY)).toBeNull()
    expect(claimProbabilities(two, POINTS)).toBeNull()
    expect(claimProbabilities([...two, lead(75, true)], PROBABILITY)?.fit).toHaveLength(2)
  })

  it('learns corrections on the older two thirds and judges on the newest', () => {
    const settled = Array.from({ length: 7 }, (_, i) => lead(10 * i, i % 2 === 0, `c${i}`))
    const claimed = claimProbabilities(settled, PROBABILITY)
    expect(claimed?.fit.map((one) => one.channelId)).toStrictEqual(['c0', 'c1', 'c2', 'c3'])
    expect(claimed?.judge.map((one) => one.channelId)).toStrictEqual(['c4', 'c5', 'c6'])
  })
})

describe('a score that states points', () => {
  /** Six old leads that teach; then two to fit and judge on. */
  const settled = [
    lead(10, false),
    lead(90, true),
    lead(20, false, 'fit'),
    lead(80, true, 'fit'),
    lead(30, true, 'judge'),
    lead(70, false, 'judge'),
  ]

  it('learns the chance at each score on the oldest third alone', () => {
    // One loss at 10 and one win at 90: softened targets 1/3 and 2/3, so ln odds run from −ln 2 to ln 2.
    const claimed = claimProbabilities(settled, POINTS)
    const odds = (score: number) => Math.log(2) * (-1 + (2 * (score - 10)) / 80)
    const chance = (score: number) => 1 / (1 + Math.exp(-odds(score)))
    expect(claimed?.fit[0]?.probability).toBeCloseTo(chance(20), 10)
    expect(claimed?.judge[1]?.probability).toBeCloseTo(chance(70), 10)
  })

  it('fits on the second third and judges on the newest', () => {
    const claimed = claimProbabilities(settled, POINTS)
    expect(claimed?.fit.map((one) => one.channelId)).toStrictEqual(['fit', 'fit'])
    expect(claimed?.judge.map((one) => one.channelId)).toStrictEqual(['judge', 'judge'])
    expect(claimed?.judge.map((one) => one.converted)).toStrictEqual([true, false])
  })

  it('claims nothing when the oldest third holds one score only', () => {
    const flat = [lead(50, true), lead(50, false), ...settled.slice(2)]
    expect(claimProbabilities(flat, POINTS)).toBeNull()
  })
})
