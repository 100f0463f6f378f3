/** A label in a text whose figures and labels were taken out, by whether money goes out by it. */
const SPENDING = /\b(?:cost|spend|budget)\b/
/** Results that are told as a price, and amounts that go both ways. */
const PRICE = /\bcost per\b|amount/

// cspell:disable
const COMES_IN =
  '(?:br(?:ings?|inging|ought)|earn(?:s|ed|ing)?|generat(?:es?|ed|ing)|deliver(?:s|ed|ing)?|produc(?:es?|ed|ing)|yield(?:s|ed|ing)?|return(?:s|ed|ing)?|won|nett(?:ed|ing)|attract(?:s|ed|ing)?|collect(?:s|ed|ing)?|secur(?:es?|ed|ing)|harvest(?:s|ed|ing)?|pull(?:s|ed|ing)?|dr[ae]ws?|drawing|ma(?:kes?|de|king)|g(?:ives?|ave|iving|iven)|creat(?:es?|ed|ing)|contribut(?:es?|ed|ing)|rais(?:es?|ed|ing)|land(?:ed|ing)|fetch(?:es|ed|ing)?|gather(?:s|ed|ing)?|captur(?:es?|ed|ing)|acquir(?:es?|ed|ing))'
const GOES_OUT =
  '(?:spen(?:ds?|t|ding)|pa(?:ys?|id|ying)|costs?|costing|burn(?:s|ed|t|ing)?|consum(?:es?|ed|ing)|incur(?:s|red|ring)?)'
// cspell:enable
/** What frees the words behind it from the verb before. */
const BREAK =
  'for|with|at|on|from|of|to|by|as|after|through|via|while|which|where|that|who|whose|when'
const OBJECT = '(?:SPENT|GAINED|PRICED)'
const LISTED = '(?:(?:a|an|the|its|and|also|plus) )*'

const said = (verb: string, thing: string): RegExp =>
  new RegExp(
    `\\b${verb} (?:(?!(?:${BREAK}|SPENT|GAINED|PRICED)\\b)[a-z]+ )*(?:${OBJECT} ${LISTED})*${thing}\\b|\\b${thing} (?:[a-z]+ )*(?:is|was|are|were|been|being|got|get) (?:[a-z]+ )*${verb}\\b`,
  )
const FAULTS: readonly RegExp[] = [said(COMES_IN, 'SPENT'), said(GOES_OUT, 'GAINED')]

/** A label where it stands in a text. */
interface PlacedLabel {
  readonly kind: 'figure' | 'label'
  readonly text: string
  readonly at: number
  readonly end: number
}

/**
 * Why a verb of a text cannot be said of the figure it is said of: money that is spent does not come in, and what comes in is not spent; null
 * when each fits.
 *
 * @param pieces Figures and labels of the text, in its order.
 */
export function flowFault(rest: string, pieces: readonly PlacedLabel[]): string | null {
  const words = pieces
    .reduceRight(
      (text, { at, end, kind, text: label }) =>
        `${text.slice(0, at)} ${kind === 'figure' ? 'FIGURE' : wayOf(label)} ${text.slice(end)}`,
      rest.toLowerCase(),
    )
    .replaceAll(/[^a-zA-Z]+/g, ' ')
    // A phrase of a figure is one thing: “a full cost of $5”, “95 leads”, “a 3% fall in spend”.
    .replaceAll(
      /(?:FIGURE )?(?:rise|fall|change) (?:of (?:under )?FIGURE )?in (?:the )?(?=[SGP])/g,
      '',
    )
    .replaceAll(/ (?:of|from) FIGURE(?: to FIGURE)?/g, '')
    .replaceAll(/FIGURE (?:to FIGURE )?/g, '')
  const found = FAULTS.map((fault) => fault.exec(words)?.[0]).find((each) => each !== undefined)
  return found === undefined ? null : `a verb that its figure does not take: ${found}`
}

function wayOf(label: string): string {
  if (PRICE.test(label)) return 'PRICED'
  return SPENDING.test(label) ? 'SPENT' : 'GAINED'
}
