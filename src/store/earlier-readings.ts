import { z } from 'zod'

import { query } from './query.ts'
import type { Queryable } from './transaction.ts'

const Figure = z.number().nullable()

const EarlierReading = z.strictObject({
  reviewId: z.string(),
  experimentId: z.string(),
  metric: z.string(),
  campaignId: z.string().nullable(),
  startedOn: z.string(),
  arms: z.array(
    z.strictObject({
      isControl: z.boolean(),
      users: z.int().nonnegative(),
      conversions: Figure,
      mean: Figure,
      variance: Figure,
      denominatorMean: Figure,
      denominatorVariance: Figure,
      covariance: Figure,
    }),
  ),
})
/** One metric of an experiment as a review showed it. */
export type EarlierReading = z.infer<typeof EarlierReading>

/** A quantity of the arms, in their order; no list where no arm states it. */
const Figures = z
  .array(Figure)
  .nullable()
  .transform(
    (list) =>
      (at: number): number | null =>
        list?.[at] ?? null,
  )

const Row = z
  .object({
    review_id: z.string(),
    experiment_id: z.string(),
    metric: z.string(),
    campaign_id: z.string().nullable(),
    started_on: z.string(),
    is_control: z.array(z.boolean()),
    users: z.array(z.int()),
    conversions: Figures,
    means: Figures,
    variances: Figures,
    denominator_means: Figures,
    denominator_variances: Figures,
    covariances: Figures,
  })
  .transform((row): EarlierReading => ({
    reviewId: row.review_id,
    experimentId: row.experiment_id,
    metric: row.metric,
    campaignId: row.campaign_id,
    startedOn: row.started_on,
    arms: row.users.map((users, at) => ({
      isControl: row.is_control[at] === true,
      users,
      conversions: row.conversions(at),
      mean: row.means(at),
      variance: row.variances(at),
      denominatorMean: row.denominator_means(at),
      denominatorVariance: row.denominator_variances(at),
      covariance: row.covariances(at),
    })),
  }))

/** Reads what `mo.reviews.earlier_readings` holds. @throws ZodError when it has another shape. */
export function parseEarlierReadings(text: string): EarlierReading[] {
  return z.array(EarlierReading).parse(JSON.parse(text))
}

/**
 * What the reviews on record of a workspace showed of its experiments, whether it could be read or not: of every trial the first reading of each set
 * of figures, oldest first. A review that was superseded showed it all the same; a withheld one has no reading.
 */
export async function earlierReadings(
  client: Queryable,
  workspace: string,
): Promise<EarlierReading[]> {
  return query(client, Row, {
    text: `with shown as (
             select r.review_id, r.created_at, e ->> 'experimentId' as experiment_id, e ->> 'metric' as metric,
               e ->> 'campaignId' as campaign_id, e ->> 'startedOn' as started_on, e -> 'armIsControl' as is_control,
               e -> 'armUsers' as users, e -> 'armConversions' as conversions, e -> 'armMeans' as means,
               e -> 'armVariances' as variances, e -> 'armDenominatorMeans' as denominator_means,
               e -> 'armDenominatorVariances' as denominator_variances, e -> 'armCovariances' as covariances
             from mo.reviews r join mo.stage_results s using (review_id)
             cross join lateral jsonb_array_elements(s.result::jsonb -> 'result' -> 'decisions') decision
             cross join lateral (select decision -> 'evidence') as evidence (e)
             where r.workspace = $1 and s.stage = 'campaign_roi'
               -- Most companies test nothing: their results need not be taken apart.
               and s.result like '%"experiment.verdict"%' and decision ->> 'ruleId' = 'experiment.verdict'
               -- Versions before the ledger did not say what the arms state.
               and e ? 'armUsers' and e ? 'startedOn'
           ), first_of_each as (
             select distinct on (experiment_id, metric, started_on, is_control, users, conversions, means, variances,
               denominator_means, denominator_variances, covariances) *
             from shown
             order by experiment_id, metric, started_on, is_control, users, conversions, means, variances,
               denominator_means, denominator_variances, covariances, created_at, review_id
           )
           select * from first_of_each order by created_at, review_id, experiment_id, metric`,
    values: [workspace],
  })
}
