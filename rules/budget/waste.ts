/** Money of one line that brought less than it should, in minor units. */
export interface LineWaste {
  /** Proven at the policy's error rate: spend beyond what even the upper bound of conversions was worth at target. Null: there was no target to test it against. */
  readonly provable: number | null
  /** Beyond that, estimated only: it may be chance. */
  readonly estimated: number
}

/** What each view of waste says of a line, in minor units; null when the view cannot speak. */
export interface WasteViews {
  readonly spend: number
  /** Spend above the worth of the conversions: as measured and as proven. */
  readonly overTarget: { readonly point: number; readonly provable: number } | null
  /** Loss beyond the break-even point of a fitted curve. */
  readonly saturation: number | null
}

/**
 * How much of a line's spend was wasted, each unit counted once?
 *
 * The views look at the same money, so they are not added: provable is the proven excess over target; estimated is what the largest view
 * sees beyond it. Never more than was spent.
 */
export function wasteOf({ spend, overTarget, saturation }: WasteViews): LineWaste | null {
  if (overTarget === null && saturation === null) return null
  const provable = overTarget === null ? null : Math.min(spend, Math.floor(overTarget.provable))
  const largest = Math.min(spend, Math.max(overTarget?.point ?? 0, saturation ?? 0))
  return { provable, estimated: Math.max(0, Math.round(largest) - (provable ?? 0)) }
}
