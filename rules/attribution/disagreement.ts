import { present } from '../kernel/invariant.ts'
import { isCredit, type Credits, type Model } from './models.ts'

/** The models that give a channel least and most, in conversions. */
export interface Disagreement {
  readonly lowModel: Model
  readonly low: number
  readonly highModel: Model
  readonly high: number
}

/**
 * How far apart are the models on a channel? The lowest and the highest credit over the models given; ties go to the earlier one. Shapley is
 * not among them: it asks what a channel adds to the rate, and may be negative.
 *
 * @returns One entry per channel.
 * @throws InvariantError when none of the models could be computed; the usual six hold some that always can.
 */
export function modelDisagreement(
  credits: Credits,
  models: readonly Model[],
  channelCount: number,
): Disagreement[] {
  return Array.from({ length: channelCount }, (_, channel) => {
    let found: Disagreement | null = null
    for (const model of models) {
      const credit = credits[model]
      if (!isCredit(credit)) continue
      const amount = credit.conversions[channel] ?? 0
      found ??= { lowModel: model, low: amount, highModel: model, high: amount }
      if (amount < found.low) found = { ...found, lowModel: model, low: amount }
      if (amount > found.high) found = { ...found, highModel: model, high: amount }
    }
    return present(found, 'a model that could be computed')
  })
}
