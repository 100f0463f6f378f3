import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'

import { ReviewDocument } from '#rules/schema/document.ts'
import type { Fact } from '#rules/schema/review.ts'
import { createTemporaryWorkspace } from '#test/support/store.ts'

// Every command is a process with a database of its own to start; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

/** Runs the command line as a user does, in a process of its own. */
function mo(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/mo.mjs', ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

let workspace = ''
let remove: () => Promise<void>
let first: ReturnType<typeof mo>

beforeAll(async () => {
  const temporary = await createTemporaryWorkspace()
  workspace = temporary.directory
  remove = temporary.remove
  cpSync('examples/reference-company', workspace, { recursive: true })
  first = mo('review', '--workspace', workspace, '--month', '2026-03')
})
afterAll(() => remove())

const readDocument = () =>
  ReviewDocument.parse(
    JSON.parse(readFileSync(join(workspace, 'reviews', '2026-03', 'review.json'), 'utf8')),
  )
const shown = (fact: Fact | undefined) =>
  typeof fact?.value === 'object' && fact.value !== null ? fact.value.minor : fact?.value

describe('the review of the reference company', () => {
  it('ends waiting for one approval and says what to do next', () => {
    expect(first.stderr).toBe('')
    expect(first.status).toBe(3)
    expect(first.stdout).toContain('Verdict: ATTENTION (interim)')
    expect(first.stdout).toMatch(/approve 2026-03-[0-9a-f]{8}-a1 --workspace/)
  })

  it('shows the published figures to the cent and digit', () => {
    const { facts } = readDocument()
    const figures = {
      cost: 1_109_755,
      'cost.media': 1_050_000,
      'cost.human_review': 49_500,
      'cost.llm': 10_255,
      value: 1_915_000,
      net: 805_245,
    }
    for (const [metric, minor] of Object.entries(figures)) {
      expect([metric, shown(facts[`campaign_roi.total.${metric}`])]).toStrictEqual([metric, minor])
    }
    const page = readFileSync(join(workspace, 'reviews', '2026-03', 'report.html'), 'utf8')
    for (const text of [
      '$11,097.55',
      '$19,150.00',
      '$8,052.45',
      '+72.6%',
      '+111.4%',
      '+82.9%',
      '−100.0%',
      '44 min',
    ]) {
      expect(page).toContain(text)
    }
  })

  it('counts what the report counted', () => {
    const { inputs } = readDocument()
    const rows = Object.fromEntries(inputs.map((input) => [input.dataset, input.rows]))
    expect(rows).toMatchObject({
      campaigns: 3,
      funnel_counts: 10,
      budget_actions: 6,
      risk_signals: 6,
      segment_rollups: 6,
    })
    expect(inputs.reduce((sum, input) => sum + input.rejected, 0)).toBe(0)
  })

  it('makes the published calls on the segments', () => {
    const calls = readDocument().segments.map(
      ({ segmentId, campaignId, momentum, action }) =>
        `${segmentId}@${campaignId} ${momentum} ${action}`,
    )
    expect(calls.toSorted()).toStrictEqual([
      'SEG_001@CAMP_001 improving hold',
      'SEG_001@CAMP_002 improving hold',
      'SEG_002@CAMP_001 improving scale',
      'SEG_002@CAMP_002 declining revise',
      'SEG_003@CAMP_002 declining stop',
      'SEG_005@CAMP_003 declining stop',
    ])
  })

  it('gives the verdict with its reasons', () => {
    const { health, budget } = readDocument()
    expect(health.verdict).toBe('attention')
    expect(health.reasons.map((reason) => reason.text)).toStrictEqual(
      expect.arrayContaining(['3 open risks', '2 segments to stop', '1 reallocation pending']),
    )
    expect(budget.approvals.map((approval) => approval.status)).toStrictEqual(['pending'])
  })

  it('names five actions with owner, date and impact', () => {
    const { actions } = readDocument()
    expect(actions.map((action) => action.rank)).toStrictEqual([1, 2, 3, 4, 5])
    for (const action of actions) {
      expect(action.owner).not.toBe('')
      expect(action.due).toMatch(/^2026-0[45]-\d\d$/)
      expect(action.expectedImpact !== null || action.impactNotMeasured !== null).toBe(true)
    }
  })

  // Each fault of the published report, as a reader finds it on the page.
  it.each([
    'drop-offs are rows that do not exist',
    '2 true zeros went unreported',
    'Published average lift: +39.3%',
    'DEC_002 acted on an undecided experiment',
    '0.152',
    'Published approval rate: 83%',
    'never',
    '66.7%',
    '$2,744.00',
    '$2,223.00',
    'Risk RSK_0002 states 830',
    '10.7%',
    'dated 2026-03-01, before its data',
    'to itself',
  ])('tells: %s', (text) => {
    const page = readFileSync(join(workspace, 'reviews', '2026-03', 'report.html'), 'utf8')
    expect(page).toContain(text)
    expect(page).not.toContain('[no fact')
  })

  it('is one file without scripts or requests', () => {
    const page = readFileSync(join(workspace, 'reviews', '2026-03', 'report.html'), 'utf8')
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/i)
    expect(page).toContain("default-src 'none'")
  })

  it('is the same review when it is run again', () => {
    const before = readDocument()
    expect(mo('review', '--workspace', workspace, '--month', '2026-03').status).toBe(3)
    expect(readDocument()).toStrictEqual(before)
  })
})

