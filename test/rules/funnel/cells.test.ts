import { describe, expect, test } from 'vitest'

import {
  campaignMotions,
  type CellStatus,
  judgeCellSteps,
  stepSubject,
} from '#rules/funnel/cell-steps.ts'
import { type Cell, cellId, cellName, gatherCells } from '#rules/funnel/cells.ts'
import type { StageCountRow } from '#rules/funnel/input.ts'
import { goalStage, type Motion, motionOf, personMotions } from '#rules/funnel/motion.ts'
import { bottleneck, sumSteps } from '#rules/funnel/step-totals.ts'

import { BEFORE, contextWith, count, facts, MONTH } from './inputs.ts'

const LIFECYCLE = ['visit', 'signup', 'demo_request', 'feature_adopt']

function gather(rows: readonly StageCountRow[], sourceOrder: readonly string[] = []) {
  return gatherCells(rows, { month: MONTH, sourceOrder })
}

describe('gatherCells', () => {
  test('gathers stages of a cell, and leaves out what has no row', () => {
    const [cell, ...others] = gather([
      count('S C P', 'visit', 10, { rows: 2 }),
      count('S C P', 'signup', 0),
      count('S C P', 'visit', 99, { month: BEFORE }),
    ])
    expect(others).toEqual([])
    expect(cell).toMatchObject({ id: 'S@C@P', factPart: 'S:C:P', conflicts: [] })
    expect(Object.fromEntries(cell?.stages ?? [])).toEqual({
      visit: { count: 10, rows: 2 },
      signup: { count: 0, rows: 1 },
    })
  })

  test('cells come in order of their ids, an unknown id as a dash', () => {
    const cells = gather([
      count('S2', 'visit', 1),
      count('S1 C', 'visit', 1),
      count('', 'visit', 1),
    ])
    expect(cells.map((cell) => cell.id)).toEqual(['@-@-', 'S1@C@-', 'S2@-@-'])
    expect(cellId({ segmentId: null, channelId: null, campaignId: null })).toBe('-@-@-')
  })

  test('sources that report different days add up', () => {
    const [cell] = gather([
      count('S C P', 'visit', 10, { source: 'web' }),
      count('S C P', 'visit', 5, { source: 'app', rows: 3 }),
    ])
    expect(cell?.stages.get('visit')).toEqual({ count: 15, rows: 4 })
    expect(cell?.conflicts).toEqual([])
  })

  test.each([
    ['by name without an order', [], 'app', 5],
    ['by the order of the policy', ['web'], 'web', 10],
    ['listed before not listed', ['crm', 'web'], 'web', 10],
    ['by the order among listed ones', ['app', 'web'], 'app', 5],
  ] satisfies [string, string[], string, number][])(
    'of two sources on the same days one counts: %s',
    (_name, order, used, people) => {
      const [cell] = gather(
        [
          count('S C P', 'visit', 10, { source: 'web', sharedDays: 1 }),
          count('S C P', 'visit', 5, { source: 'app', sharedDays: 1 }),
        ],
        order,
      )
      expect(cell?.stages.get('visit')?.count).toBe(people)
      expect(cell?.conflicts).toMatchObject([{ stage: 'visit', used, usedCount: people }])
    },
  )

  test('a third source of other days still adds up, and a source without a name counts last', () => {
    const [cell] = gather(
      [
        count('S C P', 'visit', 7, { source: null, sharedDays: 1 }),
        count('S C P', 'visit', 10, { source: 'web', sharedDays: 1 }),
        count('S C P', 'visit', 1, { source: 'zoo' }),
      ],
      ['web'],
    )
    expect(cell?.stages.get('visit')).toEqual({ count: 11, rows: 2 })
    expect(cell?.conflicts).toEqual([
      { stage: 'visit', used: 'web', usedCount: 10, left: '-', leftCount: 7 },
    ])
  })

  test('names a cell by what is known of it', () => {
    const input = facts({
      campaigns: new Map([['P', { name: 'Promo', goalText: '' }]]),
      segments: new Map([['S', 'Small']]),
      channels: new Map([['C', 'Search']]),
    })
    const key = { segmentId: 'S', channelId: 'C', campaignId: 'P' }
    expect(cellName(key, input)).toBe('Search · Small · Promo')
    expect(cellName(key, facts())).toBe('C · S · P')
    expect(cellName({ ...key, segmentId: null, channelId: null }, input)).toBe('Promo')
    expect(cellName({ segmentId: null, channelId: null, campaignId: null }, input)).toBe(
      'everything',
    )
  })
})

