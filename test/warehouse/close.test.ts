import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { openWarehouse, type OpenWarehouse } from '#src/warehouse/open.ts'
import { createRunning, streamDuring } from '#src/warehouse/running.ts'
import { workspaceWith } from '#test/support/workspace.ts'

const POINTS = Array.from(
  { length: 20_000 },
  (_, at) => `P${at % 500},2026-10-${String(1 + (at % 28)).padStart(2, '0')}T10:00:00,Email`,
)

async function open(): Promise<OpenWarehouse> {
  const workspaceDir = await workspaceWith({
    'data/touchpoints.csv': `person_id,occurred_at,channel\n${POINTS.join('\n')}\n`,
  })
  return openWarehouse({ workspaceDir, company: { currency: 'USD', timeZone: 'UTC' } })
}
const AS_OF = { to_on: '2026-10-31' }
const countTouches = ({ warehouse }: OpenWarehouse) =>
  warehouse.rows('attribution/channels', AS_OF, z.unknown())

describe('a warehouse that is closed', () => {
  it('under queries lets them come to their end, and begins no other', async () => {
    const data = await open()
    // Once the text of a query has been read, it is with the engine in the turn it is asked in.
    await countTouches(data)
    const asked = Array.from({ length: 6 }, () => countTouches(data))
    await new Promise((resolve) => setImmediate(resolve))
    const closed = data.close()
    const outcomes = await Promise.all(asked.map((each) => each.catch((error: unknown) => error)))
    await closed
    expect(outcomes).toEqual(asked.map(() => [{ channel: 'Email', row_count: 20_000 }]))
    await expect(countTouches(data)).rejects.toMatchObject({
      code: 'WAREHOUSE_FAILED',
      message: expect.stringContaining('closed meanwhile'),
    })
    await data.close()
  })
})

describe('what is under way', () => {
  it('is waited for, however it ends, with what it began meanwhile refused', async () => {
    const running = createRunning()
    const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const
    const done: string[] = []
    const first = running.during(() => gates[0].promise)
    const second = running.during(() => gates[1].promise).catch(() => 'failed')
    const end = running.end().then(() => done.push('ended'))
    gates[0].resolve('one')
    expect(await first).toBe('one')
    await Promise.resolve()
    expect(done).toEqual([])
    gates[1].reject(new Error('no'))
    expect(await second).toBe('failed')
    await end
    expect(done).toEqual(['ended'])
    await expect(running.during(async () => 'late')).rejects.toMatchObject({
      code: 'WAREHOUSE_FAILED',
    })
  })

  it('is each step of a stream, not what its reader does between them', async () => {
    const running = createRunning()
    const read: number[] = []
    const stream = (async function* () {
      yield 1
      yield 2
      yield 3
    })()
    const reading = (async () => {
      for await (const each of streamDuring(running, stream)) {
        read.push(each)
        if (each === 2) await running.end()
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'WAREHOUSE_FAILED' })
    expect(read).toEqual([1, 2])
  })
})
