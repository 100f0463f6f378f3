import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { admit } from '../people/identity.ts'
import { listDeadLetters, reviveBell, type DeadLetter } from '../queue/dead-letters.ts'
import { openQueue } from '../queue/open.ts'
import { ringFairly } from '../queue/ring.ts'
import { workspacePolicy, type Workspace } from '../runtime/workspace.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import { runnable, shellWord } from '../terminal/next-command.ts'
import { columns } from '../terminal/output.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/** `mo queue dead [list|show|retry]`: jobs that were given up, why, and another try. */
export async function runQueueDead(
  context: CommandContext,
  options: CommonOptions & { readonly action: string; readonly id?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    if (options.action === 'list') {
      return list(context, await listDeadLetters(store.pool), options.workspace)
    }
    const letter = await letterOf(store, options.id)
    if (options.action === 'show') context.output.document(letter)
    else await retry(context, { store, workspace }, letter)
    return 0
  })
}

function list(
  { output }: CommandContext,
  letters: readonly DeadLetter[],
  workspace: string,
): CommandExit {
  if (output.json) output.document(letters)
  else if (letters.length === 0) output.line('No job was given up.')
  else {
    const first = shellWord(letters[0]?.subject ?? 'ID')
    output.line(
      columns([
        ['ID', 'KIND', 'WORKSPACE', 'CODE', 'TRIES', 'GIVEN UP (UTC)'],
        ...letters.map((letter) => [
          letter.subject,
          letter.kind,
          letter.workspace,
          letter.code,
          String(letter.attempts),
          letter.diedAt.slice(0, 16).replace('T', ' '),
        ]),
      ]),
    )
    for (const [lead, action] of [
      ['Why', 'show'],
      ['Another try', 'retry'],
    ]) {
      output.line(`${lead}: ${runnable(`mo queue dead ${action}`, workspace)} ${first}`)
    }
  }
  return 0
}

async function letterOf(store: Store, id: string | undefined): Promise<DeadLetter> {
  const letters = await listDeadLetters(store.pool)
  const letter = letters.find(({ subject }) => subject === id)
  if (letter !== undefined) return letter
  throw new AppError('ID_UNKNOWN', {
    message: 'no job with this id was given up',
    expected: letters.map(({ subject }) => subject).join(', ') || 'an id; there is none',
    got: id ?? 'none',
    next: 'list them with: mo queue dead',
  })
}

async function retry(
  context: CommandContext,
  { store, workspace }: { readonly store: Store; readonly workspace: Workspace },
  letter: DeadLetter,
): Promise<void> {
  const { token, redisUrl } = context.config
  const { policy } = await workspacePolicy(workspace)
  const held = await admit(store, { policy, token, scope: 'operate' })
  const queue = await openQueue(store, { redisUrl })
  try {
    const { kind, subject } = letter
    const actor = { actor: held?.person ?? 'system:cli', role: null, onBehalfOf: null }
    const why = { code: letter.code, attempts: letter.attempts }
    await inTransaction(store.pool, async (client) => {
      await reviveBell(client, letter)
      await appendAudit(client, auditEntry(actor, { action: 'queue.retry', subject, before: why }))
    })
    // Should ringing fail, the reconciler finds the review: it is dead no more.
    await ringFairly({ store, queue }, { kind, subject }, letter.workspace)
    context.output.line(`${subject} is tried again by the next worker that is free.`)
  } finally {
    await queue.close()
  }
}
