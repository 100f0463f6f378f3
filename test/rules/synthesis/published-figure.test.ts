import { describe, expect, it } from 'vitest'

import {
  claimOf,
  parseSubject,
  speaksOf,
  type PublishedFigure,
} from '#rules/synthesis/published-figure.ts'

const figure = (changes: Partial<PublishedFigure> = {}): PublishedFigure => ({
  figureId: 'F',
  publishedOn: '2026-03-20',
  metric: 'roi',
  subject: new Map(),
  printed: '83%',
  value: null,
  ...changes,
})

describe('parseSubject', () => {
  it.each([
    [null, []],
    ['', []],
    [
      'segment:S campaign:C',
      [
        ['segment', ['S']],
        ['campaign', ['C']],
      ],
    ],
    ['experiment:A  experiment:B', [['experiment', ['A', 'B']]]],
    ['note about:this', [['about', ['this']]]],
    ['time:10:30', [['time', ['10:30']]]],
    [':x y:', []],
  ])('reads %j', (subject, entries) => {
    expect([...parseSubject(subject)]).toEqual(entries)
  })
})

describe('claimOf', () => {
  it('takes the number as printed, else the value, else nothing', () => {
    expect(claimOf(figure({ value: 0.9 }))?.value).toBe(0.83)
    expect(claimOf(figure({ printed: 'n/a', value: 0.9 }))?.value).toBe(0.9)
    expect(claimOf(figure({ printed: 'n/a' }))).toBeNull()
  })
})

describe('speaksOf', () => {
  const named = figure({ subject: parseSubject('month:2026-02') })

  it.each([
    ['the month it was published in', figure(), '2026-03', true],
    ['another month', figure(), '2026-02', false],
    ['the month its subject names', named, '2026-02', true],
    ['a month its subject does not name', named, '2026-03', false],
    ['any month, undated', figure({ publishedOn: null }), '1999-01', true],
  ] as const)('%s', (...[, given, month, speaks]) => {
    expect(speaksOf(given, month)).toBe(speaks)
  })
})
