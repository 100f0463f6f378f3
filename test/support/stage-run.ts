import { join } from 'node:path'

import type { Fact, StageResult } from '#rules/schema/review.ts'
import { STAGES } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'
import { loadPolicy } from '#src/policy/load.ts'
import { asOfReview } from '#src/runtime/local-time.ts'
import { decodeRecords, encodeRecord } from '#src/runtime/records.ts'
import { sessionOn } from '#src/runtime/session.ts'
import { runSpecialist } from '#src/runtime/specialists.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import type { Review } from '#src/store/reviews.ts'
import type { StoredStage } from '#src/store/stage-results.ts'
import { openWarehouse } from '#src/warehouse/open.ts'

/** What the specialists found, one after the other, without a store. */
export interface StageRun {
  readonly stages: readonly StageResult[]
  readonly facts: ReadonlyMap<string, Fact>
  /** Tokens of texts that name no fact. */
  readonly danglingTokens: readonly string[]
}

/** Runs every specialist over a workspace for a day at the end of the month, as a review does between its gate and its approvals. */
export async function runStages(
  workspaceDir: string,
  month: string,
  asOfOn: string,
): Promise<StageRun> {
  const { policy, text, sha256 } = await loadPolicy(join(workspaceDir, 'policy.yaml'))
  const { currency, time_zone: timeZone, name } = policy.company
  const { instant: at } = asOfReview(month, { asked: asOfOn, timeZone, now: new Date(0) })
  const data = await openWarehouse({ workspaceDir, company: { currency, timeZone } })
  try {
    const review: Review = {
      reviewId: `${month}-spoilt`,
      workspace: name,
      month,
      asOf: at,
      status: 'running',
      statusDetail: null,
      policy: text,
      policySha256: sha256,
      manifest: '{}',
      earlierReadings: '[]',
      inputSha256: '0'.repeat(64),
      fence: 1,
      createdAt: at,
      updatedAt: at,
    }
    const workspace = await openWorkspace(workspaceDir)
    const session = await sessionOn({ review, workspace, data })
    const stored: StoredStage[] = []
    for (const stage of STAGES) {
      const earlier = { records: decodeRecords(stored), approvals: [] }
      const result = encodeRecord(await runSpecialist(stage, session, earlier))
      const times = { startedAt: at, finishedAt: at }
      stored.push({ stage, attempts: 1, ...times, result, resultSha256: null, program: null })
    }
    const { stages } = decodeRecords(stored)
    return summarise(Array.from(stages.values(), (record) => record.result))
  } finally {
    await data.close()
  }
}

function summarise(stages: readonly StageResult[]): StageRun {
  const facts = new Map(stages.flatMap((stage) => stage.facts.map((fact) => [fact.id, fact])))
  const texts = stages.flatMap((stage) => [
    ...stage.summary,
    ...stage.findings.flatMap(({ title, detail }) => [title, detail]),
    ...stage.tables.flatMap(({ note }) => note ?? []),
  ])
  return { stages, facts, danglingTokens: texts.flatMap(tokensOf).filter((id) => !facts.has(id)) }
}
