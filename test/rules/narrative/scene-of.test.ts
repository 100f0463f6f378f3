import { describe, expect, it } from 'vitest'

import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { Decision, Fact } from '#rules/schema/review.ts'

const fact = (id: string, value: number, changes: Partial<Fact> = {}): Fact => ({
  id,
  label: id,
  unit: 'count',
  status: value === 0 ? 'zero' : 'known',
  value,
  source: [],
  ...changes,
})

const DECISION: Decision = {
  id: 'd',
  stage: 'content',
  subject: 'piece:a',
  subjectName: 'Guide',
  action: 'keep',
  reason: 'no_reason_to_change',
  ruleId: 'content.call',
  policyVersion: '1',
  evidence: {},
}
const OWN = ['Views were {{content.total.views}}.']

function toldOf(facts: Fact[]): StageCatalogue {
  return stageCatalogue({
    result: {
      stage: 'content',
      status: 'assessed',
      facts,
      decisions: [DECISION],
      findings: [],
      tables: [],
      charts: [],
      summary: OWN,
    },
    sentences: OWN,
    facts,
    show: ({ value }) => `#${JSON.stringify(value)}`,
  })
}

const viewsOf = (facts: Fact[]) => toldOf(facts).scene().subjects[0]?.figures

describe('sceneOf', () => {
  it('knows the month, every subject with its call, statements and labels', () => {
    const scene = toldOf([fact('content.total.views', 5), fact('content.piece.a.views', 1)]).scene()
    expect(scene.subjects.map(({ name }) => name)).toEqual(['the month', '“Guide”'])
    expect(scene.subjects.map(({ calls }) => calls)).toEqual([
      [],
      ['a recommendation to keep it as it is (no reason to change)'],
    ])
    expect(scene.statements).toEqual(['Views were #5.', 'To keep as it is: “Guide”.'])
    expect(scene.labels).toEqual(expect.arrayContaining(['views', 'view', 'roi', 'mqls', 'mql']))
  })

  it('sees a figure, the one before, the size and the direction of its movement', () => {
    const facts = [
      fact('content.total.views', 5),
      fact('content.total.views.previous', 4),
      fact('content.total.views.movement', 0.25),
    ]
    expect(viewsOf(facts)).toEqual([
      {
        labels: ['views', 'view'],
        current: '#5',
        previous: '#4',
        sizes: ['#0.25'],
        direction: 'rise',
      },
    ])
  })

  it.each([
    [[fact('content.total.views.previous', 6)], 'fall', '#6'],
    [[fact('content.total.views.previous', 5)], 'none', '#5'],
    [[], 'unknown', null],
    [[fact('content.total.views_change', -0.1)], 'fall', null],
    [[fact('content.total.views_change', 0.1)], 'rise', null],
    [[fact('content.total.views_change', 0)], 'none', null],
    [
      [fact('content.total.views.previous', 6), fact('content.total.views_change', 0.1)],
      'fall',
      '#6',
    ],
    [
      [fact('content.total.views.previous', 6, { status: 'not_measured', value: null })],
      'unknown',
      null,
    ],
  ])('tells the direction from what is measured, case %#', (facts, direction, previous) => {
    expect(viewsOf([fact('content.total.views', 5), ...facts])).toMatchObject([
      { direction, previous },
    ])
  })

  it('takes a change for a size as well', () => {
    const facts = [fact('content.total.views', 5), fact('content.total.views_change', -0.1)]
    expect(viewsOf(facts)).toMatchObject([{ sizes: ['#-0.1'] }])
  })

  it('fills a template with what a reader sees, and leaves a gap for what nobody has', () => {
    const { fill } = toldOf([fact('content.total.views', 5)])
    expect(fill('{{content.total.views}} of {{content.total.clicks}}.')).toBe('#5 of .')
  })
})
