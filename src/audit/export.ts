import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { csvLine as csvRow } from '#src/security/csv-cell.ts'
import type { Queryable } from '#src/store/transaction.ts'

import { readAuditRows } from './read.ts'
import type { AuditRow } from './row.ts'

/** Columns taken from the entry: name in the file, name in the entry. */
const ENTRY_COLUMNS = [
  ['action', 'action'],
  ['actor', 'actor'],
  ['role', 'role'],
  ['on_behalf_of', 'onBehalfOf'],
  ['review_id', 'reviewId'],
  ['subject', 'subject'],
  ['rule_ids', 'ruleIds'],
  ['facts_sha256', 'factsSha256'],
  ['reason', 'reason'],
  ['before', 'before'],
  ['after', 'after'],
] as const

const CSV_HEADER = ['seq', 'at', ...ENTRY_COLUMNS.map(([name]) => name), 'previous_hash', 'hash']

/**
 * The log as lines with their line ends. A JSONL line is the canonical JSON of the hashed object with its `hash` added, so that the
 * chain can be checked from the file alone; CSV is for reading in a spreadsheet.
 *
 * @yields Line by line; CSV begins with the names of its columns.
 */
export async function* exportAudit(db: Queryable, format: 'csv' | 'jsonl'): AsyncGenerator<string> {
  if (format === 'csv') yield `${CSV_HEADER.join(',')}\r\n`
  for await (const row of readAuditRows(db)) yield format === 'csv' ? csvLine(row) : jsonLine(row)
}

function jsonLine(row: AuditRow): string {
  const entry = StoredEntry.parse(JSON.parse(row.entry))
  const { at, hash, previous_hash: previousHash, seq } = row
  return `${canonicalJson({ at, entry, hash, previousHash, seq })}\n`
}

function csvLine(row: AuditRow): string {
  const entry = StoredEntry.parse(JSON.parse(row.entry))
  const fromEntry = ENTRY_COLUMNS.map(([, key]) => entryCell(entry[key]))
  const cells = [String(row.seq), row.at, ...fromEntry, row.previous_hash, row.hash]
  return csvRow(cells)
}

function entryCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : canonicalJson(value)
}

/** Rows of every version of this program: some may lack what later ones say. The table takes objects only. */
const StoredEntry = z.record(z.string(), z.unknown())
