import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'

import { instantText, withEngine, writeWorkspace } from './engine.ts'

const GENERATOR = join(import.meta.dirname, '../../shared/bench/gen_journeys.mjs')
const SEED = 42

/** Where the generator is expected, and whether it is there: it comes with the reference cases, not with the project. */
export function journeyGenerator(): { readonly path: string; readonly exists: boolean } {
  return { path: GENERATOR, exists: existsSync(GENERATOR) }
}

/**
 * Writes the touches and conversions of generated journeys (about 3.8 touches each) as `touches.parquet` and `convs.parquet`, by journey and time.
 * Ten million journeys need about 2.5 GB in the folder while they are written.
 */
export async function writeJourneys(folder: string, journeys: number): Promise<void> {
  await generated(folder, journeys, async (run, { touches, conversions }) => {
    await run(
      `copy (select journey_id, channel, ts_ms from ${touches}) to '${folder}/touches.parquet' (format parquet)`,
    )
    await run(
      `copy (select journey_id, cast(round(value * 100) as bigint) as value_minor from ${conversions}) to '${folder}/convs.parquet' (format parquet)`,
    )
  })
}

/** The month of generated journeys in which most conversions fall. */
export const JOURNEY_MONTH = '2025-07'

/** Writes a workspace with the same journeys as touchpoints and conversions, as a company would hand them over in Parquet. */
export async function writeJourneyWorkspace(directory: string, journeys: number): Promise<void> {
  const data = await writeWorkspace(directory)
  const person = `'P' || customer_id as person_id`
  const at = `${instantText('make_timestamp(ts_ms * 1000)')} as occurred_at`
  await generated(directory, journeys, async (run, { touches, conversions }) => {
    await run(
      `copy (select ${person}, ${at}, channel from ${touches}) to '${data}/touchpoints.parquet' (format parquet)`,
    )
    await run(
      `copy (select conversion_id, ${person}, ${at}, value, 'USD' as currency from ${conversions}) to '${data}/conversions.parquet' (format parquet)`,
    )
  })
}

/** Runs the generator, hands its two tables to `write`, and takes them away again. */
async function generated(
  folder: string,
  journeys: number,
  write: (
    run: (sql: string) => Promise<unknown>,
    tables: { readonly touches: string; readonly conversions: string },
  ) => Promise<void>,
): Promise<void> {
  const made = ['paths.csv', 'touches.csv', 'convs.csv'].map((name) => join(folder, name))
  const [paths = '', touches = '', conversions = ''] = made
  // A third table, which nobody reads, would be as large as the touches.
  symlinkSync(devNull, paths)
  execFileSync(process.execPath, [GENERATOR, String(journeys), String(SEED), folder])
  await withEngine(
    (run) =>
      write(run, { touches: `read_csv('${touches}')`, conversions: `read_csv('${conversions}')` }),
    folder,
  )
  for (const file of made) rmSync(file)
}
