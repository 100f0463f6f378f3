import { readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { reviewFunnel } from '#rules/funnel/review.ts'

import { GOLDEN_INPUTS } from './golden-inputs.ts'
import { referredFacts } from './inputs.ts'

// The whole review, word for word: changed by hand and in a commit of its own.
test.each(Object.entries(GOLDEN_INPUTS))('%s', async (name, [input, context]) => {
  const kept = await readFile(new URL(`golden/${name}.json`, import.meta.url), 'utf8')
  const result = reviewFunnel(input, context)
  expect(result).toEqual(JSON.parse(kept))
  const ids = new Set(result.facts.map((fact) => fact.id))
  expect(referredFacts(result).filter((id) => !ids.has(id))).toEqual([])
})
