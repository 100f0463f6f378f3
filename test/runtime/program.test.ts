import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { hashProgram, programSha256 } from '#src/runtime/program.ts'

const FILES = {
  'rules/a.ts': 'export const a = 1\n',
  'agents/b/agent.ts': 'export const b = 2\n',
  'src/warehouse/sql/c.sql': 'select 3\n',
  'src/report/page.ts': 'export const d = 4\n',
}

async function program(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mo-program-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return hashProgram(root)
}

describe('the hash of a program', () => {
  it.each([
    ['a rule', { 'rules/a.ts': 'export const a = 2\n' }],
    ['a specialist', { 'agents/b/agent.ts': '' }],
    ['a query', { 'src/warehouse/sql/c.sql': 'select 4\n' }],
    ['a new rule', { 'rules/new.ts': '' }],
  ])('changes with %s', async (_what, changed) => {
    expect(await program({ ...FILES, ...changed })).not.toBe(await program(FILES))
  })

  it('changes with the name of a file', async () => {
    const { 'rules/a.ts': content, ...others } = FILES
    expect(await program({ ...others, 'rules/b.ts': content })).not.toBe(await program(FILES))
  })

  it('does not change with what decides nothing, nor with the place it lies in', async () => {
    expect(await program({ ...FILES, 'src/report/page.ts': '' })).toBe(await program(FILES))
  })

  it('is one of this program', async () => {
    expect(await programSha256()).toMatch(/^[0-9a-f]{64}$/)
  })
})
