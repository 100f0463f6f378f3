import { z } from 'zod'

/** A day of the calendar, written YYYY-MM-DD. */
export const LocalDate = z.iso.date('expected a date YYYY-MM-DD of the calendar')

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time HH:MM')

/** The company a review speaks for. */
export const Company = z.strictObject({
  name: z.string().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code such as USD'),
  time_zone: z.string().min(1),
})

/** Units of work, who owns which area, and how fast people answer. */
export const OperatingModel = z.strictObject({
  units: z.array(z.string()).default(['campaign', 'motion', 'experiment', 'content_piece']),
  lifecycle_stages: z
    .array(z.string())
    .min(2)
    .default(['visit', 'signup', 'demo_request', 'feature_adopt']),
  /** Entry and goal of each motion; without any, a funnel is read along `lifecycle_stages`. */
  motions: z
    .array(z.strictObject({ id: z.string(), stages: z.array(z.string()).min(2) }))
    .default([]),
  lead_stages: z.array(z.string()).default(['mql', 'sql', 'opportunity', 'won']),
  owners: z.record(z.string(), z.string()).default({}),
  sla: z
    .strictObject({
      approval_business_hours: z
        .record(z.string(), z.number().positive())
        .default({ medium: 8, high: 16 }),
      data_ready_business_day: z.int().positive().default(2),
      report_business_day: z.int().positive().default(3),
      share_before_meeting_hours: z.number().nonnegative().default(24),
    })
    .prefault({}),
})

/** A person with roles; `may_approve` names approval tiers, `limit` is in the company's currency. */
export const Person = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  roles: z.array(z.string()),
  may_approve: z.array(z.string()).default([]),
  limit: z.number().nonnegative().optional(),
  /** Where requests, reminders and escalations are sent; without one a person looks into the inbox. */
  email: z.email().optional(),
})
export type Person = z.infer<typeof Person>

/** Approval authority lent for a time; the delegate counts as the principal. Both days are included. */
export const Delegation = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    scope: z.array(z.string()),
    limit: z.number().nonnegative(),
    start_on: LocalDate,
    end_on: LocalDate,
  })
  .refine(({ start_on, end_on }) => start_on <= end_on, {
    message: 'expected start_on not after end_on',
  })
export type Delegation = z.infer<typeof Delegation>

/** Working days, holidays, and when the review meeting is held. */
export const CalendarPolicy = z.strictObject({
  holidays: z.array(LocalDate).default([]),
  working_days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .default(['mon', 'tue', 'wed', 'thu', 'fri']),
  /** Hours in which people answer, local time of the company; approval deadlines count only these. */
  working_hours: z
    .strictObject({ from: TimeOfDay.default('09:00'), to: TimeOfDay.default('17:00') })
    .refine(({ from, to }) => from < to, { message: 'expected from before to' })
    .prefault({}),
  review_meeting: z
    .strictObject({ business_day: z.int().positive().default(5), at: TimeOfDay.default('10:00') })
    .prefault({}),
})
export type CalendarPolicy = z.infer<typeof CalendarPolicy>

/** Who gets which part of the report. */
export const Distribution = z.strictObject({
  audience: z.string(),
  to: z.array(z.email()),
  parts: z.array(z.string()),
  read_receipt: z.boolean().default(false),
})
