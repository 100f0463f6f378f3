import { judgeSchedule } from '#rules/schedule/due.ts'
import { isFeasible, startDayOf } from '#rules/schedule/start-day.ts'
import { SchedulePlan } from '#rules/schema/schedule-plan.ts'

import { AppError } from '../errors.ts'
import { workspacePolicy } from '../runtime/workspace.ts'
import { wallClock } from '../schedule/local-clock.ts'
import { reviewCalendar } from '../schedule/tick.ts'
import {
  listWorkspaces,
  registerWorkspace,
  removePlan,
  setPlan,
  type KnownWorkspace,
} from '../schedule/workspaces.ts'
import { listReviews } from '../store/reviews.ts'
import { runnable } from '../terminal/next-command.ts'
import { columns } from '../terminal/output.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'
import { mayAct } from './who.ts'

export interface ScheduleOptions extends CommonOptions {
  readonly businessDay?: string
  readonly beforeMeeting?: string
  readonly at: string
  readonly from?: string
}

/** `mo schedule list`: the workspaces this database knows and when their reviews start. */
export async function runScheduleList(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store) => {
    const known = await listWorkspaces(store.pool)
    const { output } = context
    if (output.json) output.document(known)
    else if (known.every(({ plan }) => plan === null)) {
      output.line(
        runnable(
          'No review starts by itself. Set a start with: mo schedule set --business-day 3',
          options.workspace,
        ),
      )
    } else {
      output.line(
        columns([
          ['WORKSPACE', 'STARTS', 'TIME ZONE', 'FROM MONTH', 'NEXT LOOK (UTC)'],
          ...known.map((each) => [
            each.name,
            planWords(each),
            each.timeZone,
            each.firstMonth ?? '',
            each.plan === null ? '' : (each.nextLookAt?.slice(0, 16).replace('T', ' ') ?? 'now'),
          ]),
        ]),
      )
    }
    return 0
  })
}

function planWords({ plan }: Pick<KnownWorkspace, 'plan'>): string {
  if (plan === null) return 'by hand'
  const { day, minute } = plan
  const at = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  if (day.kind === 'after_month_end') return `on business day ${day.businessDay} at ${at}`
  const days = day.businessDays === 1 ? '1 business day' : `${day.businessDays} business days`
  return `${days} before the meeting, at ${at}`
}

/**
 * `mo schedule set`: from which business day on a month's review starts by itself. Months that ended before are left to `mo review`, unless
 * `--from` names an earlier one.
 *
 * @throws AppError `USAGE` on options that make no plan.
 */
export async function runScheduleSet(
  context: CommandContext,
  options: ScheduleOptions,
): Promise<CommandExit> {
  const plan = planOf(options)
  return withStore(context, options, async (store, workspace) => {
    await mayAct(context, { store, workspace }, 'schedule')
    const { policy } = await workspacePolicy(workspace)
    const { name, time_zone: timeZone } = policy.company
    const calendar = reviewCalendar(policy.calendar)
    if (!isFeasible(plan, calendar)) {
      throw new AppError('USAGE', {
        message: 'the review would start before its month has ended',
        expected: `fewer than ${calendar.meetingBusinessDay} business days before the meeting, which is on business day ${calendar.meetingBusinessDay}`,
        got: options.beforeMeeting ?? '',
      })
    }
    const firstMonth = monthOf(options.from) ?? wallClock(context.now(), timeZone).on.slice(0, 7)
    await registerWorkspace(store.pool, { name, directory: workspace.directory, timeZone })
    await setPlan(store.pool, name, { plan, firstMonth })
    const startOn = startDayOf(firstMonth, plan, calendar)
    const begun = await listReviews(store.pool, { workspace: name })
    const { due } = judgeSchedule({
      plan,
      calendar,
      now: wallClock(context.now(), timeZone),
      firstMonth,
      begun: new Set(begun.map(({ month }) => month)),
    })
    if (context.output.json)
      context.output.document({ workspace: name, plan, firstMonth, startOn, due })
    else {
      context.output.line(
        `Reviews of ${name} start ${planWords({ plan })} (${timeZone}); ${startWords(firstMonth, startOn, due)}`,
      )
      context.output.line(runnable('A worker must run for it: mo worker', options.workspace))
    }
    return 0
  })
}

/** When the first review starts, and what follows at once where its day is over. */
function startWords(firstMonth: string, startOn: string, due: readonly string[]): string {
  if (due.length === 0) return `that of ${firstMonth} on ${startOn}.`
  const reviews = due.length === 1 ? '1 review is' : `${due.length} reviews are`
  return `${reviews} due at once: ${due.join(', ')}.`
}

/** `mo schedule remove`: reviews of the workspace start by hand only. Exit 1 when they did already. */
export async function runScheduleRemove(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    await mayAct(context, { store, workspace }, 'schedule')
    const { company } = (await workspacePolicy(workspace)).policy
    const removed = await removePlan(store.pool, {
      name: company.name,
      directory: workspace.directory,
    })
    context.output.line(
      removed ? `Reviews of ${company.name} start by hand only.` : 'There was no schedule.',
    )
    return removed ? 0 : 1
  })
}

function planOf({ businessDay, beforeMeeting, at }: ScheduleOptions): SchedulePlan {
  const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at)
  if (time === null) throw usage('the time is not readable', 'a time HH:MM', at)
  if ((businessDay === undefined) === (beforeMeeting === undefined)) {
    throw usage(
      'the start day is not given, or twice',
      '--business-day N or --before-meeting N',
      '',
    )
  }
  const parsed = SchedulePlan.safeParse({
    day:
      businessDay === undefined
        ? { kind: 'before_meeting', businessDays: Number(beforeMeeting) }
        : { kind: 'after_month_end', businessDay: Number(businessDay) },
    minute: Number(time[1]) * 60 + Number(time[2]),
  })
  if (parsed.success) return parsed.data
  throw usage(
    'the start day is not readable',
    'a whole number from 1 to 20',
    businessDay ?? beforeMeeting ?? '',
  )
}

function monthOf(text: string | undefined): string | undefined {
  if (text === undefined || /^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text
  throw usage('the month is not readable', 'a month YYYY-MM', text)
}

function usage(message: string, expected: string, got: string): AppError {
  return new AppError('USAGE', { message, expected, ...(got === '' ? {} : { got }) })
}
