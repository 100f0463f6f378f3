import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import { creditInMinor } from './credit-in-minor.ts'
import type { JourneyMeasures } from './measurement.ts'
import { isCredit, type Model } from './models.ts'
import type { Measurement } from './month-measurement.ts'

/** One amount per model. */
export function amountsByModel(amount: (model: Model) => Quantity): Record<Model, Quantity> {
  return {
    first_touch: amount('first_touch'),
    last_touch: amount('last_touch'),
    last_non_direct: amount('last_non_direct'),
    linear: amount('linear'),
    linear_unique_channels: amount('linear_unique_channels'),
    position_based: amount('position_based'),
    time_decay: amount('time_decay'),
    markov: amount('markov'),
    shapley: amount('shapley'),
  }
}

/** Conversions a model gives a channel, or why there is none. */
export function amountOf(measurement: JourneyMeasures, model: Model, code: number): Quantity {
  const credit = measurement.credits[model]
  return isCredit(credit) ? measured(credit.conversions[code] ?? 0) : credit
}

/** Value of each channel, by its code, under a model: whole minor units that add up to the attributed value. */
export function valueByChannel(measurement: Measurement, model: Model): (code: number) => Quantity {
  const { attributed, credits } = measurement
  const credit = credits[model]
  if (!isCredit(credit)) return () => credit
  const missing = valueMissing(measurement)
  if (missing !== null) return () => missing
  const minor = creditInMinor(credit.valueMinor, attributed.valueMinor)
  return (code) => measured(minor[code] ?? 0)
}

/** Why value is missing: none of the attributed conversions states one. */
export function valueMissing({ attributed, withoutValue }: Measurement): Quantity | null {
  return attributed.conversions > 0 && withoutValue === attributed.conversions
    ? notMeasured('no attributed conversion states a value')
    : null
}

/** Credit as a share of the attributed conversions. */
export function shareOfAttributed(credit: Quantity, { attributed }: Measurement): Quantity {
  return quotient(credit, measured(attributed.conversions), 'the number of attributed conversions')
}

/** One end of an interval. */
export function intervalEnd(bound: number | undefined): Quantity {
  return bound === undefined ? notMeasured('too few conversions to resample') : measured(bound)
}
