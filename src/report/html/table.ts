import { html } from 'hono/html'

import type { Cell, Decision, Table } from '#rules/schema/review.ts'

import { formatFact } from '../format.ts'
import { renderText, spoken, type ReviewIndex } from '../words.ts'

/** Markup that is already escaped. */
export type Markup = ReturnType<typeof html>

const CHIP_MARKS = { ok: '✓', watch: '!', bad: '✗', info: '•' } as const
type Tone = keyof typeof CHIP_MARKS

/** How an action looks: what is well, what needs a look, what is bad; anything unknown is told without a colour. */
const ACTION_TONES: Readonly<Record<string, Tone>> = {
  scale: 'ok',
  on_target: 'ok',
  profit: 'ok',
  reconciled: 'ok',
  plausible: 'ok',
  on_pace: 'ok',
  pass: 'ok',
  ok: 'ok',
  win: 'ok',
  revise: 'watch',
  below_target: 'watch',
  watch: 'watch',
  refresh: 'watch',
  overclaimed: 'watch',
  stop: 'bad',
  loss: 'bad',
  untraceable: 'bad',
  investigate: 'bad',
  retire: 'bad',
  critical: 'bad',
  fail: 'bad',
}

/** A short status with a mark, so that it never speaks by colour alone. */
export function chip(tone: Tone, text: string): Markup {
  return html`<span class="chip ${tone}"
    ><span aria-hidden="true">${CHIP_MARKS[tone]}</span> ${text}</span
  >`
}

/** The call of a decision as a chip. */
export function decisionChip(decision: Decision | undefined): Markup {
  if (decision === undefined) return html`<span class="missing">no decision</span>`
  return chip(ACTION_TONES[decision.action] ?? 'info', spoken(decision.action))
}

/** Columns that fit the page at the usual size; a table of more is set smaller. */
const ROOMY = 9

/** A table with a caption for screen readers and a row header in each row. */
export function renderTable(table: Table, index: ReviewIndex): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${table.title}">
      <table class="${table.columns.length > ROOMY ? 'wide' : 'roomy'}">
        <caption>
          ${table.title}
        </caption>
        <thead>
          <tr>
            ${table.columns.map((column) => html`<th scope="col" ${column.numeric ? html` class="n"` : ''}>${column.label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${table.rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, position) => renderCell(cell, { table, position, index }))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${table.note === undefined ? '' : html`<p class="note">${renderText(table.note, index)}</p>`}`
}

function renderCell(
  cell: Cell,
  { table, position, index }: { table: Table; position: number; index: ReviewIndex },
): Markup {
  const content = cellContent(cell, index)
  if (position === 0) return html`<th scope="row">${content}</th>`
  const asked = idOf(cell)
  const title = asked === undefined ? '' : html` title="${asked}"`
  return table.columns[position]?.numeric === true
    ? html`<td class="n" ${title}>${content}</td>`
    : html`<td ${title}>${content}</td>`
}

/** The id under which `mo explain` tells where a cell comes from; words of our own have none. */
function idOf(cell: Cell): string | undefined {
  if ('decision' in cell) return cell.decision
  return 'fact' in cell ? cell.fact : undefined
}

function cellContent(cell: Cell, index: ReviewIndex): Markup {
  if ('decision' in cell) return decisionChip(index.decisions.get(cell.decision))
  if ('chip' in cell) return chip(cell.chip, cell.text)
  if ('text' in cell) return plain(cell.text)
  const fact = index.facts.get(cell.fact)
  if (fact === undefined) return html`<span class="missing">[no fact ${cell.fact}]</span>`
  return fact.status === 'known' || fact.status === 'zero'
    ? plain(formatFact(fact))
    : html`<span class="missing" title="${fact.reason ?? ''}">${formatFact(fact)}</span>`
}

/** A date stays on one line, whatever the column's width. */
function plain(text: string): Markup {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? html`<time>${text}</time>` : html`${text}`
}
