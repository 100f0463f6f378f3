import { randomBytes } from 'node:crypto'

import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import type { Pool } from 'pg'

import { LOCK_KEYS } from './advisory-locks.ts'
import { CHECKPOINT_SCHEMA } from './checkpoint-schema.ts'
import { withAdvisoryLock } from './transaction.ts'

const COUNTER_DIGITS = 32

/**
 * LangGraph's PostgreSQL checkpointer with two faults of version 1.0.5 mended.
 *
 * Versions of a channel are counted per checkpoint, so that two forks of one thread, or two runs at once, give different values the
 * same version, and the second write is dropped as a duplicate. A random suffix makes every version its own; the counter is padded,
 * because LangGraph compares versions as text. And `setup()` fails when several processes call it at once; a lock puts them in a row.
 */
export class ReviewCheckpointer extends PostgresSaver {
  readonly #pool: Pool

  constructor(pool: Pool) {
    super(pool, undefined, { schema: CHECKPOINT_SCHEMA })
    this.#pool = pool
  }

  /** The base class types versions as numbers, but the library stores and compares text as well; `current` is text at run time. */
  override getNextVersion(current: number | undefined): number {
    const count = current === undefined ? 0 : Number.parseInt(String(current), 10)
    const counter = String(count + 1).padStart(COUNTER_DIGITS, '0')
    // @ts-expect-error A text where PostgresSaver binds the type parameter of its base to number.
    return `${counter}.${randomBytes(8).toString('hex')}`
  }

  override async setup(): Promise<void> {
    await withAdvisoryLock(this.#pool, LOCK_KEYS.checkpointerSetup, () => super.setup())
  }
}
