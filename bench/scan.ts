import { ownCost } from './cost.ts'
import { withEngine } from './engine.ts'

/** Run as a process of its own: reads columns and adds them up, nothing else. `node bench/scan.ts TABLE COLUMN…`, each column as a number in SQL. */
async function main([table = '', ...columns]: readonly string[]): Promise<void> {
  const sums = columns.map((column) => `sum(${column})`).join(', ')
  await withEngine(async (run) => {
    await run(`select ${sums} from ${table}`)
  })
  console.log(JSON.stringify(ownCost()))
}

await main(process.argv.slice(2))
