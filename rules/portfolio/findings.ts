import { standingWords, type CampaignStanding } from '../governance/campaign-standing.ts'
import { present } from '../kernel/invariant.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { segmentPrefix } from './facts.ts'
import type { JudgedSegment } from './judge.ts'
import { settledDay, undecidedWhy } from './undecided.ts'

/** What a reader must know about the segments; their facts must be in the book already. */
export function segmentFindings(
  judged: readonly JudgedSegment[],
  standings: ReadonlyMap<string, CampaignStanding>,
): Finding[] {
  return [
    ...judged.flatMap((segment) => stopFinding(segment, standings.get(segment.subject.campaignId))),
    ...judged.flatMap(kpiFinding),
    ...judged.flatMap(callFinding),
    ...judged.flatMap(contradictionFinding),
    ...statedFinding(judged),
    ...undecidedFinding(judged),
  ]
}

function stopFinding(
  { key, name, ruling, decision }: JudgedSegment,
  standing: CampaignStanding | undefined,
): Finding[] {
  if (ruling.action !== 'stop') return []
  const fact = (metric: string): string => token(`${segmentPrefix(key)}.${metric}`)
  const gate = ruling.needsApproval
    ? ' The policy asks for an approval of this call: an approver confirms it outside this program, which does not track it.'
    : ''
  const stands = standing === undefined ? '' : standingWords(standing)
  const over = stands === '' ? '' : ` The campaign ${stands}; the call holds for its next run.`
  return [
    {
      id: `finding.${decision.id}`,
      ruleId: decision.ruleId,
      severity: 'serious',
      subject: decision.subject,
      title: `Stop ${name}`,
      detail: `It is declining (${fact('trend')}), with ${fact('conversions')} conversions and ${fact('value')} of value for ${fact('spend')} of spend.${gate}${over}`,
    },
  ]
}

function kpiFinding({ key, name, kpi, decision }: JudgedSegment): Finding[] {
  if (kpi === null || kpi.verdict !== 'differs') return []
  const fact = (metric: string): string => token(`${segmentPrefix(key)}.kpi.${metric}`)
  const [measured, second] = [
    { metric: 'delivered', reading: kpi.delivered, where: 'platforms’ counts' },
    { metric: 'own', reading: kpi.own, where: 'counts stated with it' },
  ].filter(({ reading }) => isMeasured(reading.rate))
  const first = present(measured, 'a reading that a stated rate differs from')
  const rest =
    second === undefined
      ? '. The stated rate does not follow from it'
      : `; the ${second.where} give ${fact(second.metric)}. The stated rate follows from neither`
  return [
    {
      id: `finding.portfolio.kpi_claim:${key}`,
      ruleId: 'portfolio.kpi_claim',
      severity: 'warning',
      subject: decision.subject,
      title: `${kpiWords(kpi.kpi)} of ${name} is stated as ${fact('stated')} and is ${fact(first.metric)}`,
      detail: `The ${first.where} give ${fact(first.metric)}${rest}, so no call may rest on it.`,
    },
  ]
}

function callFinding({ subject, ruling, name, decision }: JudgedSegment): Finding[] {
  const published = subject.rollup?.recommendation ?? null
  if (published === null || published === ruling.action) return []
  return [
    {
      id: `finding.portfolio.published_call:${decision.id}`,
      ruleId: 'portfolio.published_call',
      severity: 'info',
      subject: decision.subject,
      title: `The call for ${name} is ${ruling.action}, not ${literal(published)} as stated`,
      detail: 'The policy’s table leads to another call than the one stated beside the figures.',
    },
  ]
}

function contradictionFinding({ key, name, momentum, decision }: JudgedSegment): Finding[] {
  if (!momentum.contradicted) return []
  return [
    {
      id: `finding.portfolio.stated_trend:${key}`,
      ruleId: 'portfolio.stated_trend',
      severity: 'warning',
      subject: decision.subject,
      title: `The stated trend of ${name} contradicts what was measured`,
      detail: `Measured against the month before, the conversion rate changed by ${token(`${segmentPrefix(key)}.trend`)}; the rollup states the opposite direction.`,
    },
  ]
}

function statedFinding(judged: readonly JudgedSegment[]): Finding[] {
  if (!judged.some(({ momentum }) => momentum.basis === 'stated')) return []
  return [
    {
      id: 'finding.portfolio.stated_trends',
      ruleId: 'portfolio.stated_trend',
      severity: 'info',
      subject: 'segments:all',
      title: `The direction of ${token('synthesis.segments.stated')} segments is stated, not measured`,
      detail:
        'The rollups give a trend without the counts of the window before, so no test can tell it from chance. The calls follow its sign and nothing else.',
    },
  ]
}

function kpiWords(kpi: string): string {
  const words = literal(kpi.replaceAll('_', ' '))
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

/** Segments named in one finding. */
const NAMED = 10

/** Segments whose change was measured and may be chance: that is not the same as not measured. */
function undecidedFinding(judged: readonly JudgedSegment[]): Finding[] {
  const open = judged.flatMap(({ key, name, momentum }) => {
    const why = undecidedWhy(momentum)
    const prefix = segmentPrefix(key)
    if (why === undefined) return []
    const until =
      settledDay(momentum) === undefined ? '' : ` before ${token(`${prefix}.settled_on`)}`
    return [
      `${name}: ${token(`${prefix}.trend`)}, ${why}${until} (p ${token(`${prefix}.trend_p`)})`,
    ]
  })
  if (open.length === 0) return []
  const more = open.length > NAMED ? '; and others' : ''
  return [
    {
      id: 'finding.portfolio.undecided',
      ruleId: 'portfolio.undecided',
      severity: 'info',
      subject: 'segments:all',
      title: `${token('synthesis.segments.undecided')} segment changes were looked at and decide nothing`,
      detail: `Conversions per click against the month before. ${open.slice(0, NAMED).join('; ')}${more}.`,
    },
  ]
}
