import type { Command } from 'commander'

import type { CommandContext, CommandExit } from './commands/context.ts'

/** Options of every command. */
export interface Common {
  readonly workspace: string
  readonly json?: boolean
}

/** How commands are added and run, see `cli.ts`. */
export interface CommandLine {
  readonly command: (name: string, description: string) => Command
  readonly finish: (
    options: Common,
    run: (context: CommandContext) => Promise<CommandExit>,
  ) => Promise<void>
  readonly pick: <Action>(name: string, actions: Readonly<Record<string, Action>>) => Action
}

/** Adds the commands by which people decide, and what follows from it. */
export function addGovernanceCommands(line: CommandLine): void {
  addInbox(line)
  addDecisions(line)
  addPeople(line)
  addChanges(line)
}

/** Whoever acts. */
const AS =
  'id of the person in policy.yaml; required unless MO_TOKEN holds a token, which says who acts'

function addInbox({ command, finish, pick }: CommandLine): void {
  command('approvals [action] [id]', 'the approval inbox: list (default), show ID, or remind')
    .option('--all', 'settled requests too')
    .addHelpText(
      'after',
      `
remind  asks, reminds and escalates what waits, each person once, and sends mail where SMTP_URL is set`,
    )
    .action(
      (action: string | undefined, id: string | undefined, options: Common & { all?: boolean }) =>
        finish(options, async (context) => {
          const commands = await import('./commands/approvals.ts')
          const run = pick(action ?? 'list', {
            list: () =>
              commands.runApprovalList(context, { ...options, all: options.all === true }),
            show: () => commands.runApprovalShow(context, { ...options, id: id ?? '' }),
            remind: () => commands.runApprovalRemind(context, options),
          })
          return run()
        }),
    )
}

function addDecisions({ command, finish }: CommandLine): void {
  for (const decision of ['approve', 'reject'] as const) {
    command(`${decision} <id>`, `${decision}s a move that waits, in a person's name`)
      .option('--as <person>', AS)
      .requiredOption('--reason <text>', 'why (required)')
      .action((id: string, options: Common & { as?: string; reason: string }) =>
        finish(options, async (context) =>
          (await import('./commands/approvals.ts')).runDecision(context, {
            ...options,
            id,
            decision,
          }),
        ),
      )
  }
  command('amend <id>', 'asks for another amount: a new request in place of the old one')
    .requiredOption('--amount <amount>', 'the amount in the currency of the move')
    .option('--as <person>', `${AS}; may not approve it then`)
    .requiredOption('--reason <text>', 'why (required)')
    .action((id: string, options: Common & { as?: string; reason: string; amount: string }) =>
      finish(options, async (context) =>
        (await import('./commands/approvals.ts')).runAmend(context, { ...options, id }),
      ),
    )
  command('withdraw <id>', 'takes a request back before it is applied')
    .option('--as <person>', AS)
    .requiredOption('--reason <text>', 'why (required)')
    .action((id: string, options: Common & { as?: string; reason: string }) =>
      finish(options, async (context) =>
        (await import('./commands/approvals.ts')).runWithdraw(context, { ...options, id }),
      ),
    )
}

interface AdmitFlags {
  readonly as?: string
  readonly reason?: string
}

function addPeople({ command, finish, pick }: CommandLine): void {
  command(
    'policy [action]',
    'is policy.yaml in force as it stands: show (default), list (which was in force when), admit',
  )
    .option('--as <person>', `admit: ${AS}`)
    .option('--reason <text>', 'admit: why it was changed (required)')
    .addHelpText(
      'after',
      `
admit  puts it in force in a person's name, who decides nothing under it. The database holds every request
       to the policy in force. A review puts a changed policy in force in nobody's name, unless the one in
       force asks for tokens (security.require_token), or DATABASE_URL is a login of the application only,
       see docs/operations.md: then somebody admits it first, with a token made with --scope admit.`,
    )
    .action((action: string | undefined, options: Common & AdmitFlags) =>
      finish(options, async (context) => {
        const commands = await import('./commands/policy.ts')
        const run = pick(action ?? 'show', {
          show: () => commands.runPolicyShow(context, options),
          list: () => commands.runPolicyList(context, options),
          admit: () => commands.runPolicyAdmit(context, options),
        })
        return run()
      }),
    )
  command('people', 'everybody in the policy, with roles and what each may decide today').action(
    (options: Common) =>
      finish(options, async (context) =>
        (await import('./commands/people.ts')).runPeople(context, options),
      ),
  )
  command(
    'token [action] [subject]',
    'tokens for MO_TOKEN: list (default), create PERSON (shown once), revoke ID',
  )
    .option(
      '--scope <scopes>',
      'create: what for: read, approve, amend, change, schedule, operate, issue, admit',
    )
    .option('--days <n>', 'create: how long it lives (default: security.token_max_days)')
    .option('--label <text>', 'create: what it is for, to tell it from others')
    .option('--as <person>', 'who creates or revokes (default: whose token is in MO_TOKEN)')
    .option('--reason <text>', 'revoke: why')
    .addHelpText(
      'after',
      `
A token is who acts: MO_TOKEN=… mo approve ID --reason TEXT. The policy may ask for it (security.require_token);
then the first token of all is one for issuing (--scope issue), made by whoever reaches the database;
every other is made by its holder: MO_TOKEN=… mo token create PERSON --scope approve`,
    )
    .action((action: string | undefined, subject: string | undefined, options: Common) =>
      finish(options, async (context) => {
        const commands = await import('./commands/people.ts')
        const run = pick(action ?? 'list', {
          list: commands.runTokenList,
          create: commands.runTokenCreate,
          revoke: commands.runTokenRevoke,
        })
        return run(context, { ...options, ...(subject === undefined ? {} : { subject }) })
      }),
    )
}

function addChanges({ command, finish, pick }: CommandLine): void {
  command(
    'changes [action] [subject]',
    'change orders: list [REVIEW] (default), send [REVIEW], confirm ID, import FILE, rollback ID',
  )
    .option('--as <person>', `${AS} (all but list)`)
    .option('--reason <text>', 'why (confirm, rollback)')
    .option('--differs', 'import: keep a history that differs from the orders; the move has failed')
    .addHelpText(
      'after',
      `
list      what was ordered, what came back, and how long it took from insight to live change
send      sends open orders to changes.webhook_url, decreases first, signed with CHANGE_WEBHOOK_SECRET,
          in your name
confirm   says that orders were carried out by hand: ID of a request (all of its orders) or of one order
import    holds open orders against a platform's change history (CSV: changed_at, campaign_id, old_value,
          new_value, and where known channel_id, idempotency_key), in your name; 1 when it shows another
          value than ordered: then nothing is kept, unless --differs says that it is the platform's word
rollback  undoes an applied move within the days its approval gave: ID of the request
list and send take the id or the month of a review`,
    )
    .action(
      (
        action: string | undefined,
        subject: string | undefined,
        options: Common & { as?: string; reason?: string; differs?: boolean },
      ) =>
        finish(options, async (context) => {
          const commands = await import('./commands/changes.ts')
          const { runChangesImport } = await import('./commands/change-import.ts')
          const run = pick(action ?? 'list', {
            list: commands.runChangesList,
            send: commands.runChangesSend,
            confirm: commands.runChangesConfirm,
            import: runChangesImport,
            rollback: commands.runChangesRollback,
          })
          return run(context, { ...options, ...(subject === undefined ? {} : { subject }) })
        }),
    )
}
