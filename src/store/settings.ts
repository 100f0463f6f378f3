import { z } from 'zod'

import { execute, query } from './query.ts'
import type { Queryable } from './transaction.ts'

/** A value the program keeps for itself, such as when it last looked at the schedule; undefined when it was never saved. */
export async function loadSetting(db: Queryable, name: string): Promise<string | undefined> {
  const [row] = await query(db, z.object({ value: z.string() }), {
    text: 'select value from mo.settings where name = $1',
    values: [name],
  })
  return row?.value
}

export async function saveSetting(
  db: Queryable,
  setting: { readonly name: string; readonly value: string },
): Promise<void> {
  await execute(db, {
    text: `insert into mo.settings (name, value) values ($1, $2)
           on conflict (name) do update set value = excluded.value, updated_at = now()`,
    values: [setting.name, setting.value],
  })
}