describe('deciding', () => {
  const approve = (person: string) => {
    const [approval] = readDocument().budget.approvals
    return mo(
      'approve',
      approval?.approvalId ?? '',
      '--workspace',
      workspace,
      '--as',
      person,
      '--reason',
      'stop the loss',
    )
  }

  it.each([
    ['stranger', 2, 'PERSON_UNKNOWN'],
    ['ops.lead', 1, 'APPROVAL_REFUSED'],
    ['HUMAN_01', 1, 'APPROVAL_REFUSED'],
  ])('%s may not decide', (person, status, code) => {
    const refused = approve(person)
    expect(refused.status).toBe(status)
    expect(refused.stderr).toContain(`error[${code}]`)
  })

  it('takes two different people for a high tier, and then completes', () => {
    expect(approve('finance.lead').status).toBe(3)
    expect(approve('finance.lead').status).toBe(1)
    const last = approve('cmo')
    expect(last.status).toBe(0)
    const document = readDocument()
    expect(document.status).toBe('completed')
    expect(document.interim).toBe(false)
    expect(document.budget.approvals[0]?.decisions.map((given) => given.person)).toStrictEqual([
      'finance.lead',
      'cmo',
    ])
    expect(approve('cmo').status).toBe(1)
  })

  it('leaves a change order with an idempotency key', () => {
    const { budget, reviewId } = readDocument()
    const order: unknown = JSON.parse(
      readFileSync(
        join(
          workspace,
          'reviews',
          '2026-03',
          'changes',
          `${budget.approvals[0]?.approvalId ?? ''}.json`,
        ),
        'utf8',
      ),
    )
    expect(order).toMatchObject({ idempotencyKey: `${reviewId}:${budget.moves[0]?.id ?? ''}` })
  })

  it('replays to the byte, and the audit chain holds', () => {
    expect(mo('replay', '--workspace', workspace).status).toBe(0)
    expect(mo('audit', 'verify', '--workspace', workspace).stdout).toContain(
      'The audit log is whole',
    )
  })

  it('replays the frozen bytes even when the data have changed since', () => {
    rmSync(join(workspace, 'data', 'cost_ledger.csv'))
    expect(mo('replay', '--workspace', workspace).status).toBe(0)
  })
})

describe('asking', () => {
  it('explains a figure down to its rows', () => {
    const { stdout, status } = mo('explain', 'campaign_roi.total.roi', '--workspace', workspace)
    expect(status).toBe(0)
    expect(stdout).toContain('805245 ÷ 1109755 ($8,052.45 ÷ $11,097.55)')
    expect(stdout).toContain(
      'data/cost_ledger.csv:2  month=2026-03 campaign_id=CAMP_001 cost_type=media amount=$4,200.00 currency=USD\n',
    )
  })

  it('explains a decision with what it compared', () => {
    const { stdout } = mo('explain', 'campaign_roi.performance:CAMP_003', '--workspace', workspace)
    expect(stdout).toContain('costMinor = 131630 ($1,316.30)')
    expect(stdout).toContain('policy    2026.3.0')
  })

  it('explains a decision down to the rows of its figures, or of its subject where it has none', () => {
    const line = mo('explain', 'budget.line:CAMP_002/CH_03', '--workspace', workspace).stdout
    expect(line).toContain('figure    budget.line.CAMP_002.CH_03.spend = $228.00\n')
    expect(line).toContain('Rows of ad_performance, all 2:\n  data/ad_performance.csv:8  ')
    const step = 'SEG_001@CH_01@CAMP_001:visit>signup'
    const { stdout } = mo('explain', `funnel.drop_off:${step}`, '--workspace', workspace, '--json')
    const { rows } = z
      .object({ rows: z.array(z.object({ values: z.string() })) })
      .parse(JSON.parse(stdout))
    expect(rows.map(({ values }) => /stage=(\w+) count=(\d+)/.exec(values)?.slice(1))).toEqual([
      ['visit', '1200'],
      ['signup', '180'],
    ])
  })

  it('says what is wrong with a wrong id, month, option or folder', () => {
    expect(mo('explain', 'nothing', '--workspace', workspace)).toMatchObject({ status: 2 })
    expect(mo('explain', 'All campaigns: full cost', '--workspace', workspace).stderr).toContain(
      'such as campaign_roi.total.cost',
    )
    expect(mo('review', '--workspace', workspace, '--month', '2026-13').stderr).toContain(
      'expected: a month',
    )
    expect(mo('review', '--workspace', workspace).status).toBe(2)
    expect(mo('status', '--workspace', mkdtempSync('/tmp/mo-empty-')).stderr).toContain(
      'WORKSPACE_INVALID',
    )
  })
})
