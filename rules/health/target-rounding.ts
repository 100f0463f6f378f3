import { present } from '../kernel/invariant.ts'
import { compareRatio, printedDecimal } from '../kernel/printed-decimal.ts'
import type { Target } from '../policy/verdict.ts'
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
      detail: `Rounded to as many digits as the target has, the two look alike. What is compared is the exact figure, unrounded, with the target as it is written.${counts === '' ? '' : ` Meeting it takes ${counts}.`}`,
    },
  ]
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
