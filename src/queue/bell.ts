import { z } from 'zod'

import { sha256 } from '../store/hash.ts'

/**
 * What a job says: there may be something to do about a review, or about a workspace's calendar. It carries neither data nor a decision;
 * whoever hears it looks into the store, so that a bell that rings twice, late, or for nothing does no harm.
 */
export const Bell = z.strictObject({
  kind: z.enum(['review', 'tick']),
  /** Id of the review, or name of the workspace. */
  subject: z.string().min(1),
})
export type Bell = z.infer<typeof Bell>

const ID_DIGITS = 16

/** Bells of the same key are one bell while it rings. Free of ":" and of names, which the key must not carry into logs and Redis. */
export function bellKey({ kind, subject }: Bell): string {
  return `${kind}-${sha256(subject).slice(0, ID_DIGITS)}`
}
