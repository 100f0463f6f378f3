import { describe, expect, it } from 'vitest'

import type { Finding, StageName, StageResult } from '#rules/schema/review.ts'
import {
  decisionIdsOf,
  hasRun,
  hasTold,
  seriousFindings,
  statusOf,
  unmeasuredStages,
} from '#rules/synthesis/stages.ts'

const stage = (name: StageName, changes: Partial<StageResult> = {}): StageResult => ({
  stage: name,
  status: 'assessed',
  facts: [],
  decisions: [],
  findings: [],
  tables: [],
  charts: [],
  summary: [],
  ...changes,
})

const finding = (id: string, severity: Finding['severity']): Finding => ({
  id,
  ruleId: 'r',
  severity,
  subject: 's',
  title: id,
  detail: '',
})

describe('seriousFindings', () => {
  it('keeps what needs action, with its stage, in the order of the stages', () => {
    const stages = [
      stage('funnel', { findings: [finding('a', 'info'), finding('b', 'serious')] }),
      stage('budget', { findings: [finding('c', 'warning'), finding('d', 'serious')] }),
    ]
    expect(seriousFindings(stages).map((told) => [told.stage, told.finding.id])).toEqual([
      ['funnel', 'b'],
      ['budget', 'd'],
    ])
  })
})

describe('decisionIdsOf', () => {
  it('holds the decisions of every stage', () => {
    const decision = (id: string) => ({
      id,
      stage: 'funnel' as const,
      subject: 's',
      subjectName: 's',
      action: 'a',
      reason: 'r',
      ruleId: 'r',
      policyVersion: 'p',
      evidence: {},
    })
    const stages = [
      stage('funnel', { decisions: [decision('a')] }),
      stage('budget', { decisions: [decision('b'), decision('c')] }),
    ]
    expect([...decisionIdsOf(stages)]).toEqual(['a', 'b', 'c'])
  })
})

describe('hasRun', () => {
  it('finds the stage among those that ran', () => {
    expect(hasRun([stage('funnel')], 'funnel')).toBe(true)
    expect(hasRun([stage('funnel')], 'budget')).toBe(false)
  })
})

describe('hasTold', () => {
  it('finds a finding of the rule in any stage', () => {
    const stages = [stage('funnel'), stage('budget', { findings: [finding('a', 'info')] })]
    expect(hasTold(stages, 'r')).toBe(true)
    expect(hasTold(stages, 'other')).toBe(false)
  })
})

describe('unmeasuredStages', () => {
  it('names them as a reader does', () => {
    const names = [
      'campaign_roi',
      'funnel',
      'attribution',
      'content',
      'lead_scoring',
      'budget',
    ] as const
    const stages = names.map((name) => stage(name, { status: 'not_measured' }))
    expect(unmeasuredStages(stages)).toEqual([
      'campaign ROI',
      'the funnel',
      'attribution',
      'content',
      'lead scoring',
      'the budget',
    ])
    expect(unmeasuredStages([stage('funnel'), stage('content', { status: 'partial' })])).toEqual([])
  })
})

describe('statusOf', () => {
  const health = (verdict: 'attention' | 'not_assessable') => ({
    verdict,
    decisionId: 'd',
    reasons: [],
    unmeasured: [],
  })

  it.each([
    [['assessed', 'assessed'], 'attention', 'assessed'],
    [['assessed', 'partial'], 'attention', 'partial'],
    [['assessed', 'not_measured'], 'attention', 'partial'],
    [['not_measured', 'not_measured'], 'attention', 'not_measured'],
    [['assessed', 'assessed'], 'not_assessable', 'partial'],
    [[], 'attention', 'not_measured'],
  ] as const)('%j, %s: %s', (statuses, verdict, status) => {
    const stages = statuses.map((each) => stage('funnel', { status: each }))
    expect(statusOf(stages, health(verdict))).toBe(status)
  })
})
