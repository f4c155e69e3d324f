import type { Clock } from '../../telemetry/clock.ts'
import type { AlertArchive } from '../ports/alert-archive.ts'

/** How old an alert can be and still be in the archive: spares most readers, and every new alert, a question. */
export interface Reach {
  /** Asks the archive once how far it reaches. */
  learn(): Promise<void>
  /** No alert in the archive was changed later than this, epoch milliseconds; until it was asked nobody knows. */
  upTo(): number
  /**
   * Whether one that was there at a time, and not before, can be in the archive. Goes by the time alone while the
   * archive was not asked yet: an alert that opens is not to wait for that.
   */
  mayHold(sinceMs: number): boolean
}

/**
 * An alert goes into the archive `keptMs` after its last change at the earliest. What went in before this process began
 * may have had a shorter time (another configuration): the archive itself says how far that reaches.
 */
export function createReach(parts: {
  readonly archive: AlertArchive
  readonly clock: Clock
  readonly keptMs: number
  /** Whether any alert has left the bucket since. */
  readonly anyLeft: () => boolean
}): Reach {
  const { archive, clock, keptMs, anyLeft } = parts
  let newest = Number.POSITIVE_INFINITY
  const sent = () => clock.now() - keptMs
  const isEmpty = () => newest === Number.NEGATIVE_INFINITY && !anyLeft()
  return {
    async learn() {
      newest = (await archive.newest()) ?? Number.NEGATIVE_INFINITY
    },
    upTo: () => (isEmpty() ? newest : Math.max(newest, sent())),
    mayHold: (sinceMs) =>
      !isEmpty() && sinceMs <= (newest === Number.POSITIVE_INFINITY ? sent() : Math.max(newest, sent())),
  }
}
