import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'

import { BigInteger, execute, query } from '../store/query.ts'
import type { Queryable } from '../store/transaction.ts'

/** BullMQ's priorities end at 2 097 151. */
const TURN_MAX = 2_000_000
/** The row of the turn that is served now. */
const SERVED = ''

/**
 * The next free turn of a workspace: one after its last, but never before the turn served now. Jobs are served by turn, so workspaces with
 * work take turns whatever each has piled up, and one that comes late waits for at most one job of each other.
 *
 * Source: P. Goyal, H. Vin, H. Cheng, "Start-time Fair Queueing", SIGCOMM 1996, with jobs of equal length.
 */
export async function takeTurn(db: Queryable, workspace: string): Promise<number> {
  const [row] = await query(db, Turn, {
    text: `with served as (
             select coalesce((select turn from mo.queue_turns where workspace = $2), 1) as turn)
           insert into mo.queue_turns as last (workspace, turn) select $1, turn from served
           on conflict (workspace) do update
           set turn = least($3, greatest(last.turn + 1, (select turn from served)))
           returning turn`,
    values: [workspace, SERVED, TURN_MAX],
  })
  return present(row, 'the turn just taken').turn
}

/** The turn a workspace would get now, without taking it: for a bell that rings already. */
export async function peekTurn(db: Queryable, workspace: string): Promise<number> {
  const [row] = await query(db, Turn, {
    text: `select coalesce(max(turn), 1) as turn from mo.queue_turns where workspace in ($1, $2)`,
    values: [workspace, SERVED],
  })
  return row?.turn ?? 1
}

/** Notes that a job of this turn is served now; turns only go forward. */
export async function serveTurn(db: Queryable, turn: number): Promise<void> {
  await execute(db, {
    text: `insert into mo.queue_turns as served (workspace, turn) values ($1, $2)
           on conflict (workspace) do update set turn = $2 where served.turn < $2`,
    values: [SERVED, turn],
  })
}

/** Starts counting anew, long before the numbers end. Call only while no job waits. */
export async function restartTurns(db: Queryable): Promise<void> {
  await execute(db, {
    text: `update mo.queue_turns set turn = 1
           where (select turn from mo.queue_turns where workspace = $1) > $2`,
    values: [SERVED, TURN_MAX / 2],
  })
}

const Turn = z.object({ turn: BigInteger })
