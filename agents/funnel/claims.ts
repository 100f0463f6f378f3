import type { ClaimedDropOff } from '#rules/funnel/claimed-drop-offs.ts'

/**
 * The drop-off that a published figure's subject names, such as
 * `month:2026-03 campaign:CAMP_001 segment:SEG_001 channel:CH_01 from:signup to:demo_request`. Campaign, month and `from` may be left out.
 *
 * @returns Undefined when the subject names no segment, channel or stage, or speaks of another month.
 */
export function claimOfSubject(subject: string, month: string): ClaimedDropOff | undefined {
  const parts = new Map(
    subject
      .trim()
      .split(/\s+/)
      .map((part): [string, string] => {
        const colon = part.indexOf(':')
        return [part.slice(0, colon), part.slice(colon + 1)]
      }),
  )
  const [segmentId, channelId, stage] = ['segment', 'channel', 'to'].map((name) => parts.get(name))
  const isOfMonth = (parts.get('month') ?? month) === month
  if (!isOfMonth || segmentId === undefined || channelId === undefined || stage === undefined) {
    return undefined
  }
  return {
    segmentId,
    channelId,
    campaignId: parts.get('campaign') ?? null,
    fromStage: parts.get('from') ?? null,
    stage,
  }
}
