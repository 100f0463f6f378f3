import { describe, expect, it } from 'vitest'

import { contentAgent } from '#agents/content/agent.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith, type WorkspaceFiles } from '#test/support/workspace.ts'

const CONTENT =
  'date,content_id,url,title,published_on,views,engaged_views,avg_time_s,bounces,conversions\n' +
  '2026-03-01,guide,/guide,Old title,2026-03-01,100,50,30,10,1\n' +
  '2026-03-02,guide,/guide,New title,2026-03-01,300,100,10.5,30,3\n' +
  '2026-02-10,guide,/guide,Old title,2026-03-01,800,,,,\n' +
  '2026-04-01,guide,/guide,Later title,2026-03-01,9999,9999,1,1,1\n' +
  '2026-03-05,faq,/faq,FAQ,,50,,,,\n'
const SEARCH =
  'date,page,query,clicks,impressions,position\n' +
  '2026-03-01,/guide,how to save,10,100,2\n' +
  '2026-03-02,/guide,how to save,0,300,10\n' +
  '2026-03-02,/faq,what is it,1,400,20\n'
const CREATIVES = 'creative_id,campaign_id,text,url\nA1,C1,Buy,/guide\n'
const CAMPAIGNS = 'campaign_id,name\nC1,Spring\n'

async function reviewOf(files: WorkspaceFiles) {
  const { warehouse } = await warehouseWith(files)
  const result = await contentAgent.run(
    {
      reviewId: 'R-1',
      month: '2026-03',
      asOf: '2026-03-31T23:59:59Z',
      asOfOn: '2026-03-31',
      policy: policyWith(),
      endOfDay: (on: string) => `${on}T23:59:59Z`,
      earlierReadings: [],
    },
    { warehouse },
    undefined,
  )
  return {
    result,
    factOf: (id: string) => result.facts.find((fact) => fact.id === id),
  }
}

describe('the content specialist', () => {
  it('reads pieces, months and search of the month from the files', async () => {
    const { factOf, result } = await reviewOf({
      'data/content.csv': CONTENT,
      'data/search_performance.csv': SEARCH,
      'data/creatives.csv': CREATIVES,
      'data/campaigns.csv': CAMPAIGNS,
    })
    const values = [
      ['content.piece.guide.views', 400],
      ['content.piece.guide.engagement_rate', 0.375],
      // 100 × 30 s and 300 × 10.5 s over 400 views.
      ['content.piece.guide.average_time', 15.375],
      ['content.piece.guide.bounce_rate', 0.1],
      ['content.piece.guide.conversions', 4],
      ['content.piece.guide.views_change', -0.5],
      ['content.piece.guide.search_clicks', 10],
      // 100 × 2 and 300 × 10 over 400 impressions.
      ['content.piece.guide.search_position', 8],
      ['content.total.views', 450],
      ['content.total.promoted', 1],
    ] as const
    for (const [id, value] of values) expect([id, factOf(id)?.value]).toStrictEqual([id, value])
    expect(factOf('content.piece.guide.views')?.label).toBe('New title: views')
    expect(result.decisions.map(({ id, action }) => [id, action])).toStrictEqual([
      ['content.call:faq', 'not_assessable'],
      ['content.call:guide', 'refresh'],
      ['content.gap:what is it', 'write'],
    ])
  })

  it('keeps what rows left out missing', async () => {
    const { factOf } = await reviewOf({ 'data/content.csv': CONTENT })
    expect(factOf('content.piece.faq.conversions')).toMatchObject({ status: 'not_measured' })
    expect(factOf('content.total.engagement_rate')).toMatchObject({ status: 'not_measured' })
    expect(factOf('content.total.published')).toMatchObject({ status: 'not_measured' })
    expect(factOf('content.total.promoted')).toMatchObject({ status: 'not_measured' })
    expect(factOf('content.total.search_clicks')).toMatchObject({ status: 'not_measured' })
  })

  it('measures nothing without a file, and does not fail', async () => {
    const { result } = await reviewOf({})
    expect(result.status).toBe('not_measured')
    expect(result.facts.filter(({ status }) => status === 'zero')).toStrictEqual([])
    expect(result.summary).toStrictEqual([
      'Content was not measured: no content data set was provided.',
    ])
  })

  it('calls a spoilt file unreadable, not empty', async () => {
    const { factOf } = await reviewOf({ 'data/content.csv': 'date,views\n2026-03-01,5\n' })
    expect(factOf('content.total.views')?.status).toBe('unreadable')
  })
})
