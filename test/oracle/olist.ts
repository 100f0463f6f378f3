import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { createCohortTally, type CohortMember } from '#rules/funnel/cohort.ts'
import { daysBetween } from '#rules/kernel/calendar.ts'

import { readCsv } from './csv.ts'

/** One marketing-qualified lead of the Olist set. */
export interface OlistLead {
  readonly id: string
  readonly contactOn: string
  readonly landingPage: string
  readonly origin: string
  /** As in the file, with the time of day. */
  readonly wonAt: string | null
}

const FOLDER = 'data/leads-funnel-experiments'

/** The leads with their wins; the set lies beside the folder of the oracles, or beside the repository. */
export function readOlist(directory: string): OlistLead[] {
  const places = [
    join(directory, '../..', FOLDER),
    join(import.meta.dirname, '../../../shared', FOLDER),
  ]
  const found = places.find((place) => existsSync(place))
  if (found === undefined) throw new Error(`expected the Olist set in ${places.join(' or ')}`)
  const read = (name: string) => readCsv(readFileSync(join(found, name), 'utf8'))
  const wins = new Map(
    read('olist_closed_deals_dataset.csv').map((row) => [row['mql_id'], row['won_date']]),
  )
  return read('olist_marketing_qualified_leads_dataset.csv').map((row) => ({
    id: row['mql_id'] ?? '',
    contactOn: row['first_contact_date'] ?? '',
    landingPage: row['landing_page_id'] ?? '',
    origin: row['origin'] ?? '',
    wonAt: wins.get(row['mql_id']) ?? null,
  }))
}

/** Days to the win; a win before the first contact is a fault of the data and counts as the same day. */
export function daysToWin({ contactOn, wonAt }: OlistLead): number | null {
  return wonAt === null ? null : Math.max(0, daysBetween(contactOn, wonAt.slice(0, 10)))
}

/** The cohort of a month as seen on a day. Same-day wins count as half a day, since the curve starts at 0. */
export function cohortOf(
  leads: readonly OlistLead[],
  { month, asOf, horizonDays }: { month: string; asOf: string; horizonDays: number },
) {
  const tally = createCohortTally(horizonDays)
  for (const lead of leads.filter((entry) => entry.contactOn.startsWith(month))) {
    tally.enter(memberOf(lead, asOf))
  }
  return tally.finish()
}

function memberOf(lead: OlistLead, asOf: string): CohortMember {
  const days = daysToWin(lead)
  const elapsed = daysBetween(lead.contactOn, asOf)
  const isWon = days !== null && days <= elapsed
  return {
    elapsedDays: elapsed === 0 ? 0.5 : elapsed,
    convertedAfterDays: isWon ? days || 0.5 : null,
  }
}
