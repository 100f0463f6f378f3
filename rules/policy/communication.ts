import { z } from 'zod'

import { LocalDate } from './organisation.ts'

/** A claim in marketing copy and whether it may be made. */
export const Claim = z.strictObject({
  pattern: z.string().min(1),
  status: z.enum(['approved', 'needs_evidence', 'banned']),
  market: z.string().default('all'),
  expires_on: LocalDate.optional(),
})

/** Which campaign parameters every link must carry. */
export const UtmPolicy = z.strictObject({
  required: z.array(z.string()).default(['utm_source', 'utm_medium', 'utm_campaign']),
  media: z
    .array(z.string())
    .default([
      'cpc',
      'cpm',
      'ppc',
      'paid_search',
      'paid_social',
      'display',
      'video',
      'audio',
      'affiliate',
      'social',
      'email',
      'sms',
      'push',
      'referral',
      'organic',
      'qr',
    ]),
})

/** The list of people who must not be contacted, and how old it may be. */
export const Suppression = z.strictObject({
  list: z.string().default('suppression'),
  max_age_hours: z.number().positive().default(24),
})

/** A region, and whether people there must have consented before they are contacted. */
export const Region = z.strictObject({ id: z.string(), consent_required: z.boolean() })

/** What one call may take. */
const CallCap = z.strictObject({
  tokens: z.int().positive().default(12_000),
  bytes: z.int().positive().default(65_536),
  seconds: z.number().positive().default(30),
  cost: z.number().nonnegative().default(0.1),
})

/** What all calls of a stage, a review or a day may take together. */
const manyCalls = (calls: number, seconds: number, cost: number) =>
  z.strictObject({
    calls: z.int().nonnegative().default(calls),
    tokens: z
      .int()
      .nonnegative()
      .default(calls * 8000),
    bytes: z
      .int()
      .nonnegative()
      .default(calls * 65_536),
    seconds: z.number().nonnegative().default(seconds),
    cost: z.number().nonnegative().default(cost),
  })

/**
 * How narratives are told and what they may cost. Money is in the currency of the price list of models, seconds are those spent waiting for a
 * model. `max_cost` and `max_seconds` are the review's, beside `per_review`.
 */
export const NarrativePolicy = z.strictObject({
  mode: z.enum(['strict', 'fluent']).default('strict'),
  /** Roles whose holders may approve fluent prose for publication. */
  fluent_approver_roles: z.array(z.string()).default(['executive']),
  max_cost: z.number().nonnegative().default(2),
  max_seconds: z.number().positive().default(90),
  per_call: CallCap.prefault({}),
  per_stage: manyCalls(5, 60, 0.5).prefault({}),
  per_review: manyCalls(25, 90, 2).omit({ seconds: true, cost: true }).prefault({}),
  per_day: manyCalls(200, 900, 10).prefault({}),
  /** After so many failed calls in a row, none is made for so many minutes. */
  breaker: z
    .strictObject({
      failures: z.int().positive().default(4),
      minutes: z.number().nonnegative().default(10),
    })
    .prefault({}),
  /** How long an encrypted raw answer is kept. */
  keep_replies_days: z.number().nonnegative().default(30),
})
export type NarrativePolicy = z.infer<typeof NarrativePolicy>
