/** The text of a response; null beyond the limit, and then nothing more is read. The whole body counts against the call's deadline. */
export async function readBody(
  response: Response,
  maxBytes: number,
): Promise<{ text: string | null; bytes: number }> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    // Leaving the loop cancels the stream.
    if (bytes > maxBytes) return { text: null, bytes }
    parts.push(part)
  }
  return { text: Buffer.concat(parts).toString('utf8'), bytes }
}
