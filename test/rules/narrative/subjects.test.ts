import { describe, expect, it } from 'vitest'

import { type Candidate, rankedSubjects, wholeOf } from '#rules/narrative/subjects.ts'
import type { Decision, Fact, StageName, StageResult } from '#rules/schema/review.ts'

function fact(id: string, value: number | null, unit: Fact['unit'] = 'count'): Fact {
  const status = value === 0 ? 'zero' : 'known'
  return {
    id,
    label: id,
    unit,
    status: value === null ? 'not_measured' : status,
    value,
    source: [],
  }
}

const decision = (subject: string, changes: Partial<Decision> = {}): Decision => ({
  id: subject,
  stage: 'funnel',
  subject,
  subjectName: subject.toUpperCase(),
  action: 'watch',
  reason: 'thin',
  ruleId: 'funnel.step',
  policyVersion: '1',
  evidence: {},
  ...changes,
})

const stageOf = (stage: StageName, decisions: Decision[] = []): StageResult => ({
  stage,
  status: 'assessed',
  facts: [],
  decisions,
  findings: [],
  tables: [],
  charts: [],
  summary: [],
})

/** To one decimal, and what is there but rounds to nothing as `under 0.1`. */
const show = ({ value }: Fact): string => {
  const size = Math.abs(Number(value))
  return size > 0 && size < 0.05 ? 'under 0.1' : String(Math.round(Number(value) * 10) / 10)
}

const figures = (...facts: Fact[]) => ({
  facts: new Map(facts.map((each) => [each.id, each])),
  show,
})

const ranked = (decisions: Decision[], ...facts: Fact[]): Candidate[] =>
  rankedSubjects(stageOf('funnel', decisions), figures(...facts))

const metricsOf = ({ measures }: Candidate): string[] => measures.map(({ fact: { id } }) => id)

describe('what a stage knows as a whole', () => {
  it('is its total, and its month where the total has no such figure', () => {
    const told = wholeOf(
      stageOf('funnel'),
      figures(
        fact('funnel.month.roi', 1),
        fact('funnel.total.roi', null),
        fact('funnel.total.roas', 2),
        fact('funnel.month.roas', 3),
        fact('content.total.views', 4),
      ),
    )
    expect(told).toMatchObject({ name: 'the month', kind: '', decisions: [] })
    expect(metricsOf(told).toSorted()).toEqual(['funnel.month.roi', 'funnel.total.roas'])
  })

  it('is what campaigns and budget came to on the executive page', () => {
    const told = wholeOf(
      stageOf('synthesis'),
      figures(
        fact('campaign_roi.total.roi', 1),
        fact('budget.total.roi', 2),
        fact('budget.total.spend', 3),
        fact('synthesis.total.roas', 4),
      ),
    )
    expect(metricsOf(told).toSorted()).toEqual(['budget.total.spend', 'campaign_roi.total.roi'])
  })
})

describe('the figures of a subject', () => {
  it.each([
    ['campaign:C1', 'funnel.campaign.C1.roas'],
    ['content:a/b', 'funnel.piece.a.b.roas'],
    ['step:a>b', 'funnel.step.a-b.roas'],
    ['step:visit>lead', 'funnel.step.visit-lead.roas'],
    ['cell:x@y:visit>lead', 'funnel.cell.x:y.visit-lead.roas'],
    ['cell:x@y:a>b', 'funnel.cell.x:y.a-b.roas'],
    ['cell:x:y:a>b', 'funnel.cell.x::y.a-b.roas'],
    ['line:a:b', 'funnel.line.a::b.roas'],
  ])('of %s are read from %s', (subject, id) => {
    const [told] = ranked([decision(subject)], fact(id, 5), fact(`${id}.evil`, 6))
    expect(told && metricsOf(told)).toEqual([id])
    expect(told).toMatchObject({ name: subject.toUpperCase(), kind: subject.split(':')[0] })
  })

  it('are nobody’s where two subjects read the same in a fact id', () => {
    const twins = [decision('step:a>b'), decision('step:a-b'), decision('step:c')]
    const told = ranked(twins, fact('funnel.step.a-b.roas', 5), fact('funnel.step.c.roas', 5))
    expect(told.map(metricsOf)).toEqual([['funnel.step.c.roas'], [], []])
  })

  it('put the subject with most of them first, then by what is known, never by name', () => {
    const told = ranked(
      [
        decision('step:a', { subjectName: 'A', reason: 'z' }),
        decision('step:b', { subjectName: 'B', reason: 'y' }),
        decision('step:c', { subjectName: 'C' }),
        decision('step:b', { subjectName: 'Other', action: 'stop', reason: 'x' }),
      ],
      fact('funnel.step.c.roas', 5),
      fact('funnel.step.c.roi', 0.25),
    )
    expect(told.map(({ name, brief }) => [name, brief])).toEqual([
      ['C', 'decision=watch (thin); roi=0.3; roas=5'],
      ['B', 'decision=watch (y); decision=stop (x)'],
      ['A', 'decision=watch (z)'],
    ])
  })

  it('are told of sixteen subjects at most', () => {
    const many = Array.from({ length: 17 }, (_, index) => decision(`step:${index}`))
    expect(ranked(many)).toHaveLength(16)
  })
})

