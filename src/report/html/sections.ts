import { html } from 'hono/html'

import { enumerated } from '#rules/kernel/enumeration.ts'
import type {
  DocumentAction,
  DocumentApproval,
  DocumentTarget,
  ReviewDocument,
} from '#rules/schema/document.ts'
import type { Finding } from '#rules/schema/review.ts'

import { APPROVAL_TONES, approvalNotes, decidersOf } from '../approval-notes.ts'
import { formatFact, formatMoney } from '../format.ts'
import { VERDICT_WORDS } from '../titles.ts'
import { listedFindings, unmeasuredBeside, verdictBasis } from '../verdict-basis.ts'
import {
  approversAsked,
  moveReason,
  renderText,
  spoken,
  type ReviewIndex,
  withheldNote,
} from '../words.ts'
import { chip, type Markup } from './table.ts'

const VERDICT_MARKS = { on_track: '●', attention: '▲', critical: '■', not_assessable: '?' } as const

/** The verdict with every reason, and what it waits for. */
export function verdictSection(document: ReviewDocument): Markup {
  const { verdict, reasons, decisionId } = document.health
  const unmeasured = unmeasuredBeside(document)
  const pending = document.budget.approvals.filter((approval) => approval.status === 'pending')
  const withheld = withheldNote(document)
  const basis = verdictBasis(document)
  return html`<section class="verdict ${verdict}" aria-labelledby="verdict">
    <p class="badge">
      <span aria-hidden="true">${VERDICT_MARKS[verdict]}</span> ${VERDICT_WORDS[verdict]}
    </p>
    <div>
      <h2 id="verdict" class="hidden">Health verdict</h2>
      ${
        reasons.length === 0
          ? html`<p>${decisionId === null ? NO_VERDICT : NO_REASON[verdict]}</p>`
          : html`<ul>
              ${reasons.map((reason) => html`<li>${reason.text}</li>`)}
            </ul>`
      }
      ${basis === undefined ? '' : html`<p class="ask"><strong>${basis.title}:</strong> ${basis.detail}</p>`}
      ${withheld === undefined ? '' : html`<p class="ask"><strong>Withheld:</strong> ${withheld}.</p>`}
      ${unmeasured.length === 0 ? '' : html`<p class="ask">Not looked at, because not measured: ${unmeasured.join(', ')}.</p>`}
      ${pending.length === 0 ? '' : html`<p class="ask"><strong>${pending.length === 1 ? 'One move waits' : `${pending.length} moves wait`} for approval:</strong> ${pending.map((approval) => approvalLine(approval, document)).join('; ')}.</p>`}
    </div>
  </section>`
}

const NO_VERDICT = 'The review has come to no verdict.'
const OTHERWISE = 'The policy gives this verdict when no other row of its table applies.'
const NO_REASON = {
  on_track: 'No rule of the policy found anything to attend to.',
  attention: OTHERWISE,
  critical: OTHERWISE,
  not_assessable: OTHERWISE,
} as const

function approvalLine(approval: DocumentApproval, document: ReviewDocument): string {
  const move = document.budget.moves.find((each) => each.id === approval.moveId)
  if (move === undefined) return approval.approvalId
  const amount = formatMoney(move.amount.currency, move.amount.minor)
  return `${amount} from ${move.fromName} to ${move.toName} (needs ${approversAsked(approval)}, by ${approval.expiresAt.slice(0, 10)})`
}

const COST_KINDS = [
  ['media', 'media'],
  ['human_review', 'people'],
  ['agency', 'agency'],
  ['llm', 'LLM'],
  ['tooling', 'tooling'],
] as const

/** The kinds of cost that are booked; one without an entry adds nothing and is not named. */
function costKinds(index: ReviewIndex): string {
  const booked = COST_KINDS.filter(
    ([type]) => index.facts.get(`campaign_roi.total.cost.${type}`)?.value != null,
  ).map(([, words]) => words)
  return booked.length === 0 ? 'as booked' : `${enumerated(booked)} as booked`
}

/** Where the value was read, and how much of it nobody has booked. */
function valueBasis(index: ReviewIndex): string {
  const source = index.facts.get('campaign_roi.total.value')?.source ?? []
  const book = source.some(({ dataset }) => dataset === 'deals')
    ? 'of won deals'
    : 'of the value ledger'
  const basis = index.facts.get('campaign_roi.total.value_basis')
  return basis === undefined ? book : `${book}, ${formatFact(basis)}`
}

/** The four figures an executive looks for first. */
export function kpiSection(index: ReviewIndex): Markup {
  const cards = [
    ['Full cost', 'campaign_roi.total.cost', costKinds(index)],
    ['Value', 'campaign_roi.total.value', valueBasis(index)],
    ['Net', 'campaign_roi.total.net', 'value − cost'],
    ['ROI', 'campaign_roi.total.roi', 'net ÷ cost'],
  ] as const
  return html`<dl class="kpis">${cards.map((card) => kpi(card, index))}</dl>`
}

