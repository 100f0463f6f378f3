import { array, assert, constantFrom, pre, property, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createCatalogue } from '#rules/narrative/catalogue.ts'
import { judgeSentence, narrativeTokens, renderSentence } from '#rules/narrative/sentence.ts'
import { VOCABULARY, wordClass } from '#rules/narrative/vocabulary.ts'
import { anyCharacter } from '#test/support/any-character.ts'

const catalogue = createCatalogue({
  subjects: [
    { id: 'pf', name: 'the portfolio' },
    { id: 'c1', name: '“Brand Search”' },
  ],
  measures: ['pf', 'c1'].flatMap((subject) =>
    ['spend', 'revenue', 'roas', 'leads', 'cac'].map((metric) => ({
      subject,
      metric,
      label: metric,
      form: metric === 'leads' ? ('counted' as const) : ('plain' as const),
      current: '1,480',
      change: { direction: 'rise' as const, size: '+5.0%' },
    })),
  ),
  decisions: new Map([['c1', 'a recommendation to stop']]),
  statements: new Map([
    ['period', 'October 2026'],
    ['list.stop', 'recommended to stop (1): “Brand Search”'],
  ]),
})

const codes = (sentence: string): string[] =>
  judgeSentence(sentence, catalogue).map(({ code }) => code)

describe('judgeSentence', () => {
  it.each([
    'The review covers {{period}}.',
    '{{list.stop}}.',
    'Overall, {{pf.name}} recorded {{pf.spend}}, with {{pf.roas}}.',
    '{{c1.name}} has {{c1.decision}}; the figure ({{c1.roas}}) is here.',
    '{{c1.name}} is on record with {{c1.spend}}, {{c1.revenue}} and {{c1.roas}}.',
    '{{c1.name}} recorded {{c1.roas}}. ',
    'Here is the portfolio record: {{period}}.',
    '{{pf.name}}, portfolio ({{pf.roas}}).',
    '{{c1.name}} had {{c1.roas}}, which is {{c1.roas.chg}}.',
  ])('accepts %s', (sentence) => {
    expect(judgeSentence(sentence, catalogue)).toEqual([])
  })

  it.each([
    ['character', '{{c1.name}} recorded {{c1.roas}} 5.'],
    ['character', '{{c1.name}} recorded\u200b {{c1.roas}}.'],
    ['character', '{{c1.name}} ｒecorded {{c1.roas}}.'],
    ['character', '{{c1.name}} recоrded {{c1.roas}}.'], // the third letter is Cyrillic
    ['character', '{{c1.name}} recorded {{c1.roas}}.\n'],
    ['character', '{{ c1.name }} recorded {{c1.roas}}.'],
    ['character', '{{{c1.name}}} recorded {{c1.roas}}.'],
    ['character', '{{C1.name}} recorded {{c1.roas}}.'],
    ['character', `{{${'a'.repeat(49)}}} recorded {{c1.roas}}.`],
    ['one_sentence', '{{c1.name}} recorded {{c1.roas}}'],
    ['one_sentence', '{{c1.name}} recorded {{c1.roas}}..'],
    ['one_sentence', '{{c1.name}} recorded {{c1.leads}}. {{c1.roas}}'],
    ['one_sentence', 'Data. {{c1.name}} recorded {{c1.roas}}.'],
    ['one_sentence', '.{{c1.name}} recorded {{c1.roas}}'],
    ['glued', '{{c1.name}} recorded -{{c1.leads}}.'],
    ['glued', '{{c1.name}} recorded {{c1.spend}},{{c1.leads}}.'],
    ['glued', '{{c1.name}} recorded {{c1.spend}}{{c1.leads}}.'],
    ['glued', '{{c1.name}} recorded {{c1.spend}}and.'],
    ['token_count', 'The results are here.'],
    ['token_count', '{{c1.name}} {{c1.spend}} {{c1.revenue}} {{c1.roas}} {{c1.leads}}.'],
    ['repeated_token', '{{c1.name}} recorded {{c1.roas}} and {{c1.roas}}.'],
    ['unknown_token', '{{c9.name}} recorded {{c9.roas}}.'],
    ['unknown_token', '{{__proto__}} {{c1.name}} {{c1.roas}}.'],
    ['unknown_token', '{{constructor}}.'],
    ['word', '{{c1.name}} grew with {{c1.roas}}.'],
    ['word', '{{c1.name}} non-recorded {{c1.roas}}.'],
    ['word', 'Constructor: {{period}}.'],
    ['phrasal', '{{c1.name}} reads on with {{c1.roas}}.'],
    ['phrasal', '{{c1.name}} had, in {{c1.roas}}.'],
    ['phrasal', '{{c1.name}} READS-ON {{c1.roas}}.'],
    ['phrasal', '{{c1.name}} is at on {{c1.roas}}.'],
    ['implied', '{{c1.name}} had a record {{c1.roas}}.'],
    ['implied', '{{c1.name}} recorded {{c1.spend}} and {{c1.roas}}, as-a-result.'],
    ['implied', '{{c1.name}} recorded portfolio {{c1.roas}}.'],
    ['implied', '{{c1.name}} is in review with {{c1.roas}}.'],
    ['implied', '{{c1.name}} had {{c1.revenue}}, which covered {{c1.spend}}.'],
    ['one_subject', '{{c1.name}} recorded {{pf.roas}}.'],
    ['one_subject', '{{c1.name}} and {{pf.name}} recorded {{c1.roas}}.'],
    ['name_first', 'With {{c1.roas}}, {{c1.name}}.'],
    ['name_first', '{{c1.roas}} is on record.'],
    ['no_fact', '{{c1.name}} is here.'],
    ['stands_alone', '{{c1.name}}, {{list.stop}}.'],
    ['stands_alone', '{{period}}, {{list.stop}}.'],
  ])('refuses with %s: %s', (code, sentence) => {
    expect(codes(sentence)).toContain(code)
  })

  it('names where a breach is and what to do, in at most sixty characters of the text', () => {
    const [issue] = judgeSentence(`{{c1.name}} ${'x'.repeat(200)} {{c1.roas}}.`, catalogue)
    expect(issue).toMatchObject({ code: 'word', span: 'x'.repeat(60) })
    expect(issue?.hint).toBe(`"${'x'.repeat(20)}" is not an allowed word; say facts by tokens`)
    expect(judgeSentence('{{c1.name}} reads on {{c1.roas}}.', catalogue)).toEqual([
      { code: 'phrasal', span: 'reads on', hint: 'no preposition after a verb or a preposition' },
    ])
    expect(judgeSentence('{{c1.name}} had a record {{c1.roas}}.', catalogue)).toContainEqual({
      code: 'implied',
      span: 'a record',
      hint: '"a record" states a superlative; a token must say it',
    })
  })

  it('finds nothing else wrong with what is not there', () => {
    expect(codes('.')).toEqual(['token_count'])
    expect(codes('{{c9.roas}}.')).toEqual(['unknown_token'])
    expect(codes('')).toEqual(['one_sentence', 'token_count'])
    expect(judgeSentence('{{c1.name}} recorded {{pf.roas}}.', catalogue)).toEqual([
      { code: 'one_subject', span: 'c1 pf', hint: 'one subject a sentence' },
    ])
  })

  it('refuses every word outside the vocabulary, whatever it is', () => {
    assert(
      property(stringMatching(/^[A-Za-z]{1,12}$/), (word) => {
        const verdict = codes(`{{c1.name}} ${word} {{c1.roas}}.`)
        expect(verdict.includes('word')).toBe(wordClass(word) === undefined)
      }),
    )
  })

  it('lets no character through that is not its own', () => {
    assert(
      property(string({ unit: anyCharacter, minLength: 1, maxLength: 3 }), (text) => {
        pre(/[^A-Za-z ,.;:()-]/u.test(text))
        expect(codes(`{{c1.name}} recorded ${text} {{c1.roas}}.`)).not.toEqual([])
      }),
    )
  })
})

