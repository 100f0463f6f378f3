/** Where the reference cases lie: `ORACLE_DIR`, else beside the checkout. */
export function oracleDirectory(): string {
  return process.env['ORACLE_DIR'] ?? '../shared/oracle'
}
