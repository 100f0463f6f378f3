import { describe, expect, it } from 'vitest'

import { NARRATED_METRICS, spokenOf, wordsOfSubject } from '#rules/narrative/metrics.ts'

const LETTERS_SAID = /^(?:ROI|ROAS|MQL|SQL)/

describe('NARRATED_METRICS', () => {
  it('gives an article that fits the sound of the label', () => {
    for (const { label, article } of NARRATED_METRICS.values()) {
      if (article === undefined || LETTERS_SAID.test(label)) continue
      expect([label, article]).toEqual([label, /^[aeiou]/.test(label) ? 'an' : 'a'])
    }
    const articleOf = (metric: string) => NARRATED_METRICS.get(metric)?.article
    expect(articleOf('roi')).toBe('an')
    expect(articleOf('roas')).toBe('a')
    expect(articleOf('sql_rate')).toBe('an')
    expect(articleOf('value')).toBe('a')
  })

  it('lets sums that nobody counts stand without an article', () => {
    const bare = Array.from(NARRATED_METRICS.values())
      .filter(({ form, article }) => form === 'plain' && article === undefined)
      .map(({ label }) => label)
    expect(bare).toEqual([
      'platform spend',
      'spend',
      'forecast spend',
      'budget left',
      'acceptance by sales',
    ])
  })

  it('knows one of everything that is counted', () => {
    const ones = Array.from(NARRATED_METRICS.values()).flatMap(({ singular }) => singular ?? [])
    expect(ones).toEqual([
      'impression',
      'click',
      'conversion',
      'won deal',
      'new lead',
      'opportunity',
      'assisted conversion',
      'assisted conversion',
      'person',
      'person before the step',
      'person after the step',
      'view',
      'search click',
      'MQL',
    ])
  })
})

describe('wordsOfSubject', () => {
  const words = { label: 'conversions', form: 'counted' } as const
  it('calls what models credit a channel with credited', () => {
    expect(wordsOfSubject('attribution.channel.email.', 'conversions', words)).toMatchObject({
      label: 'credited conversions',
      singular: 'credited conversion',
    })
    expect(wordsOfSubject('attribution.channel.email.', 'value', words)).toMatchObject({
      label: 'credited value',
      article: 'a',
    })
  })

  it.each([
    ['attribution.total.', 'conversions'],
    ['funnel.channel.email.', 'conversions'],
    ['attribution.channel.email.', 'assisted'],
    ['', 'conversions'],
  ])('leaves %s%s as it is', (prefix, metric) => {
    expect(wordsOfSubject(prefix, metric, words)).toBe(words)
  })
})

describe('spokenOf', () => {
  it.each([
    ['win rate', 'the win rate'],
    ['cost per click', 'the cost per click'],
    ['share of credit', 'the share of credit'],
    ['mean search position', 'the mean search position'],
    ['revenue', 'revenue'],
    ['new leads', 'new leads'],
    ['ROI', 'ROI'],
  ])('speaks of %s as %s', (label, spoken) => {
    expect(spokenOf(label)).toBe(spoken)
  })
})