describe('motion of a campaign', () => {
  test.each([
    ['Increase trial signups', 'signup'],
    ['Increase demo requests', 'demo_request'],
    ['Drive feature adoption', 'feature_adopt'],
    ['feature_click_through_rate', undefined],
    ['Visits, then SIGNUPS', 'signup'],
    ['Requests for a demo', 'demo_request'],
    ['demonstrate', undefined],
    ['', undefined],
    ['brand awareness', undefined],
  ])('“%s” names %s', (text, stage) => {
    expect(goalStage(text, LIFECYCLE)).toBe(stage)
  })

  const model = (motions: readonly { id: string; stages: string[] }[] = []) =>
    contextWith({}, { lifecycle_stages: LIFECYCLE, motions }).policy.operating_model
  const cells = (...stages: readonly string[]) =>
    gather(stages.map((stage) => count('S C P', stage, 5)))
  const campaign = (goalText: string) => ({ name: 'P', goalText })

  test('is the stages with rows, in the order of the lifecycle', () => {
    expect(
      motionOf(cells('demo_request', 'visit'), campaign('Increase demo requests'), model()),
    ).toEqual({
      id: 'visit>demo_request',
      stages: ['visit', 'demo_request'],
      from: 'rows',
    })
  })

  test('has the goal of the objective also where no row counts it', () => {
    expect(motionOf(cells('visit'), campaign('Increase demo requests'), model())).toEqual({
      id: 'visit>demo_request',
      stages: ['visit', 'demo_request'],
      from: 'objective',
    })
  })

  test('without an objective only rows speak', () => {
    expect(motionOf(cells('visit', 'signup'), undefined, model())).toEqual({
      id: 'visit>signup',
      stages: ['visit', 'signup'],
      from: 'rows',
    })
    expect(motionOf(cells('lead'), undefined, model()).stages).toEqual([])
  })

  const trial = { id: 'trial', stages: ['visit', 'signup'] }
  const demo = { id: 'demo', stages: ['visit', 'demo_request'] }
  const long = { id: 'long', stages: ['visit', 'signup', 'demo_request'] }
  test.each([
    ['the one that ends at the goal', ['visit'], 'Increase demo requests', 'demo'],
    ['the shortest that has every stage counted', ['visit', 'signup'], '', 'trial'],
    ['one long enough for every stage counted', ['signup', 'demo_request'], '', 'long'],
    ['one with two stages before the goal', ['visit', 'signup'], 'Increase demo requests', 'long'],
    ['none when a stage counted is in none', ['visit', 'feature_adopt'], '', 'visit>feature_adopt'],
    ['none when none ends at the goal', ['visit'], 'Drive feature adoption', 'visit>feature_adopt'],
  ] satisfies [string, string[], string, string][])(
    'of the policy fits %s',
    (_name, stages, goal, id) => {
      expect(motionOf(cells(...stages), campaign(goal), model([long, trial, demo])).id).toBe(id)
    },
  )

  test('cells without a campaign share a motion', () => {
    const motions = campaignMotions(
      gather([count('S1', 'visit', 1), count('S2', 'signup', 1), count('S C P', 'visit', 1)]),
      new Map(),
      model(),
    )
    expect([...motions.keys()]).toEqual(['', 'P'])
    expect(motions.get('')?.stages).toEqual(['visit', 'signup'])
  })

  test('persons follow the policy’s motions, else the lifecycle, without stages nobody has an event of', () => {
    const seen = new Set(['visit', 'signup'])
    expect(personMotions(model(), seen)).toEqual([
      { id: 'lifecycle', stages: ['visit', 'signup'], from: 'rows' },
    ])
    expect(personMotions(model([long, demo]), seen)).toEqual([
      { id: 'long', stages: ['visit', 'signup'], from: 'policy' },
    ])
    expect(personMotions(model(), new Set())).toEqual([])
  })
})

describe('judgeCellSteps', () => {
  const { policy } = contextWith({}, { lifecycle_stages: LIFECYCLE })
  const motion = { id: 'm', stages: ['visit', 'signup', 'demo_request'], from: 'policy' } as const
  const judge = (...rows: readonly StageCountRow[]) =>
    judgeCellSteps(gather(rows), () => motion, policy.funnel)
  const told = (...rows: readonly StageCountRow[]): [string, CellStatus][] =>
    judge(...rows).map((step) => [`${step.from}>${step.to}`, step.status])

  test('a stage without a row is missing, not zero', () => {
    expect(told(count('S C P', 'visit', 500), count('S C P', 'demo_request', 9))).toEqual([
      ['visit>signup', 'missing'],
      ['signup>demo_request', 'missing_before'],
    ])
    expect(judge(count('S C P', 'visit', 500))[0]?.judged).toBeNull()
  })

  test('a step with neither stage counted is left out', () => {
    expect(told(count('S C P', 'visit', 500))).toEqual([['visit>signup', 'missing']])
  })

  test.each([
    [500, 50, 'ok'],
    [500, 0, 'broken'],
    [20, 0, 'not_enough_traffic'],
    [0, 0, 'no_traffic'],
    [0, 5, 'more_than_before'],
    [5, 6, 'more_than_before'],
  ] satisfies [number, number, CellStatus][])(
    '%i before and %i after is %s',
    (before, after, status) => {
      expect(told(count('S C P', 'visit', before), count('S C P', 'signup', after))[0]).toEqual([
        'visit>signup',
        status,
      ])
    },
  )

  test('stages outside the motion are not asked about', () => {
    expect(told(count('S C P', 'visit', 9), count('S C P', 'feature_adopt', 0))).toEqual([
      ['visit>signup', 'missing'],
    ])
    expect(
      judgeCellSteps(gather([count('S C P', 'visit', 9)]), () => undefined, policy.funnel),
    ).toEqual([])
  })

  test('names its subject by cell and stages', () => {
    const [step] = judge(count('S C P', 'visit', 1))
    expect(step && stepSubject(step)).toBe('S@C@P:visit>signup')
  })
})

