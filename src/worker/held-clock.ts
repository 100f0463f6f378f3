import { z } from 'zod'

import { query } from '../store/query.ts'
import type { Store } from '../store/store.ts'

/** Clocks of machines that are set by the network differ by far less. */
const AHEAD_MAX_MS = 5 * 60_000

/** Whose clock, and which database's it is held to. */
export interface HeldClock {
  readonly store: Pick<Store, 'pool'>
  readonly now: () => Date
  /** Default: the database's own clock. */
  readonly databaseNow?: () => Promise<Date>
}

/**
 * The clock of this process, or, where it is minutes ahead of the database's, set back by as much: otherwise one wrong machine of many would
 * begin months that are not over, and pass on requests whose time has not come. One that is behind is late, and others are not.
 */
export async function heldClock({
  store,
  now,
  databaseNow = () => nowOfDatabase(store),
}: HeldClock): Promise<() => Date> {
  const aheadMs = now().getTime() - (await databaseNow()).getTime()
  return aheadMs <= AHEAD_MAX_MS ? now : () => new Date(now().getTime() - aheadMs)
}

async function nowOfDatabase({ pool }: Pick<Store, 'pool'>): Promise<Date> {
  const [row] = await query(pool, z.object({ now: z.date() }), {
    text: 'select clock_timestamp() as now',
  })
  return row?.now ?? new Date()
}
