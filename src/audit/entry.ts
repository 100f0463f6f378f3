import { z } from 'zod'

/** What the audit log keeps of one event. Plain JSON; `before` and `after` are the state of the subject around it. */
export const AuditEntry = z.strictObject({
  /** `subject-kind.what-happened`, e.g. `approval.decided`. */
  action: z.string().regex(/^[a-z_]+(\.[a-z_]+)+$/),
  /** A person of the policy, or `system` with the part of the program, e.g. `system:worker`. */
  actor: z.string().min(1),
  role: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
  reviewId: z.string().nullable(),
  /** The id of what it happened to: an approval, an effect, a setting. */
  subject: z.string().min(1),
  ruleIds: z.array(z.string()),
  factsSha256: z.string().nullable(),
  reason: z.string().nullable(),
  before: z.json(),
  after: z.json(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** Who does something: every change of record names one. */
export interface Actor {
  readonly actor: string
  readonly role: string | null
  readonly onBehalfOf: string | null
}

/** An entry with everything that is not said left empty. */
export function auditEntry(
  who: Actor,
  what: Pick<AuditEntry, 'action' | 'subject'> & Partial<AuditEntry>,
): AuditEntry {
  const nothing = { reviewId: null, ruleIds: [], factsSha256: null, reason: null }
  return { ...nothing, before: null, after: null, ...who, ...what }
}
