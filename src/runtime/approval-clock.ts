import { Temporal } from 'temporal-polyfill'

import { businessHoursOf } from '#rules/governance/business-hours.ts'
import { requestClock, type RequestClock } from '#rules/governance/expiry.ts'
import type { ZoneOffset } from '#rules/governance/local-clock.ts'
import type { Policy } from '#rules/policy/policy.ts'

/** Without a deadline in the policy a request lives this many business hours: silence must end somewhere. */
const FALLBACK_EXPIRY_HOURS = 40
const DAY_MS = 86_400_000
const OFFSET_HORIZON_DAYS = 400

/** When a request of a tier, filed at an instant, reminds, escalates and expires under a policy. */
export function clockOfRequest(
  policy: Policy,
  request: { readonly tier: string; readonly filedAt: Date },
): RequestClock {
  const { calendar, company, approval, operating_model: model } = policy
  return requestClock(
    request.filedAt.getTime(),
    {
      answerHours: model.sla.approval_business_hours[request.tier],
      expiryHours: approval.expires_business_hours[request.tier] ?? FALLBACK_EXPIRY_HOURS,
    },
    {
      hours: businessHoursOf(calendar),
      offsets: offsetsAround(request.filedAt, company.time_zone),
    },
  )
}

/** The instant at which a request of a tier expires. */
export function expiryOfRequest(
  policy: Policy,
  request: { readonly tier: string; readonly filedAt: Date },
): string {
  const { expiresAtMs } = clockOfRequest(policy, request)
  return new Date(expiresAtMs ?? request.filedAt.getTime() + DAY_MS).toISOString()
}

/** Offsets of the zone from a day before `now` for the next year or so. */
function offsetsAround(now: Date, timeZone: string): ZoneOffset[] {
  const end = now.getTime() + OFFSET_HORIZON_DAYS * DAY_MS
  const offsets: ZoneOffset[] = []
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(
    now.getTime() - DAY_MS,
  ).toZonedDateTimeISO(timeZone)
  while (at !== null && at.epochMilliseconds < end) {
    offsets.push({
      fromMs: at.epochMilliseconds,
      offsetMinutes: Math.round(at.offsetNanoseconds / 60e9),
    })
    at = at.getTimeZoneTransition('next')
  }
  return offsets
}
