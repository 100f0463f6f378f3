import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'

import { ReviewDocument } from '#rules/schema/document.ts'
import { runChangesImport, type ImportOptions } from '#src/commands/change-import.ts'
import {
  runChangesConfirm,
  runChangesList,
  runChangesRollback,
  runChangesSend,
} from '#src/commands/changes.ts'
import { runStatus } from '#src/commands/status.ts'
import { decide } from '#src/runtime/decide.ts'
import { listReceipts } from '#src/store/change-orders.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'
import { mo } from '#test/support/mo.ts'
import { createCompany } from '#test/support/review-company.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

// Every command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })

const HEADER = 'changed_at,campaign_id,channel_id,old_value,new_value\n'

/** A history whose rows happened a moment after the orders, as a platform would tell them. */
function historyOf(rows: readonly string[]): string {
  const at = new Date(Date.now() + 90_000).toISOString()
  return HEADER + rows.map((row) => `${at},${row}\n`).join('')
}

const Listed = z.array(
  z.looseObject({
    status: z.string(),
    insightToLive: z.looseObject({ minutes: z.number().nullable() }),
    orders: z.array(
      z.looseObject({
        purpose: z.string(),
        line: z.string(),
        oldMinor: z.number().nullable(),
        newMinor: z.number().nullable(),
        receipts: z.array(z.looseObject({ kind: z.string() })),
      }),
    ),
  }),
)

it('carries a move of the reference company from approval to the platform and back', async () => {
  const ready = await createReadyWorkspace()
  onTestFinished(() => ready.remove())
  const { directory } = await createCompany(ready.directory)
  // The published company states no plan; with one, the platform is told old and new values.
  await writeFile(
    join(directory, 'data', 'budgets.csv'),
    'month,campaign_id,channel_id,planned,committed,currency\n2026-03,CAMP_003,CH_04,3000.00,500.00,USD\n2026-03,CAMP_003,CH_02,2000.00,0.00,USD\n',
  )
  const run = (...args: readonly string[]) => mo([...args, '--workspace', directory])
  const standing = () =>
    inProcess((context) => runStatus(context, { workspace: directory, review: '2026-03' }))
  const published = (path: string) => readFile(join(directory, 'reviews', '2026-03', path), 'utf8')
  const document = async () => ReviewDocument.parse(JSON.parse(await published('review.json')))
  const importing = async (...rows: readonly string[]) => {
    const file = join(directory, 'history.csv')
    await writeFile(file, historyOf(rows))
    return inProcess((context) =>
      runChangesImport(context, { workspace: directory, subject: file, as: 'ops.lead' }),
    )
  }

  expect(await run('review', '--month', '2026-03')).toMatchObject({ status: 3, stderr: '' })
  const { approvalId } = (await document()).budget.approvals.find(
    ({ status }) => status === 'pending',
  ) ?? { approvalId: '' }
  for (const [person, status] of [
    ['finance.lead', 3],
    ['cmo', 0],
  ] as const) {
    const decided = await run('approve', approvalId, '--as', person, '--reason', 'stop the loss')
    expect([decided.stderr, decided.status]).toStrictEqual(['', status])
  }

  // Ordered: a file for each platform, decreases first, nothing live yet.
  expect(await published('changes/orders.csv')).toMatch(
    /,Product UI,CAMP_003,[^,]*,CH_04,Product UI,USD,-1000,3000,2000\r\n.*,Google Ads,CAMP_003,[^,]*,CH_02,Paid search,USD,1000,2000,3000\r\n$/s,
  )
  // 3,000.00 a month is 98.68 a day: 98.68 × 30.4 = 2,999.87.
  expect(await published('changes/google-ads-editor.csv')).toMatch(
    /\r\nCAMP_003,[^,]*,98\.68,Daily\r\n$/,
  )
  expect(JSON.parse(await published(`changes/${approvalId}.json`))).toMatchObject({
    status: 'applying',
    orders: [
      { oldMinor: 300_000, newMinor: 200_000 },
      { oldMinor: 200_000, newMinor: 300_000 },
    ],
  })
  expect((await standing()).stdout).toContain(`${approvalId}: applying (high), not live yet`)

  // The platform's history bears it out; told twice is told once.
  const both = ['CAMP_003,CH_04,3000.00,2000.00', 'CAMP_003,CH_02,2000.00,3000.00']
  const imported = await importing(...both)
  expect(imported.stdout).toMatch(/move:0 +verified\n.*move:1 +verified$/s)
  expect((await importing(...both)).stdout).toBe('No order waits for a history.')
  expect((await standing()).stdout).toMatch(/: verified \(high\), live \d+ min after the insight/)
  const [approval] = (await document()).budget.approvals
  expect(approval?.status).toBe('verified')
  expect(approval?.insightToLive?.minutes).toBeGreaterThanOrEqual(1)
  expect(await published('report.html')).toMatch(/live \d+ min after the insight/)

  // Undone by somebody who may, and the platform bears that out too.
  const undo = (as: string) => {
    const options = { workspace: directory, subject: approvalId, as, reason: 'sales fell' }
    return inProcess((context) => runChangesRollback(context, options))
  }
  expect((await undo('ops.lead')).stderr).toContain('error[APPROVAL_REFUSED]')
  expect((await undo('cmo')).stdout).toContain('is now to be rolled back: 2 orders open')
  const back = ['CAMP_003,CH_02,3000.00,2000.00', 'CAMP_003,CH_04,2000.00,3000.00']
  expect((await importing(...back)).stdout).toMatch(
    /rollback:0 +verified\n.*rollback:1 +verified$/s,
  )
  const listed = Listed.parse(JSON.parse((await run('changes', 'list', '--json')).stdout))
  expect(
    listed.flatMap(({ orders }) =>
      orders.map(({ purpose, line, receipts }) => [
        purpose,
        line,
        receipts.map(({ kind }) => kind),
      ]),
    ),
  ).toStrictEqual([
    ['move', 'CAMP_003/CH_04', ['verified']],
    ['move', 'CAMP_003/CH_02', ['verified']],
    ['rollback', 'CAMP_003/CH_02', ['verified']],
    ['rollback', 'CAMP_003/CH_04', ['verified']],
  ])
  expect((await run('audit', 'verify')).stdout).toContain('The audit log is whole')
  const log = (await run('audit', 'export')).stdout
  for (const action of [
    'move.ordered',
    'order.verified',
    'approval.verified',
    'approval.rolled_back',
  ]) {
    expect(log).toContain(`"action":"${action}"`)
  }
})

