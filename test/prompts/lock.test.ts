import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'
import { z } from 'zod'

import { promptOf } from '#prompts/narrator.ts'
import { STAGES } from '#rules/schema/review.ts'

const LOCK = join(import.meta.dirname, '../../prompts/lock.json')

const PROMPTS = STAGES.flatMap((stage) => [promptOf(stage, 'strict'), promptOf(stage, 'fluent')])

it('changes no prompt without a new version', () => {
  const lock = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(LOCK, 'utf8')))
  const now = Object.fromEntries(
    PROMPTS.map(({ version, text }) => [version, createHash('sha256').update(text).digest('hex')]),
  )
  // A changed text needs a new version here and a new line in the lock; old lines stay as a record.
  expect(lock).toMatchObject(now)
})

it('has a prompt of its own for every stage and mode', () => {
  expect(new Set(PROMPTS.map(({ version }) => version)).size).toBe(STAGES.length * 2)
  expect(new Set(PROMPTS.map(({ text }) => text)).size).toBe(STAGES.length * 2)
})
