import { z } from 'zod'

const Count = z.int().nonnegative()
const Id = z.string().nullable()

/** Rows of `funnel/counts`. */
export const CountQueryRow = z.object({
  month: z.string(),
  campaign_id: Id,
  segment_id: Id,
  channel_id: Id,
  stage: z.string(),
  source: Id,
  people: Count,
  row_count: Count,
  shared_days: Count,
})

/** Rows of `funnel/campaigns`. */
export const CampaignQueryRow = z.object({
  id: z.string(),
  name: z.string(),
  objective: z.string().nullable(),
  primary_kpi: z.string().nullable(),
})

/** Rows of the two name queries. */
export const NameQueryRow = z.object({ id: z.string(), name: z.string() })

/** Rows of `funnel/claims`. */
export const ClaimQueryRow = z.object({ figure_id: z.string(), subject: z.string().nullable() })

/** Rows of `funnel/event-stages`. */
export const StageQueryRow = z.object({ stage: z.string(), row_count: Count })

/** Rows of `funnel/event-cells`. */
export const CellQueryRow = z.object({ campaign_id: Id, segment_id: Id, channel_id: Id })

/** Rows of `funnel/first-events`: one; nulls where there is no event. */
export const FirstEventsQueryRow = z.object({
  first_on: z.string().nullable(),
  from_ms: z.int().nullable(),
})
