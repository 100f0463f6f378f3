import type { Missing } from '../kernel/quantity.ts'
import type { AttributionPolicy } from '../policy/attribution.ts'
import type { Credit } from './journey.ts'

/** The models of this stage, in the order they are shown. */
export const MODELS = [
  'first_touch',
  'last_touch',
  'last_non_direct',
  'linear',
  'linear_unique_channels',
  'position_based',
  'time_decay',
  'markov',
  'shapley',
] as const
export type Model = (typeof MODELS)[number]

/** The models a policy may let decide. Shapley credit can be negative and so decides nothing. */
export type DecidingModel = AttributionPolicy['model']

/** Names of the models in a sentence or a table head. */
export const MODEL_NAMES: Readonly<Record<Model, string>> = {
  first_touch: 'first touch',
  last_touch: 'last touch',
  last_non_direct: 'last non-direct touch',
  linear: 'linear',
  linear_unique_channels: 'linear over unique channels',
  position_based: 'position-based',
  time_decay: 'time decay',
  markov: 'Markov',
  shapley: 'Shapley',
}

/** Credit of each model, or why there is none. */
export type Credits = Readonly<Record<Model, Credit | Missing>>

/** True where a model could be computed. */
export function isCredit(credit: Credit | Missing): credit is Credit {
  return 'conversions' in credit
}

/** Models of the comparison table, in its order. */
const COMPARED: readonly Model[] = [
  'first_touch',
  'last_touch',
  'linear',
  'position_based',
  'time_decay',
  'markov',
]

/** The other models of the stage, shown after those side by side. */
export function furtherModels(deciding: DecidingModel): readonly Model[] {
  const compared = comparedModels(deciding)
  return MODELS.filter((model) => !compared.includes(model))
}

/** The models a reader sees side by side: the usual six, and the deciding one where it is another. */
export function comparedModels(deciding: DecidingModel): readonly Model[] {
  return COMPARED.includes(deciding) ? COMPARED : [deciding, ...COMPARED]
}
