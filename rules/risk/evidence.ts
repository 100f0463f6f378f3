import { present } from '../kernel/invariant.ts'
import { compareText } from '../kernel/order.ts'
import type { EvidenceValue, RiskSignal } from './signal.ts'

/** Counts of one channel and segment of the risk's campaign, up to the day the risk was raised; a measure nobody took is left out. */
export interface MeasuredSlice {
  readonly channelId: string | null
  readonly segmentId: string | null
  readonly counts: ReadonlyMap<string, number>
  /** Rows the counts were summed from. */
  readonly rows: number
}

/** Stated and measured count of one thing; the measured one is that of the whole campaign. */
export interface EvidenceGap {
  /** The evidence's own key, e.g. `visits`. */
  readonly key: string
  /** What was measured, e.g. the stage `visit`. */
  readonly measure: string
  readonly stated: number
  readonly measured: number
  /** Rows behind the measured count. */
  readonly rows: number
}

/** Which part of a campaign the evidence describes: null stands for all of it. */
interface EvidenceScope {
  readonly channelId: string | null
  readonly segmentId: string | null
}

export type EvidenceRuling =
  /** Nothing in the evidence can be measured here. */
  | { readonly verdict: 'not_checked' }
  | { readonly verdict: 'agrees'; readonly scope: EvidenceScope }
  | { readonly verdict: 'differs'; readonly gaps: readonly EvidenceGap[] }

/**
 * Do the counts in a risk's evidence agree with what was measured?
 *
 * They agree when one part of the campaign (all of it, a channel, a segment, a channel within a segment) has every count that can be
 * checked, exactly. Otherwise they differ in the counts that no part has; when each has a part of its own, in those that the whole has
 * not. A key names what it counts, in the singular or plural: `visits` is the stage `visit`.
 *
 * @param slices Disjoint parts of the risk's campaign.
 */
export function compareEvidence(
  evidence: RiskSignal['evidence'],
  slices: readonly MeasuredSlice[],
): EvidenceRuling {
  if (evidence === null || evidence === 'unreadable') return { verdict: 'not_checked' }
  const parts = narrowed(slices, evidence)
  const scopes = scopesOf(parts)
  const whole = scopes[0]
  if (whole === undefined) return { verdict: 'not_checked' }
  const claims = claimsOf(evidence, whole.counts)
  if (claims.length === 0) return { verdict: 'not_checked' }
  const agreeing = scopes.find(({ counts }) => claims.every((claim) => holds(claim, counts)))
  if (agreeing !== undefined) return { verdict: 'agrees', scope: agreeing.scope }
  const nowhere = claims.filter((claim) => !scopes.some(({ counts }) => holds(claim, counts)))
  const apart = claims.filter((claim) => !holds(claim, whole.counts))
  const gaps = (nowhere.length > 0 ? nowhere : apart).map((claim) => ({
    ...claim,
    measured: present(whole.counts.get(claim.measure), claim.measure),
    rows: parts
      .filter((slice) => slice.counts.has(claim.measure))
      .reduce((sum, slice) => sum + slice.rows, 0),
  }))
  return { verdict: 'differs', gaps }
}

/**
 * Which channel does a risk lie on? The one its evidence names (`channel_id`), else the one whose counts it describes; null when it may
 * be any channel of the campaign.
 */
export function channelOf(
  evidence: RiskSignal['evidence'],
  slices: readonly MeasuredSlice[],
): string | null {
  const named =
    evidence === null || evidence === 'unreadable' ? undefined : evidence.get('channel_id')
  if (typeof named === 'string') return named
  const ruling = compareEvidence(evidence, slices)
  return ruling.verdict === 'agrees' ? ruling.scope.channelId : null
}

function holds(claim: Claim, counts: Counts): boolean {
  return counts.get(claim.measure) === claim.stated
}

type Counts = ReadonlyMap<string, number>

interface Claim {
  readonly key: string
  readonly measure: string
  readonly stated: number
}

function claimsOf(evidence: ReadonlyMap<string, EvidenceValue>, counts: Counts): Claim[] {
  return [...evidence]
    .toSorted(([left], [right]) => compareText(left, right))
    .flatMap(([key, stated]) => {
      const measure = [key, key.replace(/s$/, ''), `${key}s`].find((name) => counts.has(name))
      return measure !== undefined && isCount(stated) ? [{ key, measure, stated }] : []
    })
}

function isCount(value: EvidenceValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** The parts that the evidence itself speaks of, when it names a channel or segment. */
function narrowed(
  slices: readonly MeasuredSlice[],
  evidence: ReadonlyMap<string, EvidenceValue>,
): readonly MeasuredSlice[] {
  const channel = evidence.get('channel_id')
  const segment = evidence.get('segment_id')
  return slices.filter(
    (slice) =>
      (typeof channel !== 'string' || slice.channelId === channel) &&
      (typeof segment !== 'string' || slice.segmentId === segment),
  )
}

/** Every part with its counts summed: all first, then channels, segments, channels within segments. */
function scopesOf(slices: readonly MeasuredSlice[]): { scope: EvidenceScope; counts: Counts }[] {
  const views: ((slice: MeasuredSlice) => EvidenceScope)[] = [
    () => ({ channelId: null, segmentId: null }),
    ({ channelId }) => ({ channelId, segmentId: null }),
    ({ segmentId }) => ({ channelId: null, segmentId }),
    ({ channelId, segmentId }) => ({ channelId, segmentId }),
  ]
  return views.flatMap((view) => {
    const groups = new Map<string, { scope: EvidenceScope; slices: MeasuredSlice[] }>()
    for (const slice of slices) {
      const scope = view(slice)
      const key = JSON.stringify([scope.channelId, scope.segmentId])
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { scope, slices: [slice] })
      else group.slices.push(slice)
    }
    return [...groups.values()].map((group) => ({
      scope: group.scope,
      counts: totals(group.slices),
    }))
  })
}

function totals(slices: readonly MeasuredSlice[]): Counts {
  const counts = new Map<string, number>()
  for (const [measure, count] of slices.flatMap((slice) => [...slice.counts])) {
    counts.set(measure, (counts.get(measure) ?? 0) + count)
  }
  return counts
}
