/** Rows of a small CSV file with a header; fields may be quoted. For inputs that lie beside the oracle files. */
export function readCsv(text: string): Record<string, string>[] {
  const [header, ...records] = parseRecords(text)
  if (header === undefined) return []
  return records.map((fields) =>
    Object.fromEntries(header.map((name, index) => [name, fields[index] ?? ''])),
  )
}

function parseRecords(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const [, quoted, plain = '', end] = match
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (record.length > 1 || record[0] !== '') records.push(record)
    record = []
  }
  return records
}
