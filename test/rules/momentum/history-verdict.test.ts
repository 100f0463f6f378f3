import { describe, expect, it } from 'vitest'

import { momentumEvidence } from '#rules/momentum/evidence.ts'
import { judgeHistory } from '#rules/momentum/history-verdict.ts'
import { judgeMomentum } from '#rules/momentum/momentum.ts'
import { Momentum } from '#rules/policy/momentum.ts'

const POLICY = Momentum.parse({})
const STEADY = [100, 104, 98, 101, 97, 103]

describe('a month among past ones', () => {
  it.each([
    ['usual', 100, 'usual'],
    ['unusually high', 140, 'unusually_high'],
    ['unusually low', 60, 'unusually_low'],
  ])('is %s at %d', (_name, current, verdict) => {
    expect(judgeHistory(STEADY, current, POLICY).verdict).toBe(verdict)
  })

  it('gets no verdict with fewer past months than the policy asks for', () => {
    // On and one beside five.
    expect(judgeHistory(STEADY.slice(0, 4), 500, POLICY)).toStrictEqual({
      verdict: 'too_short',
      basis: null,
      p: null,
      reading: null,
    })
    expect(judgeHistory(STEADY.slice(0, 5), 500, POLICY).verdict).toBe('unusually_high')
  })

  it('counts p at α as unusual', () => {
    const { p } = judgeHistory(STEADY, 118, POLICY)
    const at = { ...POLICY, alpha: p ?? 0 }
    expect(judgeHistory(STEADY, 118, at).verdict).toBe('unusually_high')
    expect(judgeHistory(STEADY, 118, { ...POLICY, alpha: (p ?? 0) - 1e-9 }).verdict).toBe('usual')
  })
})

describe('the reading that decides', () => {
  it('is Poisson for counts that scatter like it', () => {
    expect(judgeHistory(STEADY, 100, POLICY).basis).toBe('poisson')
  })

  it('is logarithmic for counts that scatter more', () => {
    const wild = [20, 90, 40, 160, 70, 30]
    const verdict = judgeHistory(wild, 100, POLICY)
    expect(verdict.reading?.poissonDispersion).toBeGreaterThan(1.3)
    expect(verdict).toMatchObject({ basis: 'log_normal', verdict: 'usual' })
    expect(judgeHistory(wild, 4000, POLICY).verdict).toBe('unusually_high')
  })

  it('counts a logarithmic p at α as unusual', () => {
    const wild = [20, 90, 40, 160, 70, 30]
    const { basis, p } = judgeHistory(wild, 900, POLICY)
    expect(basis).toBe('log_normal')
    const at = (alpha: number) => judgeHistory(wild, 900, { ...POLICY, alpha }).verdict
    expect(at(p ?? 0)).toBe('unusually_high')
    expect(at((p ?? 0) * 0.999)).toBe('usual')
  })

  it('is logarithmic for figures that are no counts', () => {
    const rates = [0.1, 0.11, 0.105, 0.12, 0.1]
    expect(judgeHistory(rates, 0.3, POLICY)).toMatchObject({
      basis: 'log_normal',
      verdict: 'unusually_high',
    })
  })

  it('is the normal range where a figure is zero', () => {
    const rates = [0.1, 0.11, 0, 0.12, 0.1]
    expect(judgeHistory(rates, 0.5, POLICY)).toMatchObject({
      basis: 'normal_range',
      p: null,
      verdict: 'unusually_high',
    })
    expect(judgeHistory(rates, 0.1, POLICY).verdict).toBe('usual')
    expect(judgeHistory([5.5, 6, 5.5, 6, 0], 0.5, POLICY).verdict).toBe('usual')
  })

  it('calls a low month low by the normal range', () => {
    expect(judgeHistory([50.5, 51, 50, 52, 51], 0, POLICY)).toMatchObject({
      basis: 'normal_range',
      verdict: 'unusually_low',
    })
  })
})

describe('a history without scatter', () => {
  // Jeffreys' prior after n empty months: P(≥ 1) = 1 − √(n ÷ (n + 1)), P(≥ 2) = 1 − √(n ÷ (n + 1)) · (1 + ½ ÷ (n + 1)), doubled.
  it.each([
    [5, 0, 'usual', 1],
    [5, 1, 'usual', 0.1742581414],
    [5, 2, 'unusually_high', 0.0221129868],
    [12, 1, 'usual', 0.0784621543],
    [12, 2, 'unusually_high', 0.0045568526],
  ])('of %d empty months reads %d as %s', (months, current, verdict, p) => {
    const found = judgeHistory(
      Array.from({ length: months }, () => 0),
      current,
      POLICY,
    )
    expect(found).toMatchObject({ verdict, basis: 'poisson' })
    expect(found.p).toBeCloseTo(p, 7)
  })

  it('of equal counts is Poisson all the same', () => {
    expect(judgeHistory([10, 10, 10, 10, 10, 10], 14, POLICY)).toMatchObject({
      verdict: 'usual',
      basis: 'poisson',
    })
  })

  it.each([
    ['shares', [0.5, 0.5, 0.5, 0.5, 0.5], 0.500001],
    ['shares that add up with an error', [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 0.3],
    ['nothing, then a share', [0, 0, 0, 0, 0], 0.5],
    ['counts, then a share', [3, 3, 3, 3, 3], 2.5],
  ])('of equal %s has no usual range', (_name, history, current) => {
    expect(judgeHistory(history, current, POLICY)).toMatchObject({
      verdict: 'no_scatter',
      basis: null,
      p: null,
      reading: { median: history[0] },
    })
  })
})

/** The call on one rate of 1,000 trials in the current month. */
function calledRate(previous: { successes: number; trials: number }) {
  const [call] = judgeMomentum(
    [
      {
        id: 'a',
        observation: { kind: 'rate', previous, current: { successes: 160, trials: 1000 } },
        betterWhen: 'higher',
        complete: true,
      },
    ],
    POLICY,
  )
  if (call === undefined) throw new Error('one subject, one call')
  return call
}

it('the evidence of a figure without a base says that nothing was compared', () => {
  const call = calledRate({ successes: 0, trials: 0 })
  expect(momentumEvidence(call, POLICY)).toMatchObject({
    test: 'none',
    relativeChange: null,
    intervalLow: null,
    intervalHigh: null,
    p: null,
    adjustedP: null,
  })
})

it('the evidence of a direction holds what was compared and with what', () => {
  const call = calledRate({ successes: 100, trials: 1000 })
  expect(momentumEvidence(call, POLICY)).toStrictEqual({
    test: 'score',
    previous: 0.1,
    current: 0.16,
    relativeChange: call.change.relativeChange,
    comparedChange: call.comparedChange,
    intervalLow: call.change.interval?.low,
    intervalHigh: call.change.interval?.high,
    businessMinimum: 0.05,
    p: call.change.p,
    adjustedP: call.adjustedP,
    correction: 'benjamini_hochberg',
    alpha: 0.05,
    support: 260,
    minConversions: 20,
  })
})
