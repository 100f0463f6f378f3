import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Target } from '../policy/verdict.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Fact } from '../schema/review.ts'
import type { TargetStatus } from '../schema/synthesis.ts'
import { token } from '../schema/template.ts'
import { judgeTarget } from './target-status.ts'

/** Beyond this a count says no more than the rate. */
const COUNTED = 1000

function prefixOf(targetId: string): string {
  return `synthesis.target.${distinctPart(targetId)}`
}

/**
 * Enters what a missed share means in whole things: how many were reached, of how many, and the least (or greatest) number that would
 * meet the target. Only for shares of few whole things; nothing where no number would do.
 */
export function enterTargetCounts(
  book: FactBook,
  target: Target,
  { status, actual }: { status: TargetStatus['status']; actual: Fact | undefined },
): void {
  if (status !== 'missed' || actual === undefined) return
  const counts = countsOf(actual)
  if (counts === undefined) return
  const needed = neededOf(target, actual, counts.of)
  if (needed === undefined) return
  const { source } = actual
  const add = (metric: string, what: string, count: number): string =>
    book.add({
      id: `${prefixOf(target.id)}.${metric}`,
      label: `${actual.label}: ${what}`,
      unit: 'count',
      quantity: measured(count),
      source,
    })
  add('needed', 'number that meets the target', needed)
  add('reached', 'number reached', counts.reached)
  add('of', 'of how many', counts.of)
}

/** Whole things behind a share; nothing where they are amounts, or too many to say more than the share does. */
function countsOf(actual: Fact): { reached: number; of: number } | undefined {
  const { numerator: reached = 0.5, denominator: of = 0.5, unit } = actual
  const isCounted = [reached, of].every(Number.isInteger) && of <= COUNTED
  return unit === 'rate' && isCounted ? { reached, of } : undefined
}

/** The least number of things that meets a floor, the greatest that meets a ceiling. */
function neededOf(target: Target, actual: Fact, of: number): number | undefined {
  const counts = Array.from({ length: of + 1 }, (_, count) => count).filter(
    (count) => judgeTarget(target, { ...actual, numerator: count }).status === 'met',
  )
  return target.at_least === undefined ? counts.at(-1) : counts[0]
}

/** "5 of 6 instead of 4 of 6"; empty where the target has no counts. */
export function countWords(targetId: string, has: (factId: string) => boolean): string {
  const prefix = prefixOf(targetId)
  if (!has(`${prefix}.needed`)) return ''
  const of = token(`${prefix}.of`)
  return `${token(`${prefix}.needed`)} of ${of} instead of ${token(`${prefix}.reached`)} of ${of}`
}
