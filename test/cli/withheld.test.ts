import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { mo } from '#test/support/mo.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

const POLICY =
  'version: v1\ncompany: { name: Acme, currency: USD, time_zone: UTC }\neffective_from: 2026-01-01\n'

test('a withheld review names the cause and the next command, on the terminal and in the report', async () => {
  const { directory, remove } = await createReadyWorkspace()
  try {
    await mkdir(join(directory, 'data'), { recursive: true })
    await writeFile(join(directory, 'policy.yaml'), POLICY)
    for (const [name, head, row] of [
      ['campaigns', 'campaign_id,name,currency', 'C1,A,EUR'],
      ['cost_ledger', 'month,campaign_id,cost_type,amount,currency', '2026-03,C1,media,1,EUR'],
      ['value_ledger', 'month,campaign_id,amount,currency,source', '2026-03,C1,1,EUR,crm'],
    ] as const) {
      await writeFile(join(directory, 'data', `${name}.csv`), `${head}\n${row}\n`)
    }
    const { status, stdout } = await mo(['review', '--workspace', directory, '--month', '2026-03'])
    expect(status).toBe(4)
    const cause = 'campaigns could not be read (1 row, currency: expected USD, got EUR)'
    expect(stdout).toContain(cause)
    expect(stdout).toMatch(/Next: {4}npm run -s mo -- validate --workspace \S+/)
    const report = await readFile(join(directory, 'reviews/2026-03/report.md'), 'utf8')
    expect(report).toContain(cause)
    expect(report).toContain('npm run -s mo -- validate --workspace DIR')
  } finally {
    await remove()
  }
})
