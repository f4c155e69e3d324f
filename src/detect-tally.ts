import type { Shard } from './detect/shard.ts'
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
  let storedOnlyTold = 0
  return {
    acknowledged({ detector, logTime }) {
      findings[detector] = (findings[detector] ?? 0) + 1
      if (isLive) latencies.push((clock.now() - logTime) / 1000)
    },
    live() {
      isLive = true
    },
    take() {
      const states = shard.state()
      const storedOnly = states.reduce((sum, state) => sum + state.storedOnly, 0)
      const figures = { findings, latencies, storedOnly: storedOnly - storedOnlyTold, states }
      findings = {}
      latencies = []
      storedOnlyTold = storedOnly
      return figures
    },
  }
}
