import type { ReviewDocument } from '#rules/schema/document.ts'

type TrustReason = ReviewDocument['trust']['reasons'][number]

/** Why the grade of the data was lowered, or what they hold besides, so that whoever owns them knows what to mend. */
export function trustReasonText(
  { code, subject, compared }: TrustReason,
  { month }: { readonly month: string },
): string {
  const say = SAYINGS.get(code)
  return say === undefined
    ? `${code.replaceAll('_', ' ')}: ${subject}`
    : say(subject, compared, month)
}

const LEFT_OUT = 'rows_after_as_of'

/** Why the grade was lowered; what was only left out is told apart, see `leftOutText`. */
export function gradeTexts({ trust, month }: Pick<ReviewDocument, 'trust' | 'month'>): string[] {
  return trust.reasons
    .filter(({ code }) => code !== LEFT_OUT)
    .map((reason) => trustReasonText(reason, { month }))
}

/** Which rows of the month are in no figure, because the review speaks for an earlier day; undefined where there are none. */
export function leftOutText({ trust }: Pick<ReviewDocument, 'trust'>): string | undefined {
  const left = trust.reasons
    .filter(({ code }) => code === LEFT_OUT)
    .map(({ subject, compared: { rows } }) => `${said(rows)} of ${subject}`)
  return left.length === 0
    ? undefined
    : `Rows of the month in no figure, because they are of later days or book the month as a whole before its end: ${left.join(', ')}`
}

/** Of which data sets rows were rejected, whatever that does to the grade; undefined where none were. */
export function rejectedText({ inputs }: Pick<ReviewDocument, 'inputs'>): string | undefined {
  const lost = inputs
    .filter(({ rejected }) => rejected > 0)
    .map(({ dataset, rejected }) => `${rejected} of ${dataset}`)
  return lost.length === 0
    ? undefined
    : `Rejected rows, in no figure (mo validate names each): ${lost.join(', ')}`
}

type Say = (subject: string, compared: TrustReason['compared'], month: string) => string

const SAYINGS: ReadonlyMap<string, Say> = new Map<string, Say>([
  ['no_data', () => 'no data set could be read'],
  ['dataset_unreadable', (subject, compared) => `${subject} could not be read${fault(compared)}`],
  [
    'no_rows_in_month',
    (subject, { nearestMonth }, month) =>
      `${subject} has no rows for ${month}; its nearest are of ${said(nearestMonth)}`,
  ],
  [
    'rows_rejected',
    (subject, compared) =>
      `${said(compared['rejected'])} of ${said(compared['rows'])} rows of ${subject} were rejected${fault(compared)}`,
  ],
  [
    'book_incomplete',
    (subject, compared, month) =>
      `${said(compared['lost'])} rejected ${compared['lost'] === 1 ? 'row' : 'rows'} of ${subject} may be of ${month}, so that its totals are not stated${fault(compared)}`,
  ],
  [
    'rows_after_as_of',
    (subject, { rows }, month) =>
      `${said(rows)} ${rows === 1 ? 'row' : 'rows'} of ${subject} for ${month} ${rows === 1 ? 'is' : 'are'} of later days, or of the month as a whole before its end, and in no figure`,
  ],
  ['spend_untraceable', () => 'too much of the media spend is explained by no platform row'],
])

function fault(compared: TrustReason['compared']): string {
  const { faultRows, faultPlace, faultExpected, faultGot } = compared
  if (faultExpected === undefined) return ''
  const rows =
    faultRows === undefined ? '' : `${said(faultRows)} ${faultRows === 1 ? 'row' : 'rows'}, `
  const place = faultPlace === undefined ? '' : `${said(faultPlace)}: `
  return ` (${rows}${place}expected ${said(faultExpected)}, got ${said(faultGot)})`
}

/** A quantity that was compared; lists are not among those of the data gate. */
function said(value: TrustReason['compared'][string] | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : ''
}
