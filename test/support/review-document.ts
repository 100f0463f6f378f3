import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { StageName, StageResult } from '#rules/schema/review.ts'
import { loadPolicy } from '#src/policy/load.ts'
import type { DocumentParts } from '#src/report/document.ts'
import { decodeRecords, encodeRecord } from '#src/runtime/records.ts'

import { runStages } from './stage-run.ts'

const EXAMPLE = 'examples/reference-company'
const MONTH = '2026-03'
const AS_OF_ON = '2026-03-31'

/**
 * What a finished review of the example company leaves for its document, computed by the real specialists without a store.
 *
 * @param changes By file name, what becomes of its text.
 */
export async function partsWith(
  changes: Readonly<Record<string, (text: string) => string>> = {},
): Promise<DocumentParts> {
  const directory = await mkdtemp(join(tmpdir(), 'mo-document-'))
  try {
    await cp(join(EXAMPLE, 'policy.yaml'), join(directory, 'policy.yaml'))
    await cp(join(EXAMPLE, 'data'), join(directory, 'data'), { recursive: true })
    for (const [path, change] of Object.entries(changes)) {
      const text = await readFile(join(directory, path), 'utf8')
      await writeFile(join(directory, path), change(text))
    }
    return await partsOf(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function partsOf(workspaceDir: string): Promise<DocumentParts> {
  const { policy, text, sha256 } = await loadPolicy(join(workspaceDir, 'policy.yaml'))
  const { stages } = await runStages(workspaceDir, MONTH, AS_OF_ON)
  const at = `${AS_OF_ON}T23:59:59Z`
  return {
    review: {
      reviewId: `${MONTH}-0a1b2c3d`,
      workspace: 'example',
      month: MONTH,
      asOf: at,
      status: 'completed',
      statusDetail: null,
      policy: text,
      policySha256: sha256,
      manifest: '{}',
      earlierReadings: '[]',
      inputSha256: '0'.repeat(64),
      fence: 1,
      createdAt: at,
      updatedAt: at,
    },
    manifest: {
      schemaVersion: 1,
      contractVersion: 1,
      currency: policy.company.currency,
      timeZone: policy.company.time_zone,
      datasets: [
        {
          dataset: 'campaigns',
          state: 'present',
          rows: 3,
          rejected: 0,
          sha256: 'a'.repeat(64),
          files: [],
          problems: [],
        },
        { dataset: 'deals', state: 'absent', rows: 0, rejected: 0, files: [], problems: [] },
      ],
    },
    policy,
    records: recordsOf(stages),
    interim: false,
    approvals: [],
    decisions: [],
  }
}

/** The records of finished stages behind an open gate. */
export function recordsOf(stages: readonly StageResult[]): DocumentParts['records'] {
  const stored = (stage: StageName | 'intake', result: string) => ({
    stage,
    attempts: 1,
    startedAt: '2026-04-01T00:00:00Z',
    finishedAt: '2026-04-01T00:00:00Z',
    result,
    resultSha256: null,
    program: null,
  })
  return decodeRecords([
    stored('intake', encodeRecord({ gate: 'open', grade: 'B', reasons: [] })),
    ...stages.map((result) =>
      stored(
        result.stage,
        encodeRecord({ result, narrative: { sentences: result.summary, source: 'template' } }),
      ),
    ),
  ])
}
