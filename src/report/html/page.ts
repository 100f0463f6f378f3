import { readFileSync } from 'node:fs'

import { html, raw } from 'hono/html'

import { invariant } from '#rules/kernel/invariant.ts'
import type { DocumentStage, ReviewDocument } from '#rules/schema/document.ts'
import { STAGES, type StageName } from '#rules/schema/review.ts'

import { asDecided } from '../as-decided.ts'
import { explainedIds } from '../explained-ids.ts'
import { STAGE_TITLES } from '../titles.ts'
import { gradeTexts, leftOutText, rejectedText } from '../trust-words.ts'
import { listedFindings } from '../verdict-basis.ts'
import { pageWordsNote, wordsNote } from '../words-note.ts'
import { indexDocument, monthName, renderText, type ReviewIndex } from '../words.ts'
import { renderChart } from './chart.ts'
import {
  actionSection,
  findingList,
  kpiSection,
  moveSection,
  targetSection,
  verdictSection,
} from './sections.ts'
import { renderTable, type Markup } from './table.ts'

const STYLE = readFileSync(new URL('./report.css', import.meta.url), 'utf8')
/**
 * The report as one self-contained HTML file: no script, no request, the same document gives the same bytes.
 */
export function renderReportPage(kept: ReviewDocument): string {
  const document = asDecided(kept)
  const index = indexDocument(document)
  const title = `Marketing review, ${monthName(document.month)}, ${document.company}`
  const stages = STAGES.filter((stage) => stage !== 'synthesis')
  let ordinal = 0
  const nextOrdinal = (): number => ++ordinal
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to report</a>
        <header class="top">
          <div>
            <p class="eyebrow">${document.company} · Monthly marketing review</p>
            <h1>${monthName(document.month)}</h1>
          </div>
          <p class="meta">
            Review ${document.reviewId}<br />Policy ${document.policy.version}<br />As of
            ${document.asOf.slice(0, 16).replace('T', ' ')} UTC
          </p>
        </header>
        <main id="main">
          ${document.interim ? interimNote(document) : ''} ${verdictSection(document)}
          ${kpiSection(index)} ${summarySection(document)} ${actionSection(document.actions)}
          ${targetSection(document.targets)} ${tableSection('synthesis.segments', document, index)}
          ${moveSection(document)} ${findingSection(document, index)}
          ${tableSection('synthesis.risks', document, index)}
          ${stages.map((stage) => stageSection(stage, { document, index, nextOrdinal }))}
          ${idSection(document)} ${footer(document)}
        </main>
      </body>
    </html> `
  invariant(!(page instanceof Promise), 'report page: every part is rendered at once')
  return page.toString()
}

function interimNote({ status, issuedForMeeting }: ReviewDocument): Markup {
  if (issuedForMeeting !== undefined) {
    const { meetingAt, pending } = issuedForMeeting
    const count = pending.length === 1 ? 'one move was' : `${pending.length} moves were`
    return html`<p class="interim">
      <strong>Interim report, issued for the meeting of ${meetingAt.slice(0, 10)}:</strong> ${count}
      still waiting and marked pending; the final report follows the last decision.
    </p>`
  }
  const why =
    status === 'awaiting_approval'
      ? 'moves wait for approval; the final report follows the last decision'
      : 'the review is still running'
  return html`<p class="interim"><strong>Interim report:</strong> ${why}.</p>`
}

function summarySection(document: ReviewDocument): Markup {
  const narrative = document.narratives.synthesis
  if (narrative === undefined) return html``
  return html`<section aria-labelledby="summary">
    <h2 id="summary">In short</h2>
    ${narrative.sentences.map((sentence) => html`<p class="lead">${sentence}</p>`)}
    <p class="note">${pageWordsNote(document)}</p>
    ${
      document.focus.length === 0
        ? ''
        : html`<h3>Next month's focus</h3>
            <ul class="focus">
              ${document.focus.map((point) => html`<li>${point}</li>`)}
            </ul>`
    }
  </section>`
}

/** Tables that stand on the executive page itself; the last stage's other tables follow its findings. */
const PLACED_TABLES = new Set(['synthesis.segments', 'synthesis.risks'])

function tableSection(id: string, document: ReviewDocument, index: ReviewIndex): Markup {
  const table = document.stages.synthesis?.tables.find((each) => each.id === id)
  if (table === undefined) return html``
  return html`<section aria-label="${table.title}">
    <h2>${table.title}</h2>
    ${renderTable(table, index)}
  </section>`
}

function findingSection(document: ReviewDocument, index: ReviewIndex): Markup {
  const stage = document.stages.synthesis
  if (stage === undefined) return html``
  const tables = stage.tables.filter((table) => !PLACED_TABLES.has(table.id))
  if (listedFindings(stage.findings).length + tables.length === 0) return html``
  return html`<section aria-labelledby="findings">
    <h2 id="findings">What readers must know</h2>
    ${findingList(stage.findings, index)}
    ${tables.map(
      (table) =>
        html`<h3>${table.title}</h3>
          ${renderTable(table, index)}`,
    )}
  </section>`
}

interface Rendering {
  readonly document: ReviewDocument
  readonly index: ReviewIndex
  readonly nextOrdinal: () => number
}

function stageSection(name: StageName, rendering: Rendering): Markup {
  const { document, index } = rendering
  const stage = document.stages[name]
  if (stage === undefined) return html``
  const narrative = document.narratives[name]
  return html`<section class="stage" aria-labelledby="${name}">
    <h2 id="${name}">${STAGE_TITLES[name]}</h2>
    ${narrative === undefined ? '' : html`<p class="lead">${narrative.text}</p>`}
    ${findingList(stage.findings, index)} ${charts(stage, rendering)}
    ${stage.tables.map(
      (table) =>
        html`<h3>${table.title}</h3>
          ${renderTable(table, index)}`,
    )}
    ${narrative === undefined ? '' : html`<p class="note">${wordsNote(narrative)}</p>`}
  </section>`
}

function charts(stage: DocumentStage, { index, nextOrdinal }: Rendering): Markup {
  const drawn = stage.charts.filter((chart) => chart.categories.length > 0)
  if (drawn.length === 0) return html``
  return html`<div class="charts">
    ${drawn.map((chart) => {
      const label = renderText(chart.summary, index)
      return html`<figure>
        <h3>${chart.title}</h3>
        ${raw(renderChart(chart, index, { ordinal: nextOrdinal(), label }))}
      </figure>`
    })}
  </div>`
}

/** Folded up: who wants to know where a figure comes from opens it. */
function idSection(document: ReviewDocument): Markup {
  const groups = explainedIds(document)
  if (groups.length === 0) return html``
  return html`<details class="ids">
    <summary>Where a figure or call comes from</summary>
    <p class="note">
      Ask for any of these with <code>npm run -s mo -- explain ID --workspace DIR</code>. Every
      figure and call in a table shows its own id when the pointer rests on it.
    </p>
    ${groups.map(
      ({ title, entries }) =>
        html`<p class="title">${title}</p>
          <ul>
            ${entries.map(({ label, id }) => html`<li><span>${label}</span> <code>${id}</code></li>`)}
          </ul>`,
    )}
  </details>`
}

function footer(document: ReviewDocument): Markup {
  const rows = document.inputs.reduce((sum, input) => sum + input.rows, 0)
  const rejected = rejectedText(document)
  const absent = document.inputs
    .filter((input) => input.state === 'absent')
    .map((input) => input.dataset)
  const reasons = gradeTexts(document)
  const graded = reasons.length === 0 ? [] : [reasons.join('; ')]
  const left = leftOutText(document)
  return html`<footer>
    <p>
      Every figure is computed by rules from ${rows} accepted rows.
      ${rejected === undefined ? 'No row was rejected.' : `${rejected}.`} Data grade
      ${[document.trust.grade, ...graded].join(': ')}. ${left === undefined ? '' : `${left}.`}
      ${absent.length === 0 ? '' : `Not provided, so not measured: ${absent.join(', ')}.`}
    </p>
    <p>
      Explain any figure with <code>npm run -s mo -- explain ID</code>, recompute all of it with
      <code>npm run -s mo -- replay ${document.reviewId}</code>, each with
      <code>--workspace DIR</code>. Decisions sha256 <code>${document.decisionsSha256}</code>.
    </p>
  </footer>`
}
