import { describe, expect, it } from 'vitest'

import { createRandom } from '#rules/kernel/random.ts'
import type { ClaimedLead } from '#rules/leads/claimed-probability.ts'
import { climbLadder } from '#rules/leads/ladder.ts'
import { proposeRecalibration } from '#rules/leads/recalibration-proposal.ts'

/** Leads whose true chance is `truth` of what is claimed, drawn with a seed. */
function drawn(
  seed: number,
  count: number,
  truth: (claimed: number) => number,
  claims: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
): ClaimedLead[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => {
    const probability = claims[Math.floor(random() * claims.length)] ?? 0.5
    return { probability, converted: random() < truth(probability), channelId: null }
  })
}
const climb = (truth: (claimed: number) => number, count = 3000) =>
  climbLadder({ fit: drawn(1, count, truth), judge: drawn(2, count, truth) }, 0.05)

describe('the ladder', () => {
  it('stays on the ground when claims are right', () => {
    const { chosen, rungs } = climb((p) => p)
    expect(chosen).toStrictEqual({ step: 'none' })
    expect(rungs.map(({ step }) => step)).toStrictEqual(['none', 'intercept', 'platt', 'isotonic'])
    expect(rungs[0]?.z).toBeNull()
  })

  it('shifts when all odds are off by one factor', () => {
    const { chosen } = climb((p) => (0.4 * p) / (1 - p + 0.4 * p))
    expect(chosen.step).toBe('intercept')
    const shift = chosen.step === 'intercept' ? chosen.line.intercept : 0
    expect(shift).toBeCloseTo(Math.log(0.4), 0)
  })

  it('stretches when claims are too extreme', () => {
    const { chosen } = climb((p) => {
      const odds = Math.sqrt(p / (1 - p))
      return odds / (1 + odds)
    })
    expect(['platt', 'intercept']).toContain(chosen.step)
  })

  it('remaps when the relation has a step', () => {
    const { chosen } = climb((p) => (p < 0.35 ? 0.05 : 0.6))
    expect(chosen.step).toBe('isotonic')
  })

  it('does not climb on what does not hold later', () => {
    // The correction learned is a shift; the newer outcomes follow the claims.
    const { chosen, rungs } = climbLadder(
      { fit: drawn(1, 2000, (p) => p / 3), judge: drawn(2, 2000, (p) => p) },
      0.05,
    )
    expect(chosen.step).toBe('none')
    expect(rungs.slice(1).every(({ z }) => (z ?? 0) < 0)).toBe(true)
  })

  it('compares each rung with the last one kept', () => {
    const { rungs, chosen } = climb((p) => p / 3)
    expect(chosen.step).not.toBe('none')
    // The kept shift lowers the loss much; the next rungs add next to nothing to it.
    expect(rungs[1]?.z).toBeGreaterThan(3)
    expect(Math.abs(rungs[2]?.z ?? 9)).toBeLessThan(Math.abs(rungs[1]?.z ?? 0))
    expect(rungs[1]?.logLoss).toBeLessThan(rungs[0]?.logLoss ?? 0)
  })

  it('asks more of a rung at a smaller α', () => {
    const outcomes = { fit: drawn(1, 200, (p) => p * 0.7), judge: drawn(4, 200, (p) => p * 0.7) }
    const { rungs } = climbLadder(outcomes, 0.05)
    const z = rungs[1]?.z ?? 0
    expect(z).toBeGreaterThan(0)
    expect(climbLadder(outcomes, 1e-12).chosen.step).toBe('none')
    expect(climbLadder(outcomes, 0.499).chosen.step).not.toBe('none')
  })

  it('has mean losses of the judging leads', () => {
    const judge: ClaimedLead[] = [
      { probability: 0.5, converted: true, channelId: null },
      { probability: 0.25, converted: false, channelId: null },
    ]
    const { rungs } = climbLadder({ fit: drawn(1, 50, (p) => p), judge }, 0.05)
    expect(rungs[0]?.logLoss).toBeCloseTo((Math.log(2) - Math.log(0.75)) / 2, 12)
  })

  it('gives z of the paired fall', () => {
    // Claims of ½; the fit teaches ¾, so wins lose less (ln 1.5) and losses more (ln ½).
    const fit = [true, true, true, false].map((converted) => ({
      probability: 0.5,
      converted,
      channelId: null,
    }))
    const judge = [true, true, true, true, false].map((converted) => ({
      probability: 0.5,
      converted,
      channelId: null,
    }))
    const falls = [1, 1, 1, 1, 0].map((win) => (win === 1 ? Math.log(1.5) : Math.log(0.5)))
    const mean = falls.reduce((sum, fall) => sum + fall, 0) / 5
    const variance = falls.reduce((sum, fall) => sum + (fall - mean) ** 2, 0) / 5
    const { rungs } = climbLadder({ fit, judge }, 0.05)
    expect(rungs[1]?.z).toBeCloseTo(mean / Math.sqrt(variance / 5), 9)
  })

  it('gives z zero where a rung changes nothing', () => {
    const same = [true, false].map((converted) => ({
      probability: 0.5,
      converted,
      channelId: null,
    }))
    const { rungs, chosen } = climbLadder({ fit: same, judge: same }, 0.05)
    expect(rungs[1]).toMatchObject({ step: 'intercept', z: 0 })
    expect(chosen.step).toBe('none')
  })
})

describe('the proposal', () => {
  const propose = (truth: (claimed: number) => number) =>
    proposeRecalibration(climb(truth), 'test-1')

  it('names no correction when none held', () => {
    expect(propose((p) => p)).toMatchObject({
      id: 'lead_scoring.recalibration',
      action: 'none',
      reason: 'no_correction_held_on_newer_outcomes',
      ruleId: 'lead_scoring.recalibration',
      policyVersion: 'test-1',
    })
  })

  it('carries the terms of a line', () => {
    const decision = propose((p) => (0.4 * p) / (1 - p + 0.4 * p))
    expect(decision).toMatchObject({
      action: 'shift_claims',
      reason: 'shift_held_on_newer_outcomes',
      evidence: { slope: 1 },
    })
    expect(decision.evidence['intercept']).toBeCloseTo(Math.log(0.4), 0)
  })

  it('stretches and shifts by a line', () => {
    const line = { intercept: -0.5, slope: 0.7 }
    expect(
      proposeRecalibration({ rungs: [], chosen: { step: 'platt', line } }, 'test-1'),
    ).toMatchObject({
      action: 'stretch_and_shift_claims',
      reason: 'line_held_on_newer_outcomes',
      evidence: line,
    })
  })

  it('carries the size of a map', () => {
    const decision = propose((p) => (p < 0.35 ? 0.05 : 0.6))
    expect(decision).toMatchObject({
      action: 'remap_claims',
      reason: 'steps_held_on_newer_outcomes',
    })
    expect(decision.evidence['thresholds']).toBeGreaterThan(1)
    expect(decision.evidence).not.toHaveProperty('slope')
  })

  it('shows every rung it looked at', () => {
    expect(Object.keys(propose((p) => p).evidence)).toStrictEqual([
      'noneLogLoss',
      'noneZ',
      'interceptLogLoss',
      'interceptZ',
      'plattLogLoss',
      'plattZ',
      'isotonicLogLoss',
      'isotonicZ',
    ])
  })
})
