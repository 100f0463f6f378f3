import { relative } from 'node:path'

import { AppError } from '#src/errors.ts'

/** Full, or too busy: the same call may succeed when it is made again. */
const PASSING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO'])

/**
 * A failure of the folder in which a workspace keeps copies of its inputs, as an error that says what is missing and how to mend it.
 *
 * @returns Undefined when the error is another.
 */
export function storageFault(error: unknown, root: string): AppError | undefined {
  const failed = failureOf(error)
  if (failed === undefined) return undefined
  const { code, path } = failed
  const where = { file: path === undefined ? '.orchestrator/frozen' : relative(root, path) }
  if (code === 'ENOENT') {
    return new AppError('REVIEW_INPUT_CHANGED', {
      message: 'a frozen input was removed while it was read',
      expected: 'the copies in .orchestrator/frozen as they were written',
      got: 'no file',
      where,
      next: 'leave .orchestrator/frozen to the program and try again: inputs are copied anew from data',
      retry: 'later',
      cause: error,
    })
  }
  return new AppError('FILE_UNREADABLE', {
    message: 'the workspace cannot keep copies of its inputs',
    expected: 'folders in .orchestrator that can be read and written, with room in them',
    got: code,
    where,
    next: 'mend or remove what stands there and try again: inputs are copied anew from data',
    retry: PASSING.has(code) ? 'later' : 'never',
    cause: error,
  })
}

/** What a call of the system said, or the engine of such a call. */
function failureOf(error: unknown): { code: string; path?: string } | undefined {
  if (!(error instanceof Error)) return undefined
  if ('syscall' in error && 'code' in error) {
    const path = 'path' in error && typeof error.path === 'string' ? { path: error.path } : {}
    return { code: String(error.code), ...path }
  }
  if (!error.message.startsWith('IO Error')) return undefined
  return { code: /no (such )?files? /i.test(error.message) ? 'ENOENT' : 'EIO' }
}
