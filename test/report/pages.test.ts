import { beforeAll, describe, expect, it, vi } from 'vitest'

import { ReviewDocument } from '#rules/schema/document.ts'
import { buildDocument, type DocumentParts } from '#src/report/document.ts'
import { renderReportPage } from '#src/report/html/page.ts'
import { renderMarkdown } from '#src/report/markdown.ts'
import { partsWith, recordsOf } from '#test/support/review-document.ts'

// The specialists read a warehouse of their own; a busy machine takes its time.
vi.setConfig({ hookTimeout: 120_000 })

const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&|\`{{a.b}}`

let plain: DocumentParts
let hostile: DocumentParts

beforeAll(async () => {
  const quoted = `"${HOSTILE.replaceAll('"', '""')}"`
  plain = await partsWith()
  hostile = await partsWith({
    'data/campaigns.csv': (text) => text.replace('Spring Promo Awareness', quoted),
    'data/segments.csv': (text) => text.replace('Price-Sensitive SMBs', quoted),
    'data/channels.csv': (text) => text.replace('Paid search', quoted),
    'policy.yaml': (text) => text.replace(/name: [^,\n]+/, `name: '<b>Acme & Sons</b> | "x"'`),
  })
})

/** The page without its style sheet and charts, of which only the text matters. */
const bodyOf = (page: string): string =>
  page.replaceAll(/<style>[\s\S]*?<\/style>/g, '').replaceAll(/<svg [\s\S]*?<\/svg>/g, '')
const count = (text: string, pattern: RegExp): number => Array.from(text.matchAll(pattern)).length

describe('the document', () => {
  it('is what its schema says, and the same when made again', () => {
    const document = buildDocument(plain)
    expect(ReviewDocument.parse(document)).toStrictEqual(document)
    expect(JSON.stringify(buildDocument(plain))).toBe(JSON.stringify(document))
    expect(JSON.parse(JSON.stringify(document))).toStrictEqual(document)
  })

  it('speaks of no decision or fact that it does not hold', () => {
    const { decisions, stages, facts, narratives, actions } = buildDocument(plain)
    const known = new Set(decisions.map(({ id }) => id))
    const named = [
      ...Object.values(stages).flatMap((stage) => stage?.decisionIds ?? []),
      ...actions.flatMap(({ decisionIds }) => decisionIds),
    ]
    expect(named.filter((id) => !known.has(id))).toStrictEqual([])
    const told = Object.values(narratives).flatMap((narrative) => narrative?.factIds ?? [])
    expect(told.filter((id) => facts[id] === undefined)).toStrictEqual([])
    expect(JSON.stringify(narratives)).not.toContain('{{')
  })

  it('has no heading over nothing, where only the verdict’s own finding is left', () => {
    const document = buildDocument(plain)
    const { synthesis } = document.stages
    const findings = synthesis?.findings.filter(({ ruleId }) => ruleId === 'health.verdict') ?? []
    expect(findings).toHaveLength(1)
    const bare = { ...document.stages, synthesis: { ...synthesis, findings, tables: [] } }
    const page = renderReportPage(ReviewDocument.parse({ ...document, stages: bare }))
    expect(renderReportPage(document)).toContain('What readers must know')
    expect(page).not.toContain('What readers must know')
  })

  it('shows every figure of a stage in one of its four conditions', () => {
    const facts = Object.values(buildDocument(plain).facts)
    for (const { status, value, reason } of facts) {
      const missing = status === 'not_measured' || status === 'unreadable'
      expect(missing).toBe(value === null)
      expect(missing).toBe(reason !== undefined)
    }
    expect(facts.some(({ status }) => status === 'zero')).toBe(true)
    expect(facts.some(({ status }) => status === 'not_measured')).toBe(true)
  })

  it('before the last stage has run gives no verdict', () => {
    const { synthesis: _later, ...records } = plain.records
    const stages = new Map(Array.from(records.stages).filter(([name]) => name !== 'synthesis'))
    const early = buildDocument({ ...plain, records: { ...records, stages }, interim: true })
    expect(early.health).toMatchObject({ verdict: 'not_assessable', reasons: [], decisionId: null })
    expect([early.actions, early.targets, early.risks, early.focus]).toStrictEqual([[], [], [], []])
  })
})

