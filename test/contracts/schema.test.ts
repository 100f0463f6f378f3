import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { ReviewDocument } from '#rules/schema/document.ts'

describe('the published schema of review.json', () => {
  it('is the one the program writes by', () => {
    const published: unknown = JSON.parse(readFileSync('docs/review.schema.json', 'utf8'))
    expect(published).toStrictEqual(z.toJSONSchema(ReviewDocument))
  })
})
