import type { GuardedClock } from './guarded-clock.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

const EVERY_MS = 1_000

/** Looks at the clock every second, so that a doubt is told when it begins and when it ends, whoever comes to the door. */
export function watchClock(clock: GuardedClock, { logger, metrics }: { logger: Logger; metrics: Metrics }) {
  let known: string | null = null

  function look(): void {
    const doubt = clock.doubt()
    metrics.clockInDoubt.set(doubt === null ? 0 : 1)
    metrics.clockOffsetSeconds.set(clock.offsetMs() / 1_000)
    const reason = doubt?.reason ?? null
    if (reason === known) return
    known = reason
    if (doubt === null) logger.warn('the clock is believed again')
    else logger.error(doubt, 'the clock is in doubt: nothing is taken until it is put right, or confirmed')
  }

  look()
  const timer = setInterval(look, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
