import { monthRange } from '../kernel/calendar.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { literal, token } from '../schema/template.ts'

/** A campaign's state as its source states it, and the last day of its flight; null where not stated. */
export interface CampaignFlight {
  readonly status: string | null
  readonly endOn: string | null
}

/** What of a campaign can still be paused, stopped or scaled. */
export interface CampaignStanding {
  readonly campaignId: string
  /** `on`: it runs, or nobody says that it does not. `planned`: not yet. `off`: paused, completed or ended by hand. */
  readonly switch: 'on' | 'planned' | 'off'
  /** `open`: it reaches beyond the reviewed month or has no end. `ending`: it ends within the month. `ended`: its last day is behind us. */
  readonly flight: 'open' | 'ending' | 'ended'
  readonly status: string | null
  readonly endOn: string | null
}

const RUNNING = new Set(['active', 'running', 'live', 'enabled', 'in_progress'])
const PLANNED = new Set(['draft', 'planned', 'scheduled'])

/** Does a campaign of this status run? One whose status nobody states is taken to run. */
export function isRunningStatus(status: string | null): boolean {
  return status === null || RUNNING.has(status)
}

/**
 * Does a campaign still run, and will it after the reviewed month?
 *
 * The flight has ended when its last day is on or before the review's date, which is spoken for as a whole; it is ending when its last
 * day is in the reviewed month. A status says on its own whether the campaign is switched on.
 */
export function standingOf(
  campaignId: string,
  { status, endOn }: CampaignFlight,
  { month, asOfOn }: { readonly month: string; readonly asOfOn: string },
): CampaignStanding {
  return {
    campaignId,
    switch: switchOf(status),
    flight: flightOf(endOn, asOfOn, monthRange(month).to),
    status,
    endOn,
  }
}

function switchOf(status: string | null): CampaignStanding['switch'] {
  if (isRunningStatus(status)) return 'on'
  return PLANNED.has(status ?? '') ? 'planned' : 'off'
}

function flightOf(endOn: string | null, asOfOn: string, monthEnd: string) {
  if (endOn === null) return 'open'
  if (endOn <= asOfOn) return 'ended'
  return endOn <= monthEnd ? 'ending' : 'open'
}

/** Is there anything to pause or stop today? */
export function runsNow(standing: CampaignStanding | undefined): boolean {
  return standing === undefined || (standing.switch === 'on' && standing.flight !== 'ended')
}

/** Will it run in the month after the reviewed one, if nobody does anything? */
export function runsOn(standing: CampaignStanding | undefined): boolean {
  return standing === undefined || (standing.switch === 'on' && standing.flight === 'open')
}

/** The standing of a campaign that does not run on, which a call on it must speak of; undefined for one that does. */
export function standingToTell(
  standing: CampaignStanding | undefined,
): CampaignStanding | undefined {
  return runsOn(standing) ? undefined : standing
}

/** The fact of the day a campaign's flight ends. */
function flightEndId(campaignId: string): string {
  return `synthesis.campaign.${distinctPart(campaignId)}.flight_end`
}

/** Enters the last day of the flight of every campaign told to be over; texts about their standing speak of it. */
export function enterFlightEnds(book: FactBook, standings: Iterable<CampaignStanding>): void {
  for (const { campaignId, flight, endOn } of standings) {
    const id = flightEndId(campaignId)
    if (flight === 'open' || endOn === null || book.has(id)) continue
    book.addText({
      id,
      label: `${literal(campaignId)}: last day of the flight`,
      unit: 'date',
      value: endOn,
      source: [{ dataset: 'campaigns', rows: 1, where: { campaign_id: campaignId } }],
    })
  }
}

/** How a campaign stands, after "it" or its name: "is paused and its flight ended 2026-03-25"; empty when it runs on. */
export function standingWords(standing: CampaignStanding): string {
  const { flight } = standing
  const end = `its flight ${flightVerb(standing)} ${token(flightEndId(standing.campaignId))}`
  if (standing.switch !== 'on') {
    const is = `is ${literal((standing.status ?? '').replaceAll('_', ' '))}`
    return flight === 'open' ? is : `${is} and ${end}`
  }
  if (flight === 'open') return ''
  return flight === 'ended' ? `is over: ${end}` : `is about to end: ${end}`
}

/** When something can be done to a campaign that does not run on: "the next flight: the present one ended 2026-03-31". */
export function nextRun(standing: CampaignStanding): string {
  return standing.switch === 'on'
    ? `the next flight: the present one ${flightVerb(standing)} ${token(flightEndId(standing.campaignId))}`
    : `its next run: the campaign ${standingWords(standing)}`
}

function flightVerb({ flight }: CampaignStanding): string {
  return flight === 'ended' ? 'ended' : 'ends'
}

/** The same in two words, behind a name: "flight ended", "paused". */
export function standingNote(standing: CampaignStanding): string {
  if (standing.switch !== 'on') return literal((standing.status ?? '').replaceAll('_', ' '))
  return `flight ${flightVerb(standing)}`
}
