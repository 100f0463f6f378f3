import { z } from 'zod'

const Unit = z.enum(['money', 'pct', 'x', 'count', 'score'])

const Metric = z.object({
  entity: z.string(),
  metric: z.string(),
  unit: Unit,
  cur: z.number(),
  prev: z.number().nullable(),
})
export type Metric = z.infer<typeof Metric>

const Decision = z.object({
  entity: z.string(),
  action: z.enum(['scale', 'hold', 'stop', 'reduce']),
  status: z.enum(['approved', 'pending', 'rejected']),
  from: z.number(),
  to: z.number(),
  reason: z.array(z.string()),
})

/** A state of the narrative cases: what a narrative may speak of. */
export const CaseState = z.object({
  currency: z.enum(['USD', 'EUR', 'GBP']),
  period: z.object({
    cur: z.tuple([z.string(), z.string()]),
    prev: z.tuple([z.string(), z.string()]),
  }),
  entities: z.array(
    z.object({ id: z.string(), type: z.enum(['campaign', 'portfolio']), name: z.string() }),
  ),
  metrics: z.array(Metric),
  decisions: z.array(Decision),
  dq: z.object({ rows: z.number(), missingUtmPct: z.number(), warnings: z.number() }),
  suppressedContacts: z.number(),
  claims: z.object({
    reviewed: z.number(),
    blocked: z.array(z.object({ claim: z.string(), entity: z.string() })),
  }),
  /** What every token of the state renders to. */
  tokens: z.record(z.string(), z.string()).optional(),
})
export type CaseState = z.infer<typeof CaseState>

/** Labels of the metrics and words of the reason codes, as the file gives them. */
export const Glossary = z.object({
  metrics: z.record(
    z.string(),
    z.object({
      label: z.string(),
      unit: Unit,
      better: z.union([z.literal(1), z.literal(-1), z.literal(0)]),
    }),
  ),
  reasons: z.record(z.string(), z.string()),
})
export type Glossary = z.infer<typeof Glossary>
