import { z } from 'zod'

const Count = z.int().nonnegative()

/** Rows of `attribution/channels`. */
export const ChannelQueryRow = z.object({ channel: z.string(), row_count: Count })

/** Rows of `attribution/channel-names`. */
export const ChannelNameQueryRow = z.object({ id: z.string(), name: z.string() })

/** Rows of `intake/rejected`. */
export const RejectedQueryRow = z.object({ dataset: z.string(), row_count: Count })

/** The row of `attribution/control`. */
export const ControlQueryRow = z.object({
  conversions: Count,
  value_minor: z.int(),
  without_value: Count,
  foreign_currency: Count,
})

/** The row of `attribution/journeys-control`. */
export const JourneysControlQueryRow = z.object({
  conversions: Count,
  value_minor: z.int(),
  without_value: Count,
})
