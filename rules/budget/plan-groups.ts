import type { PlanRow } from './input.ts'
import type { MonthLine } from './plan-review.ts'

/** Bounds of campaigns whose channels are planned, and which of them a line counts towards. */
export interface PlanGroups {
  readonly groups: readonly { readonly lower: number; readonly upper: number }[]
  /** Null when no campaign is bounded as a whole. */
  readonly groupOf: (line: MonthLine) => number | null
}

/**
 * Which campaigns have a least or greatest budget as a whole?
 *
 * A campaign's own plan row may bound the sum of its channels. What its other channels have is taken off, since they are not planned here.
 */
export function planGroups(lines: readonly MonthLine[], plans: readonly PlanRow[]): PlanGroups {
  const bounded = plans.filter(
    (plan) =>
      plan.campaignId !== null &&
      plan.channelId === null &&
      (plan.minMinor !== null || plan.maxMinor !== null),
  )
  if (bounded.length === 0) return { groups: [], groupOf: () => null }
  const groups = bounded.map((plan) => {
    const own = lines
      .filter(({ candidate }) => candidate.line.campaignId === plan.campaignId)
      .reduce((sum, line) => sum + line.planned, 0)
    const elsewhere = Math.max(0, plan.plannedMinor - own)
    return {
      lower: Math.min(own, Math.max(0, (plan.minMinor ?? 0) - elsewhere)),
      upper: Math.max(own, (plan.maxMinor ?? Number.MAX_SAFE_INTEGER) - elsewhere),
    }
  })
  const rest = { lower: 0, upper: Number.MAX_SAFE_INTEGER }
  return {
    groups: [...groups, rest],
    groupOf: ({ candidate }) => {
      const index = bounded.findIndex((plan) => plan.campaignId === candidate.line.campaignId)
      return index >= 0 ? index : groups.length
    },
  }
}
