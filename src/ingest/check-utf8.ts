import { isUtf8 } from 'node:buffer'

import type { InputFile } from './byte-source.ts'
import { nextLine } from './csv-record.ts'
import { FileFault } from './reject.ts'

/**
 * Refuses bytes of another encoding. Which one it is cannot be told from the bytes, and a wrong guess would change names in silence.
 *
 * @throws FileFault that names the first line that is not UTF-8.
 */
export function checkUtf8(bytes: Buffer, firstLine: number, file: InputFile): void {
  if (isUtf8(bytes)) return
  let line = firstLine
  for (let start = 0; start < bytes.length; line++) {
    const next = nextLine({ bytes, last: true }, start) ?? bytes.length
    if (!isUtf8(bytes.subarray(start, next))) break
    start = next
  }
  throw new FileFault({
    file: file.shownAs,
    code: 'encoding',
    expected: 'UTF-8, or UTF-16 with a byte-order mark',
    got: 'bytes of another encoding, such as windows-1252',
    row: line,
  })
}
