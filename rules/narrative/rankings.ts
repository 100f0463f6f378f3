import { enumerated } from '../kernel/enumeration.ts'
import { numberOf } from './movement-facts.ts'
import type { Candidate, Figures } from './subjects.ts'

/** Subjects compared in pairs: the first ones, for pairs grow with the square. */
const COMPARED_MAX = 6

/** A subject under its alias and quoted name. */
export interface NamedSubject {
  readonly id: string
  readonly name: string
  readonly candidate: Candidate
}

interface Entry {
  readonly subject: NamedSubject
  readonly label: string
  readonly counted: boolean
  readonly value: number
  /** The figure as a template. */
  readonly current: string
  readonly shown: string
}

/**
 * Statements that set subjects of one kind beside each other: `top.M` and `bottom.M` name all that hold the highest and the lowest figure,
 * `cmp.M.A.B` says how two stand. Where two different figures look the same to a reader there is no statement on them.
 */
export function rankingStatements(
  subjects: readonly NamedSubject[],
  figures: Figures,
): [string, string][] {
  const kinds = Map.groupBy(subjects, ({ candidate }) => candidate.kind)
  const [largest] = [...kinds.values()].toSorted(
    (left, right) => figuresIn(right) - figuresIn(left),
  )
  const compared = largest ?? []
  const metrics = new Set(
    compared.flatMap(({ candidate }) => candidate.measures.map(({ metric }) => metric)),
  )
  return [...metrics].flatMap((metric) => {
    const entries = compared.flatMap((subject) => entryOf(subject, metric, figures))
    return [...extremes(metric, entries), ...pairs(metric, entries)]
  })
}

function figuresIn(subjects: readonly NamedSubject[]): number {
  return subjects.reduce((sum, { candidate }) => sum + candidate.measures.length, 0)
}

function entryOf(subject: NamedSubject, metric: string, { show }: Figures): Entry[] {
  return subject.candidate.measures
    .filter((measure) => measure.metric === metric)
    .map(({ label, current, fact, form }) => ({
      subject,
      label,
      counted: form === 'counted',
      // Measures hold figures that were measured.
      value: numberOf(fact) ?? 0,
      current,
      shown: show(fact),
    }))
}

function extremes(metric: string, entries: readonly Entry[]): [string, string][] {
  const values = entries.map(({ value }) => value)
  const [highest, lowest] = [Math.max(...values), Math.min(...values)]
  if (highest === lowest) return []
  return [
    ...extreme(`top.${metric}`, ['the highest', 'the most'], { entries, value: highest }),
    ...extreme(`bottom.${metric}`, ['the lowest', 'the fewest'], { entries, value: lowest }),
  ]
}

function extreme(
  id: string,
  [measured, counted]: readonly [string, string],
  { entries, value }: { readonly entries: readonly Entry[]; readonly value: number },
): [string, string][] {
  const holders = entries.filter((entry) => entry.value === value)
  const [first] = holders
  if (
    first === undefined ||
    entries.filter(({ shown }) => shown === first.shown).length > holders.length
  ) {
    return []
  }
  const names = enumerated(holders.map(({ subject }) => subject.name))
  const word = first.counted ? counted : measured
  return [[id, `${names} had ${word} ${first.label} (${first.current})`]]
}

function pairs(metric: string, entries: readonly Entry[]): [string, string][] {
  const few = entries.slice(0, COMPARED_MAX)
  return few.flatMap((left) =>
    few
      .filter(
        (right) => right !== left && (right.value === left.value || right.shown !== left.shown),
      )
      .map((right): [string, string] => [
        `cmp.${metric}.${left.subject.id}.${right.subject.id}`,
        comparison(left, right),
      ]),
  )
}

const ORDERS = {
  more: ['a higher', 'more', 'than'],
  less: ['a lower', 'fewer', 'than'],
  same: ['the same', 'as many', 'as'],
} as const

function comparison(left: Entry, right: Entry): string {
  const order = left.value > right.value ? ORDERS.more : ORDERS.less
  const [measured, counted, joint] = left.value === right.value ? ORDERS.same : order
  return `${left.subject.name} had ${left.counted ? counted : measured} ${left.label} ${joint} ${right.subject.name} (${left.current} versus ${right.current})`
}
