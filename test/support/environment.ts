/** Where the reference cases lie: `ORACLE_DIR`, else beside the checkout. */
export function oracleDirectory(): string {
  return process.env['ORACLE_DIR'] ?? '../shared/oracle'
}

/** How evals get their answers: replayed (the default), asked live (`EVAL_LIVE=1`), or asked and recorded (`EVAL_RECORD=1`). */
export function evalMode(): 'replay' | 'live' | 'record' {
  if (process.env['EVAL_RECORD'] === '1') return 'record'
  return process.env['EVAL_LIVE'] === '1' ? 'live' : 'replay'
}

/** This process's environment with more in it, for a process of a test. */
export function environmentWith(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more }
}
