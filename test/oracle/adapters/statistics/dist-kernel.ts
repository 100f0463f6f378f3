import { z } from 'zod'

import type { OracleAdapter } from '../../adapter.ts'
import { compareNumber } from '../../compare.ts'
import { KERNEL_FUNCTIONS } from '../../kernel-functions.ts'

const File = z.object({
  cases: z.array(z.object({ fn: z.string(), args: z.array(z.number()), value: z.number() })),
})

/** Distribution functions at points of 40-digit arithmetic. */
export const adapter: OracleAdapter = {
  kind: 'statistics/dist_kernel',
  run: (file) =>
    File.parse(file).cases.map(({ fn, args, value }) => {
      const id = `${fn}(${args.join(', ')})`
      const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = args
      const actual = KERNEL_FUNCTIONS[fn]?.(first, second, third)
      return {
        id,
        mismatches: compareNumber(id, { expected: value, actual }, { relative: 1e-10 }),
      }
    }),
}
