import { z } from 'zod'

import type { OracleAdapter } from '#test/oracle/adapter.ts'
import { runTimedCase, TimedCase } from '#test/support/attribution/timed-cases.ts'

const File = z.object({ cases: z.array(TimedCase) })

export const adapter: OracleAdapter = {
  kind: 'attribution/random_timed_small',
  run: (file) => File.parse(file).cases.map((given) => runTimedCase(given)),
}
