import type { LeadScoringInput, SettledLead } from '#rules/leads/input.ts'

import type { Warehouse } from '../ports.ts'
import { ScoreRow, SettledBatch, VersionRow } from './rows.ts'
import { MICRO, type Windows } from './windows.ts'

type Scores = Pick<LeadScoringInput, 'scoreVersion' | 'settled' | 'currentScores'>

/** Settled leads and the month's scores of the score version in force; millions of leads come in batches. */
export async function gatherScores(warehouse: Warehouse, windows: Windows): Promise<Scores> {
  const { month, as_of_on, from_on, settled_on, outcome_ms } = windows
  const [newest] = await warehouse.rows('lead-scoring/version', { as_of_on }, VersionRow)
  if (newest === undefined) return { scoreVersion: null, settled: [], currentScores: [] }
  const version = newest.score_version
  const scores = await warehouse.rows('lead-scoring/scores', { version, month, as_of_on }, ScoreRow)
  const settled: SettledLead[] = []
  const parameters = { version, from_on, settled_on, outcome_ms }
  for await (const batch of warehouse.batches('lead-scoring/settled', parameters)) {
    addBatch(settled, SettledBatch.parse(batch))
  }
  return {
    scoreVersion: version === '' ? null : version,
    settled,
    currentScores: scores.flatMap(({ score_e6, lead_count }) =>
      Array.from({ length: lead_count }, () => score_e6 / MICRO),
    ),
  }
}

function addBatch(
  settled: SettledLead[],
  batch: {
    readonly score_e6: readonly number[]
    readonly channel_id: readonly (string | null)[]
    readonly is_won: readonly (0 | 1)[]
  },
): void {
  for (const [row, score] of batch.score_e6.entries()) {
    settled.push({
      score: score / MICRO,
      converted: batch.is_won[row] === 1,
      channelId: batch.channel_id[row] ?? null,
    })
  }
}
