import type { PendingApproval } from './state.ts'

/** After the data gate: a withheld review skips every stage and is published with its reasons. */
export function routeAfterAdmission(state: {
  readonly gate: 'open' | 'withheld'
}): 'campaign_roi' | 'publish' {
  return state.gate === 'open' ? 'campaign_roi' : 'publish'
}

/** After the requests are filed: with nobody to ask, the review goes on. */
export function routeAfterFiling(state: {
  readonly pending: readonly PendingApproval[]
}): 'approval' | 'apply' {
  return state.pending.length > 0 ? 'approval' : 'apply'
}

/** After the moves were ordered: what became void at the last moment goes back to the gate. */
export function routeAfterApply(state: {
  readonly pending: readonly PendingApproval[]
}): 'approval' | 'synthesis' {
  return state.pending.length > 0 ? 'approval' : 'synthesis'
}
