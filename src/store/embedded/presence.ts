import type { Client } from 'pg'

import { LOCK_KEYS } from '../advisory-locks.ts'
import { ignoreLoss, isConnectionFailure } from '../connection.ts'
import { stopServer } from './daemon.ts'
import type { Location } from './location.ts'
import { pause } from './pause.ts'

const REJOIN_PAUSE_MS = 1000

/** The connection whose shared lock says "in use". */
export interface Presence {
  /** Stops watching and hands over the connection, or nothing when the server is away. */
  readonly end: () => Promise<Client | undefined>
}

/** Watches the connection; when it is lost, `rejoin` starts the server again and yields the next one. */
export function keepPresence(first: Client, rejoin: () => Promise<Client>): Presence {
  const state: {
    client: Client | undefined
    ended: boolean
    rejoining: Promise<void> | undefined
  } = { client: undefined, ended: false, rejoining: undefined }

  function watch(client: Client): void {
    state.client = client
    client.on('error', ignoreLoss)
    client.once('end', () => {
      state.client = undefined
      state.rejoining = rejoinUntilThere()
    })
  }

  async function rejoinUntilThere(): Promise<void> {
    while (!state.ended && state.client === undefined) {
      try {
        watch(await rejoin())
      } catch {
        // The server may come back by other hands; whoever uses the store meanwhile is told so by their own statement.
        await pause(REJOIN_PAUSE_MS)
      }
    }
  }

  watch(first)
  return {
    end: async () => {
      state.ended = true
      await state.rejoining
      return state.client
    },
  }
}

/** Gives the lock back; when nobody else holds it, stops the server before the lock is lost. */
export async function leave(client: Client, location: Location): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [LOCK_KEYS.presence])
    const answer = await client.query<{ alone: boolean }>(
      'select pg_try_advisory_lock($1) as alone',
      [LOCK_KEYS.presence],
    )
    if (answer.rows[0]?.alone === true) await stopServer(location)
  } catch (error) {
    // The server is away: there is nothing to stop.
    if (!isConnectionFailure(error)) throw error
  } finally {
    await client.end().catch(ignoreLoss)
  }
}
