import { describe, expect, it } from 'vitest'

import { parseSubject } from '#rules/synthesis/published-figure.ts'
import { judgeAverageLift } from '#rules/synthesis/published-lift.ts'

import { REFERENCE_EXPERIMENTS } from './reference-published.ts'

const average = (subject: string) => ({
  figureId: 'F',
  publishedOn: null,
  metric: 'average_lift',
  subject: parseSubject(subject),
  printed: '+39.3%',
  value: null,
})

describe('judgeAverageLift', () => {
  it('finds a running and a finished test averaged, and three of five left out', () => {
    const ruling = judgeAverageLift(
      average('experiment:EXP_001 experiment:EXP_002'),
      REFERENCE_EXPERIMENTS,
    )
    expect(ruling).toMatchObject({
      averaged: ['EXP_001', 'EXP_002'],
      mixesRunningAndEnded: true,
      leftOut: ['EXP_003', 'EXP_004', 'EXP_005'],
    })
  })

  it.each([
    ['two that have ended', 'experiment:EXP_002 experiment:EXP_004', false],
    ['two that run', 'experiment:EXP_001 experiment:EXP_003', false],
    ['one', 'experiment:EXP_002', false],
    ['one that nobody knows', 'experiment:EXP_002 experiment:EXP_999', false],
  ])('%s: mixes %s', (_what, subject, mixes) => {
    expect(judgeAverageLift(average(subject), REFERENCE_EXPERIMENTS).mixesRunningAndEnded).toBe(
      mixes,
    )
  })

  it('counts a stopped test as ended', () => {
    const stopped = [
      { experimentId: 'A', status: 'stopped' },
      { experimentId: 'B', status: 'running' },
    ]
    expect(judgeAverageLift(average('experiment:A experiment:B'), stopped)).toMatchObject({
      mixesRunningAndEnded: true,
      leftOut: [],
    })
  })

  it('cannot say what is left out where the report names no test', () => {
    expect(judgeAverageLift(average(''), REFERENCE_EXPERIMENTS)).toMatchObject({
      averaged: [],
      leftOut: [],
    })
  })
})
