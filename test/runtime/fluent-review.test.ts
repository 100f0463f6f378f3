import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { arrange, envelope, type Sections } from '#evals/models/arranger.ts'
import { ReviewDocument } from '#rules/schema/document.ts'
import {
  runNarrativeDecision,
  runNarrativePurge,
  runNarrativeReplies,
  runNarrativeShow,
} from '#src/commands/narrative.ts'
import { loadConfig } from '#src/config.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { loadFluentWords } from '#src/runtime/decide-words.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { fluentWordsOf } from '#src/runtime/fluent-words.ts'
import { documentOf, publishAtRest } from '#src/runtime/publish.ts'
import { replayReview } from '#src/runtime/replay.ts'
import { narratorOf } from '#src/runtime/review-narrator.ts'
import { loadRecords } from '#src/runtime/review-ports.ts'
import type { ReviewSession } from '#src/runtime/session.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { loadNarrativeDecisions } from '#src/store/narrative-decisions.ts'
import { openStore, type Store } from '#src/store/store.ts'

import { type LlmServer, says, startLlmServer } from '../support/llm-server.ts'
import { createReadyWorkspace, type TemporaryWorkspace } from '../support/store.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
const MONTH = '2026-03'
const PROSE = 'Looking across this part of the review, '
const KEY = 'a0'.repeat(32)
const LIE = 'Revenue doubled while {{pf.name}} recorded {{pf.roi}}.'

let workspace: TemporaryWorkspace
let server: LlmServer
let store: Store
let lies = false
beforeAll(async () => {
  workspace = await createReadyWorkspace()
  await cp(COMPANY, workspace.directory, { recursive: true })
  await appendPolicy('narrative: { mode: fluent }\n')
  server = await startLlmServer((response, request) => {
    const sections = arrange(request)
    says(envelope(lies ? { performance: [LIE] } : inFreeProse(sections)))(response, request)
  })
  store = await openStore({ workspaceDir: workspace.directory })
})
afterAll(async () => {
  await store.close()
  await server.close()
  await workspace.remove()
})

/** The sections with words of the model's own around what it says of subjects. */
function inFreeProse(sections: Sections): Sections {
  return Object.fromEntries(
    Object.entries(sections).map(([id, sentences]) => [
      id,
      sentences.map((sentence) =>
        sentence.includes('.name}}')
          ? `${PROSE}${sentence.replace('recorded', 'brought in')}`
          : sentence,
      ),
    ]),
  )
}

async function appendPolicy(text: string): Promise<void> {
  const path = join(workspace.directory, 'policy.yaml')
  await writeFile(path, `${await readFile(path, 'utf8')}\n${text}`)
}

async function review(work: (session: ReviewSession) => Promise<void>): Promise<void> {
  const now = (): Date => new Date()
  const open = await openWorkspace(workspace.directory)
  const session = await beginReview(store, open, { month: MONTH, asOf: undefined, now: now() })
  try {
    await driveReview({
      store,
      session,
      now,
      narrator: narratorOf(
        { baseUrl: server.baseUrl, model: 'm', archiveKey: KEY },
        store,
        session,
      ),
      publish: publishAtRest(store, session),
      onStage: () => undefined,
    })
    await work(session)
  } finally {
    await session.data.close()
  }
}

interface Printed {
  readonly lines: string[]
  readonly documents: unknown[]
}

function contextOf(printed: Printed, json = false) {
  const output = {
    json,
    debug: false,
    line: (text = '') => void printed.lines.push(text),
    document: (value: unknown) => void printed.documents.push(value),
    progress: () => undefined,
    warning: () => undefined,
  }
  return { config: loadConfig(), output, now: () => new Date() }
}

async function decide(
  decision: 'approve' | 'reject',
  stage: string | undefined,
  as: string | undefined = 'cmo',
): Promise<string[]> {
  const printed: Printed = { lines: [], documents: [] }
  const reason = 'read beside its facts'
  const options = { workspace: workspace.directory, review: undefined, stage, as, decision, reason }
  await runNarrativeDecision(contextOf(printed), options)
  return printed.lines
}

async function published(file: string): Promise<string> {
  return readFile(join(workspace.directory, 'reviews', MONTH, file), 'utf8')
}

