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
  /** What this process itself sees; other replicas show it where they see nothing themselves. */
  figures(): Figures
  stop(): void
}

/** Figures of one process. */
export interface Figures {
  /** Events this process stored in the log per second. */
  readonly eventsPerSecond: number
  /** Log messages its detection is behind; null when it detects nothing. */
  readonly lag: number | null
}

export function createFreshness(options: {
  metrics: Metrics
  clock: Clock
  log: { last(): Promise<number> }
  /** Last sequence that detection of this process has judged, null while it detects nothing. */
  judged: () => number | null
  silentSources: () => readonly string[]
  /** The other replicas with their figures, some seconds old. */
  leases: { living(): readonly { readonly about: Figures }[] }
}): Freshness {
  const { metrics, clock, log, judged, leases } = options
  const samples: { at: number; events: number }[] = []
  let lag: number | null = null

  async function sample(): Promise<void> {
    const { values } = await metrics.eventsTotal.get()
    const events = values.reduce((sum, { labels, value }) => (labels.outcome === 'stored' ? sum + value : sum), 0)
    samples.push({ at: clock.now(), events })
    if (samples.length > SAMPLES + 1) samples.shift()
    const reached = judged()
    lag = reached === null ? null : Math.max(0, (await log.last()) - reached)
    if (lag === null) metrics.logLag.remove({ consumer: 'detect' })
    else metrics.logLag.set({ consumer: 'detect' }, lag)
  }
  // A log that cannot be asked just now leaves the last figures standing; readiness tells of it.
  const timer = setInterval(() => void sample().catch(() => {}), SAMPLE_MS)

  function ownRate(): number {
    const [first, last] = [samples[0], samples.at(-1)]
    if (!first || !last || last.at <= first.at) return 0
    return ((last.events - first.events) * 1000) / (last.at - first.at)
  }

  return {
    // Only the lead stores: whoever sees nothing pass shows what the others say.
    eventsPerSecond: () => Math.max(ownRate(), ...leases.living().map(({ about }) => about.eventsPerSecond)),
    lag: () => lag ?? Math.max(0, ...leases.living().map(({ about }) => about.lag ?? 0)),
    silentSources: options.silentSources,
    figures: () => ({ eventsPerSecond: ownRate(), lag }),
    stop: () => clearInterval(timer),
  }
}
