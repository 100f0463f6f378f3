import { addBusinessMinutes, type BusinessHours } from './business-hours.ts'
import { instantOf, localTimeOf, type ZoneOffset } from './local-clock.ts'

/** When a request reminds, escalates and dies; instants in ms, UTC. Null where the policy sets no time. */
export interface RequestClock {
  /** Half the answering time gone: the approvers are reminded. */
  readonly remindAtMs: number | null
  /** The answering time gone: the request is given to somebody else who may decide. */
  readonly escalateAtMs: number | null
  /** From this instant on no decision is accepted. */
  readonly expiresAtMs: number | null
}

/** Times in business hours, from the policy. */
export interface RequestTimes {
  readonly answerHours: number | undefined
  readonly expiryHours: number | undefined
}

/**
 * When must a request be answered?
 *
 * Business hours from filing: half of `answerHours` to the reminder, `answerHours` to the escalation, `expiryHours` to the end. Silence
 * never approves: from the end on a decision is refused and the request is expired.
 *
 * @param offsets Time-zone offsets of the company around the time, ascending.
 */
export function requestClock(
  filedAtMs: number,
  times: RequestTimes,
  { hours, offsets }: { hours: BusinessHours; offsets: readonly ZoneOffset[] },
): RequestClock {
  const filed = localTimeOf(filedAtMs, offsets)
  const after = (span: number | undefined): number | null =>
    span === undefined
      ? null
      : instantOf(addBusinessMinutes(filed, Math.round(span * 60), hours), offsets)
  const { answerHours, expiryHours } = times
  return {
    remindAtMs: after(answerHours === undefined ? undefined : answerHours / 2),
    escalateAtMs: after(answerHours),
    expiresAtMs: after(expiryHours),
  }
}

/** Is a decision at this instant too late? The deadline itself is, as the database has it. */
export function isExpired(atMs: number, { expiresAtMs }: RequestClock): boolean {
  return expiresAtMs !== null && atMs >= expiresAtMs
}
