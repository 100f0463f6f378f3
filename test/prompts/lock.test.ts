import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'
import { z } from 'zod'

import { firstPromptOf } from '#prompts/earlier.ts'
import { type NarratorPrompt, promptOf } from '#prompts/narrator.ts'
import { STAGES } from '#rules/schema/review.ts'

const LOCK = join(import.meta.dirname, '../../prompts/lock.json')

const PROMPTS = STAGES.flatMap((stage) => [promptOf(stage, 'strict'), promptOf(stage, 'fluent')])

/** Versions whose text is not the one that the lock holds for them. */
function changedWithoutVersion(prompts: readonly NarratorPrompt[]): string[] {
  const lock = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(LOCK, 'utf8')))
  return prompts
    .filter(({ version, text }) => lock[version] !== sha256(text))
    .map(({ version }) => version)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

it('keeps the text of versions that can still be compared', () => {
  expect(changedWithoutVersion(STAGES.map((stage) => firstPromptOf(stage)))).toEqual([])
})

it('changes no prompt without a new version', () => {
  // A changed text needs a new version here and a new line in the lock; old lines stay as a record.
  expect(changedWithoutVersion(PROMPTS)).toEqual([])
})

it.each(PROMPTS)('would see any edit of $version, and a version nobody locked', (prompt) => {
  expect(changedWithoutVersion([{ ...prompt, text: `${prompt.text} ` }])).toEqual([prompt.version])
  expect(changedWithoutVersion([{ ...prompt, version: `${prompt.version}0` }])).toHaveLength(1)
})

it('has a prompt of its own for every stage and mode', () => {
  expect(new Set(PROMPTS.map(({ version }) => version)).size).toBe(STAGES.length * 2)
  expect(new Set(PROMPTS.map(({ text }) => text)).size).toBe(STAGES.length * 2)
})

it.each(PROMPTS)('names no figure, company or person in $version', ({ text }) => {
  const outsideExamples = text.replaceAll(/"[^"]*"/g, '')
  expect(outsideExamples).not.toMatch(/[$€£%]|\b(?:LinkedIn|Google|Meta|SMB)\b/)
})
