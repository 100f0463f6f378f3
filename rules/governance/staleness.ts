/** What an approval binds: sha256, hex, of the exact plan, of the facts it rests on and of the policy in force. */
export interface ApprovalBinding {
  readonly planSha256: string
  readonly factsSha256: string
  readonly policySha256: string
}

/** A part that is no longer what was approved. */
export interface ChangedPart {
  readonly part: 'plan' | 'facts' | 'policy'
  readonly bound: string
  readonly current: string
}

/**
 * Which bound parts have changed since an approval was asked for? Any makes it void: the move is proposed anew on what holds now.
 *
 * @returns In the order plan, facts, policy; empty when the approval still binds.
 */
export function changedParts(bound: ApprovalBinding, current: ApprovalBinding): ChangedPart[] {
  const parts = [
    { part: 'plan' as const, bound: bound.planSha256, current: current.planSha256 },
    { part: 'facts' as const, bound: bound.factsSha256, current: current.factsSha256 },
    { part: 'policy' as const, bound: bound.policySha256, current: current.policySha256 },
  ]
  return parts.filter((entry) => entry.bound !== entry.current)
}

/** One value that is not what it was. */
export interface ValueChange {
  readonly what: string
  readonly before: FactValue
  readonly after: FactValue
}

export type FactValue = string | number | boolean | null | readonly string[]

/**
 * Which values differ, and from what to what? Names in order; a value that one side lacks counts as null there.
 *
 * @param before Flat facts as they were bound.
 * @param after The same facts as they are now.
 */
export function valueChanges(
  before: Readonly<Record<string, FactValue>>,
  after: Readonly<Record<string, FactValue>>,
): ValueChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
  return names
    .map((what) => ({ what, before: before[what] ?? null, after: after[what] ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
}
