import { describe, expect, it } from 'vitest'

import { leadScoringAgent } from '#agents/lead-scoring/agent.ts'
import { StageResult } from '#rules/schema/review.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const run = async (files: Readonly<Record<string, string>>): Promise<StageResult> => {
  const { warehouse } = await warehouseWith(files, {
    company: { currency: 'USD', timeZone: 'UTC' },
  })
  return leadScoringAgent.run(
    {
      reviewId: 'R-1',
      month: '2026-10',
      asOf: '2026-11-05T09:00:00Z',
      asOfOn: '2026-11-05',
      policy: policyWith(),
      endOfDay: (on: string) => `${on}T23:59:59Z`,
      earlierReadings: [],
    },
    { warehouse },
    undefined,
  )
}

describe('the lead-scoring agent', () => {
  it('speaks for its stage', () => {
    expect(leadScoringAgent.stage).toBe('lead_scoring')
  })

  it('reads leads and returns a stage result', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const day = String((i % 28) + 1).padStart(2, '0')
      const wins = i % 4 === 0
      return `L${String(i).padStart(3, '0')},2026-06-${day},${wins ? 70 : 30 + (i % 40)},2026-10-${day},${wins ? `2026-07-${day}` : ''},${i % 5 === 0 ? 'rejected' : 'accepted'}`
    })
    const result = await run({
      'data/leads.csv': `lead_id,created_at,score,mql_at,won_at,sales_feedback\n${rows.join('\n')}\n`,
    })
    expect(StageResult.parse(result)).toStrictEqual(result)
    const value = (id: string) => result.facts.find((fact) => fact.id === id)?.value
    expect(value('lead_scoring.month.mqls')).toBe(200)
    expect(value('lead_scoring.month.acceptance')).toBe(0.8)
    expect(value('lead_scoring.model.settled')).toBe(200)
    expect(value('lead_scoring.model.wins')).toBe(50)
  })

  it('says that nothing was measured without leads', async () => {
    const result = await run({ 'data/channels.csv': 'channel_id,name\nCH_1,Search\n' })
    expect(result.status).toBe('not_measured')
    expect(result.summary[0]).toBe('Lead scoring was not measured: there is no leads data set.')
  })

  it('does not take an empty file for a month without leads', async () => {
    const result = await run({ 'data/leads.csv': 'lead_id,created_at\n' })
    expect(result.status).toBe('not_measured')
    expect(result.facts.every((fact) => fact.value === null)).toBe(true)
  })
})
