/** White space, control and format characters, which spreadsheets skip before they look for a formula. */
const SKIPPED = /^[\s\p{C}]+/u
const CONTROL_FIRST = /^\p{Cc}/u

/**
 * Would a spreadsheet take this text for a formula? It begins, after what is skipped, with = + - or @ in any width, or with a control
 * character at all.
 *
 * Source: OWASP, CSV Injection; Unicode compatibility forms by NFKC.
 */
export function isFormula(text: string): boolean {
  if (CONTROL_FIRST.test(text)) return true
  const first = text.replace(SKIPPED, '').normalize('NFKC').slice(0, 1)
  return first !== '' && '=+-@'.includes(first)
}

/**
 * A text as a cell of a CSV file: quoted per RFC 4180, with an apostrophe before what would be run as a formula. Numbers are written as they
 * are, by the caller.
 */
export function csvText(text: string): string {
  const safe = isFormula(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A line of a CSV file: texts as `csvText`, numbers plain, null empty. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const line = cells.map((cell) => {
    if (cell === null) return ''
    return typeof cell === 'number' ? String(cell) : csvText(cell)
  })
  return `${line.join(',')}\r\n`
}
