import { describe, expect, it } from 'vitest'

import { stageCatalogue, type StageCatalogue } from '#rules/narrative/stage-catalogue.ts'
import type { Decision, Fact, StageResult } from '#rules/schema/review.ts'

const fact = (id: string, value: Fact['value'], changes: Partial<Fact> = {}): Fact => ({
  id,
  label: id,
  unit: 'ratio',
  status: value === 0 ? 'zero' : 'known',
  value,
  source: [],
  ...changes,
})

const decision = (subject: string, changes: Partial<Decision> = {}): Decision => ({
  id: `funnel.step:${subject}:${changes.action ?? ''}`,
  stage: 'funnel',
  subject,
  subjectName: subject.toUpperCase(),
  action: 'investigate',
  reason: 'broken',
  ruleId: 'funnel.step',
  policyVersion: '1',
  evidence: {},
  ...changes,
})

const stage = (facts: Fact[], decisions: Decision[]): StageResult => ({
  stage: 'funnel',
  status: 'assessed',
  facts,
  decisions,
  findings: [],
  tables: [],
  charts: [],
  summary: [],
})

const show = ({ value }: Fact): string =>
  typeof value === 'object' && value !== null ? `$${value.minor}` : Number(value).toFixed(1)

const catalogueOf = (result: StageResult, sentences: string[] = []): StageCatalogue =>
  stageCatalogue({ result, sentences, facts: result.facts, show })

const textsOf = (result: StageResult, sentences: string[] = []): Record<string, string> =>
  Object.fromEntries(
    Array.from(catalogueOf(result, sentences).catalogue, ([id, { text }]) => [id, text]),
  )

describe('stageCatalogue', () => {
  it('makes phrases of fact tokens and never of figures', () => {
    const result = stage(
      [
        fact('funnel.total.roi', 0.5),
        fact('funnel.step.a-b.rate', 0.1),
        fact('funnel.step.a-b.x', 1),
      ],
      [decision('step:a>b')],
    )
    expect(textsOf(result, ['Of {{funnel.step.a-b.rate}}.'])).toEqual({
      'pf.name': 'the month',
      's1.name': '“STEP:A>B”',
      'pf.roi': 'an ROI of {{funnel.total.roi}}',
      's1.rate': 'a step rate of {{funnel.step.a-b.rate}}',
      's1.decision': 'a recommendation to investigate (nobody goes on)',
      'say.1': 'Of {{funnel.step.a-b.rate}}',
      'list.investigate': 'to investigate: “STEP:A>B”',
    })
  })

  it.each([
    [3, 2, 'a rise in ROAS'],
    [2, 3, 'a fall in ROAS'],
    [2, 2, 'no change in ROAS ({{funnel.total.roas}} in both periods)'],
    [2.01, 2.02, 'a change too small to show in ROAS'],
    [{ currency: 'USD', minor: 5 }, { currency: 'USD', minor: 4 }, 'a rise in ROAS'],
  ])('says how %j came from %j', (now, then, phrase) => {
    const facts = [fact('funnel.total.roas', now), fact('funnel.total.roas.previous', then)]
    expect(textsOf(stage(facts, []))['pf.roas.chg']).toMatch(phrase)
    expect(catalogueOf(stage(facts, [])).brief).toEqual([
      `pf: roas=${show(fact('x', now))} prev=${show(fact('x', then))} (.prev .chg)`,
    ])
  })

  it('has no token for what was not measured, is a text, or has no name of ours', () => {
    const facts = [
      fact('funnel.total.roas', null, { status: 'not_measured' }),
      fact('funnel.total.cost', null, { status: 'unreadable' }),
      fact('funnel.total.value', 'evil', { unit: 'text' }),
      fact('funnel.total.evil', 5),
      fact('funnel.total.roi', 0),
      fact('funnel.total.roi.previous', null, { status: 'not_measured' }),
    ]
    expect(Object.keys(textsOf(stage(facts, [])))).toEqual(['pf.name', 'pf.roi'])
  })

  it('gives no figures to two subjects that one fact id could mean', () => {
    const facts = [fact('funnel.step.a-b.rate', 1)]
    const texts = textsOf(stage(facts, [decision('step:a>b'), decision('step:a-b')]))
    expect(Object.keys(texts).filter((id) => id.endsWith('.rate'))).toEqual([])
  })

  it('joins the calls on one subject and lists a name once, at most eight of them', () => {
    const twice = [decision('step:a'), decision('step:a', { reason: 'worse' })]
    expect(textsOf(stage([], twice))).toMatchObject({
      's1.decision':
        'a recommendation to investigate (nobody goes on) and a recommendation to investigate (worse)',
      'list.investigate': 'to investigate: “STEP:A”',
    })
    const many = Array.from({ length: 20 }, (_, index) => decision(`step:${index}`))
    const texts = textsOf(stage([], many))
    expect(texts['list.investigate']?.split(', ')).toHaveLength(8)
    expect(texts['list.investigate']).toMatch(/ and others$/)
    expect(Object.keys(texts).filter((id) => id.endsWith('.name'))).toHaveLength(17)
  })

  it('lists no action that could not be a token', () => {
    const texts = textsOf(stage([], [decision('step:a', { action: 'DIRECTIONAL' })]))
    expect(Object.keys(texts)).toEqual(['pf.name', 's1.name', 's1.decision'])
  })

  it('tells a model of rankings, and of comparisons once for all pairs', () => {
    const facts = [fact('funnel.step.a.rate', 0.5), fact('funnel.step.b.rate', 0.25)]
    const stand = stage(facts, [decision('step:a'), decision('step:b')])
    expect(catalogueOf(stand).brief.slice(2)).toEqual([
      'list.investigate',
      'top.rate',
      'bottom.rate',
      'cmp.METRIC.A.B: how subject A stands to subject B',
    ])
  })

  it('lists eight subjects without others', () => {
    const eight = Array.from({ length: 8 }, (_, index) => decision(`step:${index}`))
    expect(textsOf(stage([], eight))['list.investigate']).toBe(
      'to investigate: “STEP:0”, “STEP:1”, “STEP:2”, “STEP:3”, “STEP:4”, “STEP:5”, “STEP:6” and “STEP:7”',
    )
  })

  it.each(['aX', 'Xa', 'a'.repeat(41)])('lists nothing under the action %s', (action) => {
    const texts = textsOf(stage([], [decision('step:a', { action })]))
    expect(Object.keys(texts)).toEqual(['pf.name', 's1.name', 's1.decision'])
  })

  it('tells the model tokens, figures and codes, and the subject with most figures first', () => {
    const facts = [fact('funnel.step.b.rate', 0.25), fact('funnel.step.b.evil', 7)]
    const own = ['{{funnel.step.b.rate}} at Evil Name.', 'Evil {{funnel.step.b.evil}}.']
    const { brief, required } = catalogueOf(
      stage(facts, [decision('step:a'), decision('step:b', { reason: 'worse_now' })]),
      own,
    )
    expect(brief).toEqual([
      'say.1: a sentence of the rules about rate',
      'say.2: a sentence of the rules',
      's1: decision=investigate (worse_now); rate=0.3',
      's2: decision=investigate (broken)',
      'list.investigate',
    ])
    expect(required).toEqual(['say.1', 'say.2'])
  })
})
