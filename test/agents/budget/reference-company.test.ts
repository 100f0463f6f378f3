import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { budgetAgent } from '#agents/budget/agent.ts'
import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseOf } from '#test/support/workspace.ts'

const COMPANY = join(import.meta.dirname, '../../../examples/reference-company/data')

let reviewed: Promise<BudgetStageResult> | undefined

/** The review, run once: it reads files and depends on nothing else. */
function review(): Promise<BudgetStageResult> {
  reviewed ??= run('2026-04-02')
  return reviewed
}

async function run(asOfOn: string): Promise<BudgetStageResult> {
  const directory = await mkdtemp(join(tmpdir(), 'mo-budget-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await cp(COMPANY, join(directory, 'data'), { recursive: true })
  const { warehouse } = await warehouseOf(directory)
  const context = {
    reviewId: 'R-1',
    month: '2026-03',
    asOf: `${asOfOn}T09:00:00Z`,
    asOfOn,
    policy: policyWith({ targets: [{ id: 'cac', at_most: 180, unit: 'money' }] }),
    endOfDay: (on: string) => `${on}T23:59:59Z`,
    earlierReadings: [],
  }
  return budgetAgent.run(context, { warehouse })
}

test('carries the waiting stop-loss of $1,000 with everything that speaks against it', async () => {
  const { moves, findings } = await review()
  expect(moves).toHaveLength(1)
  expect(moves[0]).toMatchObject({
    id: 'MOVE:BUD_0003',
    origin: 'carried',
    fromLine: 'CAMP_003/CH_04',
    toLine: 'CAMP_003/CH_02',
    amount: { currency: 'USD', minor: 100_000 },
    reasonCode: 'stop_loss',
    expectedImpact: null,
    concerns: [
      'receiver_not_used',
      'remainder_not_measured',
      'campaign_under_open_risk',
      'campaign_not_running',
    ],
  })
  const told = findings.find((finding) => finding.id === 'finding.budget.carried.BUD_0003')
  expect(told?.detail).toContain('Open on it: RSK_0002 (critical).')
})

test('finds the moves that should not have been made, to the cent', async () => {
  const { facts, findings } = await review()
  const amountOf = (id: string) => facts.find((fact) => fact.id === id)?.value
  expect(amountOf('budget.made.same_line.amount')).toEqual({ currency: 'USD', minor: 280_000 })
  expect(amountOf('budget.made.giver_not_used.CAMP_001.CH_02.amount')).toEqual({
    currency: 'USD',
    minor: 120_000,
  })
  expect(amountOf('budget.made.receiver_under_open_risk.CAMP_002.CH_03.amount')).toEqual({
    currency: 'USD',
    minor: 130_000,
  })
  expect(findings.filter((finding) => finding.ruleId === 'budget.made_move')).toHaveLength(3)
})

test('holds every line for thin evidence and says so', async () => {
  const { decisions, summary, findings } = await review()
  const lines = decisions.filter((decision) => decision.subject.startsWith('line:'))
  expect(lines).toHaveLength(4)
  for (const line of lines) {
    expect(line).toMatchObject({
      action: 'hold',
      reason: 'thin_evidence',
      ruleId: 'budget.evidence',
    })
    expect(line.evidence['evidence_level']).toBe('L0')
  }
  expect(summary.some((sentence) => sentence.startsWith('No new move is proposed'))).toBe(true)
  expect(findings.map((finding) => finding.id)).toContain('finding.budget.hold')
})

test('measures flight budgets from the ledger and leaves what no budget states unmeasured', async () => {
  const { facts, status } = await review()
  const factOf = (id: string) => facts.find((fact) => fact.id === id)
  expect(factOf('budget.flight.CAMP_001.utilisation')).toMatchObject({
    value: 0.28,
    numerator: 420_000,
    denominator: 1_500_000,
  })
  expect(factOf('budget.total.planned')).toMatchObject({
    status: 'not_measured',
    reason: 'no budgets were provided',
  })
  expect(factOf('budget.total.spend')?.value).toEqual({ currency: 'USD', minor: 274_400 })
  expect(status).toBe('partial')
})

test('returns a small result whose every token and cell has its fact', async () => {
  const result = await review()
  expect(BudgetStageResult.parse(result)).toEqual(result)
  expect(JSON.stringify(result).length).toBeLessThan(40_000)
  const ids = new Set(result.facts.map((fact) => fact.id))
  const templates = [
    ...result.summary,
    ...result.findings.flatMap((finding) => [finding.title, finding.detail]),
    ...result.tables.flatMap((table) => table.note ?? []),
  ]
  const cells = result.tables.flatMap((table) => table.rows.flat())
  const referred = [
    ...templates.flatMap(tokensOf),
    ...cells.flatMap((cell) => ('fact' in cell ? [cell.fact] : [])),
    ...result.facts.flatMap((fact) => fact.inputs ?? []),
  ]
  expect(referred.filter((id) => !ids.has(id))).toEqual([])
})
