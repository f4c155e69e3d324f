import type { DetectorState, Shard } from './detect/shard.ts'
import type { DetectFigures } from './detect-messages.ts'
import type { Finding } from './model/finding.ts'
import type { Clock } from './telemetry/clock.ts'

/** Counts what a detection thread does between two reports. */
export interface DetectTally {
  acknowledged(finding: Finding): void
  /** From now on findings are not replayed ones: their latency is measured. */
  live(): void
  /** The figures since the last call. */
  take(): Omit<DetectFigures, 'snapshotAgeSeconds'>
}

/** A tally of one shard. */
export function createDetectTally(shard: Shard, clock: Clock): DetectTally {
  let findings: Record<string, number> = {}
  let latencies: number[] = []
  let isLive = false
  let before = new Map<string, DetectorState>()
  return {
    acknowledged({ detector, due, logTime }) {
      findings[detector] = (findings[detector] ?? 0) + 1
      // An instant that came had no way through the door to be measured.
      if (isLive && due === null) latencies.push((clock.now() - logTime) / 1000)
    },
    live() {
      isLive = true
    },
    take() {
      const states = shard.state()
      const since = (now: DetectorState, count: 'storedOnly' | 'released' | 'dropped') =>
        now[count] - (before.get(now.detector)?.[count] ?? 0)
      const storedOnly = states.reduce((sum, state) => sum + since(state, 'storedOnly'), 0)
      const letGo = Object.fromEntries(
        states.map((state) => [
          state.detector,
          { released: since(state, 'released'), dropped: since(state, 'dropped') },
        ]),
      )
      const figures = { findings, latencies, storedOnly, letGo, states }
      findings = {}
      latencies = []
      before = new Map(states.map((state) => [state.detector, state]))
      return figures
    },
  }
}
