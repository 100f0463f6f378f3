import { describe, expect, it } from 'vitest'

import { linkFaults, type UtmTerms } from '#rules/utm/link.ts'

const TERMS: UtmTerms = {
  required: ['utm_source', 'utm_medium', 'utm_campaign'],
  media: ['cpc', 'email'],
}
const GOOD = { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'autumn_2026' }

/** Faults of a link with the good parameters, these changes, and this fragment. */
function faults(changes: Readonly<Record<string, string | null>> = {}, fragment = ''): string[] {
  const parameters = Object.entries({ ...GOOD, ...changes }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  )
  return linkFaults({ parameters, fragment }, TERMS)
}

describe('linkFaults', () => {
  it('finds nothing in a link that says source, medium and campaign', () => {
    expect(faults()).toStrictEqual([])
    expect(faults({ utm_content: 'v1.2-b', utm_id: '7', other: 'Any Thing' })).toStrictEqual([])
  })

  it.each([
    [{ utm_source: null }, ['MISSING:utm_source']],
    [{ utm_medium: null }, ['MISSING:utm_medium']],
    [{ utm_campaign: '' }, ['EMPTY:utm_campaign']],
    [{ utm_medium: '' }, ['EMPTY:utm_medium']],
    [{ utm_source: 'Google' }, ['CASE:utm_source']],
    [{ utm_source: 'go ogle' }, ['FORMAT:utm_source']],
    [{ utm_source: 'ü' }, ['FORMAT:utm_source']],
    [{ utm_source: 'A b' }, ['CASE:utm_source', 'FORMAT:utm_source']],
    [{ utm_medium: 'banner' }, ['MEDIUM']],
    // Its case is a fault of its own; which medium is meant is clear.
    [{ utm_medium: 'CPC' }, ['CASE:utm_medium']],
    [{ utm_colour: 'x' }, ['UNKNOWN:utm_colour']],
    [{ UTM_Source: 'x' }, ['UNKNOWN:UTM_Source']],
    [{ utm_term: 'X', utm_content: 'Y' }, ['CASE:utm_content', 'CASE:utm_term']],
  ])('%j gives %j', (changes, expected) => {
    expect(faults(changes)).toStrictEqual(expected)
  })

  it.each([
    ['a mail address', 'ann@example.com', ['FORMAT:utm_term', 'PII:utm_term']],
    ['ten digits', '0123456789', ['PII:utm_term']],
    ['fifteen digits', '012345678901234', ['PII:utm_term']],
    ['grouped digits', '+49 (30) 1234-5678', ['FORMAT:utm_term', 'PII:utm_term']],
    // One beside each end: too short for a telephone number, too long for one.
    ['nine digits', '012345678', []],
    ['sixteen digits', '0123456789012345', []],
    ['digits in a name', 'sale-0123456789', []],
    ['a name that begins with digits', '0123456789-sale', []],
    ['half a mail address', 'ann@example', ['FORMAT:utm_term']],
  ])('looks for persons: %s', (_, value, expected) => {
    expect(faults({ utm_term: value })).toStrictEqual(expected)
  })

  it('finds a parameter that is there twice, required or not', () => {
    const twice = (name: string) =>
      linkFaults(
        { parameters: [...Object.entries(GOOD), [name, 'a'], [name, 'a']], fragment: '' },
        TERMS,
      )
    expect(twice('utm_source')).toStrictEqual(['DUPLICATE:utm_source'])
    expect(twice('utm_term')).toStrictEqual(['DUPLICATE:utm_term'])
  })

  it.each([
    ['#utm_source=x', ['IN_FRAGMENT']],
    ['#section?utm_source=x', ['IN_FRAGMENT']],
    ['#a&UTM_medium=x', ['IN_FRAGMENT']],
    ['#my_utm_source', []],
    ['#section', []],
  ])('the fragment %s gives %j', (fragment, expected) => {
    expect(faults({}, fragment)).toStrictEqual(expected)
  })
})
