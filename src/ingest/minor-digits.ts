/** How many decimals an amount of a currency has: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217). */
export function minorDigitsOf(currency: string): number {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}
