import { describe, expect, it } from 'vitest'

import { createRandom } from '#rules/kernel/random.ts'
import type { SettledLead } from '#rules/leads/input.ts'
import {
  chooseThreshold,
  judgeThreshold,
  type ThresholdChoice,
} from '#rules/leads/threshold-choice.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'

const POLICY = LeadPolicy.parse({ bootstrap_resamples: 200 })
const USD = { currency: 'USD', version: 'test-1' }

/** Leads that win from `from` up with the given chance and never below. */
function drawn(count: number, from: number, chance: number): SettledLead[] {
  const random = createRandom(11)
  return Array.from({ length: count }, () => {
    const score = Math.floor(random() * 101)
    return { score, converted: score >= from && random() < chance, channelId: null }
  })
}

describe('the choice', () => {
  // A win is worth 500 and a contact costs 60: contacts pay from a chance of 0.12 up.
  const settled = drawn(2000, 30, 0.4)
  const choice = () => chooseThreshold(settled, POLICY)

  it('is made on the older half', () => {
    const older = settled.slice(0, 1000).filter((lead) => lead.score >= 30)
    expect(choice().best.threshold).toBe(30)
    expect(choice().best.contacted).toBe(older.length)
    expect(choice().best.converted).toBe(older.filter((lead) => lead.converted).length)
  })

  it('is judged on the newer half against the threshold in force', () => {
    const newer = settled.slice(1000)
    const count = (from: number) => newer.filter((lead) => lead.score >= from).length
    const wins = (from: number) =>
      newer.filter((lead) => lead.score >= from && lead.converted).length
    expect(choice().currentPlan).toMatchObject({ contacted: count(60), converted: wins(60) })
    expect(choice().proposedPlan).toMatchObject({ contacted: count(30), converted: wins(30) })
    expect(choice().gain).toBe(500 * (wins(30) - wins(60)) - 60 * (count(30) - count(60)))
  })

  it('has a range around the gain', () => {
    expect(choice().gainRange.low).toBeLessThan(choice().gain)
    expect(choice().gainRange.high).toBeGreaterThan(choice().gain)
    expect(choice().gainRange.low).toBeGreaterThan(0)
  })

  it('has a range of thresholds around the best', () => {
    expect(choice().thresholdRange?.low).toBeGreaterThanOrEqual(28)
    expect(choice().thresholdRange?.low).toBeLessThanOrEqual(30)
    expect(choice().thresholdRange?.high).toBeGreaterThanOrEqual(30)
  })

  it('is the same every time for the same seed, and another range for another', () => {
    expect(chooseThreshold(settled, POLICY)).toStrictEqual(choice())
    const other = chooseThreshold(settled, { ...POLICY, bootstrap_seed: 5 })
    expect(other.gainRange).not.toStrictEqual(choice().gainRange)
    expect(other.gain).toBe(choice().gain)
  })

  it('draws as often as the policy says', () => {
    expect(choice().resamples).toBe(200)
    const few = { ...POLICY, bootstrap_resamples: 150 }
    expect(chooseThreshold(settled, few).resamples).toBe(150)
  })

  it('draws less often from very many leads, but a hundred times at least', () => {
    const many = drawn(60_000, 30, 0.4)
    expect(chooseThreshold(many, { ...POLICY, bootstrap_resamples: 200 }).resamples).toBe(166)
    const [one] = many
    if (one === undefined) throw new Error('there are leads')
    const more = Array.from({ length: 150_000 }, () => one)
    expect(chooseThreshold(more, POLICY).resamples).toBe(100)
  })

  it('saves every contact of leads that stand on the threshold in force and never win', () => {
    const given = Array.from({ length: 40 }, () => ({
      score: POLICY.bands.mql,
      converted: false,
      channelId: null,
    }))
    const saved = 20 * POLICY.cost_of_contact
    expect(chooseThreshold(given, POLICY)).toMatchObject({
      gain: saved,
      gainRange: { low: saved, high: saved },
    })
  })

  it('is to contact nobody when nothing pays', () => {
    const poor = chooseThreshold(drawn(600, 0, 0.02), POLICY)
    expect(poor.best.threshold).toBeNull()
    expect(poor.proposedPlan).toMatchObject({ contacted: 0, expectedValue: 0 })
    expect(poor.thresholdRange).toBeNull()
  })

  it('resamples the gain by what each lead adds', () => {
    // Newer half: one lead at 40 that won; from 60 down to 40 it adds 440 in every draw.
    const two = [
      { score: 40, converted: true, channelId: null },
      { score: 40, converted: true, channelId: null },
    ]
    const sure = chooseThreshold(two, POLICY)
    expect(sure.gain).toBe(440)
    expect(sure.gainRange).toStrictEqual({ low: 440, high: 440 })
    expect(sure.thresholdRange).toStrictEqual({ low: 40, high: 40 })
  })
})

