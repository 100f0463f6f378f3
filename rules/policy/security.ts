import { z } from 'zod'

/** How people prove who they are, and how often the audit log is sealed. */
export const SecurityPolicy = z.strictObject({
  /** Decisions need a token of the person; naming oneself is not enough. */
  require_token: z.boolean().default(false),
  /** Days a token lives at most. */
  token_max_days: z.int().min(1).max(366).default(90),
  /** Hours between two signed heads of the audit log that are kept by themselves. */
  head_every_hours: z.int().min(1).max(744).default(24),
  /** Roles that may retry and remove jobs on the page of the queue; others with a token may read it. */
  operator_roles: z.array(z.string()).default(['operator']),
  /** Hours after which a browser has to sign in again. */
  session_hours: z.int().min(1).max(24).default(8),
})