function kpi(
  [label, id, basis]: readonly [label: string, factId: string, basis: string],
  index: ReviewIndex,
): Markup {
  const fact = index.facts.get(id)
  const missing = fact === undefined || fact.value === null
  return html`<div>
    <dt>${label}</dt>
    <dd class="big ${missing ? 'missing' : ''}">
      ${fact === undefined ? 'not measured' : formatFact(fact)}
    </dd>
    <dd class="sub">${missing ? (fact?.reason ?? '') : basis}</dd>
  </div>`
}

const TARGET_CHIPS: Readonly<
  Record<DocumentTarget['status'], readonly ['ok' | 'bad' | 'info', string]>
> = {
  met: ['ok', 'On target'],
  missed: ['bad', 'Missed'],
  not_assessable: ['info', 'Not assessable'],
}

/** Targets against actuals, compared exactly as printed. */
export function targetSection(targets: readonly DocumentTarget[]): Markup {
  if (targets.length === 0) return html``
  return html`<section aria-labelledby="targets">
    <h2 id="targets">Targets against actuals</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Targets against actuals">
      <table>
        <caption>
          Targets against actuals
        </caption>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col" class="n">Asked</th>
            <th scope="col" class="n">Actual</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          ${targets.map(
            (target) =>
              html`<tr>
                <th scope="row">${target.label}</th>
                <td class="n">${target.target}</td>
                <td class="n">${target.actual}</td>
                <td>${targetChip(target)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

function targetChip({ status }: DocumentTarget): Markup {
  const [tone, words] = TARGET_CHIPS[status]
  return chip(tone, words)
}

/** What leadership is asked to do, most valuable first. */
export function actionSection(actions: readonly DocumentAction[]): Markup {
  if (actions.length === 0) return html``
  return html`<section aria-labelledby="actions">
    <h2 id="actions">What to do next</h2>
    <ol class="actions">
      ${actions.map(
        (action) =>
          html`<li>
            <span class="title">${action.title}</span
            ><span class="when">${action.owner}, by ${action.due}</span>
            <span class="detail"
              >Expected impact:
              ${impactOf(action)}.${action.resources.length === 0 ? '' : ` Needs: ${action.resources.join('; ')}.`}</span
            >
          </li>`,
      )}
    </ol>
  </section>`
}

function impactOf({ expectedImpact, impactNotMeasured }: DocumentAction): string {
  if (expectedImpact === null) return `not measured (${impactNotMeasured ?? 'the data cannot say'})`
  const [low, mid, high] = [expectedImpact.low, expectedImpact.mid, expectedImpact.high].map(
    ({ currency, minor }) => formatMoney(currency, minor),
  )
  return `${mid} (between ${low} and ${high})`
}

/** Moves and who decided or must decide them. */
export function moveSection({ budget }: ReviewDocument): Markup {
  if (budget.moves.length === 0) return html``
  return html`<section aria-labelledby="moves">
    <h2 id="moves">Budget moves and approvals</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Budget moves">
      <table>
        <caption>
          Budget moves and approvals
        </caption>
        <thead>
          <tr>
            <th scope="col">Move</th>
            <th scope="col" class="n">Amount</th>
            <th scope="col">Reason</th>
            <th scope="col">Tier</th>
            <th scope="col">Approval</th>
            <th scope="col">Concerns</th>
          </tr>
        </thead>
        <tbody>
          ${budget.moves.map((move) => {
            const approval = budget.approvals.find((each) => each.moveId === move.id)
            return html`<tr>
              <th scope="row">${move.fromName} → ${move.toName}</th>
              <td class="n">${formatMoney(move.amount.currency, move.amount.minor)}</td>
              <td>${moveReason(move)}</td>
              <td>
                ${approval === undefined ? html`<span class="missing">by rule</span>` : `${approval.tier} (${approval.status === 'pending' ? `needs ${approversAsked(approval)}` : `${approval.approversNeeded} to approve`})`}
              </td>
              <td>
                ${approval === undefined ? chip('info', 'no approval needed') : html`${chip(APPROVAL_TONES[approval.status], spoken(approval.status))}${approvalNotes(approval).map((note) => html`<br />${note}`)}${decidersOf(approval).map((given) => html`<br />${given}`)}`}
              </td>
              <td>${move.concerns.length === 0 ? '—' : move.concerns.map(spoken).join(', ')}</td>
            </tr>`
          })}
        </tbody>
      </table>
    </div>
  </section>`
}

/** Findings, the gravest first. */
export function findingList(findings: readonly Finding[], index: ReviewIndex): Markup {
  const rank = { serious: 0, warning: 1, info: 2 } as const
  const sorted = listedFindings(findings).toSorted(
    (left, right) => rank[left.severity] - rank[right.severity],
  )
  if (sorted.length === 0) return html``
  return html`<ul class="findings">
    ${sorted.map(
      (finding) =>
        html`<li class="${finding.severity === 'info' ? 'info-finding' : finding.severity}">
          <p class="title">${renderText(finding.title, index)}</p>
          <p class="detail">${renderText(finding.detail, index)}</p>
        </li>`,
    )}
  </ul>`
}
