import { parsePrinted, printedInFull, type PrintedFigure } from './printed-figure.ts'

/** A row of `published_figures`: what an earlier report printed. */
export interface PublishedFigure {
  readonly figureId: string
  readonly publishedOn: string | null
  /** What the figure claims to be, e.g. `media_spend`, or the id of a fact of the review. */
  readonly metric: string
  /** What it speaks of, as `key:value` words: `segment:SEG_005 campaign:CAMP_003 month:2026-03`. */
  readonly subject: ReadonlyMap<string, readonly string[]>
  readonly printed: string
  readonly value: number | null
}

/** Words `key:value` by key; a key may come more than once, other words are passed over. */
export function parseSubject(subject: string | null): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const word of (subject ?? '').split(/\s/)) {
    const colon = word.indexOf(':')
    const [key, value] = [word.slice(0, colon), word.slice(colon + 1)]
    if (colon > 0 && value !== '') found.set(key, [...(found.get(key) ?? []), value])
  }
  return found
}

/** The number a figure claims: as it is printed, else its value in full; null when it has neither. */
export function claimOf({ printed, value }: PublishedFigure): PrintedFigure | null {
  return parsePrinted(printed) ?? (value === null ? null : printedInFull(value))
}

/**
 * Does the figure speak of this month? The month its subject names; without one, the month it was published in; without a date, any.
 */
export function speaksOf({ subject, publishedOn }: PublishedFigure, month: string): boolean {
  const named = subject.get('month')
  if (named !== undefined) return named.includes(month)
  return publishedOn === null || publishedOn.startsWith(month)
}
