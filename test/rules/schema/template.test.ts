import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fillTemplate, literal, token, tokensOf } from '#rules/schema/template.ts'
import { anyCharacter } from '#test/support/any-character.ts'

describe('a name in a template', () => {
  it.each([
    ['opens no token', '{{a.b}}', '((a.b))'],
    ['turns no reading direction', 'Spring \u202EPromo', 'Spring Promo'],
    ['hides nothing', 'Spr\u200Bing\u00AD\uFEFF', 'Spring'],
    ['carries no control character', 'A\u0000\u001B[31mB', 'A[31mB'],
    ['breaks no line', 'Spring\r\nPromo', 'Spring Promo'],
    ['breaks no line by Unicode either', 'Spring\u2028Promo\u2029!\u0085?', 'Spring Promo ! ?'],
    ['breaks no line by tabs and feeds', 'Spring\v\n\fPromo', 'Spring Promo'],
    ['keeps its words apart', 'Spring\tPromo', 'Spring Promo'],
    ['has no space around it', '  Spring \n', 'Spring'],
    ['keeps letters of any script', 'Größe “春” ✓', 'Größe “春” ✓'],
    ['loses half a character', 'A\uD83DB', 'AB'],
    ['may be empty', '', ''],
  ])('%s', (_law, name, shown) => {
    expect(literal(name)).toBe(shown)
  })

  it.each([
    [80, 'x'.repeat(80)],
    [81, `${'x'.repeat(79)}…`],
  ])('of %d characters is cut at 80', (length, shown) => {
    expect(literal('x'.repeat(length))).toBe(shown)
  })

  it('is not cut inside a character', () => {
    expect(literal('😀'.repeat(80))).toBe('😀'.repeat(80))
    expect(literal('😀'.repeat(81))).toBe(`${'😀'.repeat(79)}…`)
  })

  it('never holds a token, a line break, or more than 80 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (name) => {
        const shown = literal(name)
        expect(tokensOf(`${shown}${shown}`)).toStrictEqual([])
        expect(shown).not.toMatch(/[\n\r\u2028\u2029{}]/)
        expect(Array.from(shown).length).toBeLessThanOrEqual(80)
        expect(shown.isWellFormed()).toBe(true)
      }),
    )
  })

  it('is the same when written twice', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (name) => {
        expect(literal(literal(name))).toBe(literal(name))
      }),
    )
  })
})

describe('tokens', () => {
  it('stand for facts, in order of appearance', () => {
    const text = `Of ${token('a.b')} and ${token('c.d-e_1:x')}, ${token('a.b')}.`
    expect(tokensOf(text)).toStrictEqual(['a.b', 'c.d-e_1:x', 'a.b'])
    expect(tokensOf('no figure')).toStrictEqual([])
  })

  it.each(['{a.b}', '{{ a.b }}', '{{A.b}}', '{{1a}}', '{{}}', '{{a b}}'])(
    '%s is not one of them',
    (text) => {
      expect(tokensOf(text)).toStrictEqual([])
      expect(fillTemplate(text, () => 'x')).toBe(text)
    },
  )

  it('are each replaced by what their fact says', () => {
    const rendered = fillTemplate('{{a}} of {{b}}{{a}}', (id) => `<${id}>`)
    expect(rendered).toBe('<a> of <b><a>')
  })

  it('are replaced once: what a fact says is not read again', () => {
    expect(fillTemplate('{{a}}', () => '{{a}}$&$1')).toBe('{{a}}$&$1')
  })
})
