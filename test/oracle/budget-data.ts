import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { readCsv } from './csv.ts'

/** Rows of a public media data set, cells as text. */
export type MediaTable = readonly Readonly<Record<string, string>>[]

const FOLDER = 'data/budget'

/**
 * A public media data set. It lies beside the oracle folders, or, for an oracle folder elsewhere, where the given one lies.
 *
 * @param name Path below the folder, such as `robyn/dt_simulated_weekly.csv`.
 */
export function readMedia(directory: string, name: string): MediaTable {
  const places = [
    join(directory, name.replace(/^.*\//, '')),
    join(directory, '../..', FOLDER, name),
    join(import.meta.dirname, '../../../shared', FOLDER, name),
  ]
  const place = places.find((path) => existsSync(path))
  if (place === undefined) throw new Error(`media data ${name} not found in ${places.join(', ')}`)
  return readCsv(readFileSync(place, 'utf8'))
}

/** One column as numbers. */
export function columnOf(table: MediaTable, name: string): number[] {
  return table.map((row) => Number(row[name]))
}
