import { derive, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { LiftTest } from '../policy/attribution.ts'

/** What a channel caused, as far as a controlled test has shown it. */
export interface Calibration {
  /** Conversions that would not have happened without the channel, with the test's interval. */
  readonly incremental: Quantity
  readonly low: Quantity
  readonly high: Quantity
  readonly measuredOn: string | null
}

/**
 * How many of the credited conversions did the channel cause? incremental = credit × the share a lift test found. Credit alone says who was
 * there, not who mattered; without a test the answer is not measured. Of several tests of a channel the latest counts.
 *
 * @param credit Conversions the deciding model gives the channel; where it is missing, so is the answer.
 * Source: B. R. Gordon, F. Zettelmeyer, N. Bhargava, D. Chapsky, "A comparison of approaches to advertising measurement" (2019).
 */
export function calibrate(
  credit: Quantity,
  channel: string,
  tests: readonly LiftTest[],
): Calibration {
  const latest = tests
    .filter((test) => test.channel === channel)
    .reduce<LiftTest | null>(
      (found, test) => (found !== null && found.measured_on >= test.measured_on ? found : test),
      null,
    )
  if (latest === null) {
    const missing = notMeasured('no lift test of this channel')
    return { incremental: missing, low: missing, high: missing, measuredOn: null }
  }
  const times = (share: number): Quantity => derive([credit], ([amount = 0]) => amount * share)
  return {
    incremental: times(latest.incremental_share),
    low: times(latest.low),
    high: times(latest.high),
    measuredOn: latest.measured_on,
  }
}
