import { cp } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { funnelAgent } from '#agents/funnel/agent.ts'
import { claimOfSubject } from '#agents/funnel/claims.ts'
import type { StageResult } from '#rules/schema/review.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseOf, warehouseWith, workspaceWith } from '#test/support/workspace.ts'

const COMPANY = join(import.meta.dirname, '../../../examples/reference-company/data')

function context(month: string, asOf: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    reviewId: 'R-1',
    month,
    asOf,
    asOfOn: asOf.slice(0, 10),
    policy: policyWith(changes),
    endOfDay: (on: string) => `${on}T23:59:59Z`,
    earlierReadings: [],
  }
}

function valueOf(result: StageResult, id: string): unknown {
  const fact = result.facts.find((entry) => entry.id === id)
  return fact?.value ?? fact?.status
}

test('reads the reference company: two true zeros, six claims without a row', async () => {
  const directory = await workspaceWith({})
  await cp(COMPANY, join(directory, 'data'), { recursive: true })
  const { warehouse } = await warehouseOf(directory)
  const result = await funnelAgent.run(
    context('2026-03', '2026-04-02T09:00:00Z'),
    { warehouse },
    undefined,
  )
  expect(valueOf(result, 'funnel.rows')).toBe(10)
  expect(valueOf(result, 'funnel.steps.broken')).toBe(2)
  expect(valueOf(result, 'funnel.claims.missing_not_zero')).toBe(6)
  expect(valueOf(result, 'funnel.claims.unreported')).toBe(2)
  const serious = result.findings.filter((finding) => finding.severity === 'serious')
  expect(serious.map((finding) => finding.subject)).toEqual([
    'cell:SEG_003@CH_03@CAMP_002:visit>demo_request',
    'cell:SEG_005@CH_04@CAMP_003:visit>feature_adopt',
    'stage:funnel',
  ])
  expect(serious[0]?.title).toContain('LinkedIn')
})

describe('counts', () => {
  test('sums days, keeps sources of the same day apart, and looks one month back', async () => {
    const { warehouse } = await warehouseWith({
      'data/funnel_counts.csv': [
        'date,campaign_id,segment_id,channel_id,stage,count,source',
        '2026-03-01,,,,visit,100,web',
        '2026-03-01,,,,visit,90,app',
        '2026-03-02,,,,visit,200,web',
        '2026-03-02,,,,signup,30,crm',
        '2026-02-10,,,,visit,400,web',
        '2026-02-10,,,,signup,10,crm',
        '2026-01-10,,,,visit,7000,web',
        '',
      ].join('\n'),
    })
    const result = await funnelAgent.run(
      context('2026-03', '2026-04-02T09:00:00Z', { funnel: { source_order: ['web'] } }),
      { warehouse },
      undefined,
    )
    expect(valueOf(result, 'funnel.stage.visit.count')).toBe(300)
    expect(valueOf(result, 'funnel.stage.visit.prior_month')).toBe(400)
    expect(valueOf(result, 'funnel.step.visit-signup.rate')).toBe(0.1)
    expect(result.findings.map((finding) => finding.id)).toContain('finding.funnel.sources')
  })

  test('an absent data set is not measured', async () => {
    const { warehouse } = await warehouseWith({})
    const result = await funnelAgent.run(
      context('2026-03', '2026-04-02T09:00:00Z'),
      { warehouse },
      undefined,
    )
    expect(result.status).toBe('not_measured')
  })
})

