import { compareToPrinted } from './printed-decimal.ts'

/** Currencies whose minor unit is not a hundredth, by number of decimals. */
const DECIMALS: readonly (readonly [number, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]

/**
 * How many minor units make one unit of a currency: 100 for USD, 1 for JPY, 1000 for KWD.
 *
 * Source: ISO 4217, list one, column "Mnr".
 */
export function minorPerMajor(currency: string): number {
  const row = DECIMALS.find(([, codes]) => codes.split(' ').includes(currency))
  return 10 ** (row?.[0] ?? 2)
}

/**
 * Is an amount below, at or above a bound that the policy prints in whole currency units (500 or 499.995)? Exact.
 *
 * @param minor Whole minor units.
 * @returns −1 below, 0 equal, 1 above.
 * @throws InvariantError when `minor` is no safe integer.
 */
export function compareAmount(minor: number, currency: string, bound: number): -1 | 0 | 1 {
  return compareToPrinted({ numerator: minor, denominator: minorPerMajor(currency) }, bound)
}