describe('how a figure moved', () => {
  const ROAS = 'funnel.step.a.roas'
  const movedOf = (...facts: Fact[]) =>
    ranked([decision('step:a')], ...facts)[0]?.measures.find(({ metric }) => metric === 'roas')
  const briefOf = (...facts: Fact[]) => ranked([decision('step:a')], ...facts)[0]?.brief

  const pair = { from: `{{${ROAS}.previous}}`, to: `{{${ROAS}}}` }
  const size = `{{${ROAS}.movement}}`

  it.each([
    [
      'rise',
      3,
      2,
      fact(`${ROAS}.movement`, 0.5, 'rate'),
      { size, shownSize: '0.5', signed: false },
    ],
    ['fall', 2, 3, fact(`${ROAS}.movement`, -1, 'points'), { size, shownSize: '-1', signed: true }],
    ['rise', 3, 2, fact(`${ROAS}.movement`, null), {}],
    ['small', 3, 2, fact(`${ROAS}.movement`, 0.04, 'rate'), {}],
    ['small', 3.02, 3.01, fact(`${ROAS}.movement`, 0.5, 'rate'), {}],
    ['none', 3, 3, fact(`${ROAS}.movement`, 0.5, 'rate'), {}],
  ] as const)(
    'is a %s from %d after %d with a size of %j',
    (direction, now, before, moved, rest) => {
      const told = movedOf(fact(ROAS, now), fact(`${ROAS}.previous`, before), moved)
      expect(told?.movement).toEqual({ direction, ...pair, ...rest })
      expect(told).toMatchObject({ current: pair.to, previous: pair.from, moved: 'ROAS' })
      expect(told?.change).toBeUndefined()
    },
  )

  it('is told to a model with both figures', () => {
    expect(briefOf(fact(ROAS, 3), fact(`${ROAS}.previous`, 2), fact(`${ROAS}_change`, 1))).toBe(
      'decision=watch (thin); roas=3 prev=2 (.prev .chg)',
    )
  })

  it.each([
    ['rise', 0.5],
    ['fall', -0.5],
    ['none', 0],
    ['small', 0.04],
    ['small', -0.04],
  ])('is a %s by a change of %d where the figure before is not known', (direction, change) => {
    const told = movedOf(fact(ROAS, 3), fact(`${ROAS}_change`, change))
    expect(told?.change).toEqual({ direction, size: `{{${ROAS}_change}}` })
    expect(told?.movement).toBeUndefined()
    expect(briefOf(fact(ROAS, 3), fact(`${ROAS}_change`, change))).toBe(
      `decision=watch (thin); roas=3 change=${show(fact('', change))} (.chg)`,
    )
  })

  it('is not known without either', () => {
    const told = movedOf(
      fact(ROAS, 3),
      fact(`${ROAS}_change`, null),
      fact(`${ROAS}.previous`, null),
    )
    expect(told).not.toHaveProperty('movement')
    expect(told).not.toHaveProperty('change')
    expect(told).not.toHaveProperty('previous')
    expect(briefOf(fact(ROAS, 3), fact(`${ROAS}_change`, null))).toBe(
      'decision=watch (thin); roas=3',
    )
  })

  it.each([
    [1, 1, { current: true, previous: true }],
    [1, 2, { current: true, previous: false }],
    [2, 1, { current: false, previous: true }],
    [0, null, { current: false, previous: false }],
    [1, null, { current: true, previous: false }],
  ])('knows one of a thing: %d after %j', (now, before, isOne) => {
    expect(movedOf(fact(ROAS, now), fact(`${ROAS}.previous`, before))?.isOne).toEqual(isOne)
  })
})
