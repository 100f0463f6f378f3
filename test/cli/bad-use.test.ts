import { expect, test } from 'vitest'

import { writeOut } from '#src/commands/write-out.ts'
import { renderPdf } from '#src/report/pdf.ts'
import { mo } from '#test/support/mo.ts'
import { workspaceWith } from '#test/support/workspace.ts'

test('a CHROMIUM_PATH that names nothing is told as such', async () => {
  await expect(renderPdf('<p></p>', { chromiumPath: '/nope' })).rejects.toMatchObject({
    code: 'REPORT_FORMAT_UNAVAILABLE',
    message: expect.stringContaining('Chromium'),
    got: '/nope',
  })
})

test('an --out that cannot be written is wrong use, with its path', async () => {
  await expect(writeOut('/nonexistent/x', 'text')).rejects.toMatchObject({
    code: 'USAGE',
    exitCode: 2,
    got: 'ENOENT',
    where: { file: '/nonexistent/x' },
  })
})

test('the demo has a folder of its own and takes no other', async () => {
  const { status, stderr } = await mo(['demo', '--workspace', 'elsewhere'])
  expect(status).toBe(2)
  expect(stderr).toContain("unknown option '--workspace'")
})

test('validate names empty files and owners nobody knows', async () => {
  const workspace = await workspaceWith({
    'policy.yaml': [
      'version: v1',
      'company: { name: Acme, currency: USD, time_zone: UTC }',
      'effective_from: 2026-01-01',
      'operating_model: { owners: { budget: cfo } }',
    ].join('\n'),
    'data/leads.csv': '',
    'data/channels.csv': 'channel_id,name\n',
  })
  const { status, stdout } = await mo(['validate', '--workspace', workspace])
  expect(status).toBe(0)
  expect(stdout).toContain('warning: data/leads.csv is empty: not even a header')
  expect(stdout).toContain('warning: data/channels.csv has no rows')
  expect(stdout).toContain('operating_model.owners.budget is cfo, who is not in people')
})
