import { YujingError } from '../model/errors.ts'
import type { ClockDoubtReason } from '../model/readiness.ts'
import { DAY_MS } from '../model/time.ts'
import type { Clock, TimeSources } from './clock.ts'

/** When a wall clock is no longer believed. */
export interface ClockLimits {
  /** Furthest that the wall clock may part from the monotonic one, or lie behind log time, milliseconds. */
  readonly toleranceMs: number
  /** Milliseconds in which parting as far as the tolerance is taken for the small steps of a clock that is kept. */
  readonly driftMs: number
}

/** 5 minutes at once; 5 minutes a day are followed: a time server that steps a second now and then is no jump. */
export const CLOCK_LIMITS: ClockLimits = { toleranceMs: 5 * 60_000, driftMs: DAY_MS }

/** Why the clock is not believed, and how far it is off, milliseconds (positive). */
export interface ClockDoubt {
  readonly reason: ClockDoubtReason
  readonly byMs: number
}

/** How far the log has come: the clock must not fall behind it unnoticed. */
export interface LogTime {
  /** Epoch milliseconds; 0 for an empty log. */
  readonly logTime: number
  /** Log time at which somebody confirmed that the clock rightly lies behind: it holds while log time stands there. */
  readonly confirmedAt: number | null
}

/**
 * The clock that stamps `receivedAt` and ticks. While in doubt nothing is stamped, and nobody but an administrator, or
 * the clock itself by coming back to where it belongs, ends that.
 *
 *     monotonic  ──10:00──10:01──10:02──10:03──────────────>
 *     wall       ──10:00──10:01──11:02──11:03──────────────>   jumped-forward by 1 h: a step, or a machine that slept
 *     wall       ──10:00──10:01──09:02──09:03──────────────>   jumped-back by 1 h; log time stays at 10:01
 *
 * The monotonic clock of Linux is slewed together with the wall clock, so that a time server that corrects by slewing is
 * never seen here; a process that was frozen sees both clocks move on.
 */
export interface GuardedClock extends Clock {
  /** The wall clock as it is, in doubt or not. */
  now(): number
  /** Null while the clock is believed. */
  doubt(): ClockDoubt | null
  /** @throws YujingError `clock.doubtful` */
  assertBelieved(): void
  /** Wall clock minus where the monotonic one says it should be, milliseconds. */
  offsetMs(): number
  /** The wall clock is right as it stands: jumps are measured from here on. Says nothing about log time. */
  accept(): void
  /** From now on it may not lie behind this log; null: there is none to follow. */
  follow(log: (() => LogTime) | null): void
}

/** Believes the wall clock as it finds it; what it did before this process began cannot be known. */
export function createGuardedClock(time: TimeSources, limits: ClockLimits = CLOCK_LIMITS): GuardedClock {
  let log: (() => LogTime) | null = null
  let reference = 0
  let seen = 0

  function accept(): void {
    seen = time.monotonic()
    reference = time.wall() - seen
  }

  function jump(): ClockDoubt | null {
    const monotonic = time.monotonic()
    const parted = time.wall() - monotonic - reference
    if (Math.abs(parted) > limits.toleranceMs)
      return { reason: parted > 0 ? 'jumped-forward' : 'jumped-back', byMs: Math.abs(parted) }
    const followed = (Math.max(0, monotonic - seen) * limits.toleranceMs) / limits.driftMs
    reference += Math.sign(parted) * Math.min(Math.abs(parted), followed)
    seen = monotonic
    return null
  }

  function behind(): ClockDoubt | null {
    if (log === null) return null
    const { logTime, confirmedAt } = log()
    const byMs = logTime - time.wall()
    return byMs > limits.toleranceMs && confirmedAt !== logTime ? { reason: 'behind-log', byMs } : null
  }

  function doubt(): ClockDoubt | null {
    return jump() ?? behind()
  }

  accept()
  return {
    now: time.wall,
    doubt,
    assertBelieved() {
      if (doubt() !== null) throw new YujingError('clock.doubtful')
    },
    offsetMs: () => time.wall() - time.monotonic() - reference,
    accept,
    follow(source) {
      log = source
    },
  }
}
