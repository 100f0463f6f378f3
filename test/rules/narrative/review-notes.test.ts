import { describe, expect, it } from 'vitest'

import { accountOf } from '#rules/narrative/account.ts'
import { requiredTokens, type ReviewNotes } from '#rules/narrative/review-notes.ts'
import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { Decision, Fact } from '#rules/schema/review.ts'

const text = (id: string): Fact => ({
  id,
  label: id,
  unit: 'text',
  status: 'known',
  value: id,
  source: [],
})

const move = (id: string, changes: Partial<BudgetMove> = {}): BudgetMove => ({
  id,
  actionId: id,
  origin: 'carried',
  fromLine: 'C1/a',
  fromName: `Giver ${id}`,
  toLine: 'C1/b',
  toName: 'Receiver',
  amount: { currency: 'USD', minor: 100 },
  reasonCode: 'stop_loss',
  concerns: [],
  basis: {},
  campaignId: null,
  expectedImpact: null,
  impactNotMeasured: null,
  ruleId: 'budget.carried_move',
  ...changes,
})

const decision = (subject: string, action: string): Decision => ({
  id: `${subject}.${action}`,
  stage: 'synthesis',
  subject: `segment:${subject}`,
  subjectName: `Segment ${subject}`,
  action,
  reason: 'declining',
  ruleId: 'synthesis.segment',
  policyVersion: '1',
  evidence: {},
})

const NOTES: ReviewNotes = {
  periodFact: 'synthesis.period',
  moves: [
    { move: move('m1'), status: 'pending' },
    { move: move('m2'), status: 'rejected' },
  ],
  warnings: [{ code: 'rows_rejected', subject: 'ad_performance' }],
}
const OWN = ['All is said.', 'Stop Segment b.']
const FACTS = ['synthesis.period', 'budget.move.m1.amount', 'budget.move.m2.amount'].map(text)

function told(
  notes: ReviewNotes | undefined,
  { decisions = [], facts = FACTS }: { decisions?: Decision[]; facts?: Fact[] } = {},
): StageCatalogue {
  return stageCatalogue({
    result: {
      stage: 'synthesis',
      status: 'assessed',
      facts,
      decisions,
      findings: [],
      tables: [],
      charts: [],
      summary: OWN,
    },
    sentences: OWN,
    facts,
    notes,
    show: ({ id }) => id,
  })
}

const NOTE_SENTENCES = {
  period: 'The figures are those of {{synthesis.period}}.',
  'pending.1':
    'The move of {{budget.move.m1.amount}} from Giver m1 to Receiver waits for a person.',
  'rejected.2':
    'The move of {{budget.move.m2.amount}} from Giver m2 to Receiver was rejected by a person.',
  'data.1': 'A warning on the data: rows rejected (ad performance).',
}

describe('what must be told', () => {
  it('names period, waiting and rejected moves and warnings on the data', () => {
    const { required, whole, brief } = told(NOTES)
    expect(required).toEqual(['say.1', 'say.2', ...Object.keys(NOTE_SENTENCES)])
    expect(Object.fromEntries(whole)).toMatchObject(NOTE_SENTENCES)
    // What a model is told of them holds no text from data.
    expect(brief).toEqual([
      'say.1: a sentence of the rules',
      'say.2: a sentence of the rules',
      'period: the period',
      'pending.1: a move of money, pending',
      'rejected.2: a move of money, rejected',
      'data.1: a warning on the data, rows_rejected',
    ])
  })

  it.each(Object.entries(NOTE_SENTENCES))(
    'appends %s when a model leaves it out',
    (id, sentence) => {
      const others = [
        'say.1',
        'say.2',
        ...Object.keys(NOTE_SENTENCES).filter((each) => each !== id),
      ]
      const arranged = others.map((each) => `{{${each}}}.`)
      const account = accountOf(arranged, OWN, told(NOTES))
      expect(account.sentences.at(-1)).toBe(sentence)
      expect(account.source).toBe('mixed')
      const all = accountOf([...arranged, `{{${id}}}.`], OWN, told(NOTES))
      expect(all.sentences).toEqual(account.sentences)
      expect(all.source).toBe('llm')
    },
  )

  it('appends calls to stop that the stage’s own words do not name', () => {
    const decisions = [decision('a', 'stop'), decision('b', 'stop'), decision('c', 'pause')]
    const stage = told(undefined, { decisions })
    expect(stage.required).toEqual(['say.1', 'say.2', 'list.stop'])
    const account = accountOf(['{{say.1}}.', '{{say.2}}.'], OWN, stage)
    expect(account.sentences.at(-1)).toBe('To stop: “Segment a” and “Segment b”.')
    const once = accountOf(['{{say.1}}.', '{{say.2}}.', '{{list.stop}}.'], OWN, stage)
    expect(once.sentences).toEqual(account.sentences)
  })

  it('does not repeat a stop that the own words name, nor require other calls', () => {
    const decisions = [decision('b', 'stop'), decision('c', 'scale')]
    expect(told(undefined, { decisions }).required).toEqual(['say.1', 'say.2'])
  })

  it('requires none of the findings, risks and actions', () => {
    const statement = (id: string) => ({ id, text: id, brief: id })
    const rules = ['find.1', 'risk.1', 'act.1', 'moved.1', 'period', 'data.2'].map(statement)
    expect(requiredTokens({ own: [statement('say.1')], lists: [], rules })).toEqual([
      'say.1',
      'period',
      'data.2',
    ])
  })

  it('leaves out what rests on a fact nobody has', () => {
    expect(told(NOTES, { facts: [] }).required).toEqual(['say.1', 'say.2', 'data.1'])
  })

  it('adds nothing to a stage’s own words', () => {
    expect(accountOf([], OWN, told(NOTES))).toEqual({ sentences: OWN, source: 'template' })
  })
})
