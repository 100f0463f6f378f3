import { normalQuantile } from '../kernel/normal.ts'
import type { PlainArm } from './arm.ts'
import { plainMoments } from './arm.ts'
import type { ExperimentRules } from './input.ts'
import { sampleSize } from './sample-size.ts'

/**
 * Users per arm to see a change of `min_lift` of the control's value with the policy's power; null where the control
 * gives nothing to plan with (no conversions, all convert, no spread) or no change is asked for.
 *
 * Rates by Fleiss; means by 2 (z₁₋α/₂ + z_power)² V ÷ (min_lift · mean)². Rounded up.
 */
export function neededUsers(
  control: PlainArm,
  { alpha, power, min_lift: lift }: ExperimentRules,
): number | null {
  const { mean, variance } = plainMoments(control)
  if (mean === 0 || variance === 0 || lift === 0) return null
  if (control.kind === 'proportion') {
    const rises = mean * (1 + lift) < 1
    if (!rises && lift >= 1) return null
    const relativeChange = rises ? lift : -lift
    return Math.ceil(sampleSize({ baseline: mean, relativeChange, alpha, power }).fleiss)
  }
  const z = normalQuantile(power) - normalQuantile(alpha / 2)
  return Math.ceil((2 * z ** 2 * variance) / (lift * mean) ** 2)
}
