import { z } from 'zod'

/**
 * What a token may be used for: `read` the inbox; `approve` to approve and reject; `amend` to amend and withdraw; `change` to confirm, import,
 * send and roll back change orders; `schedule` to set and remove schedules; `operate` to retry and remove jobs of the queue;
 * `issue` to create and revoke tokens; `admit` to put a changed policy in force.
 */
export const TokenScope = z.enum([
  'read',
  'approve',
  'amend',
  'change',
  'schedule',
  'operate',
  'issue',
  'admit',
])
export type TokenScope = z.infer<typeof TokenScope>
