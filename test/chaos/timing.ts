/** Short, so that the death of a worker is noticed in seconds. */
export const CHAOS_TIMING = { lockMs: 2_000, backoffMs: 200, attemptsMax: 20 } as const
