import { describe, expect, it } from 'vitest'

import { accountHolds, accountOf, keptSentences, type Account } from '#rules/narrative/account.ts'
import { judgeSentence } from '#rules/narrative/sentence.ts'
import { stageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { Fact } from '#rules/schema/review.ts'

const FACTS: Fact[] = ['funnel.total.roi', 'funnel.total.cost'].map((id) => ({
  id,
  label: id,
  unit: 'ratio',
  status: 'known',
  value: 2,
  source: [],
}))
const OWN = ['First is {{funnel.total.roi}}.', 'Then comes more.', 'At last it ends.']
const TOLD = stageCatalogue({
  result: {
    stage: 'funnel',
    status: 'assessed',
    facts: FACTS,
    decisions: [],
    findings: [],
    tables: [],
    charts: [],
    summary: OWN,
  },
  sentences: OWN,
  facts: FACTS,
  show: ({ value }) => JSON.stringify(value),
})
const judge = (sentence: string) => judgeSentence(sentence, TOLD.catalogue)
const holds = (account: Account): boolean => accountHolds(account, { own: OWN, told: TOLD, judge })

describe('keptSentences', () => {
  it('orders sections as the page does', () => {
    const sections = [
      { id: 'risks', sentences: ['{{say.3}}.'] },
      { id: 'headline', sentences: ['{{say.1}}.'] },
      { id: 'decisions', sentences: ['{{say.2}}.'] },
    ]
    expect(keptSentences(sections)).toEqual(['{{say.1}}.', '{{say.2}}.', '{{say.3}}.'])
  })

  it('tells each fact once; a name alone makes nothing new', () => {
    const sections = [
      {
        id: 'headline',
        sentences: ['{{pf.name}} had {{pf.roi}}.', '{{pf.name}} had {{pf.roi}} and {{pf.cost}}.'],
      },
      { id: 'risks', sentences: ['{{pf.name}} showed {{pf.cost}}.', '{{say.1}}.', '{{say.1}}.'] },
    ]
    expect(keptSentences(sections)).toEqual([
      '{{pf.name}} had {{pf.roi}}.',
      '{{pf.name}} had {{pf.roi}} and {{pf.cost}}.',
      '{{say.1}}.',
    ])
  })
})

describe('accountOf', () => {
  it('puts the first own sentence on top and the others behind what was told', () => {
    expect(accountOf(['{{pf.name}} had {{pf.cost}}.'], OWN, TOLD)).toEqual({
      sentences: [OWN[0], 'The month had a full cost of {{funnel.total.cost}}.', OWN[1], OWN[2]],
      source: 'mixed',
      arranged: ['{{pf.name}} had {{pf.cost}}.'],
    })
  })

  it('keeps the order of a model that tells everything, and says so', () => {
    const arranged = ['{{say.2}}.', 'Here {{say.1}}.', '{{say.3}}.']
    expect(accountOf(arranged, OWN, TOLD)).toEqual({
      sentences: [OWN[1], OWN[0], OWN[2]],
      source: 'llm',
      arranged,
    })
  })
})

describe('accountHolds', () => {
  const arranged = ['{{pf.name}} had {{pf.cost}}.']
  const account = accountOf(arranged, OWN, TOLD)

  it('holds what its facts and its arrangement give, and a template', () => {
    expect(holds(account)).toBe(true)
    expect(holds({ sentences: OWN, source: 'template' })).toBe(true)
  })

  it.each<[string, Account]>([
    ['another word', { ...account, sentences: ['X', ...account.sentences.slice(1)] }],
    ['a sentence less', { ...account, sentences: account.sentences.slice(1) }],
    ['a sentence more', { ...account, sentences: [...account.sentences, 'X'] }],
    ['another source', { ...account, source: 'llm' }],
    ['another arrangement', { ...account, arranged: ['{{pf.name}} had {{pf.roi}}.'] }],
    ['an arrangement by no rule', accountOf(['{{pf.name}} fell {{pf.cost}}.'], OWN, TOLD)],
    ['words without an arrangement', { sentences: account.sentences, source: 'template' }],
  ])('refuses %s', (_what, changed) => {
    expect(holds(changed)).toBe(false)
  })
})
