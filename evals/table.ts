import { wilsonInterval } from '#rules/kernel/proportion.ts'

import type { Score } from './score.ts'

/** The scores of one model under one version of the prompts. */
export interface Column {
  readonly model: string
  readonly prompts: string
  readonly scores: readonly Score[]
  readonly latencyMs: readonly number[]
  readonly tokens: number
  readonly costMicros: number | null
}

const CONFIDENCE = 0.95
const RATES = ['schema', 'tokensKnown', 'vocabulary', 'oneSubject', 'clean', 'order'] as const

/** A table with one line per model: shares with their 95% Wilson intervals, means, and the breaches in final outputs. */
export function comparison(columns: readonly Column[]): string {
  const head = [
    'model',
    'prompts',
    'n',
    ...RATES,
    'coverage',
    'distinct',
    'words',
    'ms (median)',
    'tokens',
    'cost',
    'violations',
  ]
  const rows = columns.map(({ model, prompts, scores, latencyMs, tokens, costMicros }) => [
    model,
    prompts,
    String(scores.length),
    ...RATES.map((rate) =>
      withInterval(scores.filter((score) => score[rate]).length, scores.length),
    ),
    mean(scores.map(({ coverage }) => coverage)).toFixed(2),
    mean(scores.map(({ distinct }) => distinct)).toFixed(2),
    mean(scores.map(({ words }) => words)).toFixed(0),
    median(latencyMs).toFixed(0),
    String(tokens),
    costMicros === null ? 'not measured' : `$${(costMicros / 1e6).toFixed(4)}`,
    String(scores.reduce((sum, { violations }) => sum + violations.length, 0)),
  ])
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function withInterval(successes: number, trials: number): string {
  const { low, high } = wilsonInterval({ successes, trials }, CONFIDENCE)
  const percent = (value: number): string => (value * 100).toFixed(0)
  return `${percent(successes / trials)}% (${percent(low)}–${percent(high)})`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}