describe('the call', () => {
  const plan = (threshold: number | null, converted: number) => ({
    threshold,
    contacted: 100,
    converted,
    expectedValue: 0,
  })
  const choice = (changes: Partial<ThresholdChoice> = {}): ThresholdChoice => ({
    best: plan(40, 30),
    currentPlan: plan(60, 20),
    proposedPlan: plan(40, 30),
    gain: 1000,
    gainRange: { low: 200, high: 2000 },
    thresholdRange: { low: 35, high: 45 },
    resamples: 200,
    ...changes,
  })
  const judge = (changes: Partial<ThresholdChoice> = {}) =>
    judgeThreshold(choice(changes), POLICY, USD)
  const call = (changes: Partial<ThresholdChoice> = {}): string => {
    const { action, reason } = judge(changes)
    return `${action}: ${reason}`
  }

  it('lowers a threshold below which leads still pay', () => {
    expect(call()).toBe('lower: lower_scores_still_pay')
  })

  it('raises one above which contacts begin to pay', () => {
    expect(call({ best: plan(75, 30) })).toBe('raise: low_scores_do_not_pay')
  })

  it('lowers, never raises, to the threshold in force', () => {
    // On and one beside the policy's 60.
    expect(call({ best: plan(61, 30) })).toBe('raise: low_scores_do_not_pay')
    expect(call({ best: plan(60, 30) })).toBe('lower: lower_scores_still_pay')
  })

  it('stops where no contact paid', () => {
    expect(call({ best: plan(null, 0) })).toBe('stop_contacting: no_contact_pays')
  })

  // The lower end of the gain against zero.
  it.each([
    [0, 'keep: gain_within_chance'],
    [-1, 'keep: gain_within_chance'],
    [0.01, 'lower: lower_scores_still_pay'],
  ])('with a low end of %d: %s', (low, expected) => {
    expect(call({ gainRange: { low, high: 5000 } })).toBe(expected)
  })

  // 5 % of the value at stake: 20 wins · 500 = 10,000, so 500.
  it.each([
    [499.99, 'keep: gain_below_minimum'],
    [500, 'lower: lower_scores_still_pay'],
    [500.01, 'lower: lower_scores_still_pay'],
  ])('with a gain of %d: %s', (gain, expected) => {
    expect(call({ gain })).toBe(expected)
  })

  it('shows what it compared, in whole cents', () => {
    expect(judge({ gain: 1000.005 })).toStrictEqual({
      id: 'lead_scoring.contact_threshold',
      stage: 'lead_scoring',
      subject: 'score:contact_threshold',
      subjectName: 'Contact threshold',
      action: 'lower',
      reason: 'lower_scores_still_pay',
      ruleId: 'lead_scoring.contact_threshold',
      policyVersion: 'test-1',
      evidence: {
        currentThreshold: 60,
        bestThreshold: 40,
        bestThresholdLow: 35,
        bestThresholdHigh: 45,
        gain: { currency: 'USD', minor: 100_001 },
        gainLow: { currency: 'USD', minor: 20_000 },
        gainHigh: { currency: 'USD', minor: 200_000 },
        gainAsked: { currency: 'USD', minor: 50_000 },
        resamples: 200,
        seed: 20_260_101,
      },
    })
  })

  it('has no range of thresholds where nobody should be contacted in some draws', () => {
    expect(judge({ thresholdRange: null }).evidence).toMatchObject({
      bestThresholdLow: null,
      bestThresholdHigh: null,
    })
  })

  it('counts in the minor unit of the currency', () => {
    const yen = judgeThreshold(choice(), POLICY, { ...USD, currency: 'JPY' })
    expect(yen.evidence['gain']).toStrictEqual({ currency: 'JPY', minor: 1000 })
  })
})
