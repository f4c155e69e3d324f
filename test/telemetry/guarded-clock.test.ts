import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOCK_LIMITS, createGuardedClock } from '../../src/telemetry/guarded-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.parse('2026-11-23T08:00:00+08:00')

/** A machine whose two clocks are moved by hand. */
function machine() {
  const at = { wall: START, monotonic: 1_000 }
  const clock = createGuardedClock({ wall: () => at.wall, monotonic: () => at.monotonic })
  return {
    clock,
    /** Time goes by on both clocks. */
    passes(milliseconds: number) {
      at.wall += milliseconds
      at.monotonic += milliseconds
    },
    /** Only the wall clock moves: it is set, or the machine slept. */
    steps(milliseconds: number) {
      at.wall += milliseconds
    },
  }
}

describe('the guarded clock', () => {
  it('is believed while both clocks go on together, however long nobody looks', () => {
    const { clock, passes } = machine()
    for (const milliseconds of [0, MINUTE, 30 * 24 * HOUR]) {
      passes(milliseconds)
      expect(clock.doubt()).toBeNull()
    }
    expect(clock.now()).toBe(START + MINUTE + 30 * 24 * HOUR)
  })

  it.each([
    ['jumped-forward', 5 * MINUTE + 1],
    ['jumped-back', -5 * MINUTE - 1],
    ['jumped-forward', HOUR], // a machine that slept
  ] as const)('%s by %i ms: in doubt until it is accepted', (reason, step) => {
    const { clock, passes, steps } = machine()
    steps(step)
    expect(clock.doubt()).toEqual({ reason, byMs: Math.abs(step) })
    expect(() => clock.assertBelieved()).toThrow(expect.objectContaining({ code: 'clock.doubtful' }))
    passes(24 * HOUR)
    expect(clock.doubt()).toEqual({ reason, byMs: Math.abs(step) })
    clock.accept()
    expect(clock.doubt()).toBeNull()
    expect(clock.now()).toBe(START + step + 24 * HOUR)
    steps(-step)
    expect(clock.doubt()).not.toBeNull()
  })

  it.each([5 * MINUTE, -5 * MINUTE])('a step of %i ms, the tolerance itself, is none', (step) => {
    const { clock, steps } = machine()
    steps(step)
    expect(clock.doubt()).toBeNull()
  })

  it('is believed again when it comes back to where it belongs', () => {
    const { clock, passes, steps } = machine()
    steps(HOUR)
    expect(clock.doubt()).not.toBeNull()
    passes(MINUTE)
    steps(-HOUR)
    expect(clock.doubt()).toBeNull()
  })

  it('follows the small steps of a clock that is kept, and no more than the tolerance a day', () => {
    const kept = machine()
    for (let day = 0; day < 60; day++) {
      kept.passes(24 * HOUR)
      kept.steps(4 * MINUTE)
      expect(kept.clock.doubt()).toBeNull()
    }
    const creeping = machine()
    let crept = 0
    while (creeping.clock.doubt() === null) {
      creeping.passes(MINUTE)
      creeping.steps(1_000)
      crept += 1_000
    }
    expect(crept).toBeGreaterThan(CLOCK_LIMITS.toleranceMs)
    expect(crept).toBeLessThan(1.5 * CLOCK_LIMITS.toleranceMs)
  })

  it('is in doubt whenever a single step is larger than the tolerance, whatever went before', () => {
    const small = fc.record({ passes: fc.nat(48 * HOUR), steps: fc.integer({ min: -MINUTE, max: MINUTE }) })
    fc.assert(
      fc.property(fc.array(small, { maxLength: 4 }), fc.boolean(), (before, forward) => {
        const { clock, passes, steps } = machine()
        for (const one of before) {
          passes(one.passes)
          steps(one.steps)
          expect(clock.doubt()).toBeNull()
        }
        steps((forward ? 1 : -1) * (CLOCK_LIMITS.toleranceMs + 5 * MINUTE))
        expect(clock.doubt()?.reason).toBe(forward ? 'jumped-forward' : 'jumped-back')
      }),
    )
  })
})

describe('behind the log', () => {
  it('is in doubt until it has caught up, or it was confirmed where log time stands', () => {
    const { clock, passes } = machine()
    const log = { logTime: START + HOUR, confirmedAt: null as number | null }
    clock.follow(() => log)
    expect(clock.doubt()).toEqual({ reason: 'behind-log', byMs: HOUR })
    clock.accept()
    expect(clock.doubt()).not.toBeNull()
    log.confirmedAt = log.logTime
    expect(clock.doubt()).toBeNull()
    log.confirmedAt = log.logTime - 1
    expect(clock.doubt()).not.toBeNull()
    passes(55 * MINUTE)
    expect(clock.doubt()).toBeNull()
  })
})
