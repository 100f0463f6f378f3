import { describe, expect, it } from 'vitest'

import { standingOf } from '#rules/governance/campaign-standing.ts'
import type { Fact, Finding } from '#rules/schema/review.ts'
import type { Action, Health, SegmentCall, TargetStatus } from '#rules/schema/synthesis.ts'
import { executiveNarrative, type NarrativeSources } from '#rules/synthesis/narrative.ts'

const fact = (id: string, status: Fact['status'] = 'known'): Fact => ({
  id,
  label: id,
  unit: 'money',
  status,
  value: status === 'not_measured' ? null : { currency: 'USD', minor: 1 },
  source: [],
})

const byId = (...facts: readonly Fact[]) => new Map(facts.map((entry) => [entry.id, entry]))
const TOTAL = ['cost', 'value', 'net', 'roi'].map((metric) => fact(`campaign_roi.total.${metric}`))

const segment = (
  action: SegmentCall['action'],
  name: string,
  basis: SegmentCall['basis'] = 'measured',
): SegmentCall => ({
  decisionId: 'd',
  campaignId: 'C',
  segmentId: name,
  name,
  momentum: 'improving',
  basis,
  action,
  published: null,
  needsApproval: false,
})

const target = (id: string, changes: Partial<TargetStatus> = {}): TargetStatus => ({
  id,
  label: id,
  operator: 'at_least',
  target: `b.${id}`,
  actual: `a.${id}`,
  status: 'met',
  decisionId: 'd',
  ...changes,
})

const finding = (title: string, ruleId = 'r'): Finding => ({
  id: title,
  ruleId,
  severity: 'serious',
  subject: 's',
  title,
  detail: '',
})

const action = (changes: Partial<Action> = {}): Action => ({
  id: 'a',
  rank: 1,
  title: 'Pause X',
  owner: 'ops',
  ownerName: 'Operations lead',
  due: '2026-04-06',
  expectedImpact: null,
  impactNotMeasured: 'why',
  resources: [],
  decisionIds: [],
  ...changes,
})

const calm: Health = { verdict: 'on_track', decisionId: 'd', reasons: [], unmeasured: [] }

const sources = (changes: Partial<NarrativeSources> = {}): NarrativeSources => ({
  health: calm,
  targets: [],
  segments: [],
  actions: [],
  serious: [],
  published: [],
  unmeasured: [],
  facts: byId(...TOTAL, fact('synthesis.segments.improving', 'zero')),
  standings: new Map(),
  ...changes,
})

const tell = (changes: Partial<NarrativeSources>): string[] => executiveNarrative(sources(changes))

