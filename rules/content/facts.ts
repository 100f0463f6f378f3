import { addMonths } from '../kernel/calendar.ts'
import { derive, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { fraction } from '../schema/fraction.ts'
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
  readonly formula?: string
  /** The two quantities divided. */
  readonly over?: readonly [Quantity, Quantity]
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

const TOTAL = { name: 'All content', prefix: 'content.total' }
const CHANGE_FORMULA = '(now − before) ÷ before'

/** Enters the portfolio as facts. */
export function enterTotals(
  book: FactBook,
  totals: ContentTotals,
  { month }: ContentContext,
): void {
  const before = addMonths(month, -1)
  const { engagement, search, earlierEngagement, earlierSearch } = totals
  const content = [rows('content', engagement.rows, month)]
  const found = [rows('search_performance', search.rows, month)]
  enter(book, TOTAL, { source: content, entries: engagementEntries(engagement) })
  enter(book, TOTAL, { source: found, entries: searchEntries(search) })
  enter(book, TOTAL, { source: content, entries: countEntries(totals) })
  enter(book, TOTAL, {
    source: [...content, rows('content', earlierEngagement.rows, before)],
    entries: [changeEntry('views', engagement.views, earlierEngagement.views)],
  })
  enter(book, TOTAL, {
    source: [...found, rows('search_performance', earlierSearch.rows, before)],
    entries: [
      changeEntry('search_clicks', search.clicks, earlierSearch.clicks),
      {
        part: 'search_position_change',
        label: 'change of the mean position (negative is better)',
        unit: 'position',
        quantity: derive(
          [search.position, earlierSearch.position],
          ([now = 0, then = 0]) => now - then,
        ),
        formula: 'position now − position before',
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
  for (const { piece, prefix, engagement, search, decay, score } of lines) {
    const subject = { name: piece.title, prefix }
    const where = { month_key: month, content_id: piece.contentId }
    enter(book, subject, {
      source: [{ dataset: 'content', rows: engagement.rows, where }],
      entries: [
        ...engagementEntries(engagement),
        {
          part: 'views_change',
          label: 'change of views against the earlier average',
          unit: 'change',
          quantity: decay.change,
          formula: '(now − average of earlier months) ÷ that average',
        },
        {
          part: 'score',
          label: 'content score',
          unit: 'score',
          quantity: score.score,
          formula: 'weighted mean of ranks among peers by engagement, search and conversion',
        },
      ],
    })
    const page = piece.url === null ? {} : { page: piece.url }
    enter(book, subject, {
      source: [
        { dataset: 'search_performance', rows: search.rows, where: { month_key: month, ...page } },
      ],
      entries: searchEntries(search),
    })
  }
}

function rows(dataset: 'content' | 'search_performance', count: number, of: string): FactSource {
  return { dataset, rows: count, where: { month_key: of } }
}

function countEntries({ published, promoted }: ContentTotals): Entry[] {
  return [
    {
      part: 'published',
      label: 'pieces published in the month',
      unit: 'count',
      quantity: published,
    },
    { part: 'promoted', label: 'pieces an ad links to', unit: 'count', quantity: promoted },
  ]
}

function engagementEntries(engagement: Engagement): Entry[] {
  const { views, engagedViews, conversions } = engagement
  return [
    { part: 'views', label: 'views', unit: 'count', quantity: views },
    {
      part: 'engagement_rate',
      label: 'engagement rate',
      unit: 'rate',
      quantity: engagement.engagementRate,
      formula: 'engaged views ÷ views',
      over: [engagedViews, views],
    },
    {
      part: 'average_time',
      label: 'average time',
      unit: 'seconds',
      quantity: engagement.averageTime,
      formula: 'time of all views ÷ views',
    },
    {
      part: 'bounce_rate',
      label: 'bounce rate',
      unit: 'rate',
      quantity: engagement.bounceRate,
      formula: 'bounces ÷ views',
      over: [engagement.bounces, views],
    },
    { part: 'conversions', label: 'conversions', unit: 'count', quantity: conversions },
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
      formula: 'conversions ÷ views',
      over: [conversions, views],
    },
  ]
}

function searchEntries({ clicks, impressions, ctr, position }: SearchResult): Entry[] {
  return [
    { part: 'search_clicks', label: 'search clicks', unit: 'count', quantity: clicks },
    {
      part: 'search_impressions',
      label: 'search impressions',
      unit: 'count',
      quantity: impressions,
    },
    {
      part: 'search_ctr',
      label: 'search click-through rate',
      unit: 'rate',
      quantity: ctr,
      formula: 'clicks ÷ impressions',
      over: [clicks, impressions],
    },
    {
      part: 'search_position',
      label: 'mean search position',
      unit: 'position',
      quantity: position,
      formula: 'Σ(position × impressions) ÷ Σ impressions',
    },
  ]
}

function changeEntry(metric: 'views' | 'search_clicks', now: Quantity, before: Quantity): Entry {
  const quantity =
    before.status === 'zero' && 'value' in now
      ? notMeasured('the prior month is zero')
      : derive([now, before], ([current = 0, earlier = 1]) => (current - earlier) / earlier)
  const what = metric === 'views' ? 'views' : 'search clicks'
  return {
    part: `${metric}_change`,
    label: `change of ${what} against the prior month`,
    unit: 'change',
    quantity,
    formula: CHANGE_FORMULA,
  }
}

function enter(
  book: FactBook,
  { name, prefix }: { readonly name: string; readonly prefix: string },
  { source, entries }: { source: readonly FactSource[]; entries: readonly Entry[] },
): void {
  for (const { part, label, over, ...figure } of entries) {
    book.add({
      ...figure,
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      ...(over === undefined ? {} : fraction(...over)),
      source,
    })
  }
}
