import { normalQuantile } from '../kernel/normal.ts'
import type { PlainArm } from './arm.ts'
import { plainMoments } from './arm.ts'
import type { ExperimentRules } from './input.ts'
import { changedRate, fleissSize } from './sample-size.ts'

/**
 * How many users does each arm need to show a change of `min_lift` of the control's value with the policy's power?
 *
 * A rate by Fleiss, for a rise, or for a fall where a rise would reach 100 %; a mean by 2 (z₁₋α/₂ + z_power)² V ÷ (min_lift · mean)², V the
 * variance of one user. Rounded up, at least 1.
 *
 * @returns null where the control gives nothing to plan with (no conversions, all convert, no spread), or no change, or one so small that the
 * users could not be counted.
 */
export function neededUsers(control: PlainArm, rules: ExperimentRules): number | null {
  const { mean, variance } = plainMoments(control)
  if (!(variance > 0)) return null
  const users =
    control.kind === 'proportion' ? usersOfRate(mean, rules) : usersOfMean(control, rules)
  return users === null || !Number.isSafeInteger(Math.ceil(users))
    ? null
    : Math.max(1, Math.ceil(users))
}

function usersOfRate(
  baseline: number,
  { alpha, power, min_lift: lift }: ExperimentRules,
): number | null {
  const rises = changedRate(baseline, lift) < 1
  if (!rises && lift >= 1) return null
  const relativeChange = rises ? lift : -lift
  if (changedRate(baseline, relativeChange) === baseline) return null
  return fleissSize({ baseline, relativeChange, alpha, power })
}

function usersOfMean(control: PlainArm, { alpha, power, min_lift: lift }: ExperimentRules): number {
  const { mean, variance } = plainMoments(control)
  const z = Math.max(0, normalQuantile(power) - normalQuantile(alpha / 2))
  return (2 * z ** 2 * variance) / (lift * mean) ** 2
}
