import { gradeTrust } from '#rules/trust/grade.ts'

import { reportContracts, type ContractReport } from '../ingest/validate.ts'
import { openWorkspace, workspacePolicy } from '../runtime/workspace.ts'
import type { Output } from '../terminal/output.ts'
import { columns } from '../terminal/output.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { CommandContext, CommandExit, CommonOptions } from './context.ts'

const EXAMPLES = 5

/** `mo validate`: what the data contract says of every data set. The answer is no when a row or file was refused. */
export async function runValidate(
  { output }: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  const workspace = await openWorkspace(options.workspace)
  const { policy } = await workspacePolicy(workspace)
  const data = await openWarehouse({
    workspaceDir: workspace.directory,
    company: { currency: policy.company.currency, timeZone: policy.company.time_zone },
  })
  try {
    const report = await reportContracts(data, EXAMPLES)
    const trust = gradeTrust(
      {
        datasets: data.datasets.map(({ dataset, ...state }) => ({ name: dataset, ...state })),
        recording: [],
        silent: [],
        ledgerMediaMinor: null,
        platformSpendMinor: null,
      },
      policy.trust,
    )
    if (output.json) output.document({ ...report, trust })
    else tell(output, report.datasets, trust.grade)
    for (const { name, where, suggestion } of report.unknownFiles) {
      if (!output.json) {
        output.line(
          `warning: ${where}/${name} is no data set${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
        )
      }
    }
    return report.datasets.some((set) => set.rejected > 0 || set.problems.length > 0) ? 1 : 0
  } finally {
    await data.close()
  }
}

function tell(output: Output, datasets: ContractReport['datasets'], grade: string): void {
  output.line(
    columns([
      ['DATA SET', 'STATE', 'ROWS', 'REJECTED', 'MONTHS'],
      ...datasets.map(({ dataset, state, rows, rejected, months }) => [
        dataset,
        state,
        String(rows),
        String(rejected),
        months === undefined ? '' : `${months.from} to ${months.to}`,
      ]),
    ]),
  )
  for (const { problems, firstRejects, unknownColumns } of datasets) {
    for (const { file, row, column, code, expected, got } of problems) {
      output.line(`${place(file, row, column)}  ${code}: expected ${expected}, got ${got}`)
    }
    for (const { file, row, column, code, expected, got } of firstRejects) {
      output.line(
        `${place(file, row, column ?? undefined)}  ${code}: expected ${expected}, got ${got}`,
      )
    }
    for (const { name, where, suggestion } of unknownColumns) {
      output.line(
        `warning: ${where} has a column ${name} that is not read${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
      )
    }
  }
  output.line(`Trust grade from the rows alone: ${grade}`)
}

function place(file: string, row: number | undefined, column: string | undefined): string {
  return [file, row, column].filter((part) => part !== undefined).join(':')
}
