import type { Finding } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import { claimSubject, type JudgedClaim } from './claimed-drop-offs.ts'
import type { FunnelState } from './review-state.ts'

/** Published drop-offs against what was counted: those that are none, and those that went unreported. */
export function claimFindings(state: FunnelState): Finding[] {
  const missing = state.claims.filter((entry) => entry.verdict === 'missing_not_zero')
  return [
    ...missingClaims(missing, state),
    ...unreported(state),
    ...state.claims.flatMap((entry) => refuted(entry, state)),
  ]
}

function missingClaims(missing: readonly JudgedClaim[], state: FunnelState): Finding[] {
  if (missing.length === 0) return []
  const list = missing.map(
    ({ claim, inMotion }) =>
      `${state.names.cell(claim)}: ${state.names.stage(claim.stage)}${inMotion ? '' : ' (not part of this motion)'}`,
  )
  return [
    {
      id: 'finding.funnel.claimed_drop_off:missing_not_zero',
      ruleId: 'funnel.claimed_drop_off',
      severity: 'warning',
      subject: 'stage:funnel',
      title: `${token('funnel.claims.missing_not_zero')} of ${token('funnel.claims')} published drop-offs are rows that do not exist`,
      detail: `No row counts the stage, so it is missing, not zero, and nobody is known to have dropped off: ${list.join('; ')}. A report that reads a missing row as zero finds a drop-off wherever a campaign does not lead through a stage.`,
    },
  ]
}

function unreported({ unreported: steps, names }: FunnelState): Finding[] {
  if (steps.length === 0) return []
  const list = steps.map((step) => `${names.cell(step.cell)}: ${names.step(step)}`)
  return [
    {
      id: 'finding.funnel.claimed_drop_off:unreported',
      ruleId: 'funnel.claimed_drop_off',
      severity: 'serious',
      subject: 'stage:funnel',
      title: `${token('funnel.claims.unreported')} true zeros went unreported`,
      detail: `Counted at zero with traffic before it, and named in no published list: ${list.join('; ')}.`,
    },
  ]
}

/** Why a claim does not hold; null where it holds or its row is missing, which is told of all such claims at once. */
const WHY_NOT: Readonly<Record<JudgedClaim['verdict'], string | null>> = {
  not_zero: 'people did reach the stage',
  no_traffic: 'there was nobody before the stage either',
  no_such_cell: 'nothing was counted for this segment in this channel',
  missing_not_zero: null,
  true_zero: null,
}

function refuted({ claim, verdict }: JudgedClaim, { names }: FunnelState): Finding[] {
  const why = WHY_NOT[verdict]
  if (why === null) return []
  return [
    {
      id: `finding.funnel.claimed_drop_off:${claimSubject(claim)}`,
      ruleId: 'funnel.claimed_drop_off',
      severity: 'warning',
      subject: `claim:${claimSubject(claim)}`,
      title: `A published drop-off is none: ${names.cell(claim)}, ${names.stage(claim.stage)}`,
      detail: `The claim does not hold: ${why}.`,
    },
  ]
}