describe('renderSentence', () => {
  it('adds to true phrases of one subject nothing but the closed vocabulary', () => {
    const parts = [
      ...Array.from(catalogue.keys(), (id) => `{{${id}}}`),
      ...Object.values(VOCABULARY).flatMap((list) => list.split(' ').slice(0, 3)),
      'doubled',
      '12',
      '-',
      ',',
      '(',
      ')',
      '{{c9.roas}}',
      'not',
    ]
    // The parts are put together in a row, so that a good share of sentences passes.
    const sentence = array(constantFrom(...parts), { minLength: 1, maxLength: 5 })
    let accepted = 0
    assert(
      property(sentence, constantFrom('{{c1.name}} ', '{{pf.name}} ', ''), (middle, start) => {
        const text = `${start}${middle.join(' ')}.`
        if (judgeSentence(text, catalogue).length > 0) return
        accepted++
        const tokens = narrativeTokens(text)
        const subjects = new Set(tokens.map((id) => catalogue.get(id)?.subject))
        expect(subjects.size).toBe(1)
        let rest = ` ${renderSentence(text, catalogue).slice(1)}`
        const first = text.startsWith('{{') ? catalogue.get(tokens[0] ?? '')?.text.slice(1) : ''
        for (const phrase of [first ?? '', ...tokens.map((id) => catalogue.get(id)?.text ?? '')]) {
          rest = rest.replace(phrase, ' ')
        }
        const words = rest.slice(1).match(/[^ ,.;:()-]+/g) ?? []
        // The first letter was cut off with its capital.
        const unknown = words.slice(text.startsWith('{{') ? 0 : 1)
        expect(unknown.filter((word) => wordClass(word) === undefined)).toEqual([])
      }),
      { numRuns: 20_000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  it('puts the phrases in and begins with a capital', () => {
    const text = renderSentence('{{pf.name}} recorded {{pf.leads}}.', catalogue)
    expect(text).toBe('The portfolio recorded 1,480 leads.')
  })

  it('reads no token out of a phrase', () => {
    const nested = createCatalogue({
      subjects: [{ id: 'c1', name: '{{period}}' }],
      measures: [],
      decisions: new Map(),
      statements: new Map([['period', 'x']]),
    })
    expect(renderSentence('Data: {{c1.name}}.', nested)).toBe('Data: {{period}}.')
  })
})

it('lists tokens in order', () => {
  expect(narrativeTokens('{{a.b}} and {{c}} {{D}}')).toEqual(['a.b', 'c'])
})

it('has a class for each word, without a number, direction, judgement or negation among them', () => {
  const words = Object.values(VOCABULARY).flatMap((list) => list.split(' '))
  expect(new Set(words).size).toBe(words.length)
  for (const [kind, list] of Object.entries(VOCABULARY)) {
    for (const word of list.split(' ')) expect(wordClass(word.toUpperCase())).toBe(kind)
  }
  const barred = 'nor to from by over under about than not no all one up down best stop may now'
  for (const word of barred.split(' ')) expect(wordClass(word)).toBeUndefined()
  expect(wordClass('toString')).toBeUndefined()
})
