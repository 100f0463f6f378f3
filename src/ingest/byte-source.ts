import { open, type FileHandle } from 'node:fs/promises'

import { FileFault } from './reject.ts'

/** A piece of a file as UTF-8; the last one says so and may be empty. */
export interface Piece {
  readonly bytes: Buffer
  readonly last: boolean
}

/** A file to read, and the name under which its faults are reported. */
export interface InputFile {
  readonly path: string
  readonly shownAs: string
}

const PIECE_BYTES = 1 << 20

/**
 * The file in pieces of UTF-8 without a byte-order mark. UTF-16 with its mark is decoded; everything else is passed on as it is
 * and checked where it is cut into rows.
 *
 * @yields Pieces of at most a megabyte as stored.
 */
export async function* readPieces(file: InputFile): AsyncGenerator<Piece> {
  const handle = await open(file.path, 'r')
  try {
    const head = Buffer.alloc(3)
    await handle.read(head, 0, 3, 0)
    const utf16 = utf16Of(head)
    if (utf16 !== undefined) yield* decoded(handle, utf16, file)
    else yield* raw(handle, isUtf8Mark(head) ? 3 : 0)
    yield { bytes: Buffer.alloc(0), last: true }
  } finally {
    await handle.close()
  }
}

/** True when the file announces UTF-16, so that its bytes are not those of its pieces. */
export async function isUtf16(file: InputFile): Promise<boolean> {
  const handle = await open(file.path, 'r')
  try {
    const head = Buffer.alloc(3)
    await handle.read(head, 0, 3, 0)
    return utf16Of(head) !== undefined
  } finally {
    await handle.close()
  }
}

function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return undefined
}

function isUtf8Mark(head: Buffer): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
}

async function* raw(handle: FileHandle, from: number): AsyncGenerator<Piece> {
  for (let position = from; ;) {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES)
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield { bytes: buffer.subarray(0, bytesRead), last: false }
  }
}

async function* decoded(
  handle: FileHandle,
  encoding: 'utf-16le' | 'utf-16be',
  file: InputFile,
): AsyncGenerator<Piece> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (bytes: Buffer | undefined): Buffer => {
    try {
      return Buffer.from(decoder.decode(bytes, { stream: bytes !== undefined }), 'utf8')
    } catch {
      throw new FileFault({
        file: file.shownAs,
        code: 'encoding',
        expected: `whole ${encoding.toUpperCase()} characters, as the byte-order mark announces`,
        got: 'bytes that are none',
      })
    }
  }
  for await (const { bytes } of raw(handle, 0)) yield { bytes: decode(bytes), last: false }
  yield { bytes: decode(undefined), last: false }
}
