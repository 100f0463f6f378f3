import { bindingFault, directionFault, type Piece } from './figure-binding.ts'
import { flowFault } from './flow.ts'
import { NUMBER_WORDS, PHRASES_BY_WORD } from './lexicon.ts'
import type { Scene, SeenFigure, SeenSubject } from './scene.ts'

/** Meanings of the lexicon that claim nothing by themselves: articles, verbs of having and being, places, what joins. */
const JOINING = new Set('_ H h b P T O v y t d C B i $'.split(' '))

/**
 * Why a rendered sentence is not known to be true; null when it is.
 *
 * It knows no token: it reads the finished words. A sentence of the rules is true as it stands. Any other is about exactly one subject, and each
 * figure in it must be that subject's: bound to a label beside it, in the right unit, and in the role its surroundings give it (now, before,
 * or the size of a movement in the right direction). A call must be the subject's, word for word. What is left may hold no figure, no label
 * and no word that the lexicon of the reader of free text knows as a direction, comparison, quantity, decision, status or cause.
 *
 * Source: the reader of free text in `reading/`, whose lexicon it shares.
 */
export function readBack(text: string, scene: Scene): string | null {
  if (scene.statements.includes(text)) return null
  const bare = text.replaceAll(/“[^”]*”/g, ' | ')
  const about = scene.subjects.filter(({ name }) =>
    name.startsWith('“') ? text.includes(name) : new RegExp(`\\b${name}\\b`, 'i').test(bare),
  )
  const [subject] = about
  if (subject === undefined || about.length > 1) return 'not one subject'
  const saidCall = subject.calls.some((call) => text.includes(call))
  const rest = without(without(text, subject.calls), [subject.name])
  return readRest(rest, subject, { scene, saidCall })
}

/** The text with a gap in the place of each of these; names in either case. */
function without(text: string, parts: readonly string[]): string {
  return parts
    .toSorted((left, right) => right.length - left.length)
    .reduce((rest, part) => {
      const capital = `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`
      return rest.replaceAll(part, ' | ').replaceAll(capital, ' | ')
    }, text)
}

function readRest(
  rest: string,
  subject: SeenSubject,
  { scene, saidCall }: { readonly scene: Scene; readonly saidCall: boolean },
): string | null {
  if (/[“”]/.test(rest)) return 'another name'
  const pieces = piecesOf(rest, subject)
  if (typeof pieces === 'string') return pieces
  const faults = pieces.flatMap((piece) => {
    const found =
      piece.kind === 'figure' ? bindingFault(piece, pieces, rest) : directionFault(piece, rest)
    return found ?? []
  })
  const fault = faults[0] ?? flowFault(rest, pieces)
  if (fault !== null) return fault
  const saysFact = saidCall || pieces.some(({ kind }) => kind === 'figure') || NO_CHANGE.test(rest)
  return saysFact ? readWords(leftOf(rest, pieces), scene) : 'no fact'
}

const NO_CHANGE = /\bno change in /i

/** Figures and labels of the subject where they stand in the text; a figure that is not its own is a fault. */
function piecesOf(rest: string, { figures }: SeenSubject): Piece[] | string {
  const found: Piece[] = []
  let at = 0
  while (at < rest.length) {
    const piece = pieceAt(rest, at, figures)
    if (piece !== null) {
      found.push(piece)
      at = piece.end
    } else if (/^(?:[\d$€£¥%×−+]|-(?=[\d$€£¥]))/.test(rest.slice(at))) {
      return `a figure that is not the subject’s: ${rest.slice(at, at + 20)}`
    } else {
      at++
    }
  }
  return found
}

function pieceAt(rest: string, at: number, figures: readonly SeenFigure[]): Piece | null {
  if (at > 0 && /[\p{L}\d]/u.test(rest.charAt(at - 1)) && /[\p{L}\d]/u.test(rest.charAt(at))) {
    return null
  }
  const label = longest(
    rest.toLowerCase(),
    at,
    figures.flatMap(({ labels }) => labels),
  )
  if (label !== '') {
    const owners = figures.filter(({ labels }) => labels.includes(label))
    return { kind: 'label', text: label, at, end: at + label.length, owners }
  }
  const shown = longest(
    rest,
    at,
    figures.flatMap(({ current, previous, sizes }) => [current, previous ?? '', ...sizes]),
  )
  if (!/\d/.test(shown)) return null
  return { kind: 'figure', text: shown, at, end: at + shown.length, owners: figures }
}

function longest(text: string, at: number, wanted: readonly string[]): string {
  const [found = ''] = wanted
    .filter((each) => text.startsWith(each, at) && endsAt(text, at + each.length))
    .toSorted((left, right) => right.length - left.length)
  return found
}

function endsAt(text: string, at: number): boolean {
  return !/^(?:[\p{L}\d%×]|[.,]\d)/u.test(text.slice(at))
}

/** What is left when figures, labels and the words of a movement are taken out. */
function leftOf(rest: string, pieces: readonly Piece[]): string {
  const bare = pieces.reduceRight(
    (text, { at, end, kind }) =>
      `${text.slice(0, at)} ${kind === 'label' ? 'LABEL' : 'FIGURE'} ${text.slice(end)}`,
    rest,
  )
  return bare
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/FIGURE (?:rise|fall) in (?:the )?LABEL/g, ' ')
    .replaceAll(/an? (?:rise|fall) in (?:the )?LABEL/g, ' ')
    .replaceAll(/a change (?:of FIGURE|too small to show) in (?:the )?LABEL/g, ' ')
    .replaceAll(/no change in (?:the )?LABEL/gi, ' ')
    .replaceAll(/in the previous period|in both periods/g, ' ')
    .replaceAll(/LABEL|FIGURE/g, ' ')
}

function readWords(left: string, { labels }: Scene): string | null {
  const lower = left.toLowerCase()
  const strange = labels.find((label) => new RegExp(`\\b${label}\\b`).test(lower))
  if (strange !== undefined) return `a label without a figure of the subject: ${strange}`
  for (const [word] of lower.matchAll(/[a-z]+/g)) {
    const meaning = PHRASES_BY_WORD.get(word)?.find(([phrase]) => phrase === word)?.[1]
    if (NUMBER_WORDS.has(word) || (meaning !== undefined && !JOINING.has(meaning))) {
      return `a claim that no token made: ${word}`
    }
  }
  return null
}
