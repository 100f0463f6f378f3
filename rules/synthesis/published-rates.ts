import { minorPerMajor } from '../kernel/currency.ts'
import { segmentPrefix } from '../portfolio/facts.ts'
import { segmentKey } from '../portfolio/rollup.ts'
import type { Fact } from '../schema/review.ts'
import { standsFor } from './printed-figure.ts'
import { claimOf, type PublishedFigure } from './published-figure.ts'

/** A published figure held against the one fact it should equal. */
export interface FigureRuling {
  readonly figure: PublishedFigure
  /** The right figure; undefined when the review has none of that name. */
  readonly fact: Fact | undefined
  readonly verdict: 'agrees' | 'differs' | 'not_assessable'
  readonly because: string
}

/** Which fact a metric should equal, and why a company may have got another number. */
const RIGHT: Readonly<Record<string, readonly [factId: string, because: string]>> = {
  media_spend: ['campaign_roi.total.cost.media', 'The cost ledger is what was paid.'],
  cost: ['campaign_roi.total.cost', 'Full cost is media, people, models and tools together.'],
  value: ['campaign_roi.total.value', 'The value ledger is what came in.'],
  net: ['campaign_roi.total.net', 'Net is value less full cost.'],
  roi: ['campaign_roi.total.roi', 'ROI is net over full cost.'],
  approval_rate: [
    'synthesis.approvals.rate_of_decided',
    'The published rate counts moves that nobody has decided yet as if they had been refused.',
  ],
  segments_on_target: [
    'synthesis.segments.on_target_rate',
    'It counts segments whose ROI reached the target, of all segments.',
  ],
  open_risks: ['synthesis.risks.open', 'It counts risks that nobody has taken in hand.'],
}

/**
 * Does a published figure equal the fact it should equal, as far as it is printed?
 *
 * A metric is one of the names above or the id of a fact. A figure without a number, or whose fact was not measured, cannot be assessed.
 */
export function judgeFigure(
  figure: PublishedFigure,
  facts: ReadonlyMap<string, Fact>,
): FigureRuling {
  const [factId, because] = rightFactOf(figure)
  const fact = facts.get(factId)
  const claim = claimOf(figure)
  const actual = fact === undefined ? null : numberOf(fact)
  if (claim === null || actual === null) return { figure, fact, because, verdict: 'not_assessable' }
  return { figure, fact, because, verdict: standsFor(claim, actual) ? 'agrees' : 'differs' }
}

function rightFactOf({ metric, subject }: PublishedFigure): readonly [string, string] {
  const [segment, campaign] = [subject.get('segment')?.[0], subject.get('campaign')?.[0]]
  if (metric === 'kpi' && segment !== undefined && campaign !== undefined) {
    const prefix = segmentPrefix(segmentKey({ segmentId: segment, campaignId: campaign }))
    return [`${prefix}.kpi.delivered`, 'The counts that the platforms delivered give another rate.']
  }
  return RIGHT[metric] ?? [metric, 'The data give another number.']
}

/** A fact's number, money in whole currency units; null for a text or what was not measured. */
function numberOf({ value }: Fact): number | null {
  if (value === null || typeof value === 'string') return null
  return typeof value === 'number' ? value : value.minor / minorPerMajor(value.currency)
}
