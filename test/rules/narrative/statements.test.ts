import { describe, expect, it } from 'vitest'

import {
  extrasOf,
  extraStatements,
  findingStatements,
  ownStatements,
} from '#rules/narrative/statements.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { Finding } from '#rules/schema/review.ts'
import type { Action, RiskItem } from '#rules/schema/synthesis.ts'

const finding = (changes: Partial<Finding> = {}): Finding => ({
  id: 'f',
  ruleId: 'funnel.step',
  severity: 'serious',
  subject: 'step:a',
  title: 'A step is broken.',
  detail: 'Nobody goes on, see {{funnel.step.a.rate}}.',
  ...changes,
})

const move = (changes: Partial<BudgetMove> = {}): BudgetMove => ({
  id: 'MOVE:B1',
  actionId: 'B1',
  origin: 'carried',
  campaignId: null,
  fromLine: 'C1/a',
  fromName: 'Giver',
  toLine: 'C1/b',
  toName: 'Receiver {{x}}',
  amount: { currency: 'USD', minor: 100 },
  reasonCode: 'stop_loss',
  basis: {},
  expectedImpact: null,
  impactNotMeasured: null,
  concerns: [],
  ruleId: 'budget.carried_move',
  ...changes,
})

describe('ownStatements', () => {
  it('numbers the sentences of the rules and tells a model their topics only', () => {
    expect(
      ownStatements(['Rate is {{a.b.rate}} and {{a.c.rate}} of {{a.b.views}}. ', 'Evil Name won.']),
    ).toEqual([
      {
        id: 'say.1',
        text: 'Rate is {{a.b.rate}} and {{a.c.rate}} of {{a.b.views}}',
        brief: 'a sentence of the rules about rate, views',
      },
      { id: 'say.2', text: 'Evil Name won', brief: 'a sentence of the rules' },
    ])
  })
})

describe('findingStatements', () => {
  it('tells what was found and what it means', () => {
    expect(findingStatements([finding()])).toEqual([
      {
        id: 'find.1',
        text: 'A step is broken',
        brief: 'serious finding of funnel.step',
      },
      {
        id: 'find.1.why',
        text: 'Nobody goes on, see {{funnel.step.a.rate}}',
        brief: 'what find.1 means about rate',
      },
    ])
  })

  it('leaves out what is mere information, and what depends on free text', () => {
    expect(findingStatements([finding({ severity: 'info' })])).toEqual([])
    expect(findingStatements([finding({ ruleId: 'experiment.acted_on_undecided' })])).toEqual([])
  })

  it('tells the first eight', () => {
    const many = Array.from({ length: 9 }, () => finding())
    expect(findingStatements(many).map(({ id }) => id)).toHaveLength(16)
    expect(findingStatements(many).at(-1)?.id).toBe('find.8.why')
  })
})

describe('extraStatements', () => {
  const risk: RiskItem = {
    riskId: 'R1',
    decisionId: 'd',
    riskType: 'low_conversion',
    severity: 'critical',
    campaignId: null,
    status: 'open',
    title: 'low conversion, Launch',
    subject: 'Launch',
    raisedOn: '2026-03-01',
    ageDays: 30,
    action: 'pause',
    whatToDo: 'Pause Launch until the cause is found.',
    owner: 'lead',
    ownerName: 'Lead',
    dueOn: '2026-04-01',
    evidence: 'agrees',
  }
  const action = (rank: number, changes: Partial<Action> = {}): Action => ({
    id: `a${rank}`,
    rank,
    title: 'Pause Launch.',
    owner: 'lead',
    ownerName: 'Lead',
    due: '2026-04-01',
    expectedImpact: null,
    impactNotMeasured: 'unknown',
    resources: [],
    decisionIds: [],
    ...changes,
  })
  const textsOf = (extras: Parameters<typeof extraStatements>[0]): string[] =>
    extraStatements(extras).map(({ text }) => text)

  it('are the moves, risks and actions of a stage', () => {
    const stage = {
      stage: 'synthesis' as const,
      status: 'assessed' as const,
      facts: [],
      decisions: [],
      findings: [],
      tables: [],
      charts: [],
      summary: [],
      moves: [move()],
      risks: [risk],
      actions: [action(1)],
    }
    expect(extraStatements(extrasOf(stage)).map(({ id }) => id)).toEqual([
      'move.1',
      'risk.1',
      'act.1',
    ])
  })

  it('has none where a stage has none', () => {
    expect(extraStatements({})).toEqual([])
  })

  it('tells moves by where they came from, and lets no name open a token', () => {
    expect(extraStatements({ moves: [move(), move({ origin: 'proposed' })] })).toMatchObject([
      {
        id: 'move.1',
        text: 'A move of {{budget.move.MOVE::B1.amount}} from Giver to Receiver ((x)) waits for a decision (stop loss)',
        brief: 'a move of money, carried',
      },
      {
        id: 'move.2',
        text: 'A move of {{budget.move.MOVE::B1.amount}} from Giver to Receiver ((x)) is proposed by this review (stop loss)',
        brief: 'a move of money, proposed',
      },
    ])
  })

  it('tells risks with their response, in the middle of a sentence', () => {
    expect(extraStatements({ risks: [risk, risk] })).toMatchObject([
      {
        id: 'risk.1',
        text: 'Critical risk (low conversion, Launch): pause Launch until the cause is found (Lead)',
        brief: 'a critical risk, response pause',
      },
      { id: 'risk.2' },
    ])
  })

  it('counts actions out and says what they are worth', () => {
    const money = { currency: 'USD', minor: 100 }
    const expectedImpact = { low: money, mid: money, high: money }
    const actions = Array.from({ length: 6 }, (_, index) => action(index + 1))
    const texts = textsOf({ actions })
    expect(extraStatements({ actions }).map(({ id, brief }) => `${id}: ${brief}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((rank) => `act.${rank}: action of rank ${rank}`),
    )
    expect(texts.map((text) => text.split(',')[0])).toEqual([
      'First',
      'Second',
      'Third',
      'Fourth',
      'Fifth',
      'Then',
    ])
    expect(texts[0]).toBe('First, pause Launch (Lead, by {{synthesis.action.1.due}})')
    expect(textsOf({ actions: [action(1, { expectedImpact })] })).toEqual([
      'First, pause Launch, expected to be worth about {{synthesis.action.1.impact_mid}} (Lead, by {{synthesis.action.1.due}})',
    ])
  })
})