describe('the page', () => {
  it('asks nobody for anything', () => {
    const page = renderReportPage(buildDocument(plain))
    expect(page).toContain(
      `http-equiv="Content-Security-Policy"\n          content="default-src 'none'; style-src 'unsafe-inline'"`,
    )
    expect(bodyOf(page)).not.toMatch(
      /\s(src|srcset|action|background|poster)=|<(script|link|iframe|object|embed|base|form)\b/,
    )
    expect(page).not.toMatch(/@import|url\((?!#)/)
    const links = Array.from(page.matchAll(/href="([^"]*)"/g), ([, target]) => target)
    expect(links.filter((target) => target?.startsWith('#') !== true)).toStrictEqual([])
  })

  it('is the same bytes for the same document', () => {
    const document = buildDocument(plain)
    expect(renderReportPage(document)).toBe(renderReportPage(document))
    expect(renderMarkdown(document)).toBe(renderMarkdown(document))
  })

  it('has headings in order, one of them the first', () => {
    const page = bodyOf(renderReportPage(buildDocument(plain)))
    const levels = Array.from(page.matchAll(/<h([1-6])\b/g), ([, level]) => Number(level))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1)
      return level
    }, 0)
  })

  it('heads every column and row of every table, and names the table', () => {
    const page = bodyOf(renderReportPage(buildDocument(plain)))
    const tables = Array.from(page.matchAll(/<table[ >][\s\S]*?<\/table>/g), ([table]) => table)
    expect(tables.length).toBeGreaterThan(5)
    for (const table of tables) {
      expect(count(table, /<caption>\s*\S/g)).toBe(1)
      expect(count(table, /<th /g)).toBe(count(table, /<th scope="(col|row)"/g))
      const body = table.replace(/<thead>[\s\S]*<\/thead>/, '')
      expect(count(body, /<th scope="row"/g)).toBe(count(body, /<tr>/g))
    }
  })

  it('gives each id once', () => {
    const page = renderReportPage(buildDocument(plain))
    const ids = Array.from(page.matchAll(/\sid="([^"]+)"/g), ([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(page).toContain('<html lang="en">')
    expect(page).toContain('href="#main"')
  })

  it('says under which id a figure or call can be asked about', () => {
    const document = buildDocument(plain)
    const page = renderReportPage(document)
    const asked = Array.from(page.matchAll(/<td[^>]* title="([^"]+)"/g), ([, id]) => id ?? '')
    const known = new Set([
      ...Object.keys(document.facts),
      ...document.decisions.map(({ id }) => id),
    ])
    expect(asked.length).toBeGreaterThan(100)
    expect(asked.filter((id) => !known.has(id))).toStrictEqual([])
    const folded = /<details class="ids">[\s\S]*?<\/details>/.exec(page)?.[0] ?? ''
    const listed = Array.from(
      folded.matchAll(/<li>.*?<code>([^<]+)<\/code>/g),
      ([, id]) => id ?? '',
    )
    expect(listed).toContain('campaign_roi.total.cost')
    expect(listed).toContain('health.target:roi')
    expect(listed.filter((id) => !known.has(id))).toStrictEqual([])
    expect(new Set(listed).size).toBe(listed.length)
    const text = renderMarkdown(document)
    for (const id of listed) expect(text).toContain(`: ${id}`)
  })

  it('lists no id where nothing was found', () => {
    const document = buildDocument({ ...plain, records: recordsOf([]) })
    expect(renderReportPage(document)).not.toContain('class="ids"')
    expect(renderMarkdown(document)).not.toContain('Where a figure')
  })

  it('describes each chart in words', () => {
    const page = renderReportPage(buildDocument(plain))
    expect(count(page, /<svg /g)).toBeGreaterThan(0)
    expect(count(page, /<svg role="img" aria-label="[^"]+"/g)).toBe(count(page, /<svg /g))
  })

  it('tells what was not measured in words, with the reason', () => {
    const page = renderReportPage(buildDocument(plain))
    expect(page).toMatch(/<span class="missing" title="[^"]+"\s*>not measured<\/span/)
  })

  it('shows no headline figure of zero when nothing was measured', () => {
    const document = buildDocument({ ...plain, records: recordsOf([]) })
    const page = renderReportPage(document)
    const cards = /<dl class="kpis">[\s\S]*?<\/dl>/.exec(page)?.[0] ?? ''
    expect(count(cards, /not measured/g)).toBe(4)
    expect(cards.replaceAll(/<[^>]*>/g, '')).not.toMatch(/\d/)
    expect(renderMarkdown(document)).toContain(
      '| not measured | not measured | not measured | not measured |',
    )
  })
})

describe('names from data', () => {
  it('cannot become markup of the page', () => {
    const page = renderReportPage(buildDocument(hostile))
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/<script|<img|<b>/)
    expect(page).not.toMatch(/\sonerror=alert\(2\)>/)
    expect(page).toContain('&lt;b&gt;Acme &amp; Sons&lt;/b&gt;')
  })

  it('cannot break out of an attribute', () => {
    const page = renderReportPage(buildDocument(hostile))
    const tags = Array.from(page.matchAll(/<[a-z][^>]*>/g), ([tag]) => tag)
    expect(tags.some((tag) => tag.includes('alert'))).toBe(true)
    for (const tag of tags) expect(tag.replaceAll(/"[^"]*"/g, '')).not.toMatch(/alert|.</)
  })

  it('leave the page as it was otherwise', () => {
    const shape = (parts: DocumentParts): string[] =>
      Array.from(
        bodyOf(renderReportPage(buildDocument(parts))).matchAll(/<\/?[a-z0-9]+/g),
        ([tag]) => tag,
      )
    expect(shape(hostile)).toStrictEqual(shape(plain))
  })

  it('cannot become markup or cells of the Markdown', () => {
    const text = renderMarkdown(buildDocument(hostile))
    expect(text).not.toMatch(/(^|[^\\])<(script|img|b)\b/)
    const widths = (block: string): number[] =>
      block.split('\n').map((line) => count(line.replaceAll(String.raw`\|`, ''), /\|/g))
    const grids = Array.from(text.matchAll(/(?:^\|.*\n)+/gm), ([grid]) => grid.trimEnd())
    expect(grids.length).toBeGreaterThan(5)
    for (const grid of grids) expect(new Set(widths(grid)).size).toBe(1)
  })

  it('keep Markdown’s own signs to themselves', () => {
    const text = renderMarkdown(buildDocument(hostile))
    expect(count(text, /(^|[^\\])`/g)).toBe(2)
  })
})

describe('a review that is not finished', () => {
  const parts = (changes: Partial<DocumentParts['review']>, interim = true): DocumentParts => ({
    ...plain,
    interim,
    review: { ...plain.review, ...changes },
  })

  it.each([
    ['awaiting_approval', 'moves wait for approval; the final report follows the last decision'],
    ['running', 'the review is still running'],
  ] as const)('says so while it is %s', (status, why) => {
    const document = buildDocument(parts({ status }))
    expect(renderReportPage(document)).toContain(`<strong>Interim report:</strong> ${why}.`)
    expect(renderMarkdown(document)).toContain('> **Interim report.**')
  })

  it('says nothing of the kind when it is completed', () => {
    const document = buildDocument(parts({ status: 'completed' }, false))
    expect(renderReportPage(document)).not.toContain('class="interim"')
    expect(renderMarkdown(document)).not.toContain('Interim')
  })

  it('withheld by the data gate shows why, and no figure', () => {
    const reason = {
      code: 'rows_rejected' as const,
      subject: 'leads',
      steps: 3,
      compared: { rejected: 7, rows: 9 },
    }
    const intake = { gate: 'withheld' as const, grade: 'F' as const, reasons: [reason] }
    const document = buildDocument({
      ...parts({ status: 'withheld' }, false),
      records: { stages: new Map(), intake },
    })
    expect(document).toMatchObject({ status: 'withheld', decisions: [], trust: { grade: 'F' } })
    const page = renderReportPage(document)
    expect(page).toContain('NOT ASSESSABLE')
    expect(page).toContain('7 of 9 rows of leads were rejected')
    expect(page).toContain('<strong>Withheld:</strong> the data are graded F')
    expect(count(page, /<table[ >]/g)).toBe(0)
    expect(renderMarkdown(document)).toContain('7 of 9 rows of leads were rejected')
    expect(renderMarkdown(document)).toContain('> **Withheld:** the data are graded F')
    expect(renderMarkdown(buildDocument(plain))).not.toContain('Withheld')
  })

  it('shows the stages that are done, and leaves out the others', () => {
    const done = Array.from(plain.records.stages.values(), ({ result }) => result).slice(0, 1)
    const page = renderReportPage(buildDocument({ ...parts({}), records: recordsOf(done) }))
    expect(page).toContain('<h2 id="campaign_roi">')
    expect(page).not.toContain('<h2 id="funnel">')
  })

  it('shows a stage in which nothing was measured', () => {
    const [first] = Array.from(plain.records.stages.values(), ({ result }) => result)
    const empty = recordsOf(
      first === undefined
        ? []
        : [
            {
              ...first,
              status: 'not_measured' as const,
              facts: [],
              decisions: [],
              findings: [],
              tables: [],
              charts: [],
              summary: ['Campaign ROI was not measured: no data was provided.'],
            },
          ],
    )
    const page = renderReportPage(buildDocument({ ...parts({}), records: empty }))
    expect(page).toContain('Campaign ROI was not measured: no data was provided.')
  })
})
