/** What a platform may charge against an average daily budget; amounts in the caller's units. */
export interface PlatformCap {
  /** Most a single day may cost. */
  readonly maxDay: number
  /** Period the platform settles over, its limit, and what may still be charged in it. */
  readonly period: 'month' | 'week'
  readonly limit: number
  readonly remaining: number
}

/** Average daily budget, and what was spent in the platform's own period (calendar month or week) so far. */
export interface PlatformSpend {
  readonly averageDaily: number
  readonly spentInPeriod: number
}

/**
 * Multiple of the average daily budget that one day may cost, and days of budget that a period may cost. Google charges up to twice on a
 * day and 30.4 times in a month whatever its length; Meta 1.75 times on a day and 7 times in a week; TikTok's dynamic daily budget 1.25.
 * Source: the platforms' help pages on average daily budgets (Google Ads 2375423; Meta 190490051321426; TikTok "Dynamic daily budget").
 */
const RULES = {
  google_ads: { dayTimes: 2, period: 'month', periodTimes: 30.4 },
  meta: { dayTimes: 1.75, period: 'week', periodTimes: 7 },
  tiktok_ddb: { dayTimes: 1.25, period: 'week', periodTimes: 7 },
} as const

export type CappedPlatform = keyof typeof RULES

/** The platform whose rule is known under this name, or null: then nothing is assumed about what it may charge. */
export function cappedPlatform(name: string): CappedPlatform | null {
  const plain = name.toLowerCase()
  if (plain.includes('google')) return 'google_ads'
  if (plain.includes('meta') || plain.includes('facebook') || plain.includes('instagram')) {
    return 'meta'
  }
  return plain.includes('tiktok') ? 'tiktok_ddb' : null
}

/** What may the platform charge at most on a day and in the rest of its period? */
export function platformCap(platform: CappedPlatform, spend: PlatformSpend): PlatformCap {
  const rule = RULES[platform]
  const limit = rule.periodTimes * spend.averageDaily
  return {
    maxDay: rule.dayTimes * spend.averageDaily,
    period: rule.period,
    limit,
    remaining: Math.max(0, limit - spend.spentInPeriod),
  }
}
