import type { OracleAdapter } from '#test/oracle/adapter.ts'
import { runTimedCase, TimedCase } from '#test/support/attribution/timed-cases.ts'

export const adapter: OracleAdapter = {
  kind: 'attribution/random_timed_medium',
  run: (file) => [runTimedCase(TimedCase.parse(file))],
}
