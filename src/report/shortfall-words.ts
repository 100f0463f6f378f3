import type { DocumentNarrative } from '#rules/schema/document.ts'

type Shortfall = NonNullable<DocumentNarrative['shortfall']>

const WHY: Readonly<Record<string, string>> = {
  timeout: 'did not answer in time',
  network: 'could not be reached',
  rate_limited: 'asked to be called later',
  unavailable: 'answered with an error',
  format_refused: 'refused every form of reply it was asked for',
  too_large: 'answered with more bytes than the policy allows',
  malformed: 'answered, but not in the OpenAI protocol',
  truncated: 'broke off its answer',
  refusal: 'declined to answer',
  empty: 'gave an empty answer',
  words_refused: 'used words or figures that no rule stands for',
  form_refused: 'did not answer in the form it was asked for',
  breaker: 'was not asked again after its failures',
}

const REFUSED: Readonly<Record<number, string>> = {
  401: 'refused the key',
  403: 'refused the key',
  404: 'knows no such address or model',
}

const KINDS: Readonly<Record<string, string>> = {
  calls: 'calls',
  tokens: 'tokens',
  bytes: 'bytes',
  ms: 'time',
  costMicros: 'money',
}

/** Why a model's words do not stand, of the model: "refused the key (HTTP 401)". */
export function shortfallInWords({ code, httpStatus }: Omit<Shortfall, 'model'>): string {
  const status = httpStatus === null || httpStatus < 300 ? '' : ` (HTTP ${httpStatus})`
  if (code === 'refused_request') {
    return `${REFUSED[httpStatus ?? 0] ?? 'refused the request'}${status}`
  }
  const [scope = '', kind = ''] = code.split('_')
  return `${WHY[code] ?? `was not asked: the policy’s bound on ${KINDS[kind] ?? kind} of a ${scope} was reached`}${status}`
}