describe('a review told in fluent prose', () => {
  it('keeps prose unpublished until a person approves it, and marks it then', async () => {
    await review(async (session) => {
      const before = await documentOf(store, session)
      const words = await loadFluentWords(store, session.review.reviewId)
      expect(words.map(({ stage }) => stage)).toContain('attribution')
      const prose = words.find(({ stage }) => stage === 'attribution')
      expect(prose?.sentences.some((sentence) => sentence.startsWith(PROSE))).toBe(true)
      expect(await published('review.json')).not.toContain(PROSE)
      expect(await published('report.html')).not.toContain(PROSE)
      expect(prose?.shown).toEqual(before.narratives.attribution?.sentences)
      // Nobody is asked on replay, and the prose that waits is made again to the byte.
      const replayed = await replayReview(store, session)
      expect(replayed.filter(({ equal }) => !equal)).toEqual([])

      await expect(decide('approve', 'attribution', 'nobody')).rejects.toThrow('no such person')
      await expect(decide('approve', 'attribution', 'ops.lead')).rejects.toThrow('does not let')
      await expect(decide('approve', 'nonsense')).rejects.toThrow('no such stage')
      expect(await published('review.json')).not.toContain(PROSE)

      expect(await decide('approve', 'attribution')).toEqual([
        'Approved as cmo: the fluent prose of Attribution.',
      ])
      const json = ReviewDocument.parse(JSON.parse(await published('review.json')))
      expect(json.narratives.attribution).toMatchObject({
        approvedBy: 'cmo',
        sentences: prose?.sentences,
      })
      expect(json.decisionsSha256).toBe(before.decisionsSha256)
      expect(json.narratives.funnel).toEqual(before.narratives.funnel)
      const mark = 'Fluent words of a language model, approved by cmo'
      expect(await published('report.html')).toContain(mark)
      expect(await published('report.md')).toContain(mark)
      await expect(decide('reject', 'attribution')).rejects.toThrow(
        'decided on before: approved by cmo at 20',
      )

      expect(await decide('reject', 'lead_scoring')).toHaveLength(1)
      const rejected = ReviewDocument.parse(JSON.parse(await published('review.json')))
      const refused = { status: 'rejected', model: 'm', mayDecide: [] }
      expect(before.narratives.lead_scoring?.fluent).toEqual({
        status: 'waits',
        model: 'm',
        mayDecide: [{ id: 'cmo', name: 'Chief marketing officer' }],
      })
      expect(rejected.narratives.lead_scoring).toEqual({
        ...before.narratives.lead_scoring,
        fluent: refused,
      })

      const audit = await store.pool.query<{ entry: string }>(
        `select entry from mo.audit_log where entry like '%narrative.%' order by seq`,
      )
      const entries = audit.rows.map(({ entry }): unknown => JSON.parse(entry))
      expect(entries).toMatchObject([
        { action: 'narrative.approved', actor: 'cmo', role: 'executive' },
        { action: 'narrative.rejected', actor: 'cmo', role: 'executive' },
      ])
      await staysBoundToItsBytes(session)
    })
  })

  it('shows prose beside its facts and the words shown without it', async () => {
    const printed: Printed = { lines: [], documents: [] }
    const options = { workspace: workspace.directory, review: MONTH, stage: 'attribution' }
    await runNarrativeShow(contextOf(printed), options)
    const text = printed.lines.join('\n')
    expect(text).toMatch(
      /^Attribution {2}attribution {2}Fluent words of a language model, approved by cmo on \d{4}-\d{2}-\d{2}$/m,
    )
    expect(text).not.toContain('Lead scoring')
    expect(text).toMatch(/^Attribution \(attribution\), by model:m: approved by cmo/m)
    expect(text).toContain(PROSE)
    expect(text).toContain('Shown without it (- not in the prose):')
    expect(text).toMatch(/^ {2}\+ Looking across this part of the review, “Product UI”/m)
    expect(text).toMatch(/^ {4}Of 141 conversions worth/m)
    expect(text).toMatch(/attribution\.total\.conversions {2}141/)
    await runNarrativeShow(contextOf(printed, true), { ...options, stage: undefined })
    expect(JSON.stringify(printed.documents[0])).toContain('"proposer":"model:m"')
    const asked = { ...options, stage: 'budget', decision: 'approve' as const }
    await expect(
      runNarrativeDecision(contextOf(printed), { ...asked, as: 'cmo', reason: ' ' }),
    ).rejects.toThrow('a decision needs a reason')
    await expect(runNarrativeDecision(contextOf(printed), asked)).rejects.toThrow('nobody is named')
  })

  it('opens kept replies with their key only, and removes them when their time is over', async () => {
    const options = { workspace: workspace.directory, review: MONTH, stage: 'attribution' }
    const printed: Printed = { lines: [], documents: [] }
    const listed: Printed = { lines: [], documents: [] }
    await runNarrativeReplies(contextOf(listed), options)
    expect(listed.lines.join('\n')).toMatch(
      /^STAGE +TRY +FORM .*\nattribution +1 +json_schema +served-model +attribution\.fluent@\S+ +answered +.* kept\nRaw replies that are kept are shown with --json/,
    )
    expect(listed.documents).toEqual([])
    const context = contextOf(printed, true)
    const narrator = { baseUrl: server.baseUrl, model: 'm', archiveKey: KEY }
    const withKey = { ...context, config: { ...context.config, narrator } }
    await runNarrativeReplies(withKey, options)
    const read = JSON.stringify(printed.documents[0])
    expect(read).toContain(PROSE)
    expect(read).toContain('"prompt_version":"attribution.fluent@')
    await expect(runNarrativeReplies(context, options)).rejects.toThrow('the key that the reply')
    const other = { ...narrator, archiveKey: KEY.replaceAll('a', 'b') }
    const withOther = { ...context, config: { ...context.config, narrator: other } }
    await expect(runNarrativeReplies(withOther, options)).rejects.toThrow('the key that the reply')

    await runNarrativePurge(contextOf(printed), options)
    expect(printed.lines.at(-1)).toBe('Removed 0 raw replies whose time is over.')
    await store.asOwner((owner) =>
      owner.query(`begin;
        alter table mo.llm_calls disable trigger check_llm_call;
        update mo.llm_calls set keep_raw_until = now() - interval '1 second';
        alter table mo.llm_calls enable trigger check_llm_call;
        commit`),
    )
    await runNarrativePurge(contextOf(printed), options)
    expect(printed.lines.at(-1)).toMatch(/^Removed [1-9]\d* raw replies/)
    await runNarrativeReplies(context, options)
    expect(JSON.stringify(printed.documents.at(-1))).toContain('"reply":null')
    expect(printed.documents.at(-1)).not.toEqual([])
  })

  it('asks again for another review of the month, and keeps nothing of a lie', async () => {
    await appendPolicy('# another policy, another review\n')
    await review(async (session) => {
      const words = await loadFluentWords(store, session.review.reviewId)
      expect(words.length).toBeGreaterThan(0)
      expect(words.filter(({ decision }) => decision !== undefined)).toEqual([])
      expect(JSON.stringify((await documentOf(store, session)).narratives)).not.toContain(PROSE)
    })
    lies = true
    await appendPolicy('# and another\n')
    await review(async (session) => {
      expect(await loadFluentWords(store, session.review.reviewId)).toEqual([])
      const { narratives } = await documentOf(store, session)
      const told = Object.values(narratives).map(({ source }) => source)
      expect(new Set(told)).toEqual(new Set(['template']))
      await expect(decide('approve', 'all')).rejects.toThrow('no fluent prose waits')
      await expect(decide('approve', undefined)).rejects.toThrow('which section is meant')
    })
  })
})

/** A yes is void for another text and for another fact. */
async function staysBoundToItsBytes({ review: { reviewId } }: ReviewSession): Promise<void> {
  const records = await loadRecords(store, reviewId)
  const decisions = await loadNarrativeDecisions(store.pool, reviewId)
  const decisionOn = (changed: typeof records) =>
    fluentWordsOf(changed, decisions).find(({ stage }) => stage === 'attribution')?.decision
  expect(decisionOn(records)?.decision).toBe('approve')
  const record = records.stages.get('attribution')
  if (record?.narrative.fluent === undefined) throw new Error('no prose')
  const [first = '', ...rest] = record.narrative.fluent.sentences
  const { fluent } = record.narrative
  const otherText = { ...fluent, sentences: [`${first} So.`, ...rest] }
  const otherFacts = record.result.facts.map((fact) => ({ ...fact, label: `${fact.label}!` }))
  const changes = [
    { ...record, narrative: { ...record.narrative, fluent: otherText } },
    { ...record, result: { ...record.result, facts: otherFacts } },
  ]
  for (const changed of changes) {
    const stages = new Map(records.stages).set('attribution', changed)
    expect(decisionOn({ ...records, stages })).toBeUndefined()
  }
}
