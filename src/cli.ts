import { readFileSync } from 'node:fs'

import { Argument, Command, CommanderError, Option } from 'commander'
import { z } from 'zod'

import { addGovernanceCommands, type Common } from './cli-governance.ts'
import type { CommandContext, CommandExit } from './commands/context.ts'
import { loadConfig } from './config.ts'
import { AppError } from './errors.ts'
import { REPORT_FORMATS, type ReportFormat } from './report/formats.ts'
import { describeFailure } from './terminal/errors.ts'
import { createOutput } from './terminal/output.ts'

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))

// Each command loads what it needs when it is called: asking for the status must not wait for the chart library.
const debug = process.argv.includes('--debug')
const program = new Command('marketing-orchestrator')
  .description(
    'Runs the monthly marketing review: deterministic rules decide, people approve, every figure explains itself.',
  )
  .version(version)
  .option('--json', 'print one JSON document for machines')
  .option('--debug', 'print stack traces of failures')
  .showHelpAfterError('  next: see the command with --help')
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'error[USAGE]: ')),
  })
  .exitOverride()

type NarrativeArguments = [
  string | undefined,
  string | undefined,
  string | undefined,
  Common & { as?: string; reason?: string },
]

type WorkerArguments = Common & {
  concurrency: string
  healthPort?: string
  boardPort?: string
  boardHost: string
}

/** A subcommand with the options all share. */
function command(name: string, description: string): Command {
  const added = program.command(name).description(description)
  // A new workspace is named by its folder, and the demo has a folder of its own.
  if (!name.startsWith('init ') && name !== 'demo')
    added.option('--workspace <dir>', 'folder of the company', '.')
  return added
    .option('--json', 'print one JSON document for machines')
    .option('--debug', 'print stack traces of failures')
    .exitOverride()
}

/** Runs a command and ends the process with what it answers. */
async function finish(
  options: { readonly json?: boolean },
  run: (context: CommandContext) => Promise<CommandExit>,
): Promise<void> {
  const output = createOutput({
    json: options.json === true || program.opts<{ json?: boolean }>().json === true,
    debug,
  })
  process.exitCode = await run({ config: loadConfig(), output, now: () => new Date() })
}

command('init <directory>', 'a new workspace: commented policy, empty data templates').action(
  (directory: string, options: Common) =>
    finish(options, async (context) =>
      (await import('./commands/init.ts')).runInit(context, { directory }),
    ),
)
command('validate', 'the data-contract report: rows, rejected rows with reasons')
  .option('--columns [dataset]', 'only tell what each column of the data sets holds')
  .option('--all', 'list every rejected row, not only the first of each data set')
  .action((options: Common & { all?: boolean; columns?: string | true }) =>
    finish(options, async (context) =>
      (await import('./commands/validate.ts')).runValidate(context, options),
    ),
  )
command(
  'review',
  'runs the review of a month until it completes, waits for approval or is withheld',
)
  .requiredOption('--month <YYYY-MM>', 'the month to review')
  .option(
    '--as-of <date>',
    'the local date the review speaks for (default: the last day of the month)',
  )
  .action((options: Common & { month: string; asOf?: string }) =>
    finish(options, async (context) =>
      (await import('./commands/review.ts')).runReview(context, options),
    ),
  )
command('status [review]', 'where reviews stand').action(
  (review: string | undefined, options: Common) =>
    finish(options, async (context) =>
      (await import('./commands/status.ts')).runStatus(context, {
        ...options,
        ...given({ review }),
      }),
    ),
)
command('resume [review]', 'goes on after a crash or a decision').action(
  (review: string | undefined, options: Common) =>
    finish(options, async (context) =>
      (await import('./commands/review.ts')).runResume(context, {
        ...options,
        ...given({ review }),
      }),
    ),
)
addGovernanceCommands({ command, finish, pick })
command('report [review]', 'the report of a review as it stands')
  .addOption(
    new Option('--format <format>', 'form of the report').choices(REPORT_FORMATS).default('md'),
  )
  .option('--out <file>', 'where to write it (default: stdout)')
  .action((review: string | undefined, options: Common & { format: ReportFormat; out?: string }) =>
    finish(options, async (context) =>
      (await import('./commands/report.ts')).runReport(context, {
        ...options,
        ...given({ review }),
      }),
    ),
  )
command(
  'narrative [action] [review] [stage]',
  'words of a model: show how sections were told and what waits (default), approve, reject; replies (of each call), purge',
)
  .option('--as <person>', 'who decides (approve, reject; default: whose token is in MO_TOKEN)')
  .option('--reason <text>', 'why')
  .action((...[action, review, stage, options]: NarrativeArguments) =>
    finish(options, async (context) => {
      const commands = await import('./commands/narrative.ts')
      const asked = { ...options, review, stage }
      const run = pick(action ?? 'show', {
        show: () => commands.runNarrativeShow(context, asked),
        approve: () =>
          commands.runNarrativeDecision(context, { ...asked, decision: 'approve' as const }),
        reject: () =>
          commands.runNarrativeDecision(context, { ...asked, decision: 'reject' as const }),
        replies: () => commands.runNarrativeReplies(context, asked),
        purge: () => commands.runNarrativePurge(context, options),
      })
      return run()
    }),
  )
command('explain <id>', 'one decision or fact: rule, policy, inputs, threshold, source rows')
  .option('--review <review>', 'the review it belongs to (default: the newest)')
  .action((id: string, options: Common & { review?: string }) =>
    finish(options, async (context) =>
      (await import('./commands/explain.ts')).runExplain(context, { ...options, id }),
    ),
  )
