import { present } from '../kernel/invariant.ts'
import { compareRatio, printedDecimal, type Ratio } from '../kernel/printed-decimal.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Target } from '../policy/verdict.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Fact, Finding } from '../schema/review.ts'
import type { TargetStatus } from '../schema/synthesis.ts'
import { token } from '../schema/template.ts'
import { countWords } from './target-counts.ts'
import { boundOf, ratioOf } from './target-status.ts'

const RULE_ID = 'health.target_rounding'
/** Shares are printed in per cent, so with two decimals at least: 0.5 is 50 %. */
const SHARES = new Set(['rate', 'change', 'points', 'probability'])

/**
 * Told when a missed target would look met once its figure is rounded as the bound is printed: 66.7 % is not 67 %.
 *
 * @param actual The figure the target speaks of; a missed target has one, and it is a number.
 * @throws InvariantError on a missed target without a number.
 */
export function roundingFinding(
  target: Target,
  status: TargetStatus,
  { actual, has }: { actual: Fact | undefined; has: (factId: string) => boolean },
): Finding[] {
  if (status.status !== 'missed') return []
  if (!looksMet(target, present(actual, 'the figure of a missed target'))) return []
  const counts = countWords(target.id, has)
  const side = status.operator === 'at_least' ? 'below' : 'above'
  return [
    {
      id: `finding.${RULE_ID}:${target.id}`,
      ruleId: RULE_ID,
      severity: 'warning',
      subject: `target:${target.id}`,
      title: `${status.label}: ${token(status.actual)} is ${side} the target of ${status.operator === 'at_least' ? 'at least' : 'at most'} ${token(status.target)}`,
      detail: `Exactly it is ${token(exactId(target.id))}. Rounded to as many digits as the target is written in, it would read as the target; what is compared is the exact figure with the target as it is written.${counts === '' ? '' : ` Meeting it takes ${counts}.`}`,
    },
  ]
}

/**
 * Enters a missed figure with as many digits as it takes to tell it from its bound, as a text: a figure printed like the bound it misses helps
 * nobody. Nothing where the two look unlike anyway.
 */
export function enterExactFigure(
  book: FactBook,
  target: Target,
  { status, actual }: { status: TargetStatus['status']; actual: Fact | undefined },
): void {
  if (status !== 'missed' || actual === undefined || !looksMet(target, actual)) return
  const ratio = present(ratioOf(actual), 'the number of a missed target')
  const isShare = SHARES.has(actual.unit)
  const shown = isShare ? { ...ratio, numerator: ratio.numerator * 100n } : ratio
  const bound = printedDecimal(boundOf(target))
  const printed = { numerator: bound.digits * (isShare ? 100n : 1n), denominator: bound.scale }
  book.addText({
    id: exactId(target.id),
    label: `${actual.label}: with the digits that tell it from the target`,
    unit: 'text',
    value: `${distinctDigits(shown, printed, isShare ? 1 : 2)}${suffixOf(actual)}`,
    source: actual.source,
  })
}

function exactId(targetId: string): string {
  return `synthesis.target.${distinctPart(targetId)}.exact`
}

/** A number rounded half away from zero to the fewest decimals, at least `least`, at which it differs from another. */
function distinctDigits(value: Ratio, other: Ratio, least: number): string {
  for (let decimals = least; ; decimals++) {
    const [digits, others] = [rounded(value, decimals), rounded(other, decimals)]
    if (digits !== others) return decimalOf(digits, decimals)
  }
}

/** Units of the last decimal, as a whole number. */
function rounded({ numerator, denominator }: Ratio, decimals: number): bigint {
  const scaled = numerator * 10n ** BigInt(decimals)
  const half = numerator < 0n ? -denominator : denominator
  return (2n * scaled + half) / (2n * denominator)
}

function decimalOf(digits: bigint, decimals: number): string {
  const size = String(digits < 0n ? -digits : digits).padStart(decimals + 1, '0')
  return `${digits < 0n ? '−' : ''}${size.slice(0, -decimals)}.${size.slice(-decimals)}`
}

const SUFFIXES: Readonly<Partial<Record<Fact['unit'], string>>> = {
  ratio: '×',
  days: ' days',
  hours: ' hours',
  minutes: ' minutes',
  seconds: ' seconds',
}

function suffixOf({ unit, value }: Fact): string {
  if (SHARES.has(unit)) return '%'
  return typeof value === 'object' && value !== null ? ` ${value.currency}` : (SUFFIXES[unit] ?? '')
}

/** True when the figure would hold if it were half a unit of the bound's last printed digit better. */
function looksMet(target: Target, actual: Fact): boolean {
  const ratio = present(ratioOf(actual), 'the number of a missed target')
  const bound = boundOf(target)
  const written = String(printedDecimal(bound).scale).length - 1
  const decimals = SHARES.has(actual.unit) ? Math.max(2, written) : written
  // Half a unit as whole numbers: bound ± 5 ÷ 10^(decimals + 1), so that no double is rounded on the way.
  const shift = 10n ** BigInt(decimals + 1)
  const better = target.at_least === undefined ? -5n : 5n
  const moved = {
    numerator: ratio.numerator * shift + better * ratio.denominator,
    denominator: ratio.denominator * shift,
  }
  const order = compareRatio(moved, bound)
  return target.at_least === undefined ? order < 0 : order >= 0
}
