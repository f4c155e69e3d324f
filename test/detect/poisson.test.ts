import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poissonProbability, poissonTail } from '../../src/detect/statistics/poisson.ts'

describe('upper tail of the Poisson distribution', () => {
  // Computed with 60 decimal digits from the definition.
  it.each([
    [0.5, 5, 0.00017211562995584078],
    [0.5, 1, 0.3934693402873666],
    [0.5, 40, 6.844395918288118e-61],
    [2, 9, 0.00023744732826116177],
    [2.1, 12, 2.2371870733951866e-6],
    [10, 12, 0.3032238536968933],
    [10, 30, 2.5099512015279076e-7],
    [10, 3, 0.9972306042844884],
    [63.5, 64, 0.4916411205590263],
    [100, 100, 0.5132987982791487],
    [100, 160, 2.050697541690438e-8],
    [1000, 1100, 0.0009626304058665572],
    [1000, 900, 0.9993774022157249],
    [10000, 10400, 3.58626381909798e-5],
    [10000, 12000, 5.654580750008613e-84],
  ])('P(Poisson(%d) >= %d)', (mu, n, expected) => {
    expect(Math.abs(poissonTail(n, mu) / expected - 1)).toBeLessThan(1e-12)
  })

  it('has its ends', () => {
    expect(poissonTail(0, 3)).toBe(1)
    expect(poissonTail(-2, 3)).toBe(1)
    expect(poissonTail(1, 0)).toBe(0)
    expect(poissonTail(500, 0.5)).toBe(0)
  })

  it('falls by one probability a step', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 500, noNaN: true }), fc.integer({ min: 0, max: 600 }), (mu, n) => {
        const step = poissonTail(n, mu) - poissonTail(n + 1, mu)
        expect(Math.abs(step - poissonProbability(n, mu))).toBeLessThan(1e-13)
      }),
    )
  })
})
