import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'

const HERE = import.meta.dirname

/** Writes the workspace: `policy.yaml`, and a CSV file for each query of `data-sets/` that has rows; other files are left alone. */
async function build(source: string, target: string, month: string): Promise<void> {
  const data = join(target, 'data')
  await mkdir(data, { recursive: true })
  await copyFile(join(HERE, 'policy.yaml'), join(target, 'policy.yaml'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`set variable source = ${sqlText(resolve(source))}`)
  await connection.run(`set variable month = ${sqlText(month)}`)
  await connection.run(await readFile(join(HERE, 'sources.sql'), 'utf8'))
  for (const file of (await readdir(join(HERE, 'data-sets'))).toSorted()) {
    const dataset = basename(file, '.sql')
    const path = join(data, `${dataset}.csv`)
    const query = await readFile(join(HERE, 'data-sets', file), 'utf8')
    const { rowsChanged } = await connection.run(
      `copy (${query}) to ${sqlText(path)} (format csv, header)`,
    )
    if (rowsChanged === 0) await rm(path)
    else process.stdout.write(`${dataset}: ${rowsChanged} rows\n`)
  }
  connection.closeSync()
  instance.closeSync()
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

const [source, target, month = '2018-05'] = process.argv.slice(2)
if (source === undefined || target === undefined || !/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) {
  process.stderr.write('usage: node examples/real-data/build.ts SOURCE_DIR TARGET_DIR [YYYY-MM]\n')
  process.exitCode = 2
} else {
  await build(source, target, month)
}
