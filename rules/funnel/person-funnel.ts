import type { FunnelPolicy } from '../policy/stages.ts'
import type { BreakdownRule } from './breakdown.ts'
import type { FunnelDefinition } from './definition.ts'
import type { Motion } from './motion.ts'

const DAY_MS = 86_400_000

/**
 * How are persons read along a motion?
 *
 * The order, window and exclusions of the policy. An exclusion counts where both of its stages are part of the motion, in that order.
 */
export function personFunnel({ stages }: Motion, policy: FunnelPolicy): FunnelDefinition {
  return {
    steps: stages,
    order: policy.order,
    windowMs: policy.window_days * DAY_MS,
    exclusions: policy.exclusions
      .map(({ stage, from, to }) => ({
        stage,
        fromStep: stages.indexOf(from),
        toStep: stages.indexOf(to),
      }))
      .filter(({ fromStep, toStep }) => fromStep >= 0 && fromStep < toStep),
    excluded: policy.excluded,
  }
}

/** Under which event's cell a person counts. */
export function personBreakdown({ breakdown }: FunnelPolicy): BreakdownRule {
  return breakdown === 'entry' ? { step: 0 } : breakdown
}

/**
 * Which stages must an event log number? Those of the motions, those that exclude, and the habits: what people did besides.
 *
 * @param seen Stages that have events; one that has none needs no number.
 */
export function personVocabulary(
  motions: readonly Motion[],
  { exclusions }: FunnelPolicy,
  seen: readonly string[],
): string[] {
  const steps = motions.flatMap((motion) => motion.stages)
  return [...new Set([...steps, ...exclusions.map(({ stage }) => stage), ...seen])]
}
