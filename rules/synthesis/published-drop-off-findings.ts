import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { DropOffRuling, FunnelCell, TrueZero } from './published-drop-offs.ts'

/** Names of the places a funnel cell speaks of. */
export interface PlaceNames {
  readonly campaigns: ReadonlyMap<string, string>
  readonly channels: ReadonlyMap<string, string>
  readonly segments: ReadonlyMap<string, { readonly name: string }>
}

const RULE_ID = 'synthesis.published_drop_off'
const LISTED = 8

/** Published drop-offs that are missing rows or were counted, and true zeros that went unreported. */
export function dropOffFindings(
  book: FactBook,
  { dropOffs, zeros }: { dropOffs: readonly DropOffRuling[]; zeros: readonly TrueZero[] },
  names: PlaceNames,
): Finding[] {
  const of = (found: DropOffRuling['found']) => dropOffs.filter((ruling) => ruling.found === found)
  return [
    ...missingFinding(book, of('missing'), names),
    ...countedFinding(book, of('counted'), names),
    ...zeroFinding(book, zeros, names),
  ]
}

function missingFinding(
  book: FactBook,
  missing: readonly DropOffRuling[],
  names: PlaceNames,
): Finding[] {
  if (missing.length === 0) return []
  const count = enterCount(book, 'missing', missing.length)
  return [
    {
      id: `finding.${RULE_ID}:missing`,
      ruleId: RULE_ID,
      severity: 'serious',
      subject: 'published:drop_offs',
      title: `${count} published ${missing.length === 1 ? 'drop-off is a row that does' : 'drop-offs are rows that do'} not exist`,
      detail: `Missing is not zero: nobody counted these stages, so nobody can say that people were lost there. ${listed(missing.map((ruling) => claimedPlace(ruling, names)))}.`,
    },
  ]
}

function countedFinding(
  book: FactBook,
  counted: readonly DropOffRuling[],
  names: PlaceNames,
): Finding[] {
  if (counted.length === 0) return []
  const count = enterCount(book, 'counted', counted.length)
  return [
    {
      id: `finding.${RULE_ID}:counted`,
      ruleId: RULE_ID,
      severity: 'serious',
      subject: 'published:drop_offs',
      title: `${count} published ${counted.length === 1 ? 'drop-off is a stage' : 'drop-offs are stages'} that people reached`,
      detail: `${listed(counted.map((ruling) => claimedPlace(ruling, names)))}.`,
    },
  ]
}

function zeroFinding(book: FactBook, zeros: readonly TrueZero[], names: PlaceNames): Finding[] {
  if (zeros.length === 0) return []
  const count = enterCount(book, 'unreported', zeros.length)
  const told = zeros.slice(0, LISTED).map(({ cell, before }) => {
    const from = enterCell(book, before)
    const to = enterCell(book, cell)
    return `${placeOf(cell, names)}: ${stageWords(before.stage)} ${token(from)}, ${stageWords(cell.stage)} ${token(to)}`
  })
  return [
    {
      id: `finding.${RULE_ID}:unreported`,
      ruleId: RULE_ID,
      severity: 'serious',
      subject: 'published:drop_offs',
      title: `${count} true ${zeros.length === 1 ? 'zero' : 'zeros'} went unreported`,
      detail: `${listed(told, zeros.length)}. These stages were counted and nobody reached them.`,
    },
  ]
}

function enterCount(book: FactBook, metric: string, count: number): string {
  return token(
    book.add({
      id: `synthesis.published_drop_offs.${metric}`,
      label: `Published drop-offs: ${metric}`,
      unit: 'count',
      quantity: measured(count),
      source: [{ dataset: 'published_figures', rows: count }],
    }),
  )
}

/** Enters the count of a cell, once. */
function enterCell(book: FactBook, cell: FunnelCell): string {
  const place = [cell.campaignId, cell.segmentId, cell.channelId].map((id) =>
    distinctPart(id ?? 'any'),
  )
  const id = `synthesis.funnel_cell.${[...place, distinctPart(cell.stage)].join('.')}`
  if (book.has(id)) return id
  const where = Object.entries({
    campaign_id: cell.campaignId,
    segment_id: cell.segmentId,
    channel_id: cell.channelId,
    stage: cell.stage,
  }).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))
  const source: FactSource[] = [
    { dataset: 'funnel_counts', rows: cell.rows, where: Object.fromEntries(where) },
  ]
  return book.add({
    id,
    label: `${stageWords(cell.stage)} as counted`,
    unit: 'count',
    quantity: measured(cell.count),
    source,
  })
}

function claimedPlace({ figure: { subject } }: DropOffRuling, names: PlaceNames): string {
  const one = (key: string): string | null => subject.get(key)?.[0] ?? null
  const place = placeOf(
    { campaignId: one('campaign'), segmentId: one('segment'), channelId: one('channel') },
    names,
  )
  const from = one('from')
  const steps = [...(from === null ? [] : [stageWords(from)]), stageWords(one('to') ?? '?')]
  return `${place}: ${steps.join(' to ')}`
}

function placeOf(
  { campaignId, segmentId, channelId }: Pick<FunnelCell, 'campaignId' | 'segmentId' | 'channelId'>,
  names: PlaceNames,
): string {
  const parts = [
    ...named(segmentId, (id) => names.segments.get(id)?.name),
    ...named(channelId, (id) => names.channels.get(id)),
    ...named(campaignId, (id) => names.campaigns.get(id)),
  ]
  return parts.length === 0 ? 'the company' : parts.join(', ')
}

function named(id: string | null, nameOf: (id: string) => string | undefined): string[] {
  return id === null ? [] : [literal(nameOf(id) ?? id)]
}

function listed(parts: readonly string[], total = parts.length): string {
  return `${parts.slice(0, LISTED).join('; ')}${total > LISTED ? '; and others' : ''}`
}

function stageWords(stage: string): string {
  return literal(stage.replaceAll('_', ' '))
}
