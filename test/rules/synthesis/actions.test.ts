import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createFactBook } from '#rules/schema/fact-book.ts'
import { Action } from '#rules/schema/synthesis.ts'
import { topActions } from '#rules/synthesis/actions.ts'
import type { ActionCandidate } from '#rules/synthesis/candidate.ts'
import { unknown } from '#rules/synthesis/impact.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith({
  operating_model: { owners: { budget: 'fin' } },
  people: [{ id: 'fin', name: 'Finance {lead}', roles: [] }],
})

const usd = (minor: number) => ({ currency: 'USD', minor })

const candidate = (id: string, changes: Partial<ActionCandidate> = {}): ActionCandidate => ({
  id,
  kind: 'repair',
  subject: id,
  title: `Do ${id}`,
  area: 'budget',
  dueOn: '2026-04-07',
  ruling: unknown('nobody knows'),
  urgency: 10,
  resources: ['Time'],
  decisionIds: ['d'],
  ...changes,
})

const DERIVATION = {
  low: { formula: 'nothing', inputs: [] },
  mid: { formula: 'the middle', inputs: ['a.cost', 'a.value'] },
  high: { formula: 'the most', inputs: ['a.cost'] },
}
const worth = (mid: number): Partial<ActionCandidate> => ({
  ruling: {
    impact: { low: usd(0), mid: usd(mid), high: usd(mid * 2) },
    notMeasured: null,
    derivation: DERIVATION,
  },
})

const top = (candidates: readonly ActionCandidate[]) =>
  topActions(createFactBook(), candidates, policy)

describe('topActions', () => {
  it('ranks by expected value, then by urgency, then as they came', () => {
    const ranked = top([
      candidate('urgent', { urgency: 99 }),
      candidate('small', { ...worth(5), urgency: 1 }),
      candidate('first', { urgency: 50 }),
      candidate('second', { urgency: 50 }),
      candidate('large', worth(500)),
    ])
    expect(ranked.map(({ id, rank }) => [id, rank])).toEqual([
      ['large', 1],
      ['small', 2],
      ['urgent', 3],
      ['first', 4],
      ['second', 5],
    ])
    for (const action of ranked) Action.parse(action)
  })

  it('shows as many as the policy asks for', () => {
    const many = Array.from({ length: 9 }, (_, index) => candidate(`c${index}`))
    expect(top(many)).toHaveLength(5)
    const two = policyWith({ synthesis: { actions_shown: 2 } })
    expect(topActions(createFactBook(), many, two)).toHaveLength(2)
  })

  it('names the owner, what it needs and where it comes from', () => {
    expect(top([candidate('a', worth(5))])).toEqual([
      {
        id: 'a',
        rank: 1,
        title: 'Do a',
        owner: 'fin',
        ownerName: 'Finance (lead)',
        due: '2026-04-07',
        expectedImpact: { low: usd(0), mid: usd(5), high: usd(10) },
        impactNotMeasured: null,
        resources: ['Time'],
        decisionIds: ['d'],
      },
    ])
    expect(top([candidate('a', { area: 'content' })])[0]).toMatchObject({
      owner: null,
      ownerName: 'nobody named in the policy',
      expectedImpact: null,
      impactNotMeasured: 'nobody knows',
    })
  })

  it('enters impact and day as facts', () => {
    const book = createFactBook()
    topActions(book, [candidate('a', worth(5)), candidate('b')], policy)
    const facts = new Map(book.list().map((fact) => [fact.id, fact]))
    expect(facts.get('synthesis.action.1.impact_low')).toMatchObject({
      status: 'zero',
      value: usd(0),
    })
    expect(facts.get('synthesis.action.1.impact_high')).toMatchObject({
      value: usd(10),
      formula: 'the most',
      inputs: ['a.cost'],
    })
    expect(facts.get('synthesis.action.1.impact_mid')).toMatchObject({
      formula: 'the middle',
      inputs: ['a.cost', 'a.value'],
    })
    expect(facts.get('synthesis.action.2.impact_mid')?.formula).toBeUndefined()
    expect(facts.get('synthesis.action.2.impact_mid')).toMatchObject({
      status: 'not_measured',
      reason: 'nobody knows',
    })
    expect(facts.get('synthesis.action.2.due')).toMatchObject({ unit: 'date', value: '2026-04-07' })
  })

  it('states an impact in the currency of its amounts', () => {
    const eur = { currency: 'EUR', minor: 5 }
    const book = createFactBook()
    const ruling = {
      impact: { low: eur, mid: eur, high: eur },
      notMeasured: null,
      derivation: DERIVATION,
    }
    topActions(book, [candidate('a', { ruling })], policy)
    expect(book.list()[0]?.value).toEqual(eur)
  })

  it('never ranks a smaller expected value before a larger one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { maxLength: 20 }), (mids) => {
        const ranked = top(mids.map((mid, index) => candidate(`c${index}`, worth(mid))))
        const values = ranked.map(({ expectedImpact }) => expectedImpact?.mid.minor ?? 0)
        expect(values).toEqual(mids.toSorted((left, right) => right - left).slice(0, 5))
      }),
    )
  })
})
