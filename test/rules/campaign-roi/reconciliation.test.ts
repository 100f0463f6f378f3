import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { judgeClaims, judgeSpendTrace, traceSpend } from '#rules/campaign-roi/reconciliation.ts'
import { measured, notMeasured, type Quantity, unreadable } from '#rules/kernel/quantity.ts'
import { Trust } from '#rules/policy/verdict.ts'

const gone = notMeasured('nobody looked')
const spoilt = unreadable('the cost ledger could not be read')
const policy = (share = 0.25, toleranceShare = 0.05) => ({
  trust: Trust.parse({ max_untraceable_spend_share: share }),
  toleranceShare,
  version: 'test-1',
})
const judge = (ledger: Quantity, platforms: Quantity, bounds = policy()) =>
  judgeSpendTrace(traceSpend(ledger, platforms), bounds)

describe('the trace of media spend', () => {
  // The published month: 10,500.00 in the ledger, 2,744.00 by asset.
  it('gives what no platform row explains', () => {
    expect(traceSpend(measured(1_050_000), measured(274_400))).toStrictEqual({
      ledgerMedia: measured(1_050_000),
      platformSpend: measured(274_400),
      untraceable: measured(775_600),
      untraceableShare: measured(775_600 / 1_050_000),
    })
  })

  it.each([
    ['platforms report more', measured(100), measured(101), measured(0), measured(0)],
    ['both agree', measured(100), measured(100), measured(0), measured(0)],
    ['no ledger', gone, measured(1), gone, gone],
    ['no platforms', measured(1), gone, gone, gone],
    ['an unreadable ledger', spoilt, gone, spoilt, spoilt],
    [
      'a ledger of zero',
      measured(0),
      measured(5),
      measured(0),
      notMeasured('media spend in the ledger is zero, so there is nothing to divide by'),
    ],
  ])('with %s', (_name, ledger, platforms, untraceable, untraceableShare) => {
    expect(traceSpend(ledger, platforms)).toMatchObject({ untraceable, untraceableShare })
  })
})

describe('whether spend may be trusted', () => {
  it.each([
    // A quarter of 1,000 may be untraceable: 250 is within, 251 is not.
    [1000, 750, 'reconciled', 'within_bounds'],
    [1000, 749, 'untraceable', 'untraceable_share_above_bound'],
    [1000, 1000, 'reconciled', 'within_bounds'],
    // A twentieth above is tolerated: 1,050 is within, 1,051 is not.
    [1000, 1050, 'reconciled', 'within_bounds'],
    [1000, 1051, 'overclaimed', 'platforms_above_ledger'],
    [0, 0, 'reconciled', 'within_bounds'],
    [0, 1, 'overclaimed', 'platforms_above_ledger'],
  ])('ledger %d, platforms %d: %s', (ledger, platforms, action, reason) => {
    expect(judge(measured(ledger), measured(platforms))).toMatchObject({ action, reason })
  })

  // 0.29 × 100 is 28.999… in doubles: 29 of 100 is on the bound, not above it.
  it.each([
    [71, 'reconciled'],
    [70, 'untraceable'],
  ])('reads the bound as printed: %d of 100 traced', (platforms, action) => {
    expect(judge(measured(100), measured(platforms), policy(0.29)).action).toBe(action)
  })

  it.each([
    [129, 'reconciled'],
    [130, 'overclaimed'],
  ])('reads the tolerance as printed: %d reported for 100', (platforms, action) => {
    expect(judge(measured(100), measured(platforms), policy(0.25, 0.29)).action).toBe(action)
  })

  it.each([
    ['the ledger', gone, measured(1)],
    ['the platforms', measured(1), gone],
  ])('cannot be said without %s', (_side, ledger, platforms) => {
    expect(judge(ledger, platforms)).toMatchObject({
      action: 'not_assessable',
      reason: 'one_side_missing',
      evidence: { untraceableMinor: null },
    })
  })

  it('explains itself', () => {
    expect(judge(measured(1_050_000), measured(274_400))).toStrictEqual({
      id: 'campaign_roi.spend_trace:total',
      stage: 'campaign_roi',
      subject: 'total:spend',
      subjectName: 'Media spend',
      action: 'untraceable',
      reason: 'untraceable_share_above_bound',
      ruleId: 'campaign_roi.spend_trace',
      policyVersion: 'test-1',
      evidence: {
        ledgerMediaMinor: 1_050_000,
        platformSpendMinor: 274_400,
        untraceableMinor: 775_600,
        maxUntraceableShare: 0.25,
        toleranceShare: 0.05,
      },
    })
  })

  it('does not depend on the unit of money', () => {
    const amount = fc.integer({ min: 0, max: 1_000_000 })
    fc.assert(
      fc.property(amount, amount, (ledger, platforms) => {
        const cents = judge(measured(100 * ledger), measured(100 * platforms))
        expect(judge(measured(ledger), measured(platforms)).action).toBe(cents.action)
      }),
    )
  })
})

describe('conversions platforms claim', () => {
  const claims = (platformConversions: Quantity, wins: Quantity, claimRatioWarn = 1.3) =>
    judgeClaims({ platformConversions, wins }, { claimRatioWarn, version: 'test-1' })

  it.each([
    // 1.3 times 10 wins is 13.
    [13, 10, 1.3, 'plausible', 'claim_ratio_within_bound'],
    [14, 10, 1.3, 'overclaimed', 'claim_ratio_above_bound'],
    [0, 10, 1.3, 'plausible', 'claim_ratio_within_bound'],
    // 1.15 × 100 is 114.999… in doubles.
    [115, 100, 1.15, 'plausible', 'claim_ratio_within_bound'],
    [116, 100, 1.15, 'overclaimed', 'claim_ratio_above_bound'],
  ])('%d for %d wins at a bound of %d: %s', (conversions, wins, bound, action, reason) => {
    const found = claims(measured(conversions), measured(wins), bound)
    expect(found.decision).toMatchObject({ action, reason })
    expect(found.claimRatio).toStrictEqual(measured(conversions / wins))
  })

  it.each([
    ['conversions', gone, measured(1), 'one_side_missing'],
    ['wins', measured(1), gone, 'one_side_missing'],
    ['a win to compare with', measured(1), measured(0), 'no_win_to_compare'],
  ])('cannot be held against the CRM without %s', (_what, conversions, wins, reason) => {
    const { claimRatio, decision } = claims(conversions, wins)
    expect(decision).toMatchObject({ action: 'not_assessable', reason })
    expect(claimRatio.status).toBe('not_measured')
  })

  it('explain themselves', () => {
    expect(claims(measured(122), measured(10)).decision).toStrictEqual({
      id: 'campaign_roi.claim_ratio:total',
      stage: 'campaign_roi',
      subject: 'total:conversions',
      subjectName: 'Conversions claimed',
      action: 'overclaimed',
      reason: 'claim_ratio_above_bound',
      ruleId: 'campaign_roi.claim_ratio',
      policyVersion: 'test-1',
      evidence: { platformConversions: 122, crmWins: 10, claimRatioWarn: 1.3 },
    })
    expect(claims(gone, gone).decision.evidence).toStrictEqual({
      platformConversions: null,
      crmWins: null,
      claimRatioWarn: 1.3,
    })
  })
})
