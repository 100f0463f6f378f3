import type { Fact } from '../schema/review.ts'
import { NARRATED_METRICS } from './metrics.ts'

/** Ends the id of the fact that holds the size of a movement. */
const SIZE = 'movement'

/**
 * Where the figure before one may stand: `x.previous`, `x.prior_month` beside a count, `prior_rate` beside a rate, or the same metric under
 * `prior_month`.
 */
export function priorFactIds(id: string): string[] {
  const at = id.lastIndexOf('.')
  const [subject, metric] = [id.slice(0, at), id.slice(at + 1)]
  return [
    `${id}.previous`,
    ...(metric === 'count' ? [`${subject}.prior_month`] : []),
    ...(metric === 'rate' ? [`${subject}.prior_rate`] : []),
    `${subject}.prior_month.${metric}`,
  ]
}

/** The fact that holds the size of the movement of a figure. */
export function movementId(id: string): string {
  return `${id}.${SIZE}`
}

/**
 * How far every figure a narrator may name went from the period before, as facts of their own, so that a sentence can say “a 35.7% fall”
 * without typing a figure.
 *
 * Of a rate, change or probability the size is now − before, signed, in points; of all others |now ÷ before − 1|, unsigned, a share of 1. There
 * is none where either figure was not measured or is no number, and no relative one over zero.
 */
export function movementFacts(facts: readonly Fact[]): Fact[] {
  const byId = new Map(facts.map((fact) => [fact.id, fact]))
  return facts.flatMap((now) => {
    const metric = now.id.slice(now.id.lastIndexOf('.') + 1)
    if (!NARRATED_METRICS.has(metric) || byId.has(movementId(now.id))) return []
    const before = priorFactIds(now.id).flatMap((id) => byId.get(id) ?? [])[0]
    return before === undefined ? [] : movementFact(now, before)
  })
}

const IN_POINTS: ReadonlySet<Fact['unit']> = new Set(['rate', 'change', 'probability'])

function movementFact(now: Fact, before: Fact): Fact[] {
  const [current, previous] = [numberOf(now), numberOf(before)]
  if (current === null || previous === null || now.unit !== before.unit) return []
  const inPoints = IN_POINTS.has(now.unit)
  if (!inPoints && previous === 0) return []
  const value = inPoints ? current - previous : Math.abs(current / previous - 1)
  return [
    {
      id: movementId(now.id),
      label: `movement of ${now.label}`,
      unit: inPoints ? 'points' : 'rate',
      status: value === 0 ? 'zero' : 'known',
      value,
      formula: inPoints ? 'now − before' : '|now ÷ before − 1|',
      inputs: [now.id, before.id],
      source: [],
    },
  ]
}

/** The number of a measured fact; money in minor units. */
export function numberOf({ status, value }: Fact): number | null {
  if (status !== 'known' && status !== 'zero') return null
  if (typeof value === 'number') return value
  return typeof value === 'object' && value !== null ? value.minor : null
}
