import type { Client } from 'pg'
import { z } from 'zod'

import { LOCK_KEYS } from './advisory-locks.ts'
import { ignoreLoss } from './connection.ts'
import { query } from './query.ts'
import type { Store } from './store.ts'
import type { Queryable } from './transaction.ts'

/** That a worker is there, for whoever must have the database to oneself. */
export interface Attendance {
  /** Says so, again where the connection was lost; while somebody has the database to oneself, not yet. */
  readonly keep: () => Promise<void>
  readonly end: () => Promise<void>
}

/** A shared lock of the database's, on a connection of its own: it goes with the process, however that ends. */
export function createAttendance(store: Pick<Store, 'connect'>): Attendance {
  let held: Client | undefined
  return {
    keep: async () => {
      if (held !== undefined) return
      const client = await store.connect()
      const lose = (): void => {
        if (held === client) held = undefined
      }
      client.on('end', lose)
      client.on('error', lose)
      held = client
      if (await taken(client, 'select pg_try_advisory_lock_shared($1) as taken')) return
      lose()
      await client.end().catch(ignoreLoss)
    },
    end: async () => {
      const client = held
      held = undefined
      await client?.end().catch(ignoreLoss)
    },
  }
}

/** Has the database to oneself until the caller's transaction ends. False: a worker is there, or somebody else has it. */
export async function takeAlone(client: Queryable): Promise<boolean> {
  return taken(client, 'select pg_try_advisory_xact_lock($1) as taken')
}

async function taken(client: Queryable, text: string): Promise<boolean> {
  const [row] = await query(client, z.object({ taken: z.boolean() }), {
    text,
    values: [LOCK_KEYS.attendance],
  })
  return row?.taken === true
}