command(
  'replay [review]',
  'computes a review again from its frozen inputs; any difference is the answer no',
).action((review: string | undefined, options: Common) =>
  finish(options, async (context) =>
    (await import('./commands/replay.ts')).runReplay(context, { ...options, ...given({ review }) }),
  ),
)
command('audit <action>', 'verify the hash chain, sign its head, or export it')
  .addOption(
    new Option('--format <format>', 'form of the export')
      .choices(['csv', 'jsonl'])
      .default('jsonl'),
  )
  .option('--head <file>', 'a signed head kept outside, to verify against')
  .option('--out <file>', 'where to write the export or the head (default: stdout)')
  .addHelpText(
    'after',
    `
verify  recomputes the chain and holds it to every signed head that was kept; 1 when it is broken
head    signs the end of the chain, to be kept where nobody who can change the database can change it
export  the whole log: jsonl can be verified from the file alone, csv is for reading`,
  )
  .action(
    (action: string, options: Common & { format: 'csv' | 'jsonl'; out?: string; head?: string }) =>
      finish(options, async (context) => {
        const commands = await import('./commands/audit.ts')
        const run = pick(action, {
          verify: () => commands.runAuditVerify(context, options),
          head: () => commands.runAuditHead(context, options),
          export: () => commands.runAuditExport(context, options),
        })
        return run()
      }),
  )
command('backup <file>', 'every row on record, as of one moment, while the program runs')
  .option('--overwrite', 'in place of a file of this name, which is refused otherwise')
  .action((file: string, options: Common & { overwrite?: boolean }) =>
    finish(options, async (context) =>
      (await import('./commands/backup.ts')).runBackup(context, { ...options, file }),
    ),
  )
command('restore <file>', 'the rows of a back-up, into a database that holds nothing yet').action(
  (file: string, options: Common) =>
    finish(options, async (context) =>
      (await import('./commands/backup.ts')).runRestore(context, { ...options, file }),
    ),
)
command('worker', 'works on reviews from the queue and starts those that are due')
  .option('--concurrency <n>', 'reviews worked on at the same time', '2')
  .option('--health-port <port>', 'serve /healthz, /readyz and /metrics on this port')
  .option('--board-port <port>', "serve the queue's page, behind sign-in, on this port")
  .option('--board-host <address>', 'the address it is served on', '127.0.0.1')
  .action((options: WorkerArguments) =>
    finish(options, async (context) =>
      (await import('./commands/worker.ts')).runWorker(context, options),
    ),
  )
command('queue', 'jobs that were given up: mo queue dead [list|show ID|retry ID]')
  .addArgument(new Argument('<what>').choices(['dead']))
  .addArgument(new Argument('[action]').choices(['list', 'show', 'retry']).default('list'))
  .argument('[id...]', 'the id that the list shows')
  .action((...[, action, id, options]: [string, string, string[], Common]) =>
    finish(options, async (context) =>
      (await import('./commands/queue.ts')).runQueueDead(context, {
        ...options,
        action,
        // A company's name may be several words.
        ...(id.length === 0 ? {} : { id: id.join(' ') }),
      }),
    ),
  )
command('schedule', 'when reviews start by themselves: list (default), set, remove')
  .addArgument(new Argument('[action]').choices(['list', 'set', 'remove']).default('list'))
  .option('--business-day <n>', 'set: on business day N after the month ends')
  .option('--before-meeting <n>', 'set: N business days before the review meeting of the policy')
  .option('--at <HH:MM>', 'set: not before this local time', '07:00')
  .option('--from <YYYY-MM>', 'set: the first month (default: the current one)')
  .action((action: string, options: Common & { at: string }) =>
    finish(options, async (context) => {
      const { runScheduleList, runScheduleRemove, runScheduleSet } =
        await import('./commands/schedule.ts')
      if (action === 'set') return runScheduleSet(context, options)
      return (action === 'remove' ? runScheduleRemove : runScheduleList)(context, options)
    }),
  )
command('demo', 'the review of the bundled reference company').action((options: Common) =>
  finish(options, async (context) => (await import('./commands/demo.ts')).runDemo(context)),
)

/** The one of several actions that was named. @throws AppError `USAGE` for another name. */
function pick<Action>(name: string, actions: Readonly<Record<string, Action>>): Action {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action !== undefined) return action
  throw new AppError('USAGE', {
    message: 'there is no such action',
    expected: `one of ${Object.keys(actions).join(', ')}`,
    got: name,
    next: 'see the command with --help',
  })
}

/** Options without those that were not given: an absent option is absent, not undefined. */
function given<Value>(options: { readonly review: Value | undefined }): { review?: Value } {
  return options.review === undefined ? {} : { review: options.review }
}

/** The workspace as it was typed, for what is said of a failure. */
function workspaceTyped(typed: readonly string[]): string | undefined {
  const at = typed.indexOf('--workspace')
  return at < 0
    ? typed.find((word) => word.startsWith('--workspace='))?.slice('--workspace='.length)
    : typed[at + 1]
}

// Whoever reads us may stop reading (`mo status | head`); the work goes on and what is left unread is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const { exitCode, text } = describeFailure(error, {
      debug,
      workspace: workspaceTyped(process.argv),
    })
    process.stderr.write(`${text}\n`)
    process.exitCode = exitCode
  }
}
