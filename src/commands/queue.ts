import { AppError } from '../errors.ts'
import { listDeadLetters, reviveBell, type DeadLetter } from '../queue/dead-letters.ts'
import { openQueue } from '../queue/open.ts'
import { ringFairly } from '../queue/ring.ts'
import type { Store } from '../store/store.ts'
import { runnable } from '../terminal/next-command.ts'
import { columns } from '../terminal/output.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/** `mo queue dead [list|show|retry]`: jobs that were given up, why, and another try. */
export async function runQueueDead(
  context: CommandContext,
  options: CommonOptions & { readonly action: string; readonly id?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store) => {
    if (options.action === 'list') {
      return list(context, await listDeadLetters(store.pool), options.workspace)
    }
    const letter = await letterOf(store, options.id)
    if (options.action === 'show') context.output.document(letter)
    else await retry(context, store, letter)
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
    output.line(
      runnable('Why: mo queue dead show ID · another try: mo queue dead retry ID', workspace),
    )
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

async function retry(context: CommandContext, store: Store, letter: DeadLetter): Promise<void> {
  const queue = await openQueue(store, { redisUrl: context.config.redisUrl })
  try {
    const { kind, subject, workspace } = await reviveBell(store.pool, letter)
    // Should ringing fail, the reconciler finds the review: it is dead no more.
    await ringFairly({ store, queue }, { kind, subject }, workspace)
    context.output.line(`${subject} is tried again by the next worker that is free.`)
  } finally {
    await queue.close()
  }
}
