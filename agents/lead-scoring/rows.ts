import { z } from 'zod'

const Count = z.int().nonnegative()

/** Row of `lead-scoring/filled`. */
export const FilledRow = z.object({
  leads: Count,
  scored: Count,
  mql: Count,
  sales_qualified: Count,
  opportunity: Count,
  won: Count,
  feedback: Count,
  owned: Count,
})

/** Rows of `lead-scoring/created`. */
export const CreatedRow = z.object({ month: z.string(), lead_count: Count })

const Stages = {
  mqls: Count,
  accepted: Count,
  rejected: Count,
  sales_qualified: Count,
  opportunities: Count,
  wins: Count,
}

/** Rows of `lead-scoring/months`. */
export const MonthRow = z.object({
  month: z.string(),
  ...Stages,
  mature_mqls: Count,
  mature_sales_qualified: Count,
})

/** Rows of `lead-scoring/daily`. */
export const DailyRow = z.object({ on_date: z.string(), mqls: Count })

/** Rows of `lead-scoring/bands`. */
export const BandRow = z.object({
  band: z.enum(['hql', 'mql', 'mel', 'below', 'unscored']),
  ...Stages,
})

/** Rows of `lead-scoring/answers`. */
export const AnswerRow = z.object({ month: z.string(), answer: z.string(), answer_count: Count })

/** Rows of `lead-scoring/reps`. */
export const RepRow = z.object({ owner: z.string(), decided: Count, accepted: Count })

/** Rows of `lead-scoring/channels`. */
export const ChannelRow = z.object({
  month: z.string(),
  channel_id: z.string(),
  mature_mqls: Count,
  mature_sales_qualified: Count,
})

/** Row of `lead-scoring/version`. */
export const VersionRow = z.object({ score_version: z.string() })

/** Rows of `lead-scoring/scores`. */
export const ScoreRow = z.object({ score_e6: z.int(), lead_count: Count })

/** Column batches of `lead-scoring/settled`. */
export const SettledBatch = z.object({
  score_e6: z.array(z.int()),
  channel_id: z.array(z.string().nullable()),
  is_won: z.array(z.union([z.literal(0), z.literal(1)])),
})

/** Rows of `lead-scoring/channel-names`. */
export const NameRow = z.object({ id: z.string(), name: z.string() })
