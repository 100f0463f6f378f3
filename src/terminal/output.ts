/** Where a command writes: results to stdout, progress to stderr and only when a person watches. */
export interface Output {
  readonly json: boolean
  readonly debug: boolean
  /** One line of the result. */
  readonly line: (text?: string) => void
  /** The result for machines: one JSON document. */
  readonly document: (value: unknown) => void
  /** Progress for a person; silent when piped or with --json. */
  readonly progress: (text: string) => void
  /** What whoever runs the command must know although it went on, on stderr. */
  readonly warning: (text: string) => void
}

/** The output of this process. */
export function createOutput(options: { readonly json: boolean; readonly debug: boolean }): Output {
  const watched = process.stderr.isTTY && !options.json
  return {
    ...options,
    line: (text = '') => {
      process.stdout.write(`${text}\n`)
    },
    document: (value) => {
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    },
    progress: (text) => {
      if (watched) process.stderr.write(`${text}\n`)
    },
    warning: (text) => {
      process.stderr.write(`warning: ${text}\n`)
    },
  }
}

/** Rows as aligned columns, the first line being the head. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => (row[index] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
