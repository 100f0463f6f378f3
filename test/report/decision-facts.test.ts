import { beforeAll, describe, expect, it } from 'vitest'

import { present } from '#rules/kernel/invariant.ts'
import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Decision } from '#rules/schema/review.ts'
import { factsOfDecision, sourcesOf, subjectSources } from '#src/report/decision-facts.ts'

import { runReviewOf } from '../support/review-run.ts'

describe('the figures that a decision rests on', () => {
  let document: ReviewDocument

  beforeAll(async () => {
    ;({ document } = await runReviewOf('examples/reference-company', '2026-03'))
  })

  const decision = (id: string): Decision =>
    present(
      document.decisions.find((each) => each.id === id),
      id,
    )
  const ids = (id: string, changes: Partial<Decision> = {}) =>
    factsOfDecision({ ...decision(id), ...changes }, document).map((fact) => fact.id)

  it('are those its evidence names', () => {
    expect(ids('health.target:roi')).toContain('campaign_roi.total.roi')
    expect(ids('health.target:roi', { evidence: {} })).not.toContain('campaign_roi.total.roi')
    expect(
      ids('health.target:roi', { evidence: { list: ['campaign_roi.total.cost', 'no fact'] } }),
    ).toContain('campaign_roi.total.cost')
  })

  it('are those of its row in a table', () => {
    const found = ids('funnel.drop_off:SEG_003@CH_03@CAMP_002:visit>demo_request')
    expect(found.length).toBeGreaterThan(0)
    expect(found.every((id) => id.startsWith('funnel.'))).toBe(true)
  })

  it('are all of a table that tells of it alone, and those of its note', () => {
    const found = ids('attribution.reconciliation:total')
    expect(found.length).toBeGreaterThan(3)
    const [table] =
      document.stages.attribution?.tables.filter(({ id }) => id === 'attribution.reconciliation') ??
      []
    const noted = { ...present(table, 'the table'), rows: [], note: '{{budget.total.spend}}' }
    const stage = present(document.stages.budget, 'the budget')
    const budget = { ...stage, tables: [{ ...noted, id: 'attribution.reconciliation' }] }
    const told = factsOfDecision(decision('attribution.reconciliation:total'), {
      ...document,
      stages: { budget },
    })
    expect(told.map(({ id }) => id)).toContain('budget.total.spend')
  })

  it('are those entered under the name of its subject, and no other’s', () => {
    expect(ids('governance.past_moves:BUD_0002')).toEqual([
      'synthesis.move.BUD_0002.amount',
      'synthesis.move.BUD_0002.filed_on',
    ])
    expect(ids('budget.pacing:total')).toContain('budget.total.spend')
    expect(ids('budget.pacing:total', { stage: 'funnel' })).not.toContain('budget.total.spend')
    // CAMP_00 begins every campaign's name and is none.
    expect(ids('campaign_roi.performance:CAMP_001', { subject: 'campaign:CAMP_00' })).not.toContain(
      'campaign_roi.campaign.CAMP_001.click_cost',
    )
  })

  it('lead to rows, each source once, for nearly every decision', () => {
    const without = document.decisions.filter(
      (each) =>
        sourcesOf(factsOfDecision(each, document)).length +
          subjectSources(each, document.month).length ===
        0,
    )
    // No lead of the example is settled, so no row counts for its score.
    expect(without.map(({ id }) => id)).toEqual(['lead_scoring.model'])
    const sources = sourcesOf(factsOfDecision(decision('budget.pacing:total'), document))
    expect(new Set(sources.map((source) => JSON.stringify(source))).size).toBe(sources.length)
    expect(sources.every(({ rows }) => rows > 0)).toBe(true)
  })

  it('are without figures told by where the rows of the subject stand', () => {
    const cell = { segment_id: 'S', campaign_id: 'C', month_key: '2026-03' }
    expect(subjectSources({ subject: 'cell:S@-@C:visit>signup' }, '2026-03')).toEqual([
      { dataset: 'funnel_counts', where: { ...cell, stage: 'visit' } },
      { dataset: 'funnel_counts', where: { ...cell, stage: 'signup' } },
    ])
    expect(subjectSources({ subject: 'query:a: b' }, '2026-03')).toEqual([
      { dataset: 'search_performance', where: { query: 'a: b', month_key: '2026-03' } },
    ])
    expect(subjectSources({ subject: 'claim:no cell' }, '2026-03')).toEqual([])
    expect(subjectSources({ subject: 'campaign:S@-@C:visit>signup' }, '2026-03')).toEqual([])
  })
})