describe('executiveNarrative', () => {
  it('is two sentences where there is nothing more to say', () => {
    expect(tell({})).toEqual([
      'Marketing is on track.',
      'The month cost {{campaign_roi.total.cost}} in full and returned {{campaign_roi.total.value}}: a net of {{campaign_roi.total.net}} and an ROI of {{campaign_roi.total.roi}}.',
    ])
  })

  it.each([
    ['on_track', 'Marketing is on track'],
    ['attention', 'Marketing needs attention'],
    ['critical', 'Marketing is in a critical state'],
    ['not_assessable', 'The data do not allow a verdict'],
  ] as const)('opens with the verdict %s and its reasons', (verdict, words) => {
    const reasons = ['one', 'two', 'three'].map((text) => ({
      code: 'open_risk' as const,
      count: 1,
      text,
    }))
    expect(tell({ health: { ...calm, verdict, reasons } })[0]).toBe(`${words}: one, two and three.`)
    expect(tell({ health: { ...calm, verdict, reasons: reasons.slice(0, 2) } })[0]).toBe(
      `${words}: one and two.`,
    )
    expect(tell({ health: { ...calm, verdict, reasons: reasons.slice(0, 1) } })[0]).toBe(
      `${words}: one.`,
    )
  })

  it('names what the verdict could not look at', () => {
    const unmeasured = ['open risks', 'targets']
    expect(tell({ health: { ...calm, unmeasured } }).slice(0, 2)).toEqual([
      'Marketing is on track.',
      'Not looked at, because not measured: open risks and targets.',
    ])
  })

  it('says of a verdict that nobody could give why, once, and does not blame the data', () => {
    const health = {
      ...calm,
      verdict: 'not_assessable' as const,
      reasons: [{ code: 'nothing_measured' as const, count: 2, text: 'nothing measured: a and b' }],
      unmeasured: ['a', 'b'],
    }
    const [first, second] = tell({ health })
    expect(first).toBe('No verdict is given: nothing measured: a and b.')
    expect(second).toMatch(/^The month cost/)
  })

  describe('on money', () => {
    it.each([
      ['met', 'at_least', ', which meets the target of at least {{b.roi}}.'],
      ['missed', 'at_least', ', which misses the target of at least {{b.roi}}.'],
      ['missed', 'at_most', ', which misses the target of at most {{b.roi}}.'],
    ] as const)('a target that is %s (%s)', (status, operator, end) => {
      const [, money] = tell({ targets: [target('cac'), target('roi', { status, operator })] })
      expect(money?.endsWith(end)).toBe(true)
    })

    it('says nothing of a target that cannot be assessed', () => {
      expect(tell({ targets: [target('roi', { status: 'not_assessable' })] })[1]).not.toContain(
        'target',
      )
    })

    it.each([
      [
        ['cost'],
        'The month cost {{campaign_roi.total.cost}} in full; what it returned was not measured.',
      ],
      [
        ['value'],
        'The month returned {{campaign_roi.total.value}}; what it cost was not measured.',
      ],
      [
        [],
        'Neither cost nor value of the month was measured, so nothing can be said of its return.',
      ],
      [
        ['cost', 'roi'],
        'The month cost {{campaign_roi.total.cost}} in full; what it returned was not measured.',
      ],
    ])('with %j measured', (measured, sentence) => {
      const facts = byId(
        ...['cost', 'value', 'net', 'roi'].map((metric) =>
          fact(`campaign_roi.total.${metric}`, measured.includes(metric) ? 'zero' : 'not_measured'),
        ),
      )
      expect(tell({ facts })[1]).toBe(sentence)
    })
  })

  describe('on segments', () => {
    it('notes a campaign that does not run on behind the name', () => {
      const when = { month: '2026-03', asOfOn: '2026-03-31' }
      const scaled = segment('scale', 'A')
      const told = (status: string, endOn: string) =>
        tell({
          segments: [scaled],
          standings: new Map([[scaled.campaignId, standingOf('C', { status, endOn }, when)]]),
        })[2]
      expect(told('active', '2026-03-31')).toMatch(/ Scale A \(flight ended\)\.$/)
      expect(told('paused', '2026-04-01')).toMatch(/ Scale A \(paused\)\.$/)
      expect(told('active', '2026-04-01')).toMatch(/ Scale A\.$/)
    })

    it('counts directions and names calls', () => {
      const segments = [
        segment('scale', 'A'),
        segment('revise', 'B'),
        segment('stop', 'C'),
        segment('stop', 'D'),
        segment('hold', 'E'),
      ]
      expect(tell({ segments })[2]).toBe(
        'Of {{synthesis.segments.total}} segments {{synthesis.segments.improving}} improve, {{synthesis.segments.declining}} decline and {{synthesis.segments.stable}} are stable. Scale A; revise B; stop C and D.',
      )
    })

    it('counts those that are undecided apart from the stable ones', () => {
      const chance = { ...segment('hold', 'A'), momentum: 'undecided' as const }
      expect(tell({ segments: [chance, segment('hold', 'B')] })[2]).toBe(
        'Of {{synthesis.segments.total}} segments {{synthesis.segments.improving}} improve, {{synthesis.segments.declining}} decline, {{synthesis.segments.within_chance}} are undecided and {{synthesis.segments.stable}} are stable.',
      )
    })

    it('says when directions are only stated, of some or of all', () => {
      const mixed = [segment('hold', 'A', 'stated'), segment('hold', 'B')]
      expect(tell({ segments: mixed })[2]).toContain(
        ', some measured and some as stated trends tell, ',
      )
      expect(tell({ segments: [segment('hold', 'A', 'stated')] })[2]).toBe(
        'Of {{synthesis.segments.total}} segments, as far as stated trends tell, {{synthesis.segments.improving}} improve, {{synthesis.segments.declining}} decline and {{synthesis.segments.stable}} are stable.',
      )
    })

    it('does not count directions that nobody could judge', () => {
      const open = (call: 'hold' | 'stop', name: string) => ({
        ...segment(call, name),
        momentum: 'not_assessable' as const,
      })
      expect(tell({ segments: [open('hold', 'A'), open('hold', 'B')] })[2]).toBe(
        'The direction of {{synthesis.segments.total}} segments could not be judged.',
      )
      expect(tell({ segments: [open('stop', 'A')] })[2]).toMatch(/ judged\. Stop A\.$/)
      const declining = { ...segment('hold', 'B'), momentum: 'declining' as const }
      const facts = byId(
        ...TOTAL,
        fact('synthesis.segments.improving', 'not_measured'),
        fact('synthesis.segments.declining'),
        fact('synthesis.segments.stable', 'not_measured'),
      )
      const stable = { ...segment('hold', 'B'), momentum: 'stable' as const }
      const steady = byId(
        ...TOTAL,
        fact('synthesis.segments.improving'),
        fact('synthesis.segments.declining', 'not_measured'),
        fact('synthesis.segments.stable'),
      )
      expect(tell({ segments: [open('hold', 'A'), stable], facts: steady })[2]).toBe(
        'Of {{synthesis.segments.total}} segments {{synthesis.segments.improving}} improve, {{synthesis.segments.stable}} are stable and the direction of {{synthesis.segments.not_assessable}} could not be judged.',
      )
      expect(tell({ segments: [open('hold', 'A'), declining], facts })[2]).toBe(
        'Of {{synthesis.segments.total}} segments {{synthesis.segments.declining}} decline and the direction of {{synthesis.segments.not_assessable}} could not be judged.',
      )
    })

    it('names three of a kind and opens with a capital', () => {
      const segments = ['A', 'B', 'C', 'D'].map((name) => segment('stop', name))
      expect(tell({ segments })[2]).toMatch(/ Stop A, B, C and others\.$/)
      expect(tell({ segments: segments.slice(0, 3) })[2]).toMatch(/ Stop A, B and C\.$/)
    })
  })

  describe('on targets', () => {
    const missed = (id: string, operator: TargetStatus['operator'] = 'at_least') =>
      target(id, { status: 'missed', operator })

    it('names up to three that are missed', () => {
      const targets = [missed('w'), missed('x', 'at_most'), missed('y'), missed('z')]
      expect(tell({ targets })[2]).toBe(
        '{{synthesis.targets.missed}} of {{synthesis.targets.total}} targets are missed: w ({{a.w}}, at least {{b.w}} asked), x ({{a.x}}, at most {{b.x}} asked) and y ({{a.y}}, at least {{b.y}} asked).',
      )
    })

    it('tells all met from none missed', () => {
      expect(tell({ targets: [target('x')] })[2]).toBe('Every target is met.')
      expect(tell({ targets: [target('x'), target('y', { status: 'not_assessable' })] })[2]).toBe(
        'No target that can be assessed is missed; others cannot be assessed.',
      )
      expect(tell({ targets: [target('y', { status: 'not_assessable' })] })[2]).toBe(
        'No target can be assessed.',
      )
    })
  })

  it('warns of up to three serious findings, an article without its capital, and not of waiting moves', () => {
    const serious = [
      finding('A line stops'),
      finding('waits', 'budget.carried_move'),
      finding('Atlas on The Edge fails'),
      finding('The books differ'),
      finding('fourth'),
    ]
    expect(tell({ serious })[2]).toBe(
      'Before deciding, know this: a line stops; Atlas on The Edge fails; the books differ.',
    )
    expect(tell({ serious: [finding('waits', 'budget.carried_move')] })).toHaveLength(2)
  })

  it('says that an earlier report does not hold', () => {
    expect(tell({ published: [finding('x')] })[2]).toBe(
      'Figures of the report published earlier do not hold; each stands beside the right one below.',
    )
  })

  it('names what was not measured', () => {
    expect(tell({ unmeasured: ['the funnel', 'content'] })[2]).toBe(
      'Not measured this month: the funnel and content.',
    )
  })

  it('ends with what to decide first', () => {
    expect(tell({ actions: [action(), action({ rank: 2, title: 'other' })] }).at(-1)).toBe(
      'First, pause X (Operations lead, by {{synthesis.action.1.due}}).',
    )
    const usd = { currency: 'USD', minor: 1 }
    const worth = action({ expectedImpact: { low: usd, mid: usd, high: usd } })
    expect(tell({ actions: [worth] }).at(-1)).toBe(
      'First, pause X, expected to be worth about {{synthesis.action.1.impact_mid}} (Operations lead, by {{synthesis.action.1.due}}).',
    )
  })
})
