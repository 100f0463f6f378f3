import { AppError } from '#src/errors.ts'

/** The role the program works under. It owns no table, so it can neither switch a trigger off nor give itself a right. */
export const APPLICATION_ROLE = 'mo_app'

const SYSTEM_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
] as const

/** admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections; class 08 is added below. */
const SERVER_CODES = ['57P01', '57P02', '57P03', '53300'] as const

/** What pg says, without a code, when a connection ends or a server does not answer. */
const MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded)/

/** Whether the failure is one of the connection or the server and not of the statement: the same call may succeed later. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known: readonly string[] = [...SYSTEM_CODES, ...SERVER_CODES]
  return known.includes(code) || /^08[0-9A-Z]{3}$/.test(code) || MESSAGES.test(error.message)
}

/** invalid_authorization_specification, invalid_password, invalid_catalog_name: the address names a login or a database that is not there. */
const LOGIN_CODES: readonly string[] = ['28000', '28P01', '3D000']

/** The same failure in the program's words when the database is away or lets nobody in; any other failure unchanged. */
export function translateFailure(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && LOGIN_CODES.includes(String(error.code))) {
    return new AppError('STORE_LOGIN_REFUSED', { got: error.message, cause: error })
  }
  if (!isConnectionFailure(error)) return error
  return new AppError('STORE_UNAVAILABLE', {
    ...(error instanceof Error ? { got: error.message } : {}),
    cause: error,
  })
}

/** Idle connections report here that they were lost. The next statement opens a new one, or fails and says so itself. */
export function ignoreLoss(): void {}
