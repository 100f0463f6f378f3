/** An order that carried a move out, as far as its way back depends on it; minor units, null where no budget was measured. */
export interface OrderedLeg {
  readonly orderId: string
  /** Decreases first. */
  readonly position: number
  readonly platform: string | null
  readonly deltaMinor: number
  readonly oldMinor: number | null
  readonly newMinor: number | null
}

/** What came back on an order. */
export interface LegReceipt {
  readonly orderId: string
  readonly kind: 'accepted' | 'refused' | 'verified' | 'mismatched'
  /** The change that a platform's history has; null where the receipt tells of none. */
  readonly showed: { readonly oldMinor: number; readonly newMinor: number } | null
}

/**
 * What is known of a line after its order, the strongest first: its platform's history shows it as ordered, or otherwise; somebody says that
 * it was carried out; it was refused; it was never sent, because an order before it was refused; the history that shows the other line of
 * the move, on the same platform, has no change of it; nothing.
 */
export type LegStanding =
  | 'as_ordered'
  | 'otherwise'
  | 'said'
  | 'refused'
  | 'never_sent'
  | 'unchanged'
  | 'not_known'

/** The way back of one line. */
export interface LegWayBack {
  readonly orderId: string
  readonly standing: LegStanding
  /** What the history shows in place of what was ordered. */
  readonly showed: LegReceipt['showed']
  /** Compare-and-set; null where nothing is to be undone. */
  readonly order: Pick<OrderedLeg, 'deltaMinor' | 'oldMinor' | 'newMinor'> | null
}

const NOTHING_TO_UNDO: readonly LegStanding[] = ['refused', 'never_sent', 'unchanged']

/**
 * How is a move undone, given what its platforms were seen to show?
 *
 * A line that never changed gets no order. One that the history shows at another figure than ordered goes from that figure to the value the
 * approval was bound to, or where none was measured to the one the history has before; none is due where it stands there already. Every
 * other line goes from the value that was set back to the one before: where nothing is known of it, compare-and-set keeps an order for a
 * line that never changed from doing harm.
 *
 * @param legs The orders of one move, at most one for each line.
 * @param receipts Of these orders, the oldest first.
 */
export function wayBack(
  legs: readonly OrderedLeg[],
  receipts: readonly LegReceipt[],
): readonly LegWayBack[] {
  return legs.map((leg) => {
    const { standing, showed } = standingOfLeg(leg, legs, receipts)
    const { orderId } = leg
    if (NOTHING_TO_UNDO.includes(standing)) return { orderId, standing, showed, order: null }
    const order = showed === null ? turnedRound(leg) : fromShown(leg, showed)
    return { orderId, standing, showed, order }
  })
}

function turnedRound({ deltaMinor, oldMinor, newMinor }: OrderedLeg): LegWayBack['order'] {
  return { deltaMinor: -deltaMinor, oldMinor: newMinor, newMinor: oldMinor }
}

function fromShown(
  leg: OrderedLeg,
  showed: NonNullable<LegReceipt['showed']>,
): LegWayBack['order'] {
  const newMinor = leg.oldMinor ?? showed.oldMinor
  const deltaMinor = newMinor - showed.newMinor
  return deltaMinor === 0 ? null : { deltaMinor, oldMinor: showed.newMinor, newMinor }
}

function standingOfLeg(
  leg: OrderedLeg,
  legs: readonly OrderedLeg[],
  receipts: readonly LegReceipt[],
): Pick<LegWayBack, 'standing' | 'showed'> {
  const has = ({ orderId }: OrderedLeg, ...kinds: readonly LegReceipt['kind'][]): boolean =>
    receipts.some((receipt) => receipt.orderId === orderId && kinds.includes(receipt.kind))
  if (has(leg, 'verified')) return plain('as_ordered')
  const mismatch = receipts.findLast(
    (receipt) => receipt.orderId === leg.orderId && receipt.kind === 'mismatched',
  )
  if (mismatch !== undefined) {
    return mismatch.showed === null
      ? plain('not_known')
      : { standing: 'otherwise', showed: mismatch.showed }
  }
  if (has(leg, 'accepted')) return plain('said')
  // Nothing is sent after what was refused.
  const refused = legs.find((other) => other.position <= leg.position && has(other, 'refused'))
  if (refused !== undefined)
    return plain(refused.orderId === leg.orderId ? 'refused' : 'never_sent')
  const isTold = legs.some(
    (other) =>
      other.platform !== null &&
      other.platform === leg.platform &&
      has(other, 'verified', 'mismatched'),
  )
  return plain(isTold ? 'unchanged' : 'not_known')
}

function plain(standing: LegStanding): Pick<LegWayBack, 'standing' | 'showed'> {
  return { standing, showed: null }
}
