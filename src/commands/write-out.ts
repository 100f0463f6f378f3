import { writeFile } from 'node:fs/promises'

import { AppError } from '../errors.ts'

/** Writes what was asked for with `--out`. @throws AppError `USAGE` naming the path that cannot be written. */
export async function writeOut(path: string, bytes: string | Uint8Array): Promise<void> {
  await writeFile(path, bytes).catch((cause: unknown) => {
    throw new AppError('USAGE', {
      message: 'the report cannot be written there',
      expected: 'a file in a folder that exists and may be written to',
      got: cause instanceof Error && 'code' in cause ? String(cause.code) : 'a failure',
      where: { file: path },
      next: 'give another --out FILE',
      cause,
    })
  })
}
