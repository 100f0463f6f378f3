import { sortByLargest } from '../kernel/order.ts'
import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { calibrateChannels, judgeChannels, type ChannelCalibration } from './channel-calibration.ts'
import { leadFacts } from './facts.ts'
import type { LeadScoringContext, LeadScoringInput } from './input.ts'
import type { ScoreQuality } from './score-quality.ts'
import { column, factCell, findingOf, NOTHING_TO_SHOW, type Section } from './section.ts'

const ROWS_SHOWN = 6

/** Enters each channel's wins against what its scores promised, and proposes points where they miss. */
export function channelSection(
  book: FactBook,
  { calibration }: ScoreQuality,
  { context, input }: { context: LeadScoringContext; input: LeadScoringInput },
): Section {
  if (calibration === null) return NOTHING_TO_SHOW
  const { leads: policy } = context.policy
  const channels = calibrateChannels(calibration.leads, policy)
  if (channels.length < 2) return NOTHING_TO_SHOW
  const decisions = judgeChannels(channels, policy, {
    names: input.channelNames,
    version: context.policy.version,
  })
  const flagged = new Set(decisions.map((decision) => decision.subject))
  const shown = sortByLargest(
    channels,
    (channel) => (flagged.has(`channel:${channel.channelId}`) ? Infinity : channel.leads),
    (channel) => channel.channelId,
  ).slice(0, ROWS_SHOWN)
  for (const channel of shown) enterChannel(book, channel)
  return {
    ...NOTHING_TO_SHOW,
    decisions,
    findings: decisions
      .filter(({ subject }) => shown.some((channel) => `channel:${channel.channelId}` === subject))
      .map((decision) =>
        findingOf(decision, {
          severity: 'info',
          title: `${literal(decision.subjectName)} leads win ${decision.action === 'raise_points' ? 'more' : 'less'} often than their score says`,
          detail: `They won ${token(`${idOf(decision.subject)}.ratio`)} of what their scores promised, once all promises are right on the whole. Points for the channel should ${decision.action === 'raise_points' ? 'rise' : 'fall'}.`,
        }),
      ),
    tables: [channelTable(shown, input, flagged)],
  }
}

function idOf(subject: string): string {
  return `lead_scoring.channel.${distinctPart(subject.replace('channel:', ''))}`
}

function enterChannel(book: FactBook, channel: ChannelCalibration): void {
  const { count, figure } = leadFacts(book)
  const id = `channel.${distinctPart(channel.channelId)}`
  count(`${id}.leads`, 'Settled leads of the channel', { value: channel.leads })
  figure(`${id}.ratio`, 'Wins ÷ wins promised by the score', {
    unit: 'ratio',
    quantity: measured(channel.ratio),
    numerator: channel.wins,
    denominator: channel.expectedWins,
    formula: 'wins ÷ Σ chances, shifted so that all wins equal all chances',
    rows: channel.leads,
  })
  figure(`${id}.p`, 'p, corrected for the number of channels', {
    unit: 'probability',
    quantity: measured(channel.adjustedP),
    formula: 'normal, Benjamini–Hochberg',
    rows: channel.leads,
  })
}

function channelTable(
  channels: readonly ChannelCalibration[],
  { channelNames }: LeadScoringInput,
  flagged: ReadonlySet<string>,
): Table {
  return {
    id: 'lead_scoring.channels',
    title: 'Wins against what the score promised, by channel',
    columns: [
      column('channel', 'Channel', false),
      column('leads', 'Settled leads'),
      column('ratio', 'Wins ÷ promised'),
      column('p', 'p'),
      column('call', 'Points', false),
    ],
    rows: channels.map(({ channelId }) => {
      const id = `lead_scoring.channel.${distinctPart(channelId)}`
      return [
        { text: literal(channelNames.get(channelId) ?? channelId) },
        factCell(`${id}.leads`),
        factCell(`${id}.ratio`),
        factCell(`${id}.p`),
        flagged.has(`channel:${channelId}`)
          ? { decision: `lead_scoring.channel_points:${distinctPart(channelId)}` }
          : { text: 'keep' },
      ]
    }),
  }
}
