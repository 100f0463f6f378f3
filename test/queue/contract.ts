import { setTimeout as pause } from 'node:timers/promises'

import { afterEach, describe, expect, test, vi } from 'vitest'

import { AppError } from '#src/errors.ts'
import type { Bell } from '#src/queue/bell.ts'
import type { BellHandler, DeadBell, QueueWorker, WorkQueue } from '#src/queue/queue.ts'
import { startScript } from '#test/support/child-process.ts'

/** What is asserted never depends on how long something took: the lock outlives any pause of a busy machine, or a job would be heard twice. */
export const TEST_TIMING = { lockMs: 5_000, backoffMs: 20, attemptsMax: 3 } as const
/** How long a job is held for a worker that was killed. */
export const KILLED_LOCK_MS = 1_000

const PATIENCE = { timeout: 60_000, interval: 20 }

/** A backend to be held to the contract. */
export interface QueueUnderTest {
  /** Opens the queue as a process of its own would. */
  readonly connect: () => Promise<WorkQueue>
  /** Arguments of `queue-process.ts` for the same queue. */
  readonly processArguments: () => readonly string[]
}

/** What every backend must keep. */
export function testQueueContract(
  name: string,
  { connect, processArguments }: QueueUnderTest,
): void {
  describe(`the queue on ${name}`, () => {
    const opened: WorkQueue[] = []
    const working: QueueWorker[] = []
    const deaths: DeadBell[] = []
    let bells = 0

    const open = async (): Promise<WorkQueue> => {
      const queue = await connect()
      opened.push(queue)
      return queue
    }
    const newBell = (): Bell => ({ kind: 'review', subject: `2026-10-${(bells += 1)}:${name}` })
    const work = (
      queue: WorkQueue,
      handle: BellHandler,
      changes: { readonly concurrency?: number; readonly lockMs?: number } = {},
    ): QueueWorker => {
      const { concurrency = 1, lockMs = TEST_TIMING.lockMs } = changes
      const worker = queue.work({
        handle,
        concurrency,
        onDead: async (dead) => void deaths.push(dead),
        onError: () => undefined,
        timing: { ...TEST_TIMING, lockMs },
      })
      working.push(worker)
      return worker
    }
    const quiet = (queue: WorkQueue) =>
      vi.waitFor(
        async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 0, delayed: 0 }),
        PATIENCE,
      )

    afterEach(async () => {
      await Promise.all(working.splice(0).map((worker) => worker.close()))
      await Promise.all(opened.splice(0).map((queue) => queue.close()))
      deaths.length = 0
    })

    test('brings each bell to a worker, once, and then is empty', async () => {
      const queue = await open()
      const sent = [newBell(), newBell(), newBell()]
      const heard: Bell[] = []
      for (const bell of sent) await queue.ring(bell, { turn: 1 })
      expect((await queue.depth()).waiting).toBe(3)
      work(await open(), async (bell) => {
        heard.push(bell)
        return { kind: 'done' }
      })
      await quiet(queue)
      expect(heard).toEqual(sent)
    })

    test('takes bells of the same review that wait for one', async () => {
      const queue = await open()
      const bell = newBell()
      expect(await queue.isRung(bell)).toBe(false)
      for (const turn of [1, 2, 3]) await queue.ring(bell, { turn })
      expect(await queue.isRung(bell)).toBe(true)
      expect((await queue.depth()).waiting).toBe(1)
      let heard = 0
      work(queue, async () => {
        heard += 1
        return { kind: 'done' }
      })
      await quiet(queue)
      expect([heard, await queue.isRung(bell)]).toEqual([1, false])
    })

    test('rings once more what was rung while it was handled', async () => {
      const queue = await open()
      const bell = newBell()
      await queue.ring(bell, { turn: 1 })
      let heard = 0
      work(queue, async () => {
        heard += 1
        if (heard > 1) return { kind: 'done' }
        await queue.ring(bell, { turn: 1 })
        await queue.ring(bell, { turn: 1 })
        return { kind: 'done' }
      })
      await quiet(queue)
      expect(heard).toBe(2)
    })

    test('serves lower turns first and equal ones in the order they rang', async () => {
      const queue = await open()
      const turns = [3, 1, 2, 1, 3]
      const sent = turns.map((turn) => ({ bell: newBell(), turn }))
      for (const { bell, turn } of sent) await queue.ring(bell, { turn })
      const heard: [Bell, number][] = []
      work(queue, async (bell, { turn }) => {
        heard.push([bell, turn])
        return { kind: 'done' }
      })
      await quiet(queue)
      expect(heard).toEqual([1, 3, 2, 0, 4].map((index) => [sent[index]?.bell, sent[index]?.turn]))
    })

    test('tries again what can succeed later', async () => {
      const queue = await open()
      await queue.ring(newBell(), { turn: 1 })
      const attempts: number[] = []
      work(queue, async (_bell, { attempt }) => {
        attempts.push(attempt)
        if (attempt < 3) throw new AppError('STORE_UNAVAILABLE')
        return { kind: 'done' }
      })
      await quiet(queue)
      expect([attempts, deaths]).toEqual([[1, 2, 3], []])
    })

    test.each([
      ['after its last try, what could have succeeded later', new AppError('STORE_UNAVAILABLE'), 3],
      ['at once, what no retry can mend', new AppError('POLICY_INVALID'), 1],
      ['at once, a fault of the program', new TypeError('x is not a function'), 1],
    ])('tells of the death of a bell: %s', async (_name, error, tries) => {
      const queue = await open()
      const bell = newBell()
      await queue.ring(bell, { turn: 1 })
      let heard = 0
      const worker = work(queue, async () => {
        heard += 1
        throw error
      })
      await quiet(queue)
      await worker.close()
      const code = error instanceof AppError ? error.code : 'INTERNAL'
      const mended = error instanceof AppError ? `; next: ${error.next}` : ''
      expect(heard).toBe(tries)
      expect(deaths).toEqual([
        { bell, code, message: `${error.message}${mended}`, attempts: tries },
      ])
      await queue.ring(bell, { turn: 1 })
      expect((await queue.depth()).waiting).toBe(1)
      work(queue, async () => ({ kind: 'done' }))
      await quiet(queue)
    })

    test('does not count as a try what only was too early', async () => {
      const queue = await open()
      await queue.ring(newBell(), { turn: 1 })
      const attempts: number[] = []
      work(queue, async (_bell, { attempt }) => {
        attempts.push(attempt)
        return attempts.length < 5 ? { kind: 'again', afterMs: 10 } : { kind: 'done' }
      })
      await quiet(queue)
      expect([attempts, deaths]).toEqual([[1, 1, 1, 1, 1], []])
    })

    test('hears no more bells at once than it was told', async () => {
      const queue = await open()
      for (let index = 0; index < 8; index++) await queue.ring(newBell(), { turn: 1 })
      let now = 0
      let most = 0
      let heard = 0
      work(
        queue,
        async () => {
          now += 1
          heard += 1
          most = Math.max(most, now)
          await pause(20)
          now -= 1
          return { kind: 'done' }
        },
        { concurrency: 3 },
      )
      await quiet(queue)
      expect(heard).toBe(8)
      expect(most).toBeLessThanOrEqual(3)
    })

    test('hands back what runs when it is closed, and another worker goes on', async () => {
      const queue = await open()
      const bell = newBell()
      await queue.ring(bell, { turn: 1 })
      const begun = Promise.withResolvers<void>()
      const first = work(await open(), async (_bell, { signal }) => {
        begun.resolve()
        while (!signal.aborted) await pause(5)
        throw new AppError('WORK_HANDED_BACK')
      })
      await begun.promise
      await first.close()
      expect(await queue.depth()).toEqual({ waiting: 1, active: 0, delayed: 0 })
      const attempts: number[] = []
      work(queue, async (_bell, { attempt }) => {
        attempts.push(attempt)
        return { kind: 'done' }
      })
      await quiet(queue)
      expect([attempts, deaths]).toEqual([[1], []])
    })

    test('takes over from a worker that was killed', async () => {
      const queue = await open()
      const bell = newBell()
      await queue.ring(bell, { turn: 1 })
      const holder = startScript('queue-process.ts', processArguments())
      expect(await holder.line()).toBe(bell.subject)
      await holder.kill()
      expect((await queue.depth()).active).toBe(1)
      const heard: Bell[] = []
      const handle: BellHandler = async (rung) => {
        heard.push(rung)
        return { kind: 'done' }
      }
      work(queue, handle, { lockMs: KILLED_LOCK_MS })
      await quiet(queue)
      expect([heard, deaths]).toEqual([[bell], []])
    })

    test('keeps the calendar entries it is given and no others', async () => {
      const queue = await open()
      const entry = (subject: string) => ({
        bell: { kind: 'tick' as const, subject },
        pattern: '0 7 * * *',
        timeZone: 'Europe/Berlin',
      })
      await queue.setSchedules(
        new Map([
          ['tick-a', entry('a')],
          ['tick-b', entry('b')],
        ]),
      )
      expect(await queue.scheduleKeys()).toEqual(['tick-a', 'tick-b'])
      expect((await queue.depth()).delayed).toBe(2)
      await queue.setSchedules(
        new Map([
          ['tick-b', entry('b')],
          ['tick-c', entry('c')],
        ]),
      )
      expect(await queue.scheduleKeys()).toEqual(['tick-b', 'tick-c'])
      await queue.setSchedules(new Map())
      expect([await queue.scheduleKeys(), await queue.depth()]).toEqual([
        [],
        { waiting: 0, active: 0, delayed: 0 },
      ])
    })

    test('rings a calendar entry when its time comes', async () => {
      const queue = await open()
      const bell: Bell = { kind: 'tick', subject: 'a company' }
      const heard = Promise.withResolvers<Bell>()
      work(queue, async (rung) => {
        heard.resolve(rung)
        return { kind: 'done' }
      })
      const entry = { bell, pattern: '* * * * * *', timeZone: 'America/New_York' }
      await queue.setSchedules(new Map([['tick-a', entry]]))
      expect(await heard.promise).toEqual(bell)
      await queue.setSchedules(new Map())
    })

    test('answers when it is asked whether it is there', async () => {
      await expect((await open()).check()).resolves.toBeUndefined()
    })
  })
}
