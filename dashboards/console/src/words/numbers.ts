/** Two digits after the point at most, and none for large numbers: `0.5`, `12.3`, `1,234`. */
export function formatNumber(value: number, locale: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
}

/** How unlikely it is that chance alone brings so many. */
export type Likelihood =
  | { readonly word: 'one-in'; readonly n: string }
  | { readonly word: 'less-than-one-in-a-billion' }
  | { readonly word: 'percent'; readonly n: string }

/** A probability (0..1) in words: percent down to 1 %, then `1 in n` with two significant digits, then a bound. */
export function likelihoodOf(probability: number, locale: string): Likelihood {
  if (probability < 1e-9) return { word: 'less-than-one-in-a-billion' }
  if (probability >= 0.01) {
    return {
      word: 'percent',
      n: new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(probability * 100),
    }
  }
  // 万 and 亿 are how Chinese counts; English short forms differ between browsers.
  const notation = locale.startsWith('zh') ? 'compact' : 'standard'
  const format = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2, notation })
  return { word: 'one-in', n: format.format(1 / probability) }
}

/** How many times the expected was observed, rounded for speech; null when there is nothing to compare with. */
export function timesExpected(observed: number, expected: number | null, locale: string): string | null {
  if (expected === null || expected <= 0) return null
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(observed / expected)
}
