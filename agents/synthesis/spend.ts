import { latestRollups, type SegmentRollup } from '#rules/portfolio/rollup.ts'
import type { StageResult } from '#rules/schema/review.ts'
import type { SpendSum, SynthesisInput } from '#rules/synthesis/input.ts'

/** Media spend as campaign ROI read it from the ledger and the platforms, and as the segment rollups state it. */
export function spendSums(
  stages: readonly StageResult[],
  rollups: readonly SegmentRollup[],
): SynthesisInput['spend'] {
  const facts = new Map(stages.flatMap((stage) => stage.facts).map((fact) => [fact.id, fact]))
  const shown = (id: string): SpendSum => {
    const fact = facts.get(id)
    const minor = typeof fact?.value === 'object' && fact.value !== null ? fact.value.minor : null
    return { minor, rows: (fact?.source ?? []).reduce((sum, source) => sum + source.rows, 0) }
  }
  return {
    ledger: shown('campaign_roi.total.cost.media'),
    platforms: shown('campaign_roi.total.platform_spend'),
    rollups: statedSpend(latestRollups(rollups)),
  }
}

/** Null when any rollup left its spend out: half a sum is not a sum. */
function statedSpend(rollups: readonly SegmentRollup[]): SpendSum {
  const stated = rollups.flatMap(({ spendMinor }) => (spendMinor === null ? [] : [spendMinor]))
  const complete = rollups.length > 0 && stated.length === rollups.length
  return {
    minor: complete ? stated.reduce((sum, minor) => sum + minor, 0) : null,
    rows: rollups.length,
  }
}
