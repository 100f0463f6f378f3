import type { SeenFigure } from './scene.ts'

/** A figure or a label where it stands in a text, with the figures of the subject that it may belong to. */
export interface Piece {
  readonly kind: 'figure' | 'label'
  readonly text: string
  readonly at: number
  readonly end: number
  readonly owners: readonly SeenFigure[]
}

type Role = 'now' | 'before' | 'size'

/** What stands between a figure and the label it counts or moves. */
const MOVES = /^ (?:rise|fall) in (?:the )?$/
const MOVED = /\b(rise|fall|no change) in (?:the )?$/i
const CHANGE_OF = 'a change of '
/** What stands between a label and its figure: `revenue of`, `revenue (… to`, `the rate from … to … (`. */
const NAMES = /^(?: of | \(| \(# to | from | from # to | from # to # \()$/

/**
 * Why a figure is not the figure that its surroundings make it; null when it is.
 *
 * `95 leads` and `an 8% rise in revenue` bind to the label on the right; every other figure to the last label on its left. In `(A to B)` and
 * `from A to B` the first is the figure before and the second that now; `(±size)` after them and `a change of size` are sizes; a figure
 * followed by `in the previous period` is the one before; every other is the one now.
 */
export function bindingFault(figure: Piece, pieces: readonly Piece[], text: string): string | null {
  const label = labelOf(figure, pieces, text)
  if (label === null) return `a figure without a label: ${figure.text}`
  const role = roleOf(figure, text, text.slice(figure.end, Math.max(figure.end, label.at)))
  const owner = label.owners.find((each) => shownIn(role, each).includes(figure.text))
  return owner === undefined ? WRONG[role](figure.text, label.text) : null
}

const WRONG = {
  now: (shown: string, label: string) => `${label} is not ${shown}`,
  before: (shown: string, label: string) => `${label} was not ${shown} before`,
  size: (shown: string, label: string) => `${label} did not move by ${shown}`,
} as const

/** Why the direction that the words before a label give it is not that of the label's figure; null when it is, or none is given. */
export function directionFault(label: Piece, text: string): string | null {
  const [, said] = MOVED.exec(text.slice(0, label.at)) ?? []
  if (said === undefined) return null
  const wanted = said === 'no change' ? 'none' : said
  const holds = label.owners.some(({ direction }) => direction === wanted)
  return holds ? null : `${label.text} had no ${said}`
}

function labelOf(figure: Piece, pieces: readonly Piece[], text: string): Piece | null {
  const labels = pieces.filter(({ kind }) => kind === 'label')
  const next = labels.find(({ at }) => at >= figure.end)
  const between = next === undefined ? '' : text.slice(figure.end, next.at)
  if (next !== undefined && bindsRight(between, text.slice(0, figure.at))) return next
  const last = labels.findLast(({ end }) => end <= figure.at)
  return last !== undefined && NAMES.test(gapBetween(last, figure, { pieces, text })) ? last : null
}

function bindsRight(between: string, before: string): boolean {
  return (
    between === ' ' ||
    MOVES.test(between) ||
    (before.endsWith(CHANGE_OF) && /^ in (?:the )?$/.test(between))
  )
}

/** What stands between a label and a figure on its right, with `#` for a figure between them. */
function gapBetween(
  label: Piece,
  figure: Piece,
  { pieces, text }: { readonly pieces: readonly Piece[]; readonly text: string },
): string {
  const inner = pieces.filter(
    ({ at, kind }) => kind === 'figure' && at >= label.end && at < figure.at,
  )
  const starts = [label.end, ...inner.map(({ end }) => end)]
  const ends = [...inner.map(({ at }) => at), figure.at]
  return starts.map((start, index) => text.slice(start, ends[index])).join('#')
}

function roleOf({ at, end }: Piece, text: string, between: string): Role {
  const [before, after] = [text.slice(0, at), text.slice(end)]
  if (MOVES.test(between) || before.endsWith(CHANGE_OF)) return 'size'
  if (before.endsWith('(') && after.startsWith(')')) return 'size'
  if (/(?:\(|\bfrom )$/.test(before) && after.startsWith(' to ')) return 'before'
  return /^(?: [A-Za-z -]+)? in the previous period/.test(after) ? 'before' : 'now'
}

function shownIn(role: Role, { current, previous, sizes }: SeenFigure): readonly string[] {
  if (role === 'size') return sizes
  return role === 'now' ? [current] : [previous ?? '']
}
