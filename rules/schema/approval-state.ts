/** States of an approval, from the draft to where it ends. */
export const APPROVAL_STATES = [
  'draft',
  'proposed',
  'pending',
  'approved',
  'applying',
  'applied',
  'verified',
  'rejected',
  'expired',
  'superseded',
  'withdrawn',
  'failed',
  'rolled_back',
] as const
export type ApprovalState = (typeof APPROVAL_STATES)[number]
