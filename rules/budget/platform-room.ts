import type { LinePace } from './line-pace.ts'
import { cappedPlatform, type CappedPlatform, platformCap } from './platform-caps.ts'

/** Whether a line can still land on its plan under what its platform may charge a day; minor units. */
export interface PlatformRoom {
  readonly platform: CappedPlatform
  /** Most the platform charges on a day if the plan's daily average is its daily budget. */
  readonly maxDay: number
  /** Greatest spend that one of the days left would need. */
  readonly requiredDay: number
  readonly canCatchUp: boolean
}

/**
 * Can the days left still bring the line to its plan, given what its platform charges at most on a day?
 *
 * The daily budget is taken to be the plan's daily average. A line that needs more on a day than the platform may charge lands short unless its daily
 * budget is raised.
 *
 * @returns Null for a platform without a known cap, or when no pace is known or no day is left.
 */
export function platformRoom(pace: LinePace, platformName: string | null): PlatformRoom | null {
  const platform = platformName === null ? null : cappedPlatform(platformName)
  if (platform === null || pace.budget === null || pace.requiredDay === null) return null
  const days = pace.daysElapsed + pace.daysLeft
  const { maxDay } = platformCap(platform, {
    averageDaily: pace.budget / days,
    spentInPeriod: 0,
  })
  return {
    platform,
    maxDay,
    requiredDay: pace.requiredDay,
    canCatchUp: pace.requiredDay <= maxDay,
  }
}
