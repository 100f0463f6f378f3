import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'

import { STAGES } from '#rules/schema/review.ts'
import { startScript } from '#test/support/child-process.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

// Each life of the review is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

const Ended = z.strictObject({
  outcome: z.string(),
  stages: z.record(z.string(), z.tuple([z.int(), z.string().regex(/^[0-9a-f]{64}$/)])),
})

/** The example company without moves to approve and without its journeys, so that a review runs through to its last stage. */
async function smallCompany() {
  const workspace = await createReadyWorkspace()
  await cp('examples/reference-company/policy.yaml', join(workspace.directory, 'policy.yaml'))
  await cp('examples/reference-company/data', join(workspace.directory, 'data'), {
    recursive: true,
  })
  for (const name of ['budget_actions', 'touchpoints', 'conversions']) {
    await rm(join(workspace.directory, 'data', `${name}.csv`))
  }
  return workspace
}

/** Runs the review in a process of its own until it ends, or is killed in the middle of `stage`. */
async function live(
  directory: string,
  stage = '',
): Promise<{ status: number | string; text: string }> {
  const { child, ended } = startScript('killed-process.ts', [directory, stage])
  let text = ''
  child.stdout?.on('data', (part: unknown) => {
    text += String(part)
  })
  const { status, errors } = await ended
  return { status, text: `${text}${errors}` }
}

describe('a review whose process is killed', () => {
  it('in the middle of each stage goes on where it was, and comes to the same bytes', async () => {
    const [killed, whole] = await Promise.all([smallCompany(), smallCompany()])
    try {
      const [undisturbed] = await Promise.all([
        live(whole.directory),
        (async () => {
          for (const stage of STAGES) {
            expect([stage, (await live(killed.directory, stage)).status]).toStrictEqual([
              stage,
              'SIGKILL',
            ])
          }
        })(),
      ])
      const resumed = Ended.parse(JSON.parse((await live(killed.directory)).text))
      const once = Ended.parse(JSON.parse(undisturbed.text))
      expect([once.outcome, resumed.outcome]).toStrictEqual(['completed', 'completed'])
      const column = (ended: typeof once, index: 0 | 1) =>
        Object.entries(ended.stages).map(([stage, row]) => [stage, row[index]])
      expect(column(resumed, 1)).toStrictEqual(column(once, 1))
      const names = ['intake', ...STAGES]
      expect(column(once, 0)).toStrictEqual(names.map((name) => [name, 1]))
      expect(column(resumed, 0)).toStrictEqual(
        names.map((name) => [name, name === 'intake' ? 1 : 2]),
      )
    } finally {
      await Promise.all([killed.remove(), whole.remove()])
    }
  })
})
