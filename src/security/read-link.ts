import type { Link } from '#rules/utm/link.ts'

/** A link as analytics tools read it; undefined when it is no absolute URL. */
export function readLink(text: string): Link | undefined {
  const url = URL.parse(text)
  if (url === null) return undefined
  return { parameters: [...url.searchParams], fragment: url.hash }
}
