import { z } from 'zod'

import { BigInteger, query } from './query.ts'
import type { Queryable } from './transaction.ts'

const EarlierReading = z.strictObject({
  reviewId: z.string(),
  experimentId: z.string(),
  metric: z.string(),
  treatment: z.string(),
  users: z.int().nonnegative(),
})
/** A comparison of an experiment as a review showed it; `users` are those of control and treatment together. */
export type EarlierReading = z.infer<typeof EarlierReading>

const Row = z
  .object({
    review_id: z.string(),
    experiment_id: z.string(),
    metric: z.string(),
    treatment: z.string(),
    users: BigInteger,
  })
  .transform((row): EarlierReading => ({
    reviewId: row.review_id,
    experimentId: row.experiment_id,
    metric: row.metric,
    treatment: row.treatment,
    users: row.users,
  }))

/** Reads what `mo.reviews.earlier_readings` holds. @throws ZodError when it has another shape. */
export function parseEarlierReadings(text: string): EarlierReading[] {
  return z.array(EarlierReading).parse(JSON.parse(text))
}

/**
 * What the reviews on record of a workspace showed of its experiments: of every comparison that was made, the first reading of each number of
 * users, oldest first. A review that was superseded showed it all the same; a withheld one has no reading.
 */
export async function earlierReadings(
  client: Queryable,
  workspace: string,
): Promise<EarlierReading[]> {
  return query(client, Row, {
    text: `select distinct on (experiment_id, metric, treatment, users) review_id, experiment_id, metric, treatment, users
           from (
             select r.review_id, r.created_at, e ->> 'experimentId' as experiment_id, e ->> 'metric' as metric,
               e ->> 'treatment' as treatment, (e ->> 'controlUsers')::bigint + (e ->> 'treatmentUsers')::bigint as users
             from mo.reviews r join mo.stage_results s using (review_id)
             cross join lateral jsonb_array_elements(s.result::jsonb -> 'result' -> 'decisions') decision
             cross join lateral (select decision -> 'evidence') as evidence (e)
             where r.workspace = $1 and s.stage = 'campaign_roi'
               -- Most companies test nothing: their results need not be taken apart.
               and s.result like '%"experiment.verdict"%'
               and decision ->> 'ruleId' = 'experiment.verdict' and jsonb_typeof(e -> 'pValue') = 'number'
               -- Versions before the ledger did not say which arms they compared.
               and e ? 'treatment'
           ) as shown
           order by experiment_id, metric, treatment, users, created_at, review_id`,
    values: [workspace],
  })
}
