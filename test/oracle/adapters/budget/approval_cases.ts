import { z } from 'zod'

import { tierOfPlan, type TierReason } from '#rules/governance/approval-tier.ts'
import { measured } from '#rules/kernel/quantity.ts'
import { ApprovalPolicy } from '#rules/policy/money-moves.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Line = z.object({ line: z.string(), delta: z.number() })

const File = z.object({
  policy: z.object({
    currency: z.string(),
    tiers: z.array(
      z.object({
        id: z.string(),
        max_amount: z.number().nullable(),
        max_pct: z.number().nullable(),
        approvers: z.int(),
        role: z.string().nullable(),
        sla_h: z.number(),
      }),
    ),
    bumps: z.record(z.string(), z.int()),
    cumulative_window_days: z.int(),
    auto_requires_ci_above_zero: z.boolean(),
    t0_monthly_pct_cap: z.number(),
  }),
  cases: z.array(
    z.object({
      id: z.string(),
      request: z.object({
        moves: z.array(Line.extend({ from: z.number() })),
        flags: z.array(z.string()),
        impact_ci90_low: z.number(),
        auto_applied_this_month: z.number(),
        portfolio_budget: z.number(),
      }),
      history: z.array(Line.extend({ age_days: z.number(), state: z.string() })),
      expected: z.object({
        tier: z.string(),
        amount: z.number(),
        pct: z.number(),
        approvers: z.int(),
        role: z.string().nullable(),
        sla_h: z.number(),
        reasons: z.array(z.string()),
      }),
    }),
  ),
})
type File = z.infer<typeof File>

/** Approval tiers under the policy that the file states, through the module that judges every plan. */
export const adapter: OracleAdapter = {
  kind: 'budget/approval_cases',
  run: (file) => {
    const { policy, cases } = File.parse(file)
    const approval = toPolicy(policy)
    return cases.map((entry) => runCase(entry, approval, policy.currency))
  },
}

function runCase(
  { id, request, history, expected }: File['cases'][number],
  policy: ApprovalPolicy,
  currency: string,
): OracleCaseResult {
  const ruling = tierOfPlan(
    {
      currency,
      changes: request.moves.map(({ line, from, delta }) => ({
        line,
        currentMinor: cents(from),
        deltaMinor: cents(delta),
      })),
      history: history.map(({ line, delta, age_days: ageDays, state }) => ({
        line,
        deltaMinor: cents(delta),
        ageDays,
        state,
      })),
      flags: request.flags,
      limits: {
        impactLow: measured(cents(request.impact_ci90_low)),
        automaticThisMonthMinor: cents(request.auto_applied_this_month),
        portfolio: measured(cents(request.portfolio_budget)),
      },
    },
    policy,
  )
  const share = ruling.share === null ? null : ruling.share.numerator / ruling.share.denominator
  return {
    id,
    mismatches: [
      ...exact('tier', expected.tier, ruling.tierId),
      ...exact('amount', cents(expected.amount), ruling.amountMinor),
      ...compareNumber('pct', { expected: expected.pct, actual: share }, { relative: 1e-9 }),
      ...exact('approvers', expected.approvers, ruling.approvers),
      ...exact('role', expected.role, ruling.roles[0] ?? null),
      ...exact('sla_h', expected.sla_h, ruling.expiresBusinessHours ?? 0),
      ...exact('reasons', expected.reasons, ruling.reasons.map(reasonText)),
    ],
  }
}

function toPolicy(policy: File['policy']): ApprovalPolicy {
  return ApprovalPolicy.parse({
    tiers: policy.tiers.map(({ id, max_amount, max_pct, approvers, role }) => ({
      id,
      ...(max_amount === null ? {} : { max_amount }),
      ...(max_pct === null ? {} : { max_share: max_pct }),
      approvers,
      roles: role === null ? [] : [role],
      ...(approvers === 0 ? { monthly_cap_share: policy.t0_monthly_pct_cap } : {}),
    })),
    bump: policy.bumps,
    window_days: policy.cumulative_window_days,
    auto_needs_impact_above_zero: policy.auto_requires_ci_above_zero,
    expires_business_hours: Object.fromEntries(
      policy.tiers.filter((tier) => tier.sla_h > 0).map((tier) => [tier.id, tier.sla_h]),
    ),
  })
}

function reasonText(reason: TierReason): string {
  if (reason.kind === 'flag') return `flag:${reason.flag}+${reason.steps}`
  if (reason.kind !== 'automatic_refused') return `${reason.kind}:${reason.tierId}`
  return `auto_denied:${reason.why === 'impact_not_above_zero' ? 'ci_includes_zero' : reason.why}`
}

function exact(what: string, expected: unknown, actual: unknown): OracleMismatch[] {
  return compareExact(what, { expected, actual })
}

/** Amounts of the file have at most two decimals. */
function cents(amount: number): number {
  return Math.round(amount * 100)
}
