import { runsNow, type CampaignStanding } from '../governance/campaign-standing.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Cell, Table } from '../schema/review.ts'
import type { RiskItem } from '../schema/synthesis.ts'
import { literal } from '../schema/template.ts'

const CHIPS = { critical: 'bad', high: 'bad', medium: 'watch', low: 'info' } as const

const EVIDENCE: Readonly<Record<RiskItem['evidence'], Cell>> = {
  agrees: { chip: 'ok', text: 'agrees with the data' },
  differs: { chip: 'watch', text: 'differs from the data' },
  not_checked: { text: 'cannot be checked' },
}

const IN_HAND_NOTE =
  'A risk in hand asks for no action here and does not count as open. Until it is closed it keeps money out as the policy says.'

/** A risk of the table; one that is not open is in hand. */
export interface TabledRisk extends RiskItem {
  readonly isOpen: boolean
}

/** Risks that are there, the gravest first, with what is to be done. Ages and days must be in the facts already. */
export function riskTable(
  items: readonly TabledRisk[],
  standings: ReadonlyMap<string, CampaignStanding>,
): Table {
  return {
    id: 'synthesis.risks',
    title: 'Risks and what to do about them',
    ...(items.every(({ isOpen }) => isOpen) ? {} : { note: IN_HAND_NOTE }),
    columns: [
      { key: 'severity', label: 'Severity', numeric: false },
      { key: 'risk', label: 'Risk', numeric: false },
      { key: 'where', label: 'Where', numeric: false },
      { key: 'age', label: 'Age', numeric: true },
      { key: 'evidence', label: 'Evidence', numeric: false },
      { key: 'action', label: 'To do', numeric: false },
      { key: 'owner', label: 'Owner', numeric: false },
      { key: 'due', label: 'Due', numeric: false },
    ],
    rows: items.map((item) => {
      const prefix = `synthesis.risk.${distinctPart(item.riskId)}`
      return [
        { chip: CHIPS[item.severity], text: item.severity },
        { text: `${literal(item.riskId)}: ${literal(item.riskType.replaceAll('_', ' '))}` },
        { text: item.subject },
        { fact: `${prefix}.age` },
        EVIDENCE[item.evidence],
        item.isOpen
          ? toDo(item, standings.get(item.campaignId ?? ''))
          : { chip: 'info', text: `in hand: ${literal(item.status.replaceAll('_', ' '))}` },
        { text: literal(item.ownerName) },
        item.isOpen ? { fact: `${prefix}.due_on` } : { text: '' },
      ]
    }),
  }
}

/** The call; a pause of what is off already is told as what is left of it. */
function toDo({ action, decisionId }: RiskItem, standing: CampaignStanding | undefined): Cell {
  return action === 'pause' && !runsNow(standing)
    ? { chip: 'info', text: standing?.switch === 'planned' ? 'do not start' : 'do not run again' }
    : { decision: decisionId }
}
