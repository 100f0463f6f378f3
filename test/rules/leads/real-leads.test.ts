import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { leadScoringAgent } from '#agents/lead-scoring/agent.ts'
import { daysBetween } from '#rules/kernel/calendar.ts'
import { groupByText } from '#rules/kernel/order.ts'
import type { SettledLead } from '#rules/leads/input.ts'
import { judgeModel } from '#rules/leads/model-verdict.ts'
import { measureRanking } from '#rules/leads/ranking.ts'
import { scoreLevels } from '#rules/leads/score-levels.ts'
import { isJudgeable, measureScoreQuality } from '#rules/leads/score-quality.ts'
import { judgeMomentum } from '#rules/momentum/momentum.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'
import { Momentum } from '#rules/policy/momentum.ts'
import { readCsv } from '#test/oracle/csv.ts'
import { policyWith } from '#test/support/policy.ts'
import { hasPublicData, publicFile } from '#test/support/public-data.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const read = (name: string) =>
  readCsv(readFileSync(publicFile(`leads-funnel-experiments/${name}`), 'utf8'))
const POLICY = LeadPolicy.parse({})

describe.skipIf(!hasPublicData)('X Education: 9,240 real leads', () => {
  /** The lead number is the only order in time. */
  const rows = hasPublicData
    ? read('X_Education_Leads.derived.csv').toSorted(
        (left, right) => Number(left['Lead Number']) - Number(right['Lead Number']),
      )
    : []
  const points = (row: Readonly<Record<string, string>>): number =>
    Number(row['Asymmetrique Activity Score']) + Number(row['Asymmetrique Profile Score'])
  const scored: SettledLead[] = rows
    .filter(
      (row) =>
        row['Asymmetrique Activity Score'] !== '' && row['Asymmetrique Profile Score'] !== '',
    )
    .map((row) => ({
      score: points(row),
      converted: row['Converted'] === '1',
      channelId: row['Lead Source'] ?? null,
    }))

  it('are all read', () => {
    expect(rows).toHaveLength(9240)
    expect(rows.filter((row) => row['Converted'] === '1')).toHaveLength(3561)
  })

  it('the vendor’s points rank the newest 30 % as the reference says', () => {
    const newest = rows
      .slice(-2772)
      .filter(
        (row) =>
          row['Asymmetrique Activity Score'] !== '' && row['Asymmetrique Profile Score'] !== '',
      )
      .map((row) => ({ score: points(row), converted: row['Converted'] === '1' }))
    expect(newest).toHaveLength(2673)
    const ranking = measureRanking(scoreLevels(newest))
    expect(ranking?.auc).toBeCloseTo(0.7040363916843158, 12)
    expect(ranking?.aucStandardError).toBeCloseTo(0.00997595754552695, 12)
  })

  it('the vendor’s points rank newer leads better, but promise too little: the chances are to be corrected', () => {
    const { action, reason, evidence } = judgeModel(
      measureScoreQuality(scored, [], POLICY),
      POLICY,
      'test-1',
    )
    expect([action, reason]).toStrictEqual(['RECALIBRATE', 'claims_too_low'])
    expect(evidence['aucFall']).toBeLessThan(0)
    expect(evidence['observedOverExpected']).toBeCloseTo(1.235, 3)
  })

  it('a score made of the tags that sales wrote afterwards is suspected', () => {
    const tagged = rows.filter((row) => row['Tags'] !== '')
    const rate = new Map(
      Array.from(
        groupByText(tagged, (row) => row['Tags'] ?? ''),
        ([tag, members]) => [
          tag,
          (100 * members.filter((row) => row['Converted'] === '1').length) / members.length,
        ],
      ),
    )
    const leaky = tagged.map((row) => ({
      score: rate.get(row['Tags'] ?? '') ?? 0,
      converted: row['Converted'] === '1',
      channelId: null,
    }))
    const decision = judgeModel(measureScoreQuality(leaky, [], POLICY), POLICY, 'test-1')
    expect(decision.action).toBe('LEAKAGE_SUSPECT')
  })

  it('has a calibration that was not learned from the outcomes it is judged on', () => {
    const quality = measureScoreQuality(scored, [], POLICY)
    expect(isJudgeable(quality)).toBe(true)
    const calibration = isJudgeable(quality) ? quality.calibration : null
    expect(calibration?.leads.length).toBeLessThan(scored.length)
    expect(calibration?.accuracy.observedOverExpected).toBeGreaterThan(0.5)
    expect(calibration?.accuracy.observedOverExpected).toBeLessThan(2)
  })
})

