import { z } from 'zod'

import { conflictsOf } from '#rules/allocation/conflicts.ts'
import { fillGroups } from '#rules/allocation/group-fill.ts'

import type { OracleAdapter, OracleCaseResult } from '../../adapter.ts'
import { compareValue, LinesCase, toLines } from '../../allocation-case.ts'
import { compareExact } from '../../compare.ts'

const Case = LinesCase.extend({
  group: z.array(z.int()),
  group_lower: z.array(z.number()),
  group_upper: z.array(z.number()),
  budget: z.number(),
  status: z.string().optional(),
  value: z.number().optional(),
})
const File = z.looseObject({ cases: z.array(Case) })

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const lines = toLines(entry)
  const problem = {
    ...lines,
    budget: entry.budget,
    group: Int32Array.from(entry.group),
    groupLower: entry.group_lower,
    groupUpper: entry.group_upper,
  }
  const isFeasible = conflictsOf(problem).length === 0
  const status = compareExact('feasible', {
    expected: (entry.status ?? 'optimal') === 'optimal',
    actual: isFeasible,
  })
  if (!isFeasible) return { id: entry.id, mismatches: status }
  const { plan } = fillGroups(problem)
  const sums = entry.group_lower.map((_low, group) =>
    plan.reduce((sum, x, line) => (entry.group[line] === group ? sum + x : sum), 0),
  )
  const outside = sums.filter((sum, group) => {
    const slack = 1e-9 * sum
    return (
      sum < (entry.group_lower[group] ?? 0) - slack || sum > (entry.group_upper[group] ?? 0) + slack
    )
  })
  return {
    id: entry.id,
    mismatches: [
      ...status,
      ...compareValue(lines, plan, { value: entry.value, budget: entry.budget }),
      ...compareExact('groups outside their bounds', { expected: [], actual: outside }),
    ],
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/alloc_groups',
  run: (file) => File.parse(file).cases.map(runCase),
}
