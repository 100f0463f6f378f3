import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it, vi } from 'vitest'

import { runApprovalList } from '#src/commands/approvals.ts'
import { runNarrativeShow } from '#src/commands/narrative.ts'
import { runReview } from '#src/commands/review.ts'
import { runStatus } from '#src/commands/status.ts'
import { loadConfig } from '#src/config.ts'

import { failsWith, type LlmServer, startLlmServer } from '../support/llm-server.ts'
import { createReadyWorkspace, type TemporaryWorkspace } from '../support/store.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
const MONTH = '2026-03'
const REFUSED = 'the language model m refused the key (HTTP 401)'

let workspace: TemporaryWorkspace
let server: LlmServer
beforeAll(async () => {
  workspace = await createReadyWorkspace()
  await cp(COMPANY, workspace.directory, { recursive: true })
  server = await startLlmServer(failsWith(401))
})
afterAll(async () => {
  await server.close()
  await workspace.remove()
})

type Heard = Record<'lines' | 'progress' | 'warnings', string[]>

function listening() {
  const heard: Heard = { lines: [], progress: [], warnings: [] }
  const output = {
    json: false,
    debug: false,
    line: (text = '') => void heard.lines.push(text),
    document: () => undefined,
    progress: (text: string) => void heard.progress.push(text),
    warning: (text: string) => void heard.warnings.push(text),
  }
  const narrator = { baseUrl: server.baseUrl, model: 'm' }
  const context = { config: { ...loadConfig(), narrator }, output, now: () => new Date() }
  return { heard, context }
}

vi.setConfig({ testTimeout: 120_000 })

it('says to everybody who looks that a model failed, why, and where more stands', async () => {
  const options = { workspace: workspace.directory }
  const { heard, context } = listening()
  await runReview(context, { ...options, month: MONTH })

  expect(heard.progress).toContain('  Campaign ROI: asking the language model, 30 s at most')
  expect(heard.warnings).toEqual([
    'Campaign ROI: the language model refused the key (HTTP 401); a section that it does not tell is told by template',
  ])
  expect(heard.progress).toContain('  Funnel: the language model refused the key (HTTP 401)')
  const told = (lines: readonly string[]): string | undefined =>
    lines.find((line) => line.startsWith('Words: '))
  const words = told(heard.lines) ?? ''
  expect(words).toBe(
    `Words:   6 sections of 7 told by template, for ${REFUSED}, and was not asked again after its failures`,
  )
  const replies = heard.lines.find((line) => line.includes('narrative replies')) ?? ''
  expect(replies).toMatch(/^ +npm run -s mo -- narrative replies 2026-03-\w+ --workspace \S+$/)

  const status = listening()
  await runStatus(status.context, { ...options, review: MONTH })
  expect(told(status.heard.lines)?.replace('of 6', 'of 7')).toBe(words)

  const show = listening()
  await runNarrativeShow(show.context, { ...options, review: MONTH })
  expect(show.heard.lines.join('\n')).toMatch(
    /^Campaign ROI +campaign_roi +Words by template, for the language model refused the key \(HTTP 401\)$/m,
  )

  expect(show.heard.lines.join('\n')).toContain(
    'Summary       synthesis     Words by template until the last request is decided, then by the language model',
  )

  const report = await readFile(join(workspace.directory, 'reviews', MONTH, 'report.md'), 'utf8')
  expect(report.match(/refused the key \(HTTP 401\)/g)).toHaveLength(4)
  expect(report).toContain('Words by template until the last request is decided')

  const list = listening()
  await runApprovalList(list.context, { ...options, all: false })
  expect(list.heard.lines.join('\n')).not.toContain('narrative')
})
