import { derive, measured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Unit } from '../schema/review.ts'
import type { Engagement } from './engagement.ts'
import type { ContentContext } from './input.ts'
import type { PieceLine } from './pieces.ts'
import type { SearchResult } from './search.ts'

interface Entry {
  readonly part: string
  readonly label: string
  readonly unit: Exclude<Unit, 'date' | 'text'>
  readonly quantity: Quantity
}

/** The portfolio's figures: `content.total.*`, now and a month ago. */
export interface ContentTotals {
  readonly engagement: Engagement
  readonly search: SearchResult
  readonly earlierEngagement: Engagement
  readonly earlierSearch: SearchResult
  readonly published: Quantity
  readonly promoted: Quantity
}

/** Enters the portfolio as facts. */
export function enterTotals(
  book: FactBook,
  totals: ContentTotals,
  { month }: ContentContext,
): void {
  const content: FactSource[] = [
    { dataset: 'content', rows: totals.engagement.rows, where: { month_key: month } },
  ]
  const search: FactSource[] = [
    { dataset: 'search_performance', rows: totals.search.rows, where: { month_key: month } },
  ]
  const prefix = 'content.total'
  add(book, 'All content', {
    prefix,
    source: content,
    entries: engagementEntries(totals.engagement),
  })
  add(book, 'All search', { prefix, source: search, entries: searchEntries(totals.search) })
  add(book, 'All content', {
    prefix,
    source: content,
    entries: [
      {
        part: 'published',
        label: 'pieces published in the month',
        unit: 'count',
        quantity: totals.published,
      },
      {
        part: 'promoted',
        label: 'pieces an ad links to',
        unit: 'count',
        quantity: totals.promoted,
      },
      {
        part: 'views_change',
        label: 'change of views against the prior month',
        unit: 'change',
        quantity: change(totals.engagement.views, totals.earlierEngagement.views),
      },
      {
        part: 'search_clicks_change',
        label: 'change of search clicks against the prior month',
        unit: 'change',
        quantity: change(totals.search.clicks, totals.earlierSearch.clicks),
      },
      {
        part: 'search_position_change',
        label: 'change of the mean position (negative is better)',
        unit: 'position',
        quantity: derive(
          [totals.search.position, totals.earlierSearch.position],
          ([now = 0, before = 0]) => now - before,
        ),
      },
    ],
  })
}

/** Enters each piece as facts `content.piece.ID.*`. */
export function enterPieces(
  book: FactBook,
  lines: readonly PieceLine[],
  { month }: ContentContext,
): void {
  for (const line of lines) {
    const where = { month_key: month, content_id: line.piece.contentId }
    const source: FactSource[] = [{ dataset: 'content', rows: line.engagement.rows, where }]
    add(book, line.piece.title, {
      prefix: line.prefix,
      source,
      entries: [
        ...engagementEntries(line.engagement),
        ...searchEntries(line.search),
        {
          part: 'views_change',
          label: 'change of views against the earlier average',
          unit: 'change',
          quantity: line.decay.change,
        },
        { part: 'score', label: 'content score', unit: 'score', quantity: line.score.score },
      ],
    })
  }
}

function engagementEntries(engagement: Engagement): Entry[] {
  return [
    { part: 'views', label: 'views', unit: 'count', quantity: engagement.views },
    {
      part: 'engagement_rate',
      label: 'engagement rate',
      unit: 'rate',
      quantity: engagement.engagementRate,
    },
    {
      part: 'average_time',
      label: 'average time',
      unit: 'seconds',
      quantity: engagement.averageTime,
    },
    { part: 'bounce_rate', label: 'bounce rate', unit: 'rate', quantity: engagement.bounceRate },
    { part: 'conversions', label: 'conversions', unit: 'count', quantity: engagement.conversions },
    {
      part: 'assisted_conversions',
      label: 'assisted conversions',
      unit: 'count',
      quantity: engagement.assistedConversions,
    },
    {
      part: 'conversion_rate',
      label: 'conversions a view',
      unit: 'rate',
      quantity: engagement.conversionRate,
    },
  ]
}

function searchEntries(search: SearchResult): Entry[] {
  return [
    { part: 'search_clicks', label: 'search clicks', unit: 'count', quantity: search.clicks },
    {
      part: 'search_impressions',
      label: 'search impressions',
      unit: 'count',
      quantity: search.impressions,
    },
    { part: 'search_ctr', label: 'search click-through rate', unit: 'rate', quantity: search.ctr },
    {
      part: 'search_position',
      label: 'mean search position',
      unit: 'position',
      quantity: search.position,
    },
  ]
}

function add(
  book: FactBook,
  name: string,
  {
    prefix,
    source,
    entries,
  }: { prefix: string; source: readonly FactSource[]; entries: readonly Entry[] },
): void {
  for (const { part, label, unit, quantity } of entries) {
    book.add({ id: `${prefix}.${part}`, label: `${name}: ${label}`, unit, quantity, source })
  }
}

function change(now: Quantity, before: Quantity): Quantity {
  if (before.status === 'zero' && 'value' in now) {
    return { status: 'not_measured', reason: 'the prior month is zero' }
  }
  return derive(
    [now, before],
    ([current = 0, earlier = 1]) => measured((current - earlier) / earlier).value,
  )
}
