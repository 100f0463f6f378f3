import { measured, notMeasured, quotient } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Evidence, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { ClaimCheck } from './claims.ts'
import { figure, fraction, subjectFacts } from './fact-entries.ts'
import type { BudgetContext } from './input.ts'
import { linePrefix } from './line-facts.ts'
import type { LineReview } from './line-review.ts'

/** Does advice on a line rest on claims that the books contradict? A curve estimated elsewhere rests on no claim. */
export function restsOnContradictedClaims({
  claims,
  evidence,
}: Pick<LineReview, 'claims' | 'evidence'>): boolean {
  return claims?.isContradicted === true && evidence.level !== 'L4'
}

/** Moves with the concern that one of their lines is advised on by such claims, and by which. */
export function withClaims(
  moves: readonly BudgetMove[],
  lines: readonly LineReview[],
  { policy }: BudgetContext,
): readonly BudgetMove[] {
  const contradicted = new Map(
    lines.filter(restsOnContradictedClaims).map((review) => [review.line.id, review]),
  )
  return moves.map((move) => {
    const ends = [move.fromLine, move.toLine].flatMap((id) => contradicted.get(id ?? '') ?? [])
    if (ends.length === 0) return move
    return {
      ...move,
      concerns: [...move.concerns, 'claims_above_books'],
      basis: {
        ...move.basis,
        claims_above_books: ends.map(({ line }) => line.id),
        claim_ratio_warn: policy.trust.claim_ratio_warn,
      },
    }
  })
}

/** What was compared, for the decision about a line. */
export function claimEvidence(
  { claims }: Pick<LineReview, 'claims'>,
  { policy }: BudgetContext,
): Evidence {
  if (claims === null) return {}
  return {
    claims_read_of: claims.scope,
    claimed_conversions: claims.claimedConversions,
    booked_wins: claims.bookedWins,
    claimed_value_minor: claims.claimedValueMinor,
    booked_value_minor: claims.bookedValueMinor,
    claim_ratio_warn: policy.trust.claim_ratio_warn,
    claims_above_books: claims.isContradicted,
    contradicted_claims: policy.budget.contradicted_claims,
  }
}

/** Lines whose contradicted claims a reader must know of: those in a move, and those that the policy keeps money out of. */
export function linesToldByClaims(
  lines: readonly LineReview[],
  moves: readonly BudgetMove[],
  { policy }: BudgetContext,
): readonly LineReview[] {
  const advised = new Set(
    moves
      .filter(({ concerns }) => concerns.includes('claims_above_books'))
      .flatMap(({ fromLine, toLine }) => [fromLine, toLine]),
  )
  return lines.filter(
    (review) =>
      restsOnContradictedClaims(review) &&
      (advised.has(review.line.id) || policy.budget.contradicted_claims === 'block'),
  )
}

const BOUND = 'budget.claims.bound'

/** Enters claims and books of each told line, with the ratio of each pair. */
export function enterClaims(
  book: FactBook,
  told: readonly LineReview[],
  { policy }: BudgetContext,
): void {
  if (told.length === 0) return
  book.add({
    id: BOUND,
    label: 'Claims of a platform for each booked one, above which the books contradict it',
    unit: 'ratio',
    quantity: measured(policy.trust.claim_ratio_warn),
    source: [],
  })
  for (const { line, claims } of told) {
    if (claims === null) continue
    const { sources } = claims
    const subject = {
      prefix: `${linePrefix(line.id)}.claims`,
      name: `${line.name}, ${SCOPES[claims.scope].part}`,
      currency: policy.company.currency,
    }
    const facts = subjectFacts(book, subject, sources.claimed)
    const pairs = [
      ['conversions', 'count', claims.claimedConversions, claims.bookedWins, sources.bookedWins],
      ['value', 'money', claims.claimedValueMinor, claims.bookedValueMinor, sources.bookedValue],
    ] as const
    for (const [metric, unit, claimed, booked, bookedRows] of pairs) {
      const claim = figure(claimed, 'the platform does not report it')
      const found = figure(booked, 'the books do not hold it')
      facts.enter(`${metric}_claimed`, { label: `${metric} claimed`, unit, quantity: claim })
      facts.enter(`${metric}_booked`, {
        label: `${metric} booked`,
        unit,
        quantity: found,
        source: bookedRows,
      })
      facts.enter(`${metric}_ratio`, {
        label: `${metric} claimed for each booked`,
        unit: 'ratio',
        ...(hasRatio(booked)
          ? { quantity: quotient(claim, found, 'what is booked'), ...fraction(claim, found) }
          : { quantity: notMeasured('nothing is booked to divide by') }),
        formula: 'claimed ÷ booked',
        inputs: [`${facts.prefix}.${metric}_claimed`, `${facts.prefix}.${metric}_booked`],
        source: [...sources.claimed, ...bookedRows],
      })
    }
  }
}

/** Of nothing, and of less than nothing, nobody claims so many times as much. */
function hasRatio(booked: number | null): boolean {
  return booked === null || booked > 0
}

const SCOPES: Readonly<
  Record<ClaimCheck['scope'], { readonly part: string; readonly who: string }>
> = {
  line: { part: 'the line itself', who: 'the platform claims' },
  campaign: { part: 'its campaign', who: 'the platforms claim' },
  platform: { part: 'all channels of its platform', who: 'the platform claims' },
  company: { part: 'all campaigns of the company', who: 'the platforms claim' },
}

/** That the platform's claims, on which a line is advised, are above the books. */
export function claimFindings(told: readonly LineReview[], { policy }: BudgetContext): Finding[] {
  return told.flatMap(({ line, claims }) => {
    if (claims === null) return []
    const of = (metric: string): string => token(`${linePrefix(line.id)}.claims.${metric}`)
    const pairs = [
      ['conversions', 'conversions', 'won deals', claims.claimedConversions, claims.bookedWins],
      ['value', 'of value', 'booked', claims.claimedValueMinor, claims.bookedValueMinor],
    ] as const
    const compared = pairs
      .filter(([, , , claimed, booked]) => claimed !== null && booked !== null)
      .map(
        ([metric, what, where, , booked]) =>
          `${of(`${metric}_claimed`)} ${what} against ${of(`${metric}_booked`)} ${where}${hasRatio(booked) ? `, ${of(`${metric}_ratio`)}` : ''}`,
      )
    const { part, who } = SCOPES[claims.scope]
    const then =
      policy.budget.contradicted_claims === 'block'
        ? 'The policy lets no money into it until they agree.'
        : 'Moves from and to it carry this as a concern: hold its return against the books before one is approved.'
    return [
      {
        id: `finding.budget.claims.${line.id}`,
        ruleId: 'budget.claims',
        severity: 'warning' as const,
        subject: `line:${line.id}`,
        title: `${literal(line.name)}: what it returns is claimed by its platform, and the books contradict it`,
        detail: `Of ${part} ${who} ${compared.join('; ')}, where the policy allows ${token(BOUND)}. ${then}`,
      },
    ]
  })
}
