import { compareText } from '../kernel/order.ts'

/** A link as it was read: its parameters in order, decoded, and what stands behind the hash. */
export interface Link {
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly fragment: string
}

/** Which campaign parameters every link must carry, and which media it may name. */
export interface UtmTerms {
  readonly required: readonly string[]
  readonly media: readonly string[]
}

/** Parameters that analytics tools know. */
const KNOWN = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'utm_id',
  'utm_source_platform',
  'utm_creative_format',
  'utm_marketing_tactic',
]

/**
 * What is wrong with the campaign parameters of a link? Faults as `KIND` or `KIND:parameter`:
 *
 * `MISSING` a required one is not there · `DUPLICATE` it is there twice · `EMPTY` · `CASE` it has capitals, which count as another value ·
 * `FORMAT` it has other characters than letters, digits and `. _ -` · `PII` it looks like a mail address or telephone number · `UNKNOWN` a
 * parameter `utm_…` that no tool knows, so misspelt · `MEDIUM` the medium is not on the list · `IN_FRAGMENT` parameters behind the hash,
 * where no tool reads them.
 *
 * @returns In order: per required and then per further parameter, the medium, the fragment. Empty when the link may go out.
 * Source: Google Analytics, custom campaign parameters; RFC 3986, section 3.5 (fragments are not sent).
 */
export function linkFaults({ parameters, fragment }: Link, terms: UtmTerms): string[] {
  const campaign = parameters.filter(([name]) => name.toLowerCase().startsWith('utm_'))
  const others = [...new Set(campaign.map(([name]) => name))]
    .filter((name) => !terms.required.includes(name))
    .toSorted(compareText)
  const [medium] = valuesOf('utm_medium', campaign)
  return [
    ...terms.required.flatMap((name) => requiredFaults(name, valuesOf(name, campaign))),
    ...others.flatMap((name) =>
      KNOWN.includes(name) ? valueFaults(name, valuesOf(name, campaign)) : [`UNKNOWN:${name}`],
    ),
    ...(medium === undefined || medium === '' || terms.media.includes(medium.toLowerCase())
      ? []
      : ['MEDIUM']),
    ...(/(^|[?&])utm_/i.test(fragment.replace(/^#/, '')) ? ['IN_FRAGMENT'] : []),
  ]
}

function valuesOf(name: string, parameters: Link['parameters']): string[] {
  return parameters.filter(([given]) => given === name).map(([, value]) => value)
}

function requiredFaults(name: string, values: readonly string[]): string[] {
  return values.length === 0 ? [`MISSING:${name}`] : valueFaults(name, values)
}

function valueFaults(name: string, values: readonly string[]): string[] {
  if (values.length > 1) return [`DUPLICATE:${name}`]
  const [value = ''] = values
  if (value === '') return [`EMPTY:${name}`]
  const kinds = [
    ['CASE', /[A-Z]/.test(value)],
    ['FORMAT', !/^[A-Za-z0-9._-]+$/.test(value)],
    ['PII', isPersonal(value)],
  ] as const
  return kinds.filter(([, holds]) => holds).map(([kind]) => `${kind}:${name}`)
}

/** A mail address, or ten to fifteen digits as a telephone number has, however they are grouped. */
function isPersonal(value: string): boolean {
  const isMail = /[^\s@]@[^\s@]+\.[^\s@]/.test(value)
  const isTelephone = /^[+(]?\d[\d ()._-]*$/.test(value) && isDialled(value.replace(/\D/g, ''))
  return isMail || isTelephone
}

function isDialled(digits: string): boolean {
  return digits.length >= 10 && digits.length <= 15
}