describe.skipIf(!hasPublicData)('Olist: 8,000 real MQLs and 842 wins', () => {
  const mqls = hasPublicData ? read('olist_marketing_qualified_leads_dataset.csv') : []
  const wins = new Map(
    (hasPublicData ? read('olist_closed_deals_dataset.csv') : []).map((row) => [
      row['mql_id'] ?? '',
      (row['won_date'] ?? '').slice(0, 10),
    ]),
  )
  const inMonth = (month: string) =>
    mqls.filter((row) => (row['first_contact_date'] ?? '').startsWith(month))
  const wonWithin = (month: string, days: number) =>
    inMonth(month).filter((row) => {
      const won = wins.get(row['mql_id'] ?? '')
      return won !== undefined && daysBetween(row['first_contact_date'] ?? '', won) <= days
    }).length

  it('tells the jump of January 2018 from chance', () => {
    const [call] = judgeMomentum(
      [
        {
          id: 'mqls',
          observation: {
            kind: 'count',
            previous: { count: inMonth('2017-12').length, days: 31 },
            current: { count: inMonth('2018-01').length, days: 31 },
          },
          betterWhen: 'higher',
          complete: true,
        },
      ],
      Momentum.parse({}),
    )
    expect(call).toMatchObject({ direction: 'improving', reason: 'significant_change' })
    expect(call?.change).toMatchObject({ support: 1341 })
  })

  it('does not call equal months different at the same age', () => {
    const rate = (month: string) => ({
      successes: wonWithin(month, 90),
      trials: inMonth(month).length,
    })
    const [call] = judgeMomentum(
      [
        {
          id: 'wins',
          observation: { kind: 'rate', previous: rate('2018-03'), current: rate('2018-04') },
          betterWhen: 'higher',
          complete: true,
        },
      ],
      Momentum.parse({}),
    )
    expect(call).toMatchObject({ direction: 'undecided', reason: 'within_chance' })
  })

  it('is reviewed from files, with what it does not record said to be missing', async () => {
    const lines = mqls.map((row) =>
      [
        row['mql_id'],
        row['first_contact_date'],
        row['first_contact_date'],
        wins.get(row['mql_id'] ?? '') ?? '',
      ].join(','),
    )
    const { warehouse } = await warehouseWith(
      { 'data/leads.csv': `lead_id,created_at,mql_at,won_at\n${lines.join('\n')}\n` },
      { company: { currency: 'BRL', timeZone: 'America/Sao_Paulo' } },
    )
    const result = await leadScoringAgent.run(
      {
        reviewId: 'R-1',
        month: '2018-05',
        asOf: '2018-06-05T12:00:00Z',
        asOfOn: '2018-06-05',
        policy: policyWith(),
        endOfDay: (on: string) => `${on}T23:59:59Z`,
        earlierReadings: [],
      },
      { warehouse },
      undefined,
    )
    const fact = (id: string) => result.facts.find((one) => one.id === `lead_scoring.${id}`)
    expect(fact('month.mqls')?.value).toBe(1303)
    expect(fact('month.mqls.previous')?.value).toBe(1352)
    // Wins after the review's date have not happened yet.
    expect(fact('month.wins')?.value).toBe(
      inMonth('2018-05').filter((row) => {
        const won = wins.get(row['mql_id'] ?? '')
        return won !== undefined && won <= '2018-06-05'
      }).length,
    )
    for (const id of ['month.acceptance', 'month.sales_qualification', 'model.auc']) {
      expect(fact(id)).toMatchObject({ status: 'not_measured', value: null })
    }
    expect(result.status).toBe('partial')
  })
})
