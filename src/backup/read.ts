import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

import { AppError } from '../errors.ts'
import { Foot, Head } from './format.ts'

/** A back-up that was read once from end to end, and is whole. */
export interface CheckedBackup {
  readonly head: Head
  readonly foot: Foot
}

/**
 * The lines of a back-up, without their ends.
 *
 * @yields Each line as it stands in the file.
 * @throws AppError `FILE_UNREADABLE` when it is no such file, or was cut.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const unpacked = createGunzip().setEncoding('utf8')
  // A failure of the file must end the lines as well.
  file.on('error', (error) => unpacked.destroy(error))
  try {
    // Not by the library's reader of lines, for which some characters inside a text end a line as well.
    let rest = ''
    for await (const text of file.pipe(unpacked)) {
      const lines = `${rest}${text}`.split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    if (rest !== '') yield rest
  } catch (cause) {
    throw unreadable(path, cause)
  } finally {
    file.destroy()
  }
}

/**
 * Is the file what was written? Every line is hashed before anything is loaded.
 *
 * @throws AppError `FILE_UNREADABLE`.
 */
export async function checkBackup(path: string): Promise<CheckedBackup> {
  const hash = createHash('sha256')
  let first: string | undefined
  let last: string | undefined
  for await (const line of readLines(path)) {
    first ??= line
    if (last !== undefined) hash.update(`${last}\n`)
    last = line
  }
  const head = Head.safeParse(parsed(first))
  const foot = Foot.safeParse(parsed(last))
  if (!head.success || !foot.success || foot.data.sha256 !== hash.digest('hex')) {
    throw unreadable(path)
  }
  return { head: head.data, foot: foot.data }
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    // Whatever it is, it is not of a back-up; the caller says so.
    return undefined
  }
}

function unreadable(path: string, cause?: unknown): AppError {
  return new AppError('FILE_UNREADABLE', {
    message: 'the file is no whole back-up',
    expected: 'a file of mo backup, as it was written',
    got: 'another file, or one that was cut or changed',
    where: { file: path },
    next: 'take another copy of it',
    cause,
  })
}