it('says no when the platform holds another value, and the move has failed once somebody who may keeps that', async () => {
  const review = await startGovernedReview()
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  for (const personId of ['fin', 'cmo']) {
    const reason = 'as planned'
    const given = { approvalId, personId, decision: 'approve', reason, now: new Date() } as const
    await decide(review.store, review.session, given)
  }
  await review.drive()
  const analyst = 'people:\n  - { id: ana, name: Analyst, roles: [analyst] }\n'
  await review.edit('policy.yaml', ['people:\n', analyst])
  const file = join(review.workspace.directory, 'history.csv')
  await writeFile(file, historyOf(['C1,search,10000.00,9000.00', 'C1,social,8000.00,9500.00']))
  const workspace = review.workspace.directory
  const importing = (subject: string, more: Partial<ImportOptions> = {}) =>
    inProcess((context) => runChangesImport(context, { workspace, subject, as: 'ops', ...more }))
  const status = async () => (await review.requests())[0]?.status
  const nobody = await inProcess((context) =>
    runChangesImport(context, { workspace, subject: file }),
  )
  expect(nobody).toMatchObject({ status: 2, stderr: 'error[USAGE]: nobody is named' })
  expect(await importing(file, { as: 'ana', differs: true })).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('does not let ana'),
  })
  expect(await review.audit('history.csv')).toStrictEqual(['changes.refused'])

  // What differs is shown, and not kept: the file may be the wrong one.
  const shown = await importing(file)
  expect(shown).toMatchObject({ status: 1, stderr: '' })
  expect(shown.stdout).toMatch(
    /move:0 +verified\n.*move:1 +mismatched: ordered .*\nNothing of it was kept.*\n.*changes import .*--differs/s,
  )
  expect(await status()).toBe('applying')
  expect(await listReceipts(review.store.pool, [approvalId])).toStrictEqual([])

  const keeping = ['changes', 'import', file, '--differs', '--workspace', workspace, '--as', 'ops']
  const found = await mo(keeping)
  expect(found.status).toBe(1)
  expect(found.stdout).toMatch(
    /move:0 +verified\n.*move:1 +mismatched: ordered .*, the history has \$8,000\.00 → \$9,500\.00 at 2026-\S+Z\n2026-\S+ failed, and no later history heals it\. Undo it with: .*changes rollback \S+ --as PERSON --reason TEXT --workspace \S+\n$/s,
  )
  expect(await status()).toBe('failed')
  expect((await review.audit(`${approvalId}:move:1`)).at(-1)).toBe('order.mismatched')
  const { rows } = await review.store.pool.query(
    `select actor, entry::jsonb ->> 'role' as role from mo.audit_log where action = 'order.mismatched'`,
  )
  expect(rows).toStrictEqual([{ actor: 'ops', role: 'operator' }])

  // A corrected history comes too late, and nobody can call the change done.
  await writeFile(file, historyOf(['C1,search,10000.00,9000.00', 'C1,social,8000.00,9000.00']))
  expect(await importing(file)).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^No order waits for a history\.\n\S+ failed/),
  })
  const confirming = { workspace, subject: approvalId, as: 'fin', reason: 'done by hand' }
  expect((await inProcess((context) => runChangesConfirm(context, confirming))).stderr).toMatch(
    /history shows its change otherwise/,
  )
  expect(await status()).toBe('failed')

  // The way back starts from the figure the history has, not from the one ordered.
  const undoing = { workspace, subject: approvalId, as: 'ops', reason: 'as it was' }
  expect((await inProcess((context) => runChangesRollback(context, undoing))).stdout).toBe(
    `C1/search: $9,000.00 → $10,000.00 (the platform’s history shows its order carried out)
C1/social: $9,500.00 → $8,000.00 (the platform’s history shows it at another value than was ordered)
${approvalId} is now to be rolled back: 2 orders open.`,
  )

  // Neither way is gone on with by somebody whom the policy lets neither decide nor carry out, nor by nobody.
  const sending = (as?: string) =>
    inProcess((context) =>
      runChangesSend(context, { workspace, ...(as === undefined ? {} : { as }) }),
    )
  expect((await sending()).stderr).toBe('error[USAGE]: nobody is named')
  expect((await sending('ana')).stderr).toContain('does not let ana send change orders')
  expect((await sending('ops')).stderr).toBe('error[CONFIG_INVALID]: no webhook is set up')
  const byAna = { ...undoing, as: 'ana' }
  expect((await inProcess((context) => runChangesConfirm(context, byAna))).stderr).toContain(
    'does not let ana confirm change orders',
  )
  expect((await inProcess((context) => runChangesConfirm(context, undoing))).stdout).toBe(
    `${approvalId} is now rolled back.`,
  )

  await writeFile(file, 'changed_at,campaign_id\n')
  expect(await importing(file)).toMatchObject({ status: 2, stdout: '' })
  expect(await importing('nowhere.csv')).toMatchObject({ status: 2 })
  const noReason = { workspace, subject: approvalId, as: 'ops', reason: ' ' }
  expect(await inProcess((context) => runChangesRollback(context, noReason))).toMatchObject({
    status: 2,
  })
})

