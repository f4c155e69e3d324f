/** Relative weight under which a further term of the sum no longer changes a double. */
const NEGLIGIBLE = 1e-17

/** Up to here factors are multiplied one by one; beyond, Stirling's series is exact to the last digit. */
const STIRLING_FROM = 64

/**
 * log(pmf(n)) + n*log(n/mu) + mu - n, i.e. what remains of the Poisson probability when its big terms are taken out:
 * -log(sqrt(2 pi n)) - 1/(12n) + 1/(360n^3) - 1/(1260n^5). The first term left out is below 1e-15 from n = 64 on.
 */
function stirlingRemainder(n: number): number {
  const inverse = 1 / n
  const square = inverse * inverse
  return -0.5 * Math.log(2 * Math.PI * n) - inverse * (1 / 12 - square * (1 / 360 - square / 1260))
}

/** P(X = n) for X ~ Poisson(mu); n a whole number from 0, mu > 0. */
export function poissonProbability(n: number, mu: number): number {
  if (n >= STIRLING_FROM) {
    // n - mu - n log(n/mu), with log1p so that nothing cancels when n is near mu.
    const exponent = n - mu - n * Math.log1p((n - mu) / mu)
    return Math.exp(exponent + stirlingRemainder(n))
  }
  // exp(-mu) would underflow for a large mu: its share goes into each factor.
  let probability = n === 0 ? Math.exp(-mu) : 1
  const share = Math.exp(-mu / n)
  for (let k = 1; k <= n; k++) probability *= (mu / k) * share
  return probability
}

/**
 * Upper tail P(X >= n) for X ~ Poisson(mu), 0 to 1. n a whole number (n <= 0 gives 1), mu >= 0.
 *
 * Above the mean the sum runs upward from n, pmf(n) * (1 + mu/(n+1) * (1 + mu/(n+2) * ...)): every term is positive and
 * smaller than the one before, so nothing cancels and small tails keep their relative precision (error below 1e-12 for
 * mu up to 10,000).
 * Below the mean the tail is near 1 and the complement, summed downward from n-1, is the exact one.
 */
export function poissonTail(n: number, mu: number): number {
  if (n <= 0) return 1
  if (mu <= 0) return 0
  if (n <= mu) {
    let term = 1
    let sum = 1
    for (let k = n - 1; k > 0; k--) {
      term *= k / mu
      sum += term
      if (term < sum * NEGLIGIBLE) break
    }
    return 1 - poissonProbability(n - 1, mu) * sum
  }
  let term = 1
  let sum = 1
  for (let k = n + 1; term > sum * NEGLIGIBLE; k++) {
    term *= mu / k
    sum += term
  }
  return poissonProbability(n, mu) * sum
}
