import { execFileSync } from 'node:child_process'

import { expect, test } from 'vitest'

import { buildDocument } from '#src/report/document.ts'
import { explainedIds } from '#src/report/explained-ids.ts'
import { partsWith } from '#test/support/review-document.ts'

test('ids to ask about are copied into a shell as they are, also those with an arrow', async () => {
  const reviewed = buildDocument(await partsWith())
  const document = {
    ...reviewed,
    targets: reviewed.targets.slice(0, 1).map((target) => ({ ...target, id: 'visit>signup' })),
    decisions: reviewed.decisions.map((decision) =>
      decision.id.startsWith('health.target:')
        ? { ...decision, id: 'health.target:visit>signup' }
        : decision,
    ),
  }
  const ids = explainedIds(document).flatMap(({ entries }) => entries.map(({ id }) => id))
  const known = new Set([
    ...Object.keys(document.facts),
    ...document.decisions.map((decision) => decision.id),
  ])
  expect(ids.some((id) => id.includes('>'))).toBe(true)
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${ids.join(' ')}`], { encoding: 'utf8' })
  const said = words.trimEnd().split('\n')
  expect(said).toHaveLength(ids.length)
  expect(said.filter((id) => !known.has(id))).toEqual([])
})
