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
    .default(['cpc', 'email', 'social', 'referral', 'display', 'affiliate']),
})

export const Suppression = z.strictObject({
  list: z.string().default('suppression'),
  max_age_hours: z.number().positive().default(24),
})

export const Region = z.strictObject({ id: z.string(), consent_required: z.boolean() })

/** How narratives are told and what they may cost. */
export const NarrativePolicy = z.strictObject({
  mode: z.enum(['strict', 'fluent']).default('strict'),
  max_cost: z.number().nonnegative().default(2),
  max_seconds: z.number().positive().default(90),
})
