import { z } from 'zod'

import type { HistoryRow } from '#rules/governance/change-verification.ts'
import { minorPerMajor } from '#rules/kernel/currency.ts'

import { AppError } from '../errors.ts'

const BYTES_MAX = 10_000_000
/** How far a platform's clock may be ahead of ours. */
const CLOCKS_APART_MS = 5 * 60_000

const Amount = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'an amount such as 1250.50')

const Row = z.object({
  changed_at: z.iso.datetime({
    offset: true,
    error: 'an instant with its offset, such as 2026-11-21T09:30:00Z or 2026-11-21T10:30:00+01:00',
  }),
  campaign_id: z.string().min(1),
  channel_id: z.string().default(''),
  old_value: Amount,
  new_value: Amount,
  idempotency_key: z.string().default(''),
})

const REQUIRED = ['changed_at', 'campaign_id', 'old_value', 'new_value']

/**
 * Reads a platform's change history: CSV with the columns changed_at, campaign_id, old_value, new_value and, where known, channel_id and
 * idempotency_key, in any order; others are left alone. A file with one wrong row is refused as a whole, and so is one that tells of the future.
 *
 * @throws AppError `DATA_INVALID` with row and column, `FILE_TOO_LARGE`.
 */
export function readHistory(
  text: string,
  { file, currency, now }: { readonly file: string; readonly currency: string; readonly now: Date },
): HistoryRow[] {
  if (text.length > BYTES_MAX) throw new AppError('FILE_TOO_LARGE', { where: { file } })
  const [header = [], ...lines] = parseCsv(text.replace(/^\uFEFF/, ''), file)
  const missing = REQUIRED.find((name) => !header.includes(name))
  if (missing !== undefined) throw invalid(file, 1, { column: missing, expected: 'this column' })
  return lines.map((cells, index) => {
    const named = Object.fromEntries(header.map((name, at) => [name, cells[at]]))
    const parsed = Row.safeParse(named)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      const column = String(issue?.path[0] ?? '')
      throw invalid(file, index + 2, { column, expected: issue?.message ?? 'another value' })
    }
    const row = toHistory(parsed.data, currency)
    if (row.changedMs > now.getTime() + CLOCKS_APART_MS) {
      throw invalid(file, index + 2, {
        column: 'changed_at',
        expected: `a time that has passed, ${now.toISOString()} at the latest`,
      })
    }
    return row
  })
}

function toHistory(row: z.infer<typeof Row>, currency: string): HistoryRow {
  return {
    changedMs: Date.parse(row.changed_at),
    campaignId: row.campaign_id,
    channelId: row.channel_id === '' ? null : row.channel_id,
    oldMinor: minorOf(row.old_value, currency),
    newMinor: minorOf(row.new_value, currency),
    orderId: row.idempotency_key === '' ? null : row.idempotency_key,
  }
}

/** At most twelve digits before the point: exact as a double, and rounded only where a platform prints more decimals than the currency has. */
function minorOf(text: string, currency: string): number {
  return Math.round(Number(text) * minorPerMajor(currency))
}

function invalid(
  file: string,
  row: number,
  { column, expected }: { readonly column: string; readonly expected: string },
): AppError {
  return new AppError('DATA_INVALID', {
    message: 'the change history is not readable',
    expected,
    where: { file, row, column },
    next: 'correct the named cell and import the file again; nothing was taken from it',
  })
}

/** Records of RFC 4180; blank lines are left out. */
function parseCsv(text: string, file: string): string[][] {
  const records: string[][] = []
  let cells: string[] = []
  for (let at = 0; at < text.length || cells.length > 0;) {
    const { value, end } = readCell(text, at, { file, row: records.length + 1 })
    cells.push(value)
    at = end + (text.startsWith('\r\n', end) ? 2 : 1)
    if (text[end] === ',') continue
    if (cells.length > 1 || value !== '') records.push(cells)
    cells = []
  }
  return records
}

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|\r\n|\n|$)/y

function readCell(
  text: string,
  at: number,
  where: { readonly file: string; readonly row: number },
): { value: string; end: number } {
  CELL.lastIndex = at
  const match = CELL.exec(text)
  if (match === null) {
    throw invalid(where.file, where.row, { column: '', expected: 'cells quoted per RFC 4180' })
  }
  const value = match[1]?.replaceAll('""', '"') ?? match[2] ?? ''
  return { value: value.trim(), end: at + match[0].length }
}
