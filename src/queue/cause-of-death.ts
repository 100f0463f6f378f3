import { AppError } from '../errors.ts'

/** Why a job is given up, for whoever reads the dead letters: what happened, where, what was expected, and how to mend it. */
export function causeOfDeath(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof AppError)) {
    return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) }
  }
  const { code, message, where, expected, got, next } = error
  const place = [where?.file, where?.row, where?.column].filter((part) => part !== undefined)
  const told = [
    place.length === 0 ? message : `${message} (${place.join(':')})`,
    expected === undefined ? '' : `expected: ${expected}`,
    got === undefined ? '' : `got: ${got}`,
    `next: ${next}`,
  ]
  return { code, message: told.filter((part) => part !== '').join('; ') }
}
