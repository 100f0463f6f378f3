/** One compared value of a case; `null` means undefined by definition and equals only null. */
export interface OracleMismatch {
  readonly what: string
  readonly expected: unknown
  readonly actual: unknown
}

/** The outcome of one case: it passes when nothing differs beyond the tolerance the file states. */
export interface OracleCaseResult {
  readonly id: string
  readonly mismatches: readonly OracleMismatch[]
}

/** Runs every case of one oracle file through the modules the review uses. */
export interface OracleAdapter {
  /** Folder and name without set letter or seed, e.g. `statistics/srm`. */
  readonly kind: string
  /**
   * @param file The parsed JSON.
   * @param directory The folder the file lies in, for inputs (CSV, gz) beside it.
   */
  readonly run: (
    file: unknown,
    directory: string,
  ) => Promise<readonly OracleCaseResult[]> | readonly OracleCaseResult[]
}
