/** The text of a response; null beyond the limit, and then nothing more is read. The whole body counts against the call's deadline. */
export async function readBody(response: Response, maxBytes: number): Promise<string | null> {
  if (response.body === null) return ''
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.byteLength
    // Leaving the loop cancels the stream.
    if (size > maxBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
