import type { RequestClock } from './expiry.ts'

/** What may be done about a request that waits. */
export const NOTICE_KINDS = ['asked', 'reminded', 'escalated'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** Something said, or to be said, to one person. */
export interface Notice {
  readonly kind: NoticeKind
  readonly person: string
}

/** A request that waits, and what was said about it. */
export interface WaitingRequest {
  readonly clock: RequestClock
  readonly nowMs: number
  /** Who may decide it now, in the order of the policy; people who decided already are not among them. */
  readonly mayDecide: readonly string[]
  /** How many more people have to agree. */
  readonly missing: number
  readonly said: readonly Notice[]
}

/**
 * What is to be said about a request now?
 *
 * As many people as are missing are asked at once, in the order of the policy. Half the answering time gone, whoever was asked is reminded.
 * The answering time gone, the request is given to as many others who may decide and were not asked yet; where there are none left, it stays
 * with whom it is. After the end nothing is said: silence never approves. Each thing is said to a person once.
 *
 * @returns Only what was not said before; the same question asked again has an empty answer once it was.
 */
export function dueNotices(request: WaitingRequest): Notice[] {
  const { clock, nowMs, mayDecide, missing, said } = request
  if (missing <= 0 || (clock.expiresAtMs !== null && nowMs > clock.expiresAtMs)) return []
  const asked = pick(mayDecide, { said, kind: 'asked', count: missing })
  const withAsked = [...said, ...asked]
  const reminded = isReached(clock.remindAtMs, nowMs)
    ? withAsked
        .filter(({ kind, person }) => kind === 'asked' && mayDecide.includes(person))
        .map(({ person }) => ({ kind: 'reminded' as const, person }))
    : []
  const escalated = isReached(clock.escalateAtMs, nowMs)
    ? pick(mayDecide, { said: withAsked, kind: 'escalated', count: missing })
    : []
  return [...asked, ...reminded, ...escalated].filter((notice) => !includes(said, notice))
}

/** With whom is the request now: those it was escalated to, else those who were asked. People who may not decide any more are left out. */
export function holdersOf({
  said,
  mayDecide,
}: Pick<WaitingRequest, 'said' | 'mayDecide'>): string[] {
  const told = (kind: NoticeKind): string[] =>
    said.filter((notice) => notice.kind === kind).map(({ person }) => person)
  const escalated = told('escalated').filter((person) => mayDecide.includes(person))
  return escalated.length > 0
    ? escalated
    : told('asked').filter((person) => mayDecide.includes(person))
}

/** People for a kind of notice: those it was given to before, and new ones up to the count. */
function pick(
  mayDecide: readonly string[],
  {
    said,
    kind,
    count,
  }: { readonly said: readonly Notice[]; readonly kind: NoticeKind; readonly count: number },
): Notice[] {
  const before = said.filter((notice) => notice.kind === kind && mayDecide.includes(notice.person))
  const known = new Set(said.map(({ person }) => person))
  return mayDecide
    .filter((person) => !known.has(person))
    .slice(0, Math.max(0, count - before.length))
    .map((person) => ({ kind, person }))
}

function isReached(atMs: number | null, nowMs: number): boolean {
  return atMs !== null && nowMs >= atMs
}

function includes(said: readonly Notice[], { kind, person }: Notice): boolean {
  return said.some((notice) => notice.kind === kind && notice.person === person)
}
