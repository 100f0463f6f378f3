import { expect, test } from 'vitest'

import { AppError } from '#src/errors.ts'
import { describeFailure } from '#src/terminal/errors.ts'
import { runnable, shellWord } from '#src/terminal/next-command.ts'

test.each([
  ['list the reviews with: mo status', undefined, 'list the reviews with: npm run -s mo -- status'],
  [
    'run: mo resume 2026-03-0a1b2c3d',
    'co',
    'run: npm run -s mo -- resume 2026-03-0a1b2c3d --workspace co',
  ],
  [
    'run: mo validate --workspace DIR, and correct the named rows',
    'my-company',
    'run: npm run -s mo -- validate --workspace my-company, and correct the named rows',
  ],
  [
    'begin one with: mo review --workspace DIR --month YYYY-MM',
    'co',
    'begin one with: npm run -s mo -- review --workspace co --month YYYY-MM',
  ],
  ['create one with: mo init DIR', 'co', 'create one with: npm run -s mo -- init DIR'],
  [
    'list them with: mo queue dead',
    'co',
    'list them with: npm run -s mo -- queue dead --workspace co',
  ],
  [
    'another try: mo queue dead retry ID',
    'co',
    'another try: npm run -s mo -- queue dead retry ID --workspace co',
  ],
  [
    'run: mo validate --workspace DIR, and see: mo status',
    "Jo's company",
    String.raw`run: npm run -s mo -- validate --workspace 'Jo'\''s company', and see: npm run -s mo -- status --workspace 'Jo'\''s company'`,
  ],
  [
    'undo it with: mo changes rollback 2026-10-0a-a1 --as PERSON --reason TEXT',
    'co',
    'undo it with: npm run -s mo -- changes rollback 2026-10-0a-a1 --as PERSON --reason TEXT --workspace co',
  ],
  [
    'make it with: mo token create PERSON --scope issue; then go on',
    'co',
    'make it with: npm run -s mo -- token create PERSON --scope issue --workspace co; then go on',
  ],
  [
    'put it on record: mo changes import --differs --as PERSON history.csv',
    'co',
    'put it on record: npm run -s mo -- changes import --differs --as PERSON --workspace co history.csv',
  ],
  ['with: npm run -s mo -- status', 'co', 'with: npm run -s mo -- status'],
  ['the momentum of mode', 'co', 'the momentum of mode'],
])('%s in %s', (text, workspace, expected) => {
  expect(runnable(text, workspace)).toBe(expected)
})

test('the next step of a failure can be run as it is printed', () => {
  const { text } = describeFailure(new AppError('REVIEW_NOT_FOUND'), {
    debug: false,
    workspace: 'co',
  })
  expect(text).toContain('next: list the reviews with: npm run -s mo -- status --workspace co')
})

test.each([
  ['2026-03-0a1b2c3d', '2026-03-0a1b2c3d'],
  ['../co/data.csv', '../co/data.csv'],
  ['Reference Company', "'Reference Company'"],
  ['$HOME', "'$HOME'"],
  ['', "''"],
])('the word %s is typed as %s', (text, expected) => {
  expect(shellWord(text)).toBe(expected)
})
