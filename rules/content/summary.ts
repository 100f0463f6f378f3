import { enumerated } from '../kernel/enumeration.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { StageResult } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { ContentTotals } from './facts.ts'
import type { GapLine } from './gap.ts'
import type { ContentInput } from './input.ts'
import type { PieceLine } from './pieces.ts'

/** Pieces and queries that one sentence names. */
const PIECES_NAMED = 5
const GAPS_NAMED = 3

const WHY_NOT_MEASURED = {
  absent: 'no content data set was provided',
  empty: 'the content data set has no row of the month',
  unreadable: 'the content data set could not be read',
  present: 'no content row lies in the month',
} as const

const WHY_NO_SEARCH = {
  absent: 'no search data set was provided',
  empty: 'the search data set has no row of the month',
  unreadable: 'the search data set could not be read',
  present: 'no search row lies in the month',
} as const

const total = (metric: string): string => token(`content.total.${metric}`)

/** The stage in words; what was not measured is said to be missing. */
export function contentSummary({
  totals,
  lines,
  gaps,
  presence,
}: {
  readonly totals: ContentTotals
  readonly lines: readonly PieceLine[]
  readonly gaps: readonly GapLine[]
  readonly presence: ContentInput['presence']
}): StageResult['summary'] {
  if (!isMeasured(totals.engagement.views) && !isMeasured(totals.search.clicks)) {
    return [`Content was not measured: ${WHY_NOT_MEASURED[presence.content]}.`]
  }
  const names = (action: string): string[] =>
    lines.filter((line) => line.decision.action === action).map((line) => literal(line.piece.title))
  return [
    ...readerSentences(totals, presence),
    ...searchSentences(totals, presence),
    ...listed('To refresh, because their readers leave', names('refresh')),
    ...listed('To promote, because they convert well and are read little', names('promote')),
    ...listed('To retire', names('retire')),
    ...listed(
      'Demand without a good page',
      gaps.slice(0, GAPS_NAMED).map((gap) => `“${literal(gap.text)}”`),
    ),
  ]
}

function readerSentences(
  { engagement, earlierEngagement }: ContentTotals,
  presence: ContentInput['presence'],
): string[] {
  if (!isMeasured(engagement.views)) {
    return [`What readers did was not measured: ${WHY_NOT_MEASURED[presence.content]}.`]
  }
  const parts = [
    ...(isMeasured(engagement.engagementRate)
      ? [`an engagement rate of ${total('engagement_rate')}`]
      : []),
    ...(isMeasured(engagement.conversions) ? [`${total('conversions')} conversions`] : []),
  ]
  const how = parts.length === 0 ? '' : ` with ${parts.join(' and ')}`
  return [
    `Content drew ${total('views')} views${how}.`,
    earlierEngagement.views.status === 'known'
      ? `Against the prior month, views changed by ${total('views_change')}.`
      : 'There is no view of the prior month to compare with.',
  ]
}

function searchSentences(
  { search, earlierSearch }: ContentTotals,
  presence: ContentInput['presence'],
): string[] {
  if (!isMeasured(search.clicks)) {
    return [`Search was not measured: ${WHY_NO_SEARCH[presence.search_performance]}.`]
  }
  const change =
    earlierSearch.clicks.status === 'known'
      ? `, ${total('search_clicks_change')} against the prior month`
      : ''
  const position = isMeasured(search.position)
    ? ` at a mean position of ${total('search_position')}`
    : ''
  return [`Search brought ${total('search_clicks')} clicks${position}${change}.`]
}

function listed(lead: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${lead}: ${enumerated(names.slice(0, PIECES_NAMED))}.`]
}
