/** How a figure is called in a phrase, and whether it is counted (`95 leads`) or named (`ROI of +12.0%`). */
interface MetricWords {
  readonly label: string
  readonly form: 'plain' | 'counted' | 'scored'
  readonly article?: 'a' | 'an' | undefined
  /** One of what is counted: `1 lead`. */
  readonly singular?: string
}

const named = (label: string): MetricWords => ({
  label,
  form: 'plain',
  article: articleOf(label),
})
const counted = (label: string, singular = label.replace(/s$/, '')): MetricWords => ({
  label,
  form: 'counted',
  singular,
})

/** Sums of money that stand without an article; of what can be counted as one there is `a` or `an`. */
const BARE: ReadonlySet<string> = new Set(['spend', 'platform spend', 'forecast spend'])

function articleOf(label: string): 'a' | 'an' | undefined {
  if (BARE.has(label) || label.endsWith('left') || label.startsWith('acceptance')) return undefined
  // ROI is said by its letters and begins with a consonant's sound only in ROAS.
  return /^(?:ROI|MQL|[aeiou])/.test(label) ? 'an' : 'a'
}

/**
 * The figures a narrator may name, by the last part of their fact id. A closed list: a fact id also holds ids from data, and of those no
 * letter may reach a model.
 */
export const NARRATED_METRICS: ReadonlyMap<string, MetricWords> = new Map([
  ['cost', named('full cost')],
  ['value', named('value')],
  ['net', named('net return')],
  ['roi', named('ROI')],
  ['roas', named('ROAS')],
  ['platform_spend', named('platform spend')],
  ['spend', named('spend')],
  ['planned', named('planned budget')],
  ['forecast', named('forecast spend')],
  ['remainder', named('budget left')],
  ['utilisation', named('budget use')],
  ['marginal_return', named('marginal return')],
  ['impressions', counted('impressions')],
  ['clicks', counted('clicks')],
  ['conversions', counted('conversions')],
  ['wins', counted('won deals')],
  ['created', counted('new leads')],
  ['opportunities', counted('opportunities', 'opportunity')],
  ['assisted', counted('assisted conversions')],
  ['assisted_conversions', counted('assisted conversions')],
  ['count', counted('people', 'person')],
  ['amount', named('amount')],
  ['cac', named('cost per won customer')],
  ['conversion_value', named('conversion value')],
  ['return', named('return')],
  ['share', named('share of credit')],
  ['ctr', named('click-through rate')],
  ['cpc', named('cost per click')],
  ['cpa', named('cost per conversion')],
  ['conversion_rate', named('conversion rate')],
  ['entered', counted('people before the step', 'person before the step')],
  ['reached', counted('people after the step', 'person after the step')],
  ['rate', named('step rate')],
  ['matured_rate', named('rate of matured entries')],
  ['rate_so_far', named('rate so far')],
  ['views', counted('views')],
  ['engagement_rate', named('engagement rate')],
  ['bounce_rate', named('bounce rate')],
  ['search_clicks', counted('search clicks')],
  ['search_position', named('mean search position')],
  ['mqls', counted('MQLs')],
  ['acceptance', named('acceptance by sales')],
  ['sql_rate', named('MQL-to-SQL rate')],
  ['sales_qualification', named('MQL-to-SQL rate')],
  ['win_rate', named('win rate')],
])

/** Figures that are called otherwise of some subjects, by the beginning of their fact id: credit that models give is no count of events. */
const SUBJECT_WORDS: ReadonlyMap<string, MetricWords> = new Map([
  ['attribution.channel.conversions', counted('credited conversions')],
  ['attribution.channel.value', named('credited value')],
])

/** How a figure is called of a subject. @param prefix How the fact ids of the subject begin: `attribution.channel.email.`. */
export function wordsOfSubject(prefix: string, metric: string, words: MetricWords): MetricWords {
  const [stage = '', kind = ''] = prefix.split('.')
  return SUBJECT_WORDS.get(`${stage}.${kind}.${metric}`) ?? words
}

/** A figure as one speaks of it when it moves: `a rise in the win rate`, but `a rise in revenue`. */
export function spokenOf(label: string): string {
  return /\b(?:rate|share|position|per)\b/.test(label) ? `the ${label}` : label
}
