import { describe, expect, it } from 'vitest'
import { ZodError } from 'zod'

import type { StageName, StageResult } from '#rules/schema/review.ts'
import { addRecord, decodeRecords, encodeRecord } from '#src/runtime/records.ts'

const result = (stage: StageName): StageResult => ({
  stage,
  status: 'assessed',
  facts: [],
  decisions: [],
  findings: [],
  tables: [],
  charts: [],
  summary: ['Nothing was found.'],
})
const record = (stage: StageName) => ({
  result: result(stage),
  narrative: { sentences: ['Nothing was found.'], source: 'template' as const },
})
const stored = (stage: string, text: string | null) => ({
  stage,
  attempts: 1,
  startedAt: '2026-04-01T00:00:00Z',
  finishedAt: null,
  result: text,
  resultSha256: null,
  program: null,
})
const INTAKE = { gate: 'open' as const, grade: 'A' as const, reasons: [] }

describe('the records of a review', () => {
  it('come back as they were kept', () => {
    const records = decodeRecords([
      stored('intake', encodeRecord(INTAKE)),
      stored('funnel', encodeRecord(record('funnel'))),
      stored('campaign_roi', encodeRecord(record('campaign_roi'))),
    ])
    expect(records.intake).toStrictEqual(INTAKE)
    expect([...records.stages]).toStrictEqual([
      ['campaign_roi', record('campaign_roi')],
      ['funnel', record('funnel')],
    ])
    expect([records.budget, records.synthesis]).toStrictEqual([undefined, undefined])
  })

  it('are the same bytes whatever the order of their keys', () => {
    const { result: own, narrative } = record('funnel')
    const turned = { narrative, result: Object.fromEntries(Object.entries(own).toReversed()) }
    expect(encodeRecord(JSON.parse(JSON.stringify(turned)))).toBe(encodeRecord(record('funnel')))
  })

  it('leave out a stage that is still running', () => {
    expect(decodeRecords([stored('funnel', null)]).stages.size).toBe(0)
  })

  it.each([
    ['a field too many', { ...record('funnel'), note: 'x' }],
    [
      'another source of words',
      { ...record('funnel'), narrative: { sentences: [], source: 'me' } },
    ],
    ['a stage nobody knows', { ...record('funnel'), result: { ...result('funnel'), stage: 'x' } }],
  ])('are refused with %s', (_fault, value) => {
    expect(() => decodeRecords([stored('funnel', JSON.stringify(value))])).toThrow(ZodError)
  })

  it('hold the budget to the shape of a budget', () => {
    expect(() => decodeRecords([stored('budget', encodeRecord(record('budget')))])).toThrow(
      ZodError,
    )
    const moves = { ...record('budget'), result: { ...result('budget'), moves: [] } }
    const { budget, stages } = decodeRecords([stored('budget', encodeRecord(moves))])
    expect(budget?.result.moves).toStrictEqual([])
    expect(stages.get('budget')).toBe(budget)
  })

  it('take one more without changing those before', () => {
    const before = decodeRecords([stored('funnel', encodeRecord(record('funnel')))])
    const after = addRecord(before, record('content'))
    expect([...after.stages.keys()]).toStrictEqual(['funnel', 'content'])
    expect([...before.stages.keys()]).toStrictEqual(['funnel'])
    expect(() => addRecord(before, record('synthesis'))).toThrow(ZodError)
  })
})
