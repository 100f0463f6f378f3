/** Process exit code of a failed command: 1 the answer is no, 2 wrong use or bad input, 5 a service failed (safe to run again). */
export type ExitCode = 1 | 2 | 5

/** Whether the same call can succeed without anybody changing anything. */
export type Retry = 'later' | 'never'

interface CatalogueEntry {
  readonly exitCode: ExitCode
  readonly retry: Retry
  /** What happened, when the thrower has nothing more exact to say. */
  readonly message: string
  /** What the reader can do about it, when the thrower has nothing more exact to say. */
  readonly next: string
}

const badInput = (message: string, next: string): CatalogueEntry => ({
  exitCode: 2,
  retry: 'never',
  message,
  next,
})
const refusal = (message: string, next: string): CatalogueEntry => ({
  exitCode: 1,
  retry: 'never',
  message,
  next,
})
const serviceFailed = (message: string, next: string): CatalogueEntry => ({
  exitCode: 5,
  retry: 'later',
  message,
  next,
})

/** Every way in which the program can fail for a reason outside itself, with what it means for the caller. */
export const ERROR_CATALOGUE = {
  USAGE: badInput('the command was used wrongly', 'see the command with --help'),
  CONFIG_INVALID: badInput(
    'the environment holds an invalid setting',
    'correct the named environment variable',
  ),
  PLATFORM_UNSUPPORTED: badInput(
    'this platform is not supported',
    'set DATABASE_URL to a PostgreSQL server, or use a supported platform',
  ),
  WORKSPACE_NOT_FOUND: badInput('the workspace does not exist', 'create one with: mo init DIR'),
  WORKSPACE_INVALID: badInput('the folder is not a workspace', 'create one with: mo init DIR'),
  FILE_NOT_FOUND: badInput('the file does not exist', 'check the path'),
  FILE_UNREADABLE: badInput('the file cannot be read', 'check its format and its permissions'),
  FILE_TOO_LARGE: badInput('the file exceeds a limit', 'split it or remove the oversized part'),
  PATH_OUTSIDE_WORKSPACE: badInput(
    'the path leads out of the workspace',
    'move the file into the workspace; links out of it are not followed',
  ),
  POLICY_INVALID: badInput('the policy is not valid', 'correct policy.yaml at the named place'),
  POLICY_NOT_ADMITTED: badInput(
    'the policy is not in force as it stands',
    'with MO_TOKEN of somebody who decides nothing under it, made with --scope admit, run: mo policy admit --reason TEXT',
  ),
  DATA_INVALID: badInput(
    'the data do not meet their contract',
    'run: mo validate --workspace DIR, and correct the named rows',
  ),
  IMPORT_FORMAT_UNKNOWN: badInput(
    'no known export format matches the file',
    'see the supported exports in mo import --help',
  ),
  REVIEW_NOT_FOUND: badInput('there is no such review', 'list the reviews with: mo status'),
  REVIEW_INPUT_CHANGED: badInput(
    'the review was made from other inputs',
    'start a new review, or restore the inputs its manifest names',
  ),
  REVIEW_SUPERSEDED: refusal(
    'the review was superseded by a newer one of its month, and does not go on',
    'see the newer one with: mo status',
  ),
  APPROVAL_NOT_FOUND: badInput(
    'there is no such approval',
    'list the approvals with: mo approvals list',
  ),
  PERSON_UNKNOWN: badInput(
    'the policy names no such person',
    'use the id of a person in policy.yaml',
  ),
  ID_UNKNOWN: badInput('nothing has this id', 'take an id from the report or from review.json'),
  REPORT_FORMAT_UNAVAILABLE: badInput(
    'the report cannot be written in this format here',
    'choose another --format',
  ),
  APPROVAL_REFUSED: refusal(
    'the decision was refused',
    'see the approval with: mo approvals show ID',
  ),
  WEBHOOK_REFUSED: refusal(
    'the webhook was not called',
    'correct changes.webhook_url and changes.webhook_hosts in policy.yaml',
  ),
  TOKEN_REFUSED: refusal(
    'the token does not let you do this',
    'ask for a token with: mo token create',
  ),
  RESTORE_REFUSED: refusal(
    'the back-up was not restored',
    'restore it into a new database, with the version that wrote it',
  ),
  CHECK_FAILED: refusal('the check failed', 'see the differences above'),
  REVIEW_BUSY: serviceFailed(
    'another process is working on this review',
    'wait for it, then see: mo status REVIEW',
  ),
  REVIEW_LOCK_LOST: serviceFailed(
    'the lock of the review was lost while it was being worked on',
    'run: mo resume REVIEW',
  ),
  STORE_UNAVAILABLE: serviceFailed(
    'the database does not answer',
    'check DATABASE_URL and run again',
  ),
  STORE_START_FAILED: serviceFailed(
    'the embedded database did not start',
    'read the server log named here and run again',
  ),
  STORE_SCHEMA_NEWER: {
    exitCode: 2,
    retry: 'never',
    message: 'the database was written by a newer version of this program',
    next: 'use that version or a newer one',
  },
  STORE_OWNER_NEEDED: badInput(
    'only the owner of the tables may do this, and this process has the login of the application',
    'run it where DATABASE_OWNER_URL names the login of the owner',
  ),
  STORE_LOGIN_REFUSED: badInput(
    'the database does not let this login in',
    'check user, password and database in DATABASE_URL (and in DATABASE_OWNER_URL, where it is set)',
  ),
  STORE_LOGIN_NOT_APART: badInput(
    'the login of DATABASE_URL can become the owner of the tables, beside an owner in DATABASE_OWNER_URL',
    'name a login in DATABASE_URL that is no superuser and no member of the owner',
  ),
  STORE_ROW_INVALID: {
    exitCode: 5,
    retry: 'never',
    message: 'a stored row does not have the expected shape',
    next: 'restore the database from its last back-up',
  },
  WAREHOUSE_FAILED: serviceFailed('a query of the data failed', 'run again'),
  WORK_HANDED_BACK: serviceFailed(
    'the work was handed back because the process was asked to stop',
    'nothing: the next worker goes on with it',
  ),
  QUEUE_UNAVAILABLE: serviceFailed('the queue does not answer', 'check REDIS_URL and run again'),
  NARRATOR_UNAVAILABLE: serviceFailed(
    'the language model gave no usable answer',
    'run again, or leave its key unset to use the template narrator',
  ),
  DELIVERY_FAILED: serviceFailed('a message could not be delivered', 'run again'),
  RENDER_FAILED: serviceFailed('the report could not be rendered', 'run again'),
} as const satisfies Readonly<Record<string, CatalogueEntry>>

export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** A place in a file; rows and columns count from 1, a column may be given by name. */
export interface ErrorPlace {
  readonly file: string
  readonly row?: number
  readonly column?: number | string
}

export interface AppErrorDetails {
  /** What happened; default: the catalogue's words. Never a secret, never data of people. */
  readonly message?: string
  readonly expected?: string
  readonly got?: string
  readonly where?: ErrorPlace
  /** What to do next; default: the catalogue's words. */
  readonly next?: string
  /** Default: the catalogue's. */
  readonly retry?: Retry
  readonly cause?: unknown
}

/** A failure of the outside: input, files, services. Its code says what happened, its details where and what to do. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly exitCode: ExitCode
  readonly retry: Retry
  readonly next: string
  readonly expected: string | undefined
  readonly got: string | undefined
  readonly where: ErrorPlace | undefined

  constructor(code: ErrorCode, details: AppErrorDetails = {}) {
    const entry: CatalogueEntry = ERROR_CATALOGUE[code]
    super(
      details.message ?? entry.message,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.code = code
    this.exitCode = entry.exitCode
    this.retry = details.retry ?? entry.retry
    this.next = details.next ?? entry.next
    this.expected = details.expected
    this.got = details.got
    this.where = details.where
  }
}
