import type { CurveFamily } from '../allocation/curve.ts'
import { type FamilyFit, fitFamily, type ResponsePoint } from './family-fit.ts'

/** Every family fitted, and the one to believe. */
export interface FamilyChoice {
  readonly fits: readonly FamilyFit[]
  readonly best: FamilyFit
}

const FAMILIES: readonly CurveFamily[] = ['power', 'log', 'saturating', 'exponential', 'hill']

/**
 * Which family describes this history best, counting what its parameters cost?
 *
 * The lowest AICc; ties go to the earlier, simpler family. Whether the best is known well enough to be used is its own question
 * (`isIdentified`): with little variation all families fit alike and none is determined.
 */
export function bestFamily(points: readonly ResponsePoint[]): FamilyChoice {
  const fits = FAMILIES.map((family) => fitFamily(family, points))
  const best = fits.reduce((left, right) => (right.aicc < left.aicc ? right : left))
  return { fits, best }
}