it('names the data that would tell new values, takes the id of an order, and says what is still to be undone', async () => {
  const review = await startGovernedReview({
    'data/budgets.csv': 'month,campaign_id,channel_id,planned,committed,currency\n',
  })
  const [request] = await review.requests()
  const approvalId = request?.approvalId ?? ''
  for (const personId of ['fin', 'cmo']) {
    const given = { approvalId, personId, reason: 'as planned', now: new Date() } as const
    await decide(review.store, review.session, { ...given, decision: 'approve' }).catch(() => null)
  }
  await review.drive()
  const workspace = review.workspace.directory
  const listed = async () =>
    (await inProcess((context) => runChangesList(context, { workspace }))).stdout
  expect(await listed()).toMatch(
    /The new value of C1\/search, C1\/social is not known: no row of budgets\.csv states a budget/,
  )
  const act = { workspace, as: 'cmo', reason: 'done by hand' }
  const confirm = async (subject: string) =>
    (await inProcess((context) => runChangesConfirm(context, { ...act, subject }))).stdout
  expect(await confirm(`${approvalId}:move:0`)).toBe(`${approvalId} is now applying.`)
  expect(await listed()).toMatch(/move:0 .* accepted *\n.*move:1 .* open/)
  expect(await confirm(approvalId)).toBe(`${approvalId} is now applied.`)
  const undone = await inProcess((context) =>
    runChangesRollback(context, { ...act, subject: approvalId }),
  )
  expect(undone.stdout).toBe(
    `C1/search: a change of $1,000.00 (its order was said to be carried out; no history shows it yet)
C1/social: a change of −$1,000.00 (its order was said to be carried out; no history shows it yet)
${approvalId} is now to be rolled back: 2 orders open.`,
  )
  expect(await listed()).toContain(`${approvalId}: to be rolled back: 2 orders open`)
  await confirm(approvalId)
  expect(await listed()).toContain(`${approvalId}: rolled back`)
})
