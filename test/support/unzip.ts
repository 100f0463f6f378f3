import { inflateRawSync } from 'node:zlib'

const CENTRAL_ENTRY = 0x02014b50
const DEFLATED = 8

/** Files of a ZIP archive by name, as UTF-8 texts. Source: PKWARE APPNOTE 6.3, sections 4.3.7 and 4.3.12. */
export function unzip(archive: Uint8Array): Map<string, string> {
  const bytes = Buffer.from(archive)
  const files = new Map<string, string>()
  for (let at = 0; at < bytes.length - 4; at++) {
    if (bytes.readUInt32LE(at) !== CENTRAL_ENTRY) continue
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString('utf8')
    const size = bytes.readUInt32LE(at + 20)
    const local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const content = bytes.subarray(start, start + size)
    const isDeflated = bytes.readUInt16LE(at + 10) === DEFLATED
    files.set(name, (isDeflated ? inflateRawSync(content) : content).toString('utf8'))
  }
  return files
}
