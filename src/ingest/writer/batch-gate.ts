/** How much of the batch lane goes into the log. */
export interface BatchLimits {
  /** Events a second, at most. */
  readonly eventsPerSecond: number
  /** Messages that detection may be behind the log; beyond, the batch lane waits until it has caught up. */
  readonly mostBehind: number
  /** How often a closed gate looks whether detection has caught up, milliseconds. */
  readonly lookMs: number
}

/** Live events stand in the log behind what the gate let in: ten messages are judged in a fraction of a second. */
export const BATCH_LIMITS: BatchLimits = { eventsPerSecond: 20_000, mostBehind: 10, lookMs: 10 }

/** Meters the batch lane: by rate, and by how far those who read the log are behind. */
export interface BatchGate {
  /** Milliseconds until the next message may be made up; 0: now. */
  waitMs(): number
  /** A message took so many events of the batch lane along. */
  passed(events: number): void
}

export interface BatchGateOptions {
  readonly limits: BatchLimits
  /** Messages of the log that are not judged yet. */
  readonly behind: () => number
  /** Milliseconds on a clock that is never set. */
  readonly monotonic: () => number
}

export function createBatchGate({ limits, behind, monotonic }: BatchGateOptions): BatchGate {
  let opensAt = Number.NEGATIVE_INFINITY
  return {
    waitMs() {
      const early = opensAt - monotonic()
      if (early > 0) return Math.max(1, Math.ceil(early))
      return behind() > limits.mostBehind ? limits.lookMs : 0
    },
    passed(events) {
      opensAt = Math.max(opensAt, monotonic()) + (events * 1_000) / limits.eventsPerSecond
    },
  }
}
