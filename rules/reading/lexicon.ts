/**
 * What words mean, one letter per meaning. Longer phrases win over shorter ones. A word that is not here is not understood, and a text with such
 * a word is not accepted: no reader of rules can tell what “cratered”, “disaster” or “as instructed” claim.
 */
const PHRASES: Readonly<Record<string, string>> = {
  // Direction of a movement.
  U: 'rose|rise|rises|rising|grew|grow|growth|increased|increase|climbed|gained|up|went up|added',
  D: 'fell|fall|falls|dropped|drop|declined|decline|decreased|decrease|slipped|down|went down|shed|lost',
  F: 'was unchanged|were unchanged|unchanged|was flat|were flat|flat|held steady|stayed flat|no change',
  I: 'improved|improvement',
  W: 'worsened|deteriorated',
  X: 'moved|moves|went|changed|move|a change|change',
  // Multiples.
  '2': 'doubled|doubling',
  '3': 'tripled|trebled',
  '5': 'halved',
  '4': 'more than doubled',
  // Has a figure.
  h: 'had|has|recorded|reported|returned|generated|posted|delivered|holds|shows|showed|earned|brought in|produced|took|accounted for|supplied|received|registered|reads|covers|covered|includes|included|reflects|reflected|notes|noted|saw|with',
  b: 'is|was|are|were|stood at|stands at|now stands at|came to|came in at|reached|totalled|totaled',
  S: 'spent',
  R: 'scored',
  T: 'to',
  O: 'from',
  y: 'by',
  v: 'versus|against',
  Z: 'respectively',
  H: 'about|roughly|approximately|around',
  n: 'nearly|almost',
  o: 'over',
  u: 'under',
  // Comparison.
  L: 'the highest|highest|the most|the largest',
  l: 'the lowest|lowest|the least|the smallest',
  G: 'more than|a higher|higher|above|ahead of',
  g: 'less than|a lower|lower|below|behind',
  q: 'the same',
  t: 'than|as',
  // Shares.
  '6': 'half',
  '7': 'a third|one third',
  '8': 'a quarter|one quarter',
  '9': 'two thirds',
  // Decisions. A name of the action is followed by its form: imperative, participle and gerund mean the same call.
  a: 'scale|scaled|scaling|to be scaled',
  k: 'hold|hold the budget|on hold|to be held|held|holding',
  s: 'stop|stopped|stopping|to be stopped|stop the campaign',
  r: 'reduce|reduced|reducing|to be reduced',
  e: 'cut|cut to|is cut|was cut',
  c: 'recommended|recommendation|a recommendation|recommends|recommended to',
  B: 'budget|the budget|budgets',
  p: 'approved|approved by the operator|the operator approved|was approved|were approved',
  w: 'pending|awaiting operator approval|awaits approval|waiting for approval|awaiting approval',
  j: 'rejected|rejected by the operator|the operator rejected|was rejected|were rejected',
  K: 'because|because of|since|due to|rule basis',
  z: 'status',
  d: 'decisions|decision|budget moves',
  C: 'campaigns|campaign',
  // Quantities of things.
  A: 'all|every|each|both',
  N: 'no|none|zero',
  // Notes on the data.
  Y: 'contacts suppressed|contacts are suppressed|contacts were suppressed|suppressed contacts|contacts remain suppressed',
  x: 'data-quality warnings|data quality warnings|data quality checks raised|data-quality checks raised|warnings|warning',
  m: 'utm parameters missing on|utm parameters are missing on|utm parameters were missing on',
  i: 'rows',
  J: 'reviewed claims blocked|reviewed claims were blocked|claims blocked|claims were blocked',
  // Periods that are not a month's name.
  P: 'this period|in the period|this month|in this period|the period',
  Q: 'in the previous period|the previous period|last month|previously at|previously',
  '=': 'in both periods',
  '/': 'compared with',
  '1': 'out of 100',
  // A place, or the subject where none was named.
  $: 'in the portfolio',
  // Words that claim nothing.
  _: "a|an|the|of|this|these|that|its|their|and|also|here|meanwhile|overall|separately|alongside|for|in|on|at|while|which|where|record|review|period|report|summary|section|table|figure|figures|result|results|data|records|detail|details|note|item|items|module|modules|engine|output|outputs|operator|operators|team|leadership|reader|readers|channel|channels|overview|context|recommendations|action|actions|evidence|source|sources|claims|contacts|suppression|list|lists|listed|it|value|now|basis|respective|portfolio|'s|’s",
}

/** Small numbers in words. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, value) => [word, value]),
)

/** Phrases by their first word, the longest first, each with its meaning. */
export const PHRASES_BY_WORD: ReadonlyMap<string, readonly (readonly [string, string])[]> = new Map(
  [
    ...Map.groupBy(
      Object.entries(PHRASES).flatMap(([meaning, phrases]) =>
        phrases.split('|').map((phrase): readonly [string, string] => [phrase, meaning]),
      ),
      ([phrase]) => phrase.split(' ')[0] ?? '',
    ),
  ].map(([word, entries]) => [
    word,
    entries.toSorted(([left], [right]) => right.length - left.length),
  ]),
)
