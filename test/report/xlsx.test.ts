import { beforeAll, describe, expect, it } from 'vitest'

import type { ReviewDocument } from '#rules/schema/document.ts'
import { renderWorkbook } from '#src/report/xlsx.ts'

import { runReviewOf } from '../support/review-run.ts'
import { unzip } from '../support/unzip.ts'

describe('the workbook', () => {
  let document: ReviewDocument
  let files: ReadonlyMap<string, string>

  beforeAll(async () => {
    ;({ document } = await runReviewOf('examples/reference-company', '2026-03'))
    files = unzip(await renderWorkbook(document))
  })

  const sheet = (position: number): string => files.get(`xl/worksheets/sheet${position}.xml`) ?? ''

  it('has one sheet a question', () => {
    const names = Array.from(
      (files.get('xl/workbook.xml') ?? '').matchAll(/<sheet [^>]*name="([^"]+)"/g),
      ([, name]) => name,
    )
    expect(names).toStrictEqual([
      'Summary',
      'Targets',
      'Actions',
      'Moves',
      'Decisions',
      'Facts',
      'Inputs',
    ])
  })

  it('says how long lists are that a cell does not hold', async () => {
    const [first, ...others] = document.decisions
    if (first === undefined) throw new Error('expected a decision')
    const long = {
      ...first,
      evidence: { lines: Array.from({ length: 9000 }, () => 12_345), of: 1 },
    }
    const book = await renderWorkbook({ ...document, decisions: [long, ...others] })
    const texts = `${unzip(book).get('xl/sharedStrings.xml') ?? ''}${unzip(book).get('xl/worksheets/sheet5.xml') ?? ''}`
    expect(texts).toContain('9000 entries, in review.json')
    expect(texts).not.toContain('12345,12345')
  })

  it('holds one row a decision and one a fact', () => {
    expect(sheet(5).match(/<row /g)).toHaveLength(document.decisions.length + 1)
    expect(sheet(6).match(/<row /g)).toHaveLength(Object.keys(document.facts).length + 1)
  })

  it('leaves the value of a missing figure empty', () => {
    const missing = Object.values(document.facts).filter((fact) => fact.value === null)
    const filled = sheet(6).match(/<c r="D\d+"[^>]*><v>/g) ?? []
    expect(missing.length).toBeGreaterThan(0)
    expect(filled).toHaveLength(Object.keys(document.facts).length - missing.length + 1)
  })

  it('holds money in whole currency units', () => {
    const cost = Object.keys(document.facts).indexOf('campaign_roi.total.cost') + 2
    expect(sheet(6)).toMatch(new RegExp(`<c r="D${cost}"[^>]*><v>11097\\.55</v>`))
  })

  it('never writes a formula', () => {
    expect([...files.values()].filter((xml) => xml.includes('<f>'))).toStrictEqual([])
  })
})
