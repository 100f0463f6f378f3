import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { serveTurn, takeTurn, peekTurn, restartTurns } from '#src/queue/fair-turns.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())
beforeEach(() => store.pool.query('delete from mo.queue_turns').catch(clearAsOwner))

async function clearAsOwner(): Promise<void> {
  await store.store.asOwner((owner) => owner.query('delete from mo.queue_turns'))
}

interface Waiting {
  readonly workspace: string
  readonly turn: number
  readonly order: number
}

/** A line of jobs, served by turn and then by the order they came, as the queue does. */
function createLine() {
  const waiting: Waiting[] = []
  let order = 0
  return {
    ring: async (workspace: string) => {
      waiting.push({ workspace, turn: await takeTurn(store.pool, workspace), order: (order += 1) })
    },
    serve: async (): Promise<string | undefined> => {
      const [next] = waiting.toSorted((a, b) => a.turn - b.turn || a.order - b.order)
      if (next === undefined) return undefined
      waiting.splice(waiting.indexOf(next), 1)
      await serveTurn(store.pool, next.turn)
      return next.workspace
    },
  }
}

test('a workspace with 200 jobs delays the single job of another by two at most', async () => {
  const line = createLine()
  for (let job = 0; job < 200; job++) await line.ring('huge')
  await line.ring('small')
  expect([await line.serve(), await line.serve()]).toContain('small')
})

test('the same when it comes in the middle, and again and again', async () => {
  const line = createLine()
  for (let job = 0; job < 200; job++) await line.ring('huge')
  for (let job = 0; job < 50; job++) await line.serve()
  for (let again = 0; again < 10; again++) {
    await line.ring('small')
    expect([await line.serve(), await line.serve(), await line.serve()]).toContain('small')
  }
})

test('a newcomer waits for one job of each other at most', async () => {
  const line = createLine()
  const others = ['a', 'b', 'c', 'd', 'e']
  for (let job = 0; job < 20; job++) for (const other of others) await line.ring(other)
  for (let job = 0; job < 33; job++) await line.serve()
  await line.ring('new')
  const served: (string | undefined)[] = []
  for (let job = 0; job <= others.length; job++) served.push(await line.serve())
  expect(served).toContain('new')
})

test('many that keep coming do not starve one that has piled up', async () => {
  const line = createLine()
  for (let job = 0; job < 10; job++) await line.ring('huge')
  let served = 0
  for (let round = 0; round < 30; round++) {
    await line.ring('steady')
    for (let job = 0; job < 2; job++) served += (await line.serve()) === 'huge' ? 1 : 0
  }
  expect(served).toBe(10)
})

test('asking for a turn without taking it changes nothing', async () => {
  expect(await peekTurn(store.pool, 'w')).toBe(1)
  expect(await takeTurn(store.pool, 'w')).toBe(1)
  expect([await peekTurn(store.pool, 'w'), await peekTurn(store.pool, 'w')]).toEqual([1, 1])
  expect(await takeTurn(store.pool, 'w')).toBe(2)
})

test('turns stay within what the queue can hold, and start anew', async () => {
  await serveTurn(store.pool, 1_999_999)
  await serveTurn(store.pool, 5)
  const turns = [1, 2, 3].map(() => takeTurn(store.pool, 'w'))
  expect((await Promise.all(turns)).toSorted((left, right) => left - right)).toEqual([
    1_999_999, 2_000_000, 2_000_000,
  ])
  await restartTurns(store.pool)
  expect(await takeTurn(store.pool, 'w')).toBe(2)
  await restartTurns(store.pool)
  expect(await takeTurn(store.pool, 'w')).toBe(3)
})
