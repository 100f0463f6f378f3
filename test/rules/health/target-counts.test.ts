import { describe, expect, it } from 'vitest'

import { countWords, enterTargetCounts } from '#rules/health/target-counts.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import type { Fact } from '#rules/schema/review.ts'

const share = (numerator: number, denominator: number, changes: Partial<Fact> = {}): Fact => ({
  id: 'f',
  label: 'Share',
  unit: 'rate',
  status: 'known',
  value: numerator / denominator,
  numerator,
  denominator,
  source: [],
  ...changes,
})

const entered = (
  bound: { at_least: number } | { at_most: number },
  actual: Fact | undefined,
  status: 'missed' | 'met' = 'missed',
) => {
  const book = createFactBook()
  enterTargetCounts(book, { id: 't', ...bound }, { status, actual })
  return { values: book.list().map(({ value }) => value), words: countWords('t', book.has) }
}

describe('the counts behind a missed share', () => {
  it.each([
    // asked, reached, of, needed
    [{ at_least: 0.67 }, 4, 6, 5],
    [{ at_least: 0.5 }, 2, 5, 3],
    [{ at_least: 0.6 }, 2, 5, 3],
    [{ at_least: 1 }, 0, 3, 3],
    [{ at_most: 0.5 }, 4, 5, 2],
    [{ at_most: 0 }, 1, 4, 0],
    [{ at_least: 0.5 }, 1, 1000, 500],
  ])('for %o with %d of %d are %d', (bound, reached, of, needed) => {
    expect(entered(bound, share(reached, of)).values).toEqual([needed, reached, of])
  })

  it('are told in a few words', () => {
    expect(entered({ at_least: 0.67 }, share(4, 6)).words).toBe(
      '{{synthesis.target.t.needed}} of {{synthesis.target.t.of}} instead of {{synthesis.target.t.reached}} of {{synthesis.target.t.of}}',
    )
  })

  it.each([
    ['a target that is met', share(4, 6), 'met'],
    ['no figure', undefined, 'missed'],
    ['a figure that is no share', share(4, 6, { unit: 'change' }), 'missed'],
    ['too many things to count', share(1, 1001), 'missed'],
    ['amounts that are no counts', share(1.5, 6), 'missed'],
    ['a part of a thing', share(1, 6.5), 'missed'],
  ] as const)('are not told of %s', (_what, actual, status) => {
    expect(entered({ at_least: 0.67 }, actual, status)).toEqual({ values: [], words: '' })
  })

  it('are not told without counts, or where no number would do', () => {
    const { numerator: _numerator, denominator: _denominator, ...bare } = share(4, 6)
    expect(entered({ at_least: 0.67 }, bare).values).toEqual([])
    expect(entered({ at_least: 1.5 }, share(4, 6)).values).toEqual([])
    expect(entered({ at_most: -1 }, share(4, 6)).values).toEqual([])
  })
})
