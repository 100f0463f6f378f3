import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'

import { ownCost } from './cost.ts'

const POLICY = `version: bench.1
effective_from: 2026-01-01
company: { name: Bench, currency: USD, time_zone: UTC }
`

/**
 * Writes a workspace with `touches` touchpoints of March 2026 (four a person, six channels) and a conversion for every fifth person. The same
 * size gives the same bytes.
 */
export async function writeTouchpoints(directory: string, touches: number): Promise<void> {
  const data = join(directory, 'data')
  await mkdir(data, { recursive: true })
  await writeFile(join(directory, 'policy.yaml'), POLICY)
  await withEngine(async (run) => {
    await run(`copy (
      select
        'P' || (i // 4) as person_id,
        ${instant('(hash(i) % 2500000)::bigint')} as occurred_at,
        ['Direct', 'Email', 'Paid search', 'LinkedIn', 'Organic', 'Display'][1 + (hash(i * 7 + 1) % 6)::bigint] as channel
      from range(${touches}) numbers(i)
    ) to '${join(data, 'touchpoints.csv')}' (format csv, header)`)
    await run(`copy (
      select 'C' || i as conversion_id, 'P' || i as person_id, ${instant('2600000 + i % 70000')} as occurred_at, 10 + i % 90 as value, 'USD' as currency
      from range(0, ${Math.floor(touches / 4)}, 5) numbers(i)
    ) to '${join(data, 'conversions.csv')}' (format csv, header)`)
  })
}

/** SQL of an instant that many seconds into the month. */
function instant(seconds: string): string {
  return `strftime(timestamp '2026-03-01' + to_seconds(${seconds}), '%Y-%m-%dT%H:%M:%SZ')`
}

async function withEngine(
  work: (run: (sql: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
  const connection = await instance.connect()
  await work((sql) => connection.run(sql))
  connection.closeSync()
  instance.closeSync()
}

/** Run as a process of its own: reads the same columns of the same file and adds them up, nothing else. */
async function main(file: string): Promise<void> {
  await withEngine((run) =>
    run(
      `select sum(strlen(person_id)), sum(epoch_ms(cast(occurred_at as timestamptz))), sum(strlen(channel)) from read_csv('${file}', all_varchar = true)`,
    ).then(() => undefined),
  )
  console.log(JSON.stringify(ownCost()))
}

if (import.meta.main) await main(process.argv[2] ?? '')
