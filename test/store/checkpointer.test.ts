import {
  Command,
  END,
  INTERRUPT,
  interrupt,
  ReducedValue,
  START,
  StateGraph,
  StateSchema,
} from '@langchain/langgraph'
import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint'
import type { Checkpoint } from '@langchain/langgraph-checkpoint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

import { ReviewCheckpointer } from '#src/store/checkpointer.ts'
import { pruneCheckpoints } from '#src/store/prune-checkpoints.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

let store: TestStore
let saver: ReviewCheckpointer
beforeAll(async () => {
  store = await startTestStore()
  saver = new ReviewCheckpointer(store.pool)
})
afterAll(() => store.close())

describe('getNextVersion', () => {
  test('counts up in text order, across powers of ten, never the same twice', () => {
    let version: number | undefined
    const seen: string[] = []
    for (let count = 0; count < 120; count++) {
      version = saver.getNextVersion(version)
      seen.push(String(version))
    }
    expect(seen.toSorted()).toEqual(seen)
    expect(seen[0]).toMatch(/^0{31}1\.[0-9a-f]{16}$/)
    expect(seen[119]).toMatch(/^0{29}120\./)
    expect(saver.getNextVersion(version)).not.toBe(saver.getNextVersion(version))
  })

  test('goes on from a number of the base class', () => {
    expect(saver.getNextVersion(41)).toMatch(/^0{30}42\./)
  })
})

describe('setup', () => {
  test('succeeds for 20 that call it at once on a new database', async () => {
    await store.store.asOwner(async (owner) => {
      await owner.query('drop schema mo_checkpoints cascade')
      await Promise.all(
        Array.from({ length: 20 }, async () =>
          store.store.asOwner((pool) => new ReviewCheckpointer(pool).setup()),
        ),
      )
      const { rows } = await owner.query(
        'select count(*)::int as n from mo_checkpoints.checkpoint_migrations',
      )
      expect(rows[0].n).toBeGreaterThan(3)
      await owner.query('grant usage on schema mo_checkpoints to mo_app')
      await owner.query('grant all on all tables in schema mo_checkpoints to mo_app')
    })
  })

  test('has nothing left to do after the store was opened, which the name of its step vouches for', async () => {
    const fresh = await startTestStore()
    const count = async (): Promise<unknown> => {
      const { rows } = await fresh.pool.query(
        'select array_agg(v order by v) as steps from mo_checkpoints.checkpoint_migrations',
      )
      return rows[0].steps
    }
    const before = await count()
    await fresh.store.asOwner((owner) => new ReviewCheckpointer(owner).setup())
    expect(await count()).toEqual(before)
    await fresh.close()
  })
})

describe('forks', () => {
  /** A checkpoint that continues `parent` and sets one channel. */
  function continued(parent: Checkpoint, value: string): Checkpoint {
    const version = saver.getNextVersion(undefined)
    return {
      ...parent,
      id: uuid6(0),
      channel_values: { answer: value },
      channel_versions: { answer: version },
    }
  }

  test('two continuations of one checkpoint keep their own values', async () => {
    const thread = { configurable: { thread_id: 'forked', checkpoint_ns: '' } }
    const root = emptyCheckpoint()
    const metadata = { source: 'loop', step: 0, parents: {} } as const
    const start = await saver.put(thread, root, metadata, {})
    const left = continued(root, 'left')
    const right = continued(root, 'right')
    const [leftConfig, rightConfig] = await Promise.all([
      saver.put(start, left, metadata, left.channel_versions),
      saver.put(start, right, metadata, right.channel_versions),
    ])
    const answer = async (config: typeof leftConfig): Promise<unknown> =>
      (await saver.getTuple(config))?.checkpoint.channel_values['answer']
    expect(await answer(leftConfig)).toBe('left')
    expect(await answer(rightConfig)).toBe('right')
  })
})

describe('under a graph', () => {
  const State = new StateSchema({
    log: new ReducedValue(
      z.array(z.string()).default(() => []),
      {
        inputSchema: z.string(),
        reducer: (log: string[], line: string) => [...log, line],
      },
    ),
  })

  function createGraph() {
    return new StateGraph(State)
      .addNode('first', () => ({ log: 'first' }))
      .addNode('gate', () => ({ log: `gate: ${String(interrupt('go on?'))}` }))
      .addNode('last', () => ({ log: 'last' }))
      .addEdge(START, 'first')
      .addEdge('first', 'gate')
      .addEdge('gate', 'last')
      .addEdge('last', END)
      .compile({ checkpointer: saver })
  }

  const config = (id: string) => ({ configurable: { thread_id: id }, durability: 'sync' as const })

  async function untilGate(id: string): Promise<string> {
    const state = await createGraph().invoke({}, config(id))
    const pending = z.array(z.object({ id: z.string() })).parse(Reflect.get(state, INTERRUPT))
    return pending[0]?.id ?? ''
  }

  const rows = async (id: string): Promise<unknown> => {
    const { rows: found } = await store.pool.query(
      `select (select count(*)::int from mo_checkpoints.checkpoints where thread_id = $1) as checkpoints,
         (select count(*)::int from mo_checkpoints.checkpoint_blobs where thread_id = $1) as blobs,
         (select count(*)::int from mo_checkpoints.checkpoint_writes where thread_id = $1) as writes`,
      [id],
    )
    return found[0]
  }

  test('a review waits at its gate and is resumed by another process’ graph', async () => {
    const gate = await untilGate('resumed')
    const done = await createGraph().invoke(
      new Command({ resume: { [gate]: 'yes' } }),
      config('resumed'),
    )
    expect(done.log).toEqual(['first', 'gate: yes', 'last'])
  })

  test('two ways taken from the same step keep their own states', async () => {
    await untilGate('forked-run')
    const graph = createGraph()
    const waiting = (await graph.getState(config('forked-run'))).config
    const log = async (from: typeof waiting): Promise<unknown> =>
      (await graph.getState(from)).values.log
    const left = await graph.updateState(waiting, { log: 'left' }, 'first')
    const right = await graph.updateState(waiting, { log: 'right' }, 'first')
    expect(await log(left)).toEqual(['first', 'left'])
    expect(await log(right)).toEqual(['first', 'right'])
    expect(await log(waiting)).toEqual(['first'])
  })

  test('keeps only the newest checkpoint when pruned, and a waiting review can still be resumed', async () => {
    const gate = await untilGate('pruned')
    await untilGate('untouched')
    const untouched = await rows('untouched')
    const pruned = await pruneCheckpoints(store.pool, ['pruned'])
    expect(pruned?.checkpoints).toBe(2)
    expect(await rows('pruned')).toMatchObject({ checkpoints: 1 })
    expect(await rows('untouched')).toEqual(untouched)
    const done = await createGraph().invoke(
      new Command({ resume: { [gate]: 'yes' } }),
      config('pruned'),
    )
    expect(done.log).toEqual(['first', 'gate: yes', 'last'])
    await pruneCheckpoints(store.pool, ['pruned'])
    const state = await createGraph().getState(config('pruned'))
    expect(state.values).toEqual({ log: ['first', 'gate: yes', 'last'] })
    expect(state.next).toEqual([])
    expect(await pruneCheckpoints(store.pool, ['pruned'])).toEqual({
      checkpoints: 0,
      writes: 0,
      blobs: 0,
    })
  })
})
