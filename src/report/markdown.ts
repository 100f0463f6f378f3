import type { DocumentApproval, ReviewDocument } from '#rules/schema/document.ts'
import { STAGES, type Cell, type Finding, type Table } from '#rules/schema/review.ts'

import { approvalNotes, decidersOf } from './approval-notes.ts'
import { asDecided } from './as-decided.ts'
import { explainedIds } from './explained-ids.ts'
import { formatFact, formatMoney } from './format.ts'
import { STAGE_TITLES, VERDICT_WORDS } from './titles.ts'
import { gradeTexts, leftOutText, rejectedText } from './trust-words.ts'
import { listedFindings, unmeasuredBeside, verdictBasis } from './verdict-basis.ts'
import { pageWordsNote, wordsNote } from './words-note.ts'
import {
  approversAsked,
  indexDocument,
  monthName,
  moveReason,
  renderText,
  spoken,
  type ReviewIndex,
  withheldNote,
} from './words.ts'

/** The report as Markdown, for mail, chat and version control. */
export function renderMarkdown(kept: ReviewDocument): string {
  const document = asDecided(kept)
  const index = indexDocument(document)
  const blocks = [
    `# Marketing review, ${monthName(document.month)}: ${escape(document.company)}`,
    document.interim ? `> **Interim report.** Status: ${spoken(document.status)}.` : '',
    withheld(document),
    `**Verdict: ${VERDICT_WORDS[document.health.verdict]}**`,
    list(document.health.reasons.map((reason) => reason.text)),
    basisLine(document),
    unmeasuredLine(document),
    keyFigures(index),
    section('In short', inShort(document)),
    section('What to do next', actions(document)),
    section('Next month’s focus', list(document.focus)),
    section('Targets against actuals', targets(document)),
    section('Budget moves and approvals', moves(document)),
    ...STAGES.map((stage) => stageBlock(stage, document, index)),
    section('Where a figure or call comes from', ids(document)),
    dataLine(document),
    `---\n\nReview ${document.reviewId}, policy ${document.policy.version}, as of ${document.asOf}, data grade ${document.trust.grade}, decisions sha256 \`${document.decisionsSha256}\`.`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** What `mo explain` can be asked about; the ids of all other figures are in `review.json` and the workbook. */
function ids(document: ReviewDocument): string {
  const groups = explainedIds(document).map(
    ({ title, entries }) =>
      `${title}:\n\n${list(entries.map(({ label, id }) => `${label}: ${id}`))}`,
  )
  if (groups.length === 0) return ''
  const how =
    'Ask with: npm run -s mo -- explain ID --workspace DIR. The ids of all other figures are on the sheet Facts of the workbook (mo report --format xlsx).'
  return [how, ...groups].join('\n\n')
}

/** What lowered the grade of the data, and what is in no figure. */
function dataLine(document: ReviewDocument): string {
  const reasons = gradeTexts(document)
  const rejected = rejectedText(document)
  const left = leftOutText(document)
  const told = [
    ...(reasons.length === 0 ? [] : [`Data grade ${document.trust.grade}: ${reasons.join('; ')}.`]),
    ...(rejected === undefined ? [] : [`${rejected}.`]),
    ...(left === undefined ? [] : [`${left}.`]),
  ]
  return escape(told.join(' '))
}

function withheld(document: ReviewDocument): string {
  const note = withheldNote(document)
  return note === undefined ? '' : `> **Withheld:** ${note}.`
}

function inShort(document: ReviewDocument): string {
  const { synthesis } = document.narratives
  if (synthesis === undefined) return ''
  return [...synthesis.sentences.map(escape), `*${pageWordsNote(document)}*`].join('\n\n')
}

function basisLine(document: ReviewDocument): string {
  const basis = verdictBasis(document)
  return basis === undefined ? '' : `${escape(basis.title)}: ${escape(basis.detail)}`
}

function unmeasuredLine(document: ReviewDocument): string {
  const unmeasured = unmeasuredBeside(document)
  if (unmeasured.length === 0) return ''
  return `Not looked at, because not measured: ${unmeasured.map(escape).join(', ')}.`
}

function keyFigures(index: ReviewIndex): string {
  const shown = (id: string): string => {
    const fact = index.facts.get(id)
    return fact === undefined ? 'not measured' : formatFact(fact)
  }
  return grid([
    ['Full cost', 'Value', 'Net', 'ROI'],
    ['cost', 'value', 'net', 'roi'].map((metric) => shown(`campaign_roi.total.${metric}`)),
  ])
}

function actions(document: ReviewDocument): string {
  return document.actions
    .map(({ rank, title, owner, due, expectedImpact, impactNotMeasured }) => {
      const impact =
        expectedImpact === null
          ? `impact not measured (${impactNotMeasured ?? 'the data cannot say'})`
          : `impact ${formatMoney(expectedImpact.mid.currency, expectedImpact.mid.minor)} (${formatMoney(expectedImpact.low.currency, expectedImpact.low.minor)} to ${formatMoney(expectedImpact.high.currency, expectedImpact.high.minor)})`
      return `${rank}. **${escape(title)}**: ${escape(owner)}, by ${due}; ${escape(impact)}`
    })
    .join('\n')
}

function targets(document: ReviewDocument): string {
  const rows = document.targets.map(({ label, target, actual, status }) => [
    label,
    target,
    actual,
    spoken(status),
  ])
  return rows.length === 0 ? '' : grid([['Target', 'Asked', 'Actual', 'Status'], ...rows])
}

function moves({ budget }: ReviewDocument): string {
  const rows = budget.moves.map((move) => {
    const approval = budget.approvals.find((each) => each.moveId === move.id)
    return [
      `${move.fromName} → ${move.toName}`,
      formatMoney(move.amount.currency, move.amount.minor),
      moveReason(move),
      approval === undefined ? 'none needed' : approvalText(approval),
      move.concerns.map(spoken).join(', ') || '—',
    ]
  })
  return rows.length === 0
    ? ''
    : grid([['Move', 'Amount', 'Reason', 'Approval', 'Concerns'], ...rows])
}

function approvalText(approval: DocumentApproval): string {
  const who = approval.status === 'pending' ? `, needs ${approversAsked(approval)}` : ''
  const told = [...approvalNotes(approval), ...decidersOf(approval)]
  return [`${spoken(approval.status)} (${spoken(approval.tier)}${who})`, ...told].join('; ')
}

function stageBlock(
  name: (typeof STAGES)[number],
  document: ReviewDocument,
  index: ReviewIndex,
): string {
  const stage = document.stages[name]
  if (stage === undefined) return ''
  const narrative = name === 'synthesis' ? undefined : document.narratives[name]
  const words =
    narrative === undefined ? '' : `${escape(narrative.text)}\n\n*${wordsNote(narrative)}*`
  const body = [
    words,
    listedFindings(stage.findings)
      .map((finding) => findingLine(finding, index))
      .join('\n'),
    ...stage.tables.map((table) => tableBlock(table, index)),
  ].filter((block) => block !== '')
  return section(name === 'synthesis' ? 'Findings' : STAGE_TITLES[name], body.join('\n\n'))
}

function findingLine({ severity, title, detail }: Finding, index: ReviewIndex): string {
  return `- **${escape(renderText(title, index))}** (${severity}). ${escape(renderText(detail, index))}`
}

function tableBlock(table: Table, index: ReviewIndex): string {
  const rows = table.rows.map((row) => row.map((cell) => cellText(cell, index)))
  const note = table.note === undefined ? '' : `\n\n${escape(renderText(table.note, index))}`
  return `### ${escape(table.title)}\n\n${grid([table.columns.map((column) => column.label), ...rows])}${note}`
}

function cellText(cell: Cell, index: ReviewIndex): string {
  if ('text' in cell) return cell.text
  if ('decision' in cell) return spoken(index.decisions.get(cell.decision)?.action ?? 'no decision')
  const fact = index.facts.get(cell.fact)
  return fact === undefined ? `[no fact ${cell.fact}]` : formatFact(fact)
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${escape(line)}`).join('\n')
}

function grid(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  return [gridLine(head), `|${head.map(() => ' --- |').join('')}`, ...body.map(gridLine)].join('\n')
}

function gridLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escape(cell).replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

/** Text from data must not become markup. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*[\]<>#]/g, String.raw`\$&`).replaceAll('\n', ' ')
}
