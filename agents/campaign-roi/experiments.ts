import { z } from 'zod'

import type { ExperimentArmRow, ExperimentsInput, LoggedDecision } from '#rules/experiment/input.ts'
import { monthRange } from '#rules/kernel/calendar.ts'

import type { ReviewContext, Warehouse } from '../ports.ts'

const NO_SIZE = 1e-12

/** A decimal that passed its contract; what is nearer to zero than the last digits of any sample is zero. */
const Figure = z
  .string()
  .transform(Number)
  .pipe(z.number())
  .transform((value) => (Math.abs(value) < NO_SIZE ? 0 : value))

/** A row of the query `campaign-roi/experiments`: shares in millionths, other decimals as their text, booleans 0 or 1. */
export const ExperimentRow = z.strictObject({
  experiment_id: z.string(),
  campaign_id: z.string().nullable(),
  name: z.string(),
  status: z.string(),
  started_on: z.string(),
  ended_on: z.string().nullable(),
  metric: z.string(),
  arm: z.string(),
  is_control: z.int(),
  planned_share_e6: z.int().nullable(),
  users: z.int(),
  conversions: z.int().nullable(),
  mean: Figure.nullable(),
  variance: Figure.nullable(),
  denominator_mean: Figure.nullable(),
  denominator_variance: Figure.nullable(),
  covariance: Figure.nullable(),
  looks: z.int().nullable(),
})
export type ExperimentRow = z.infer<typeof ExperimentRow>

/** A row of the query `campaign-roi/experiment-log`. */
export const ExperimentLogRow = z.strictObject({
  decision_id: z.string(),
  decided_on: z.string(),
  campaign_id: z.string().nullable(),
  trigger_text: z.string().nullable(),
  action_text: z.string(),
})
export type ExperimentLogRow = z.infer<typeof ExperimentLogRow>

/** Reads the experiments begun by the end of the month, and what the decision log says was done by then. */
export async function gatherExperiments(
  { month, asOfOn, earlierReadings }: ReviewContext,
  warehouse: Warehouse,
): Promise<ExperimentsInput> {
  const { to } = monthRange(month)
  const until = { to_day: asOfOn < to ? asOfOn : to }
  const [rows, log] = await Promise.all([
    warehouse.rows('campaign-roi/experiments', until, ExperimentRow),
    warehouse.rows('campaign-roi/experiment-log', until, ExperimentLogRow),
  ])
  return {
    rows: rows.map(toArmRow),
    presence: warehouse.dataset('experiments').state,
    log: log.map(toLoggedDecision),
    earlierReadings,
  }
}

function toArmRow(row: ExperimentRow): ExperimentArmRow {
  return {
    experimentId: row.experiment_id,
    campaignId: row.campaign_id,
    name: row.name,
    status: row.status,
    startedOn: row.started_on,
    endedOn: row.ended_on,
    metric: row.metric,
    arm: row.arm,
    isControl: row.is_control === 1,
    plannedShare: fromMillionths(row.planned_share_e6),
    users: row.users,
    conversions: row.conversions,
    mean: row.mean,
    variance: row.variance,
    denominatorMean: row.denominator_mean,
    denominatorVariance: row.denominator_variance,
    covariance: row.covariance,
    looks: row.looks,
  }
}

function toLoggedDecision(row: ExperimentLogRow): LoggedDecision {
  return {
    id: row.decision_id,
    decidedOn: row.decided_on,
    campaignId: row.campaign_id,
    text: row.trigger_text === null ? row.action_text : `${row.trigger_text} ${row.action_text}`,
  }
}

function fromMillionths(value: number | null): number | null {
  return value === null ? null : value / 1_000_000
}
