import { z } from 'zod'

import { CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'
import { query } from './query.ts'
import type { Queryable } from './transaction.ts'

const Pruned = z.object({ checkpoints: z.int(), writes: z.int(), blobs: z.int() })
export type Pruned = z.infer<typeof Pruned>

/**
 * Deletes all but the newest checkpoint of each review, with the values only the older ones needed. A review that waits can still be
 * resumed; its earlier steps cannot be gone back to.
 *
 * @param reviewIds Reviews that nobody works on: finished, or under the caller's lock.
 */
export async function pruneCheckpoints(
  db: Queryable,
  reviewIds: readonly string[],
): Promise<Pruned | undefined> {
  const schema = CHECKPOINT_SCHEMA
  const [pruned] = await query(db, Pruned, {
    text: `with newest as (
        select distinct on (thread_id, checkpoint_ns) thread_id, checkpoint_ns, checkpoint_id, checkpoint
        from ${schema}.checkpoints where thread_id = any ($1)
        order by thread_id, checkpoint_ns, checkpoint_id desc
      ), checkpoints as (
        delete from ${schema}.checkpoints old using newest
        where old.thread_id = newest.thread_id and old.checkpoint_ns = newest.checkpoint_ns
          and old.checkpoint_id <> newest.checkpoint_id returning 1
      ), writes as (
        delete from ${schema}.checkpoint_writes old using newest
        where old.thread_id = newest.thread_id and old.checkpoint_ns = newest.checkpoint_ns
          and old.checkpoint_id <> newest.checkpoint_id returning 1
      ), blobs as (
        delete from ${schema}.checkpoint_blobs old using newest
        where old.thread_id = newest.thread_id and old.checkpoint_ns = newest.checkpoint_ns
          and newest.checkpoint -> 'channel_versions' ->> old.channel is distinct from old.version
        returning 1
      )
      select (select count(*) from checkpoints)::int as checkpoints,
        (select count(*) from writes)::int as writes, (select count(*) from blobs)::int as blobs`,
    values: [reviewIds],
  })
  return pruned
}
