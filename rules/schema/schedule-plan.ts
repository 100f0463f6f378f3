import { z } from 'zod'

/** The day of each month on which its review starts. */
export const StartDay = z.discriminatedUnion('kind', [
  /** Business day N after the end of the month under review. */
  z.strictObject({ kind: z.literal('after_month_end'), businessDay: z.int().min(1).max(20) }),
  /** N business days before the meeting, itself a business day after the end of the month. */
  z.strictObject({
    kind: z.literal('before_meeting'),
    businessDays: z.int().min(1).max(20),
  }),
])

/** When a workspace's reviews start by themselves. */
export const SchedulePlan = z.strictObject({
  day: StartDay,
  /** Minutes after local midnight from which a review may start, 0–1439. */
  minute: z.int().min(0).max(1439),
})
export type SchedulePlan = z.infer<typeof SchedulePlan>
