import { describe, expect, it } from 'vitest'

import type { Fact } from '#rules/schema/review.ts'
import { parseSubject, type PublishedFigure } from '#rules/synthesis/published-figure.ts'
import { judgeFigure } from '#rules/synthesis/published-rates.ts'

const figure = (metric: string, printed: string, subject = ''): PublishedFigure => ({
  figureId: 'F',
  publishedOn: null,
  metric,
  subject: parseSubject(subject),
  printed,
  value: null,
})
const fact = (id: string, value: Fact['value']): Fact => ({
  id,
  label: id,
  unit: typeof value === 'number' ? 'ratio' : 'money',
  status: value === null ? 'not_measured' : 'known',
  value,
  source: [],
})
const judge = (claim: PublishedFigure, ...facts: readonly Fact[]) =>
  judgeFigure(claim, new Map(facts.map((entry) => [entry.id, entry])))
const usd = (minor: number) => ({ currency: 'USD', minor })

describe('judgeFigure', () => {
  it.each([
    ['media_spend', 'campaign_roi.total.cost.media', 'The cost ledger is what was paid.'],
    ['cost', 'campaign_roi.total.cost', 'Full cost is media, people, models and tools together.'],
    ['value', 'campaign_roi.total.value', 'The value ledger is what came in.'],
    ['net', 'campaign_roi.total.net', 'Net is value less full cost.'],
    ['roi', 'campaign_roi.total.roi', 'ROI is net over full cost.'],
    [
      'approval_rate',
      'synthesis.approvals.rate_of_decided',
      'The published rate counts moves that nobody has decided yet as if they had been refused.',
    ],
    [
      'segments_on_target',
      'synthesis.segments.on_target_rate',
      'It counts segments whose ROI reached the target, of all segments.',
    ],
    ['open_risks', 'synthesis.risks.open', 'It counts risks that nobody has taken in hand.'],
    ['funnel.total.visits', 'funnel.total.visits', 'The data give another number.'],
  ])('holds %s against %s', (metric, id, because) => {
    const right = fact(id, 3)
    expect(judge(figure(metric, '3'), right)).toMatchObject({
      fact: right,
      verdict: 'agrees',
      because,
    })
    expect(judge(figure(metric, '4'), right).verdict).toBe('differs')
  })

  it('holds the KPI of a segment in a campaign against what was delivered', () => {
    const delivered = fact('synthesis.segment.S:C.kpi.delivered', 0.1)
    const of = (subject: string) => judge(figure('kpi', '0.1', subject), delivered)
    expect(of('segment:S campaign:C')).toMatchObject({
      fact: delivered,
      verdict: 'agrees',
      because: 'The counts that the platforms delivered give another rate.',
    })
    for (const incomplete of ['segment:S', 'campaign:C', '']) {
      expect(of(incomplete)).toMatchObject({ fact: undefined, verdict: 'not_assessable' })
    }
    // Another metric of the same segment is no KPI of it.
    expect(judge(figure('reach', '0.1', 'segment:S campaign:C'), delivered).fact).toBeUndefined()
  })

  it('reads money in whole units of its currency', () => {
    expect(
      judge(figure('cost', '$11,097.55'), fact('campaign_roi.total.cost', usd(1_109_755))),
    ).toMatchObject({
      verdict: 'agrees',
    })
  })

  it.each([
    ['a figure without a number', figure('roi', 'good'), fact('campaign_roi.total.roi', 1)],
    ['a fact that was not measured', figure('roi', '1'), fact('campaign_roi.total.roi', null)],
    ['a fact that is a text', figure('roi', '1'), fact('campaign_roi.total.roi', 'one')],
  ])('cannot assess %s', (_what, claim, right) => {
    expect(judge(claim, right).verdict).toBe('not_assessable')
  })
})
