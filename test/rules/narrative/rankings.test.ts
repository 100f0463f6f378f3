import { describe, expect, it } from 'vitest'

import { rankingStatements, type NamedSubject } from '#rules/narrative/rankings.ts'
import type { Fact } from '#rules/schema/review.ts'

const fact = (id: string, value: number): Fact => ({
  id,
  label: id,
  unit: 'count',
  status: value === 0 ? 'zero' : 'known',
  value,
  source: [],
})

function subject(
  id: string,
  figures: Readonly<Record<string, number>>,
  { kind = 'page', form = 'counted' }: { kind?: string; form?: 'counted' | 'plain' } = {},
): NamedSubject {
  const measures = Object.entries(figures).map(([metric, value]) => ({
    metric,
    label: metric,
    form,
    current: `{{${id}.${metric}}}`,
    fact: fact(`${id}.${metric}`, value),
  }))
  return {
    id,
    name: `“${id.toUpperCase()}”`,
    candidate: { name: id, kind, decisions: [], measures, brief: '' },
  }
}

/** Shown to one decimal, so that unlike figures can look alike. */
const show = ({ value }: Fact): string => Number(value).toFixed(1)
const ranked = (subjects: NamedSubject[]): Record<string, string> =>
  Object.fromEntries(rankingStatements(subjects, { facts: new Map(), show }))

describe('rankingStatements', () => {
  it('names the highest, the lowest and every pair', () => {
    expect(ranked([subject('a', { views: 9 }), subject('b', { views: 5 })])).toEqual({
      'top.views': '“A” had the most views ({{a.views}})',
      'bottom.views': '“B” had the fewest views ({{b.views}})',
      'cmp.views.a.b': '“A” had more views than “B” ({{a.views}} versus {{b.views}})',
      'cmp.views.b.a': '“B” had fewer views than “A” ({{b.views}} versus {{a.views}})',
    })
  })

  it('says it otherwise of what is measured', () => {
    const plain = { form: 'plain' } as const
    expect(ranked([subject('a', { roi: 9 }, plain), subject('b', { roi: 5 }, plain)])).toEqual({
      'top.roi': '“A” had the highest roi ({{a.roi}})',
      'bottom.roi': '“B” had the lowest roi ({{b.roi}})',
      'cmp.roi.a.b': '“A” had a higher roi than “B” ({{a.roi}} versus {{b.roi}})',
      'cmp.roi.b.a': '“B” had a lower roi than “A” ({{b.roi}} versus {{a.roi}})',
    })
  })

  it('sets each metric beside itself, and says nothing of one that stands alone', () => {
    const two = [subject('a', { views: 9, leads: 1 }), subject('b', { clicks: 3, views: 5 })]
    expect(Object.keys(ranked(two))).toEqual([
      'top.views',
      'bottom.views',
      'cmp.views.a.b',
      'cmp.views.b.a',
    ])
  })

  it('names all that share the highest figure', () => {
    const three = ['a', 'b', 'c'].map((id) => subject(id, { views: 9 }))
    const texts = ranked([...three, subject('d', { views: 1 })])
    expect(texts['top.views']).toBe('“A”, “B” and “C” had the most views ({{a.views}})')
    expect(texts['cmp.views.a.b']).toBe(
      '“A” had as many views as “B” ({{a.views}} versus {{b.views}})',
    )
  })

  it('says nothing where all are equal but that they are', () => {
    const texts = ranked([
      subject('a', { roi: 2 }, { form: 'plain' }),
      subject('b', { roi: 2 }, { form: 'plain' }),
    ])
    expect(texts).toEqual({
      'cmp.roi.a.b': '“A” had the same roi as “B” ({{a.roi}} versus {{b.roi}})',
      'cmp.roi.b.a': '“B” had the same roi as “A” ({{b.roi}} versus {{a.roi}})',
    })
  })

  it('says nothing on figures that differ and look the same', () => {
    const texts = ranked([
      subject('a', { roi: 2.04 }),
      subject('b', { roi: 2.03 }),
      subject('c', { roi: 1 }),
    ])
    expect(Object.keys(texts)).not.toContain('top.roi')
    expect(texts['bottom.roi']).toBe('“C” had the fewest roi ({{c.roi}})')
    expect(Object.keys(texts)).not.toContain('cmp.roi.a.b')
    expect(Object.keys(texts)).toContain('cmp.roi.a.c')
  })

  it('compares subjects of the kind with most figures only', () => {
    const texts = ranked([
      subject('a', { views: 1 }),
      subject('b', { views: 2 }),
      subject('c', { views: 9, clicks: 1 }, { kind: 'line' }),
      subject('d', { views: 8, clicks: 2 }, { kind: 'line' }),
    ])
    expect(texts['top.views']).toBe('“C” had the most views ({{c.views}})')
    expect(Object.keys(texts)).not.toContain('cmp.views.a.b')
  })

  it('needs two that have the figure, and pairs the first six only', () => {
    expect(ranked([subject('a', { views: 1 }), subject('b', {})])).toEqual({})
    const seven = Array.from({ length: 7 }, (_, index) => subject(`p${index}`, { views: index }))
    const texts = ranked(seven)
    expect(Object.keys(texts).filter((id) => id.startsWith('cmp.'))).toHaveLength(30)
    expect(Object.keys(texts)).not.toContain('cmp.views.p0.p6')
    expect(texts['top.views']).toBe('“P6” had the most views ({{p6.views}})')
  })
})
