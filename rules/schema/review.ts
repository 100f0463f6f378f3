import { z } from 'zod'

/** The seven specialists, in the order the review runs them. */
export const STAGES = [
  'campaign_roi',
  'funnel',
  'attribution',
  'content',
  'lead_scoring',
  'budget',
  'synthesis',
] as const

export const StageName = z.enum(STAGES)
export type StageName = z.infer<typeof StageName>

/** The data sets a workspace may hold (`data/NAME.*`). */
export const DATASETS = [
  'campaigns',
  'segments',
  'channels',
  'ad_performance',
  'cost_ledger',
  'value_ledger',
  'funnel_counts',
  'funnel_events',
  'touchpoints',
  'conversions',
  'journeys',
  'content',
  'search_performance',
  'leads',
  'deals',
  'experiments',
  'budgets',
  'budget_actions',
  'risk_signals',
  'creatives',
  'actions_taken',
  // What the company already said or did, which the review checks against the data:
  'segment_rollups',
  'decision_log',
  'published_figures',
] as const

export const DatasetName = z.enum(DATASETS)
export type DatasetName = z.infer<typeof DatasetName>

/** An amount in whole minor units. */
export const MoneyValue = z.strictObject({ currency: z.string(), minor: z.int() })

/**
 * How a fact's value is to be read: money in minor units; count whole things; rate a share of 1 shown in per cent;
 * change a signed share of 1 (ROI +0.726, month over month −0.05); points a difference of two rates; ratio a plain quotient (ROAS 3.2).
 */
export const Unit = z.enum([
  'money',
  'count',
  'rate',
  'change',
  'points',
  'ratio',
  'probability',
  'days',
  'hours',
  'minutes',
  'seconds',
  'score',
  'position',
  'number',
  'date',
  'text',
])
export type Unit = z.infer<typeof Unit>

/**
 * A condition on a row: one of the columns holds something, from and up to the values given where there are any; with `empty`, none of them
 * does. Columns as the warehouse names them.
 */
export const RowCondition = z.strictObject({
  anyOf: z.array(z.string()).min(1),
  from: z.union([z.string(), z.number()]).optional(),
  to: z.union([z.string(), z.number()]).optional(),
  empty: z.literal(true).optional(),
})
export type RowCondition = z.infer<typeof RowCondition>

/** Where a fact was read: a data set, what holds of the rows it counts, and how many accepted rows those are. */
export const FactSource = z.strictObject({
  dataset: DatasetName,
  rows: z.int().nonnegative(),
  /** Columns that equal these texts. */
  where: z.record(z.string(), z.string()).optional(),
  /** First and last day, local dates of the data set's own date. */
  between: z.strictObject({ from: z.string(), to: z.string() }).optional(),
  /** All of these hold of a row that is counted. */
  conditions: z.array(RowCondition).optional(),
})
export type FactSource = z.infer<typeof FactSource>

/** One figure of the review, in one of its four conditions, with how it came about. `value` is null unless known or zero. */
export const Fact = z.strictObject({
  id: z.string().regex(/^[a-z][A-Za-z0-9_.:-]*$/),
  label: z.string(),
  unit: Unit,
  status: z.enum(['known', 'zero', 'not_measured', 'unreadable']),
  value: z.union([z.number(), z.string(), MoneyValue, z.null()]),
  /** For a rate or ratio: the two quantities divided (money: minor units). */
  numerator: z.number().optional(),
  denominator: z.number().optional(),
  /** Why there is no value. */
  reason: z.string().optional(),
  /** Formula in field words, with the facts it used. */
  formula: z.string().optional(),
  inputs: z.array(z.string()).optional(),
  source: z.array(FactSource),
})
export type Fact = z.infer<typeof Fact>

const EvidenceScalar = z.union([z.string(), z.number(), z.boolean(), z.null(), MoneyValue])

/** The very quantities compared, unrounded. */
export const Evidence = z.record(z.string(), z.union([EvidenceScalar, z.array(EvidenceScalar)]))
export type Evidence = z.infer<typeof Evidence>

/** What was decided about a subject, by which rule, under which policy, on which quantities. */
export const Decision = z.strictObject({
  id: z.string(),
  stage: StageName,
  /** `kind:id`, e.g. `campaign:CAMP_001`, `segment:SEG_002@CAMP_001`. */
  subject: z.string(),
  subjectName: z.string(),
  action: z.string(),
  reason: z.string(),
  ruleId: z.string(),
  policyVersion: z.string(),
  evidence: Evidence,
})
export type Decision = z.infer<typeof Decision>

/**
 * Text of our own with `{{fact.id}}` where a figure stands and names wrapped by `literal`. Code renders every figure; no number is
 * ever typed into a template.
 */
export const Template = z.string()

/** Something a reader must know: `serious` needs action, `warning` a look, `info` is good to know. */
export const Finding = z.strictObject({
  id: z.string(),
  ruleId: z.string(),
  severity: z.enum(['info', 'warning', 'serious']),
  subject: z.string(),
  title: Template,
  detail: Template,
})
export type Finding = z.infer<typeof Finding>

/** One cell: a fact, a decision's action, a text, or a status chip. */
export const Cell = z.union([
  z.strictObject({ fact: z.string() }),
  z.strictObject({ decision: z.string() }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ chip: z.enum(['ok', 'watch', 'bad', 'info']), text: z.string() }),
])
export type Cell = z.infer<typeof Cell>

/** A table as the report shows it; each row has one cell per column. At most a few dozen rows: the rest is counted in `note`. */
export const Table = z.strictObject({
  id: z.string(),
  title: z.string(),
  columns: z.array(z.strictObject({ key: z.string(), label: z.string(), numeric: z.boolean() })),
  rows: z.array(z.array(Cell)),
  note: Template.optional(),
})
export type Table = z.infer<typeof Table>

/** A chart; `values` are fact ids or null where nothing was measured. `summary` says in words what it shows. */
export const Chart = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['bar', 'line', 'funnel']),
  categories: z.array(z.string()),
  series: z.array(
    z.strictObject({ name: z.string(), values: z.array(z.union([z.string(), z.null()])) }),
  ),
  summary: Template,
})
export type Chart = z.infer<typeof Chart>

/** A passage of one stage: sentences with `{{fact.id}}` tokens, in reading order. */
export const StageResult = z.strictObject({
  stage: StageName,
  status: z.enum(['assessed', 'partial', 'not_measured']),
  facts: z.array(Fact),
  decisions: z.array(Decision),
  findings: z.array(Finding),
  tables: z.array(Table),
  charts: z.array(Chart),
  /** The template narrator's summary: two to six sentences, most important first. */
  summary: z.array(Template),
})
export type StageResult = z.infer<typeof StageResult>
