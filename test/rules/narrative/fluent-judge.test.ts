import { describe, expect, it } from 'vitest'

import { deniedAs } from '#rules/narrative/denied-words.ts'
import { fluentJudge, judgeFluentSentence } from '#rules/narrative/fluent-judge.ts'
import { stageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { Fact } from '#rules/schema/review.ts'

const fact = (id: string, value: number, unit: Fact['unit'] = 'count'): Fact => ({
  id,
  label: id,
  unit,
  status: value === 0 ? 'zero' : 'known',
  value,
  source: [],
})

const FACTS = [
  fact('funnel.step.a.entered', 95),
  fact('funnel.step.a.reached', 1),
  fact('funnel.step.b.entered', 80),
  fact('funnel.step.a.cost', 12),
]
const OWN = ['Nobody goes on at {{funnel.step.a.entered}}.']
const decision = (subject: string, subjectName: string) => ({
  id: subject,
  stage: 'funnel' as const,
  subject,
  subjectName,
  action: 'investigate',
  reason: 'broken',
  ruleId: 'funnel.step',
  policyVersion: '1',
  evidence: {},
})
const TOLD = stageCatalogue({
  result: {
    stage: 'funnel',
    status: 'assessed',
    facts: FACTS,
    decisions: [decision('step:a', 'A'), decision('step:b', 'B')],
    findings: [],
    tables: [],
    charts: [],
    summary: OWN,
  },
  sentences: OWN,
  facts: FACTS,
  show: ({ value }) => JSON.stringify(value),
})
const judge = fluentJudge(TOLD)
const codesOf = (sentence: string): string[] => judge(sentence).map(({ code }) => code)

describe('deniedAs', () => {
  it.each([
    ['rose', 'direction'],
    ['Plummeted', 'direction'],
    ['flat', 'direction'],
    ['out', 'direction'],
    ['quintupled', 'direction'],
    ['quadrupling', 'direction'],
    ['outperforming', 'comparison'],
    ['than', 'comparison'],
    ['dozens', 'quantity'],
    ['every', 'quantity'],
    ['twenty', 'quantity'],
    ['forty', 'quantity'],
    ['eighteen', 'quantity'],
    ['tenfold', 'quantity'],
    ['disappointing', 'judgement'],
    ['splendid', 'judgement'],
    ['gold', 'judgement'],
    ['because', 'cause'],
    ['driven', 'cause'],
    ['never', 'negation'],
    ['should', 'modality'],
    ['likely', 'modality'],
    ['approved', 'decision'],
    ['reallocating', 'decision'],
    ['previously', 'time'],
    ['month', 'time'],
    ['past', 'time'],
    ['averaging', 'quantity'],
    ['minus', 'quantity'],
    ['missed', 'negation'],
    ['pretended', 'negation'],
    ['aimed', 'modality'],
    ['wanted', 'modality'],
    ['targeted', 'modality'],
    ['milestone', 'judgement'],
    ['saved', 'judgement'],
  ] as const)('denies %s as %s', (word, denied) => {
    expect(deniedAs(word)).toBe(denied)
  })

  it.each([
    'looking',
    'across',
    'this',
    'brought',
    'in',
    'alongside',
    'flatter',
    'mostly',
    'bestow',
    'forth',
    'paste',
    'mission',
    'tribal',
  ])('lets %s join', (word) => {
    expect(deniedAs(word)).toBeUndefined()
  })
})

describe('judgeFluentSentence', () => {
  it.each([
    'Looking across the funnel, {{s1.name}} brought in {{s1.entered}} alongside {{s1.reached}}.',
    '{{s1.name}} had {{s1.entered}} — and, with it, {{s1.reached}}.',
    'In the funnel’s story, {{s1.name}} had {{s1.entered}}.',
    '{{say.1}}.',
  ])('accepts %s', (sentence) => {
    expect(codesOf(sentence)).toEqual([])
  })

  it.each([
    ['{{s1.name}} rose to {{s1.entered}}.', 'denied_word'],
    ['{{s1.name}} didn’t bring {{s1.entered}}.', 'character'],
    ["{{s1.name}} won't bring {{s1.entered}}.", 'character'],
    ['{{s1.name}} never brought {{s1.entered}}.', 'denied_word'],
    ['{{s1.name}} had a record {{s1.entered}}.', 'implied'],
    ['(Google) {{s1.name}} brought in {{s1.entered}}.', 'name'],
    ['{{s1.name}} brought 95 and {{s1.entered}}.', 'character'],
    ['{{s1.name}} brought <b> {{s1.entered}}.', 'character'],
    ['{{s1.name}} brought Google {{s1.entered}}.', 'name'],
    ['In the funnel Meta brought {{s1.name}} {{s1.entered}}.', 'name'],
    ['{{s1.name}} brought in {{s2.entered}}.', 'one_subject'],
    ['{{s1.entered}} came in at {{s1.name}}.', 'name_first'],
    ['{{s1.name}} is here.', 'no_fact'],
    ['{{s1.name}} brought in {{s1.evil}}.', 'unknown_token'],
    ['{{s1.name}} brought in {{s1.entered}}. It did.', 'one_sentence'],
    ['Here, {{say.1}} with {{s1.entered}}.', 'stands_alone'],
    ['{{s1.name}} brought in x{{s1.entered}}.', 'glued'],
  ])('refuses %s as %s', (sentence, code) => {
    expect(codesOf(sentence)).toContain(code)
  })

  it('reads back only what has no other breach, and says why', () => {
    expect(codesOf('{{s1.name}} brought people, with {{s1.entered}}.')).toEqual(['read_back'])
    const [issue] = judge('{{s1.name}} brought views alongside {{s1.entered}}.')
    expect(issue).toMatchObject({
      code: 'read_back',
      span: 'a label without a figure of the subject: views',
    })
    expect(codesOf('{{s1.name}} rose with views and {{s1.entered}}.')).toEqual(['denied_word'])
  })

  it('refuses that what was spent came in', () => {
    expect(judge('{{s1.name}} brought in {{s1.cost}}.')).toEqual([
      {
        code: 'implied',
        span: 'brought',
        hint: '"brought" is not said of this figure; put "for" before what it took',
      },
    ])
    expect(codesOf('{{s1.name}} brought in {{s1.entered}} for {{s1.cost}}.')).toEqual([])
  })

  it('refuses words around a statement, which stands as the rules wrote it', () => {
    expect(codesOf('Here it is, {{list.investigate}}.')).toEqual(['read_back'])
    expect(codesOf('{{list.investigate}}.')).toEqual([])
  })

  it('tells what to do about a word and a name', () => {
    const sentence = 'the Funnel fell for {{s1.name}} with {{s1.entered}}.'
    expect(judgeFluentSentence(sentence, TOLD.catalogue)).toEqual([
      { code: 'denied_word', span: 'fell', hint: '"fell" states a direction; a token must say it' },
      { code: 'name', span: 'Funnel', hint: 'names and short forms come from tokens' },
    ])
  })
})
