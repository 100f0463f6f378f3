import { describe, expect, it } from 'vitest'

import type { RepCounts } from '#rules/leads/input.ts'
import { judgeReps, readReps } from '#rules/leads/reps.ts'
import { priorByLikelihood } from '#rules/momentum/likelihood-prior.ts'
import { shrinkRate } from '#rules/momentum/shrinkage.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'

const POLICY = LeadPolicy.parse({})
const rep = (owner: string, accepted: number, decided: number): RepCounts => ({
  owner,
  accepted,
  decided,
})
const TEAM = [
  rep('ana', 80, 100),
  rep('ben', 82, 100),
  rep('cho', 78, 100),
  rep('dan', 20, 100),
  rep('eva', 1, 3),
]

describe('acceptance by rep', () => {
  const reading = () => readReps(TEAM, POLICY)

  it('is drawn towards that of all by the likelihood', () => {
    const cells = TEAM.map(({ accepted, decided }) => ({ successes: accepted, trials: decided }))
    const prior = priorByLikelihood(cells)
    if (prior === null) throw new Error('reps differ')
    expect(reading()?.mean).toBe(prior.mean)
    const eva = reading()?.reps.find(({ owner }) => owner === 'eva')
    expect(eva).toStrictEqual({
      owner: 'eva',
      decided: 3,
      accepted: 1,
      ...shrinkRate({ successes: 1, trials: 3 }, prior),
    })
    expect(eva?.shrunken).toBeGreaterThan(1 / 3)
  })

  it('is listed from the lowest up', () => {
    expect(reading()?.reps[0]?.owner).toBe('dan')
    const rates = reading()?.reps.map(({ shrunken }) => shrunken) ?? []
    expect(rates).toStrictEqual(rates.toSorted((left, right) => left - right))
  })

  it('breaks ties by name, whatever the order given', () => {
    const even = [rep('c', 5, 10), rep('a', 5, 10), rep('b', 5, 10)]
    expect(readReps(even, POLICY)?.reps.map(({ owner }) => owner)).toStrictEqual(['a', 'b', 'c'])
  })

  it('leaves out reps who answered nothing', () => {
    const owners = readReps([...TEAM, rep('fay', 0, 0)], POLICY)?.reps.map(({ owner }) => owner)
    expect(owners).not.toContain('fay')
  })
})

describe('nothing is read', () => {
  it.each([
    ['from two reps', [rep('a', 20, 40), rep('b', 30, 40)]],
    ['from two who answered', [rep('a', 20, 40), rep('b', 30, 40), rep('c', 0, 0)]],
    [
      'from fewer answers than the policy asks for',
      [rep('a', 2, 6), rep('b', 3, 6), rep('c', 4, 7)],
    ],
    ['when everything was accepted', [rep('a', 9, 9), rep('b', 9, 9), rep('c', 9, 9)]],
    ['when nothing was accepted', [rep('a', 0, 9), rep('b', 0, 9), rep('c', 0, 9)]],
    ['without reps', []],
  ])('%s', (_name, reps) => {
    expect(readReps(reps, POLICY)).toBeNull()
  })

  it('but from as many answers as asked for', () => {
    expect(readReps([rep('a', 2, 6), rep('b', 3, 7), rep('c', 4, 7)], POLICY)).not.toBeNull()
  })
})

describe('who is to be talked to', () => {
  const reading = () => {
    const found = readReps(TEAM, POLICY)
    if (found === null) throw new Error('the team answered')
    return found
  }

  it('is a rep whose whole range lies on one side', () => {
    const decisions = judgeReps(reading(), 'test-1')
    expect(
      decisions.map(({ subject, action, reason }) => [subject, action, reason]),
    ).toContainEqual(['rep:dan', 'align_with_rep', 'accepts_less_than_peers'])
    expect(decisions.map(({ subject }) => subject)).not.toContain('rep:eva')
  })

  const judge = (low: number, high: number) =>
    judgeReps(
      {
        mean: 0.5,
        reps: [
          {
            owner: 'ana b',
            decided: 10,
            accepted: 5,
            raw: 0.5,
            shrunken: 0.5,
            range: { low, high },
          },
        ],
      },
      'test-1',
    )

  // The ends of the range against the mean of 0.5.
  it.each([
    [0.2, 0.4999, 'accepts_less_than_peers'],
    [0.2, 0.5, undefined],
    [0.5, 0.8, undefined],
    [0.5001, 0.8, 'accepts_more_than_peers'],
    [0.4, 0.6, undefined],
  ])('from %d to %d: %s', (low, high, reason) => {
    expect(judge(low, high)[0]?.reason).toBe(reason)
  })

  it('with what was compared', () => {
    expect(judge(0.6, 0.8)[0]).toStrictEqual({
      id: 'lead_scoring.rep_acceptance:ana-b:6100eee7',
      stage: 'lead_scoring',
      subject: 'rep:ana b',
      subjectName: 'ana b',
      action: 'align_with_rep',
      reason: 'accepts_more_than_peers',
      ruleId: 'lead_scoring.rep_acceptance',
      policyVersion: 'test-1',
      evidence: {
        decided: 10,
        accepted: 5,
        shrunken: 0.5,
        rangeLow: 0.6,
        rangeHigh: 0.8,
        meanOfReps: 0.5,
      },
    })
  })
})
