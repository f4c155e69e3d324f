import type { Clock } from './telemetry/clock.ts'
import type { Metrics } from './telemetry/metrics.ts'

const SAMPLE_MS = 1_000
/** Seconds the rate is averaged over. */
const SAMPLES = 5

/** What the live feed's pulse tells of the flow: measured every second, answered from memory. */
export interface Freshness {
  /** Events stored in the log per second, mean of the last 5 s. */
  eventsPerSecond(): number
  /** Log messages that detection has not judged yet. */
  lag(): number
  silentSources(): readonly string[]
  stop(): void
}

export function createFreshness(options: {
  metrics: Metrics
  clock: Clock
  log: { last(): Promise<number> }
  /** Last sequence that detection has judged. */
  judged: () => number
}): Freshness {
  const { metrics, clock, log, judged } = options
  const samples: { at: number; events: number }[] = []
  let lag = 0

  async function sample(): Promise<void> {
    const { values } = await metrics.eventsTotal.get()
    const events = values.reduce((sum, { labels, value }) => (labels.outcome === 'stored' ? sum + value : sum), 0)
    samples.push({ at: clock.now(), events })
    if (samples.length > SAMPLES + 1) samples.shift()
    lag = Math.max(0, (await log.last()) - judged())
    metrics.logLag.set({ consumer: 'detect' }, lag)
  }
  // A log that cannot be asked just now leaves the last figures standing; readiness tells of it.
  const timer = setInterval(() => void sample().catch(() => {}), SAMPLE_MS)

  return {
    eventsPerSecond() {
      const [first, last] = [samples[0], samples.at(-1)]
      if (!first || !last || last.at <= first.at) return 0
      return ((last.events - first.events) * 1000) / (last.at - first.at)
    },
    lag: () => lag,
    // Sources are registered by a later issue; until then none is known that could be silent.
    silentSources: () => [],
    stop: () => clearInterval(timer),
  }
}
