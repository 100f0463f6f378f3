/** One whole example of each thing that a stage hands on; where a part may be left out, it is there. */
const USD = { currency: 'USD', minor: 130_000 }
const impact = { low: { ...USD, minor: -5 }, mid: { ...USD, minor: 0 }, high: USD }

export const FACT = {
  id: 'budget.move.MOVE::BUD_0003.amount',
  label: 'BUD_0003: amount',
  unit: 'money',
  status: 'known',
  value: USD,
  numerator: 130_000,
  denominator: 1,
  formula: 'amount as filed',
  inputs: ['budget.total.planned'],
  source: [{ dataset: 'budget_actions', rows: 1, where: { action_id: 'BUD_0003' } }],
}

export const ABSENT_FACT = {
  id: 'content.total.views',
  label: 'Views',
  unit: 'count',
  status: 'not_measured',
  value: null,
  reason: 'no content was provided',
  source: [],
}

export const DECISION = {
  id: 'risk.response:RSK_0002',
  stage: 'synthesis',
  subject: 'risk:RSK_0002',
  subjectName: 'low conversion',
  action: 'pause',
  reason: 'critical_and_open',
  ruleId: 'risk.response',
  policyVersion: '2026-03',
  evidence: {
    severity: 'critical',
    ageDays: 9,
    cost: USD,
    differs: true,
    note: null,
    seen: [1, 'x'],
  },
}

export const FINDING = {
  id: 'finding.risk.open:RSK_0002',
  ruleId: 'risk.response',
  severity: 'serious',
  subject: 'risk:RSK_0002',
  title: 'Critical risk open for {{synthesis.risk.RSK_0002.age}}',
  detail: 'Nobody has taken it in hand.',
}

export const TABLE = {
  id: 'synthesis.risks',
  title: 'Risks and what to do about them',
  columns: [{ key: 'risk', label: 'Risk', numeric: false }],
  rows: [[{ text: 'RSK_0002' }], [{ fact: FACT.id }], [{ decision: DECISION.id }]],
  note: 'The list is cut here.',
}

export const CHART = {
  id: 'funnel.steps',
  title: 'Steps',
  kind: 'funnel',
  categories: ['visit', 'signup'],
  series: [{ name: 'People', values: ['funnel.stage.visit.count', null] }],
  summary: 'Nobody counted sign-ups.',
}

export const MOVE = {
  id: 'MOVE:BUD_0003',
  origin: 'carried',
  actionId: 'BUD_0003',
  campaignId: 'CAMP_003',
  fromLine: 'CAMP_003/CH_04',
  toLine: null,
  fromName: 'Product UI',
  toName: 'the reserve',
  amount: USD,
  reasonCode: 'stop_loss',
  basis: { cpa_minor: 90_000.5 },
  expectedImpact: impact,
  impactNotMeasured: null,
  concerns: ['giver_not_used', 'remainder_not_measured'],
  ruleId: 'budget.carried_move',
}

const STAGE = {
  status: 'partial',
  facts: [FACT, ABSENT_FACT],
  decisions: [DECISION],
  findings: [FINDING],
  tables: [TABLE],
  charts: [CHART],
  summary: ['A move of {{budget.move.MOVE::BUD_0003.amount}} waits.'],
}

export const BUDGET_RESULT = { ...STAGE, stage: 'budget', moves: [MOVE] }

export const SYNTHESIS_RESULT = {
  ...STAGE,
  stage: 'synthesis',
  health: {
    verdict: 'attention',
    decisionId: 'health.verdict:2026-03',
    reasons: [{ code: 'open_risk', count: 3, text: '{{synthesis.risks.open}} open risks' }],
    unmeasured: ['the return of the month'],
  },
  targets: [
    {
      id: 'roi',
      label: 'Marketing ROI',
      operator: 'at_least',
      target: 'synthesis.target.roi.bound',
      actual: 'campaign_roi.total.roi',
      status: 'missed',
      decisionId: 'health.target:roi',
    },
  ],
  segments: [
    {
      decisionId: 'portfolio.call:SEG_005@CAMP_003',
      campaignId: 'CAMP_003',
      segmentId: 'SEG_005',
      name: 'Product-led teams',
      momentum: 'declining',
      basis: 'stated',
      action: 'stop',
      published: null,
      needsApproval: true,
    },
  ],
  risks: [
    {
      riskId: 'RSK_0002',
      decisionId: DECISION.id,
      riskType: 'low_conversion',
      severity: 'critical',
      campaignId: null,
      status: 'open',
      title: 'low conversion, the company',
      subject: 'the company',
      raisedOn: '2026-03-22',
      ageDays: 9,
      action: 'pause',
      whatToDo: 'Pause it until the cause is found.',
      owner: null,
      ownerName: 'nobody named in the policy',
      dueOn: '2026-04-01',
      evidence: 'differs',
    },
  ],
  actions: [
    {
      id: 'decide_move:MOVE:BUD_0003',
      rank: 1,
      title: 'Decide the stop-loss',
      owner: 'cfo',
      ownerName: 'Chris Finance',
      due: '2026-04-02',
      expectedImpact: impact,
      impactNotMeasured: null,
      resources: ['no new money'],
      decisionIds: [DECISION.id],
    },
  ],
  focus: ['Find why people drop off'],
  executive: ['Marketing needs attention.'],
}
