const MINUTE_MS = 60_000
const REFUSED_MAX = 20

/** Keeps whoever tries out tokens from filling the audit log; the tokens themselves are too long to be found. */
export interface Attempts {
  /** Whether nobody may try for now. */
  readonly isOver: () => boolean
  readonly refused: () => void
}

/** Allows twenty refused attempts in any minute, whoever makes them. */
export function createAttempts(now: () => Date): Attempts {
  let refusedAt: readonly number[] = []
  const recent = (): readonly number[] => {
    const from = now().getTime() - MINUTE_MS
    return refusedAt.filter((at) => at > from)
  }
  return {
    isOver: () => recent().length >= REFUSED_MAX,
    refused: () => {
      refusedAt = [...recent(), now().getTime()]
    },
  }
}