describe('sumSteps', () => {
  const { policy } = contextWith({}, { lifecycle_stages: LIFECYCLE })
  const motion = { id: 'm', stages: ['visit', 'signup', 'demo_request'], from: 'policy' } as const
  const totals = (rows: readonly StageCountRow[]) => {
    const cells = gather(rows)
    const earlier = gatherCells(rows, { month: BEFORE, sourceOrder: [] })
    return sumSteps(
      judgeCellSteps(cells, () => motion, policy.funnel),
      { cells: earlier, motionOfCell: () => motion },
      LIFECYCLE,
    )
  }

  test('sums cells that counted both stages, so that a missing row pulls no rate down', () => {
    const [step] = totals([
      count('S1 C P', 'visit', 100),
      count('S1 C P', 'signup', 10, { rows: 3 }),
      count('S2 C P', 'visit', 900),
      count('S3 C P', 'visit', 100),
      count('S3 C P', 'signup', 20),
    ])
    expect(step).toMatchObject({
      id: 'visit>signup',
      now: { entered: 200, reached: 30, cells: 2, rows: 6 },
      before: null,
      rate: { status: 'known', value: 0.15 },
      rateBefore: { status: 'not_measured' },
      change: null,
    })
  })

  test('only cells whose motion leads through the step count, in both months', () => {
    const motionOfCell = ({ campaignId }: Cell) => ({
      ...motion,
      stages: campaignId === 'P' ? motion.stages : ['visit', 'demo_request'],
    })
    const rows = ['P', 'Q'].flatMap((campaign) =>
      [MONTH, BEFORE].flatMap((month) => [
        count(`S C ${campaign}`, 'visit', 1000, { month }),
        count(`S C ${campaign}`, 'signup', 100, { month }),
        count(`S C ${campaign}`, 'demo_request', 50, { month }),
      ]),
    )
    const steps = sumSteps(
      judgeCellSteps(gather(rows), motionOfCell, policy.funnel),
      { cells: gatherCells(rows, { month: BEFORE, sourceOrder: [] }), motionOfCell },
      LIFECYCLE,
    )
    expect(steps.map(({ id, now, before }) => [id, now.cells, before?.cells])).toEqual([
      ['visit>signup', 1, 1],
      ['visit>demo_request', 1, 1],
      ['signup>demo_request', 1, 1],
    ])
  })

  test('a step nobody counted on both sides has no rate', () => {
    expect(totals([count('S C P', 'visit', 100)])[0]).toMatchObject({
      now: { entered: 0, reached: 0, cells: 0, rows: 0 },
      rate: { status: 'not_measured', reason: 'no cell has usable rows for both stages' },
    })
  })

  test('a rate needs traffic', () => {
    const totalOf = (visits: number, signups: number) =>
      totals([count('S C P', 'visit', visits), count('S C P', 'signup', signups)])[0]
    expect(totalOf(0, 0)?.rate.status).toBe('not_measured')
    expect(totalOf(3, 0)?.rate.status).toBe('zero')
    expect(totalOf(3, 3)?.rate).toEqual({ status: 'known', value: 1 })
  })

  test('a cell with more people after than before is left out', () => {
    const [step] = totals([
      count('S1 C P', 'visit', 3),
      count('S1 C P', 'signup', 4),
      count('S2 C P', 'visit', 10),
      count('S2 C P', 'signup', 1),
    ])
    expect(step?.now).toEqual({ entered: 10, reached: 1, cells: 1, rows: 2 })
    const [only] = totals([count('S1 C P', 'visit', 3), count('S1 C P', 'signup', 4)])
    expect(only?.rate.status).toBe('not_measured')
  })

  test('splits a change into what cells do and which cells had the traffic', () => {
    // Both cells convert as before, 20 % and 5 %; only the traffic moved to the worse one.
    const [step] = totals([
      count('S1 C P', 'visit', 100),
      count('S1 C P', 'signup', 20),
      count('S2 C P', 'visit', 900),
      count('S2 C P', 'signup', 45),
      count('S1 C P', 'visit', 900, { month: BEFORE }),
      count('S1 C P', 'signup', 180, { month: BEFORE }),
      count('S2 C P', 'visit', 100, { month: BEFORE }),
      count('S2 C P', 'signup', 5, { month: BEFORE }),
    ])
    expect(step?.change?.points).toBeCloseTo(-0.12, 12)
    expect(step?.change?.split?.mixEffect).toBeCloseTo(-0.12, 12)
    expect(step?.change?.split?.rateEffect).toBeCloseTo(0, 12)
  })

  test('a cell of one month only is all mix', () => {
    const [step] = totals([
      count('S1 C P', 'visit', 100),
      count('S1 C P', 'signup', 20),
      count('S2 C P', 'visit', 100, { month: BEFORE }),
      count('S2 C P', 'signup', 10, { month: BEFORE }),
    ])
    expect(step?.change?.split?.segments.map((segment) => segment.id)).toEqual(['S1@C@P', 'S2@C@P'])
    expect(step?.change?.split?.mixEffect).toBeCloseTo(0.1, 12)
  })

  test('compares with the month before', () => {
    const [step] = totals([
      count('S C P', 'visit', 1000),
      count('S C P', 'signup', 100),
      count('S C P', 'visit', 1000, { month: BEFORE }),
      count('S C P', 'signup', 150, { month: BEFORE }),
    ])
    expect(step?.change?.points).toBeCloseTo(-0.05, 12)
    // Pooled z of 100 and 150 of 1,000: −3.381, p 0.000723.
    expect(step?.change?.pValue).toBeCloseTo(0.000723, 5)
    expect(step?.change?.interval.high).toBeLessThan(0)
  })

  test.each([
    ['a month before without traffic', 0, 0],
    ['a month before with more after than before', 5, 9],
  ])('%s is no comparison', (_name, visits, signups) => {
    const [step] = totals([
      count('S C P', 'visit', 1000),
      count('S C P', 'signup', 100),
      count('S C P', 'visit', visits, { month: BEFORE }),
      count('S C P', 'signup', signups, { month: BEFORE }),
    ])
    expect(step?.change).toBeNull()
  })

  test('steps come in the order of the lifecycle', () => {
    const found = totals([
      count('S C P', 'signup', 100),
      count('S C P', 'demo_request', 10),
      count('S C P', 'visit', 1000),
    ])
    expect(found.map((step) => step.id)).toEqual(['visit>signup', 'signup>demo_request'])
  })

  test('the bottleneck converts least among steps with enough entries', () => {
    const found = totals([
      count('S C P', 'visit', 1000),
      count('S C P', 'signup', 200),
      count('S C P', 'demo_request', 10),
    ])
    expect(bottleneck(found, 100)?.id).toBe('signup>demo_request')
    expect(bottleneck(found, 200)?.id).toBe('signup>demo_request')
    expect(bottleneck(found, 201)?.id).toBe('visit>signup')
    expect(bottleneck(found, 1001)).toBeNull()
  })

  test('of equal rates the step that loses more people', () => {
    const even = totals([
      count('S C P', 'visit', 1000),
      count('S C P', 'signup', 500),
      count('S C P', 'demo_request', 250),
    ])
    expect(bottleneck(even, 100)?.id).toBe('visit>signup')
  })

  test('orders steps of several motions by where they begin, then by where they lead', () => {
    const motions: Readonly<Record<string, Motion>> = {
      P1: { id: 'late', stages: ['demo_request', 'feature_adopt'], from: 'policy' },
      P2: { id: 'long', stages: ['visit', 'demo_request'], from: 'policy' },
      P3: { id: 'short', stages: ['visit', 'signup'], from: 'policy' },
    }
    const cells = gather([
      count('S C P1', 'demo_request', 1000),
      count('S C P1', 'feature_adopt', 500),
      count('S C P2', 'visit', 300),
      count('S C P2', 'demo_request', 150),
      count('S C P3', 'visit', 100),
      count('S C P3', 'signup', 50),
    ])
    const motionOfCell = ({ campaignId }: Cell) => motions[campaignId ?? ''] ?? motion
    const steps = judgeCellSteps(cells, motionOfCell, policy.funnel)
    const found = sumSteps(steps, { cells: [], motionOfCell }, LIFECYCLE)
    expect(found.map(({ id }) => id)).toEqual([
      'visit>signup',
      'visit>demo_request',
      'demo_request>feature_adopt',
    ])
    // All three keep half; the last one loses most people.
    expect(bottleneck(found, 100)?.id).toBe('demo_request>feature_adopt')
  })
})
