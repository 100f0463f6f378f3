import { setTimeout as pause } from 'node:timers/promises'

import { AppError } from '../errors.ts'

const TRY_EVERY_MS = 250
const TRIES = 32

/**
 * Does what needs the review for itself, as soon as nobody else has it: whoever has it needs seconds for most things.
 *
 * @returns Undefined when another process still had it after eight seconds.
 */
export async function whenFree<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  for (let left = TRIES; left > 0; left--) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'REVIEW_BUSY')) throw error
    }
    await pause(TRY_EVERY_MS)
  }
  return undefined
}