describe('events', () => {
  const header = 'person_id,stage,occurred_at,campaign_id,segment_id,channel_id'
  const events = [
    // Out of order on purpose: the query puts them in person order.
    'p2,signup,2026-03-20T00:00:00Z,,,',
    'p1,visit,2026-03-01T10:00:00Z,,,CH_A',
    'p2,visit,2026-03-05T00:00:00Z,,,CH_B',
    'p1,signup,2026-03-01T16:00:00Z,,,',
    'p3,visit,2026-03-31T12:00:00Z,,,CH_A',
    'p3,signup,2026-04-01T12:00:00Z,,,CH_A',
    'p4,visit,2026-02-03T12:00:00Z,,,CH_A',
    'p4,signup,2026-03-30T12:00:00Z,,,CH_A',
    'p5,visit,2026-01-03T12:00:00Z,,,CH_A',
    'p6,page_view,2026-03-03T12:00:00Z,,,CH_C',
    'p7,visit,2026-05-03T12:00:00Z,,,CH_A',
  ]
  const files = { 'data/funnel_events.csv': [header, ...events, ''].join('\n') }

  async function review(asOf: string, changes: Readonly<Record<string, unknown>> = {}) {
    const { warehouse } = await warehouseWith(files, {
      company: { currency: 'USD', timeZone: 'UTC' },
    })
    return funnelAgent.run(context('2026-03', asOf, changes), { warehouse }, undefined)
  }

  test('follows persons of the month into the next, in the cell they entered through', async () => {
    const result = await review('2026-05-02T00:00:00Z')
    expect(valueOf(result, 'funnel.motion.lifecycle.entered')).toBe(3)
    expect(valueOf(result, 'funnel.motion.lifecycle.converted')).toBe(3)
    expect(valueOf(result, 'funnel.motion.lifecycle.prior_month.entered')).toBe(1)
    // Eight weeks are beyond the window of thirty days.
    expect(valueOf(result, 'funnel.motion.lifecycle.prior_month.converted')).toBe(0)
    expect(valueOf(result, 'funnel.motion.lifecycle.matured')).toBe(3)
    expect(valueOf(result, 'funnel.motion.lifecycle.visit-signup.median_days')).toBe(1)
    expect(valueOf(result, 'funnel.motion.lifecycle.visit-signup.p90_days')).toBe(15)
    expect(
      result.decisions
        .filter((decision) => decision.ruleId === 'funnel.drop_off')
        .map(({ subject, evidence }) => [subject, evidence['entered'], evidence['reached']]),
    ).toEqual([
      ['cell:-@CH_A@-:visit>signup', 2, 2],
      ['cell:-@CH_B@-:visit>signup', 1, 1],
    ])
    expect(result.findings.map((finding) => finding.id)).toContain('finding.funnel.unknown_stage')
  })

  test('sees nothing that happened after it looked', async () => {
    const result = await review('2026-04-01T00:00:00Z')
    expect(valueOf(result, 'funnel.motion.lifecycle.entered')).toBe(3)
    expect(valueOf(result, 'funnel.motion.lifecycle.converted')).toBe(2)
    expect(valueOf(result, 'funnel.motion.lifecycle.open')).toBe(1)
    expect(valueOf(result, 'funnel.motion.lifecycle.matured')).toBe(1)
  })

  test('follows the motions of the policy', async () => {
    const result = await review('2026-05-02T00:00:00Z', {
      operating_model: {
        motions: [
          { id: 'trial', stages: ['visit', 'signup'] },
          { id: 'view', stages: ['page_view', 'signup'] },
          { id: 'demo', stages: ['visit', 'demo_request'] },
        ],
      },
    })
    expect(valueOf(result, 'funnel.motion.trial.entered')).toBe(3)
    expect(valueOf(result, 'funnel.motion.view.entered')).toBe(1)
    expect(valueOf(result, 'funnel.motion.view.converted')).toBe(0)
    // Nobody recorded a demo request, so that motion cannot be followed.
    expect(valueOf(result, 'funnel.motion.demo.entered')).toBeUndefined()
  })

  test('events of no stage of the model leave the funnel unmeasured', async () => {
    const result = await review('2026-05-02T00:00:00Z', {
      operating_model: { lifecycle_stages: ['lead', 'deal'] },
    })
    expect(result.status).toBe('not_measured')
  })
})

describe('claimOfSubject', () => {
  test.each([
    [
      'month:2026-03 campaign:P segment:S channel:C from:visit to:signup',
      { segmentId: 'S', channelId: 'C', campaignId: 'P', fromStage: 'visit', stage: 'signup' },
    ],
    [
      ' segment:S  channel:C to:signup ',
      { segmentId: 'S', channelId: 'C', campaignId: null, fromStage: null, stage: 'signup' },
    ],
    ['month:2026-02 segment:S channel:C to:signup', undefined],
    ['segment:S to:signup', undefined],
    ['channel:C to:signup', undefined],
    ['segment:S channel:C', undefined],
    ['', undefined],
  ])('%s', (subject, claim) => {
    expect(claimOfSubject(subject, '2026-03')).toEqual(claim)
  })
})
