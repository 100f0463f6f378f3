import { readFileSync } from 'node:fs'

import { beforeAll, describe, expect, it, vi } from 'vitest'

import type { DocumentApproval, ReviewDocument } from '#rules/schema/document.ts'
import { buildDocument } from '#src/report/document.ts'
import { renderReportPage } from '#src/report/html/page.ts'
import { renderMarkdown } from '#src/report/markdown.ts'
import { renderWorkbook } from '#src/report/xlsx.ts'
import { partsWith } from '#test/support/review-document.ts'
import { unzip } from '#test/support/unzip.ts'

vi.setConfig({ hookTimeout: 120_000 })

let document: ReviewDocument

beforeAll(async () => {
  document = buildDocument(await partsWith())
})

/** Text of a page with its markup and line breaks taken out. */
const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')

describe('the verdict', () => {
  it('says which row of the policy gave it, and how near the graver one came, once', () => {
    for (const text of [textOf(renderReportPage(document)), renderMarkdown(document)]) {
      expect(text).toMatch(/Why the verdict is ATTENTION: Row 4 of the policy’s table/)
      expect(text).toContain(
        'open for more than 14 days, and the oldest, RSK_0002, has been open for 14 days: at the bound, not above it.',
      )
      expect(text.split('Why the verdict is').length).toBe(2)
    }
  })
})

describe('a verdict that nobody could give', () => {
  const REASON =
    'nothing that the policy’s table asks for was measured: open risks and reallocations that wait'
  const withReasons = (reasons: ReviewDocument['health']['reasons']): ReviewDocument => ({
    ...document,
    health: {
      ...document.health,
      verdict: 'not_assessable',
      reasons,
      unmeasured: ['open risks', 'reallocations that wait'],
    },
  })
  const texts = (kept: ReviewDocument): string[] => [
    textOf(renderReportPage(kept)),
    renderMarkdown(kept),
  ]

  it('says once that nothing was measured, and what, in both formats', () => {
    for (const text of texts(withReasons([{ code: 'nothing_measured', text: REASON }]))) {
      expect(text).toContain(REASON)
      expect(text).not.toContain('Not looked at, because not measured')
    }
  })

  it('names what was not looked at beside any other reason', () => {
    for (const text of texts(withReasons([{ code: 'trust_grade', text: 'graded E' }]))) {
      expect(text).toContain(
        'Not looked at, because not measured: open risks, reallocations that wait.',
      )
    }
  })

  it('says without a reason of its own only what is so', () => {
    const page = (decisionId: string | null): string => {
      const kept = withReasons([])
      return textOf(renderReportPage({ ...kept, health: { ...kept.health, decisionId } }))
    }
    expect(page('health.verdict:company')).toContain('when no other row of its table applies')
    expect(page(null)).toContain('The review has come to no verdict.')
  })
})

describe('the card of the cost', () => {
  it('names the kinds of cost that are booked, and no other', () => {
    expect(textOf(renderReportPage(document))).toContain('media, people and LLM as booked')
    const { 'campaign_roi.total.cost.llm': llm, ...rest } = document.facts
    if (llm === undefined) throw new TypeError('expected the cost of models')
    const facts = {
      ...rest,
      [llm.id]: { ...llm, status: 'not_measured' as const, value: null, reason: 'no entry' },
    }
    expect(textOf(renderReportPage({ ...document, facts }))).toContain('media and people as booked')
  })
})

describe('the value', () => {
  it('says on the first page that all of it is an estimate', () => {
    const text = textOf(renderReportPage(document))
    expect(text).toContain('of the value ledger, all of it an estimate')
    expect(text).toContain('returned $19,150.00, all of it an estimate: a net of')
  })
})

describe('a request in the report as Markdown', () => {
  const decided = (changes: Partial<DocumentApproval>): string => {
    const approvals = document.budget.moves.map((move): DocumentApproval => ({
      approvalId: 'a1',
      moveId: move.id,
      tier: 'high',
      approversNeeded: 2,
      roles: [],
      proposer: 'someone',
      mayDecide: [],
      status: 'pending',
      statusReason: null,
      amount: move.amount,
      supersedes: null,
      difference: [],
      expiresAt: '2026-04-03T00:00:00Z',
      decisions: [],
      ...changes,
    }))
    return renderMarkdown({ ...document, budget: { ...document.budget, approvals } })
  }

  it('names who decided and why, and speaks of states in words', () => {
    const text = decided({
      status: 'rolled_back',
      statusReason: 'ordered as MOVE:BUD_0003',
      decisions: [
        {
          person: 'finance.lead',
          onBehalfOf: null,
          decision: 'approve',
          reason: 'the loss must stop',
          decidedAt: '2026-04-01T09:00:00Z',
        },
      ],
    })
    expect(text).toContain('rolled back (')
    expect(text).toContain('; its change was ordered; finance.lead approved: the loss must stop')
    expect(text).not.toMatch(/rolled_back|ordered as/)
  })
})

describe('the report as Markdown', () => {
  it('has no heading without a body, and no escaped code', () => {
    const { synthesis } = document.stages
    if (synthesis === undefined) throw new TypeError('expected the last stage')
    const bare = { ...synthesis, findings: [], tables: [] }
    const text = renderMarkdown({ ...document, stages: { ...document.stages, synthesis: bare } })
    expect(text).not.toContain('## Findings')
    expect(renderMarkdown(document)).toContain('## Findings')
    expect(renderMarkdown(document)).not.toContain('\\`')
  })
})

describe('wide tables', () => {
  it('are set smaller, so that they fit the page', () => {
    const page = renderReportPage(document)
    const experiments = page.slice(page.indexOf('aria-label="Experiments"'))
    expect(experiments).toMatch(/^[^>]*>\s*<table class="wide">/)
    const segments = page.slice(page.indexOf('aria-label="Segment portfolio"'))
    expect(segments).toMatch(/<table class="roomy">/)
    const style = readFileSync(new URL('../../src/report/html/report.css', import.meta.url), 'utf8')
    expect(style).toContain('table.wide')
  })
})

describe('the summary of the workbook', () => {
  it('holds money and shares as numbers with a format', async () => {
    const files = unzip(await renderWorkbook(document))
    const sheet = files.get('xl/worksheets/sheet1.xml') ?? ''
    for (const number of ['11097.55', '19150', '8052.45']) {
      expect(sheet).toMatch(new RegExp(`<v>${number.replace('.', '\\.')}</v>`))
    }
    expect(sheet).toMatch(/<v>0\.7256/)
    expect(files.get('xl/styles.xml')).toContain('#,##0.00')
  })
})
