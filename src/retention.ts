import { setTimeout as delay } from 'node:timers/promises'
import { ALL_PARTITIONS } from './detect/statistics/hash.ts'
import { SNAPSHOT_NAME } from './ingest/writer/restore.ts'
import type { EventLog } from './log/event-log.ts'
import type { Snapshots } from './log/snapshots.ts'
import { type KeepingReason, keepFrom } from './log-floor.ts'
import { logTimeOf } from './model/log-time.ts'
import { partitionState } from './partition-snapshots.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** How often the log is looked at. */
const EVERY_MS = 10 * 60_000
/** States that are folded from the log: each needs what comes behind its snapshots. */
const STATES = [SNAPSHOT_NAME, ...ALL_PARTITIONS.map(partitionState)]

/** Gives up what the log need not hold any more; the one place where a message of the log is ever removed. */
export interface Retention {
  start(): void
  /** One look at the log: removes what may go. Resolves with the first sequence kept, and what keeps it. */
  round(): Promise<{ readonly from: number; readonly because: KeepingReason }>
  stop(): Promise<void>
}

/** See `keepFrom` for what may go. While anything cannot be asked, nothing does. */
export function createRetention(o: {
  readonly log: Pick<EventLog, 'first' | 'last' | 'get' | 'purgeBelow'>
  readonly snapshots: Pick<Snapshots, 'sequences'>
  /** Everything up to here is in ClickHouse; null while nobody knows. */
  readonly stored: () => Promise<number | null>
  /** Running maximum of arrivals and ticks, epoch milliseconds. */
  readonly logTime: () => number
  /** Log time that is kept whatever is stored, milliseconds. */
  readonly keepMs: number
  readonly logger: Logger
  readonly metrics: Metrics
}): Retention {
  const { log, logger, metrics } = o
  const stopping = new AbortController()
  let running = Promise.resolve()

  /** Log time at a message; null when it is not there. */
  async function timeAt(seq: number): Promise<number | null> {
    const message = await log.get(seq)
    return message && logTimeOf(message)
  }

  /** The first of [from, to] that is younger than `keepMs`; `to` when none before it is. Log time never falls. */
  async function firstYoung(from: number, to: number): Promise<number | null> {
    const limit = o.logTime() - o.keepMs
    let [low, high] = [from, to]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const time = await timeAt(middle)
      if (time === null) return null
      if (time > limit) high = middle
      else low = middle + 1
    }
    return low
  }

  async function round(): Promise<{ from: number; because: KeepingReason }> {
    const first = await log.first()
    const last = await log.last()
    const snapshots = await o.snapshots.sequences()
    const known = { first, last, stored: await o.stored(), snapshots, states: STATES }
    const needed = keepFrom(known)
    const young = needed.from > first ? await firstYoung(first, needed.from) : needed.from
    const kept = keepFrom({ ...known, young })
    if (kept.from > first) {
      await log.purgeBelow(kept.from)
      metrics.logPurgedTotal.inc(kept.from - first)
      logger.info({ from: first, to: kept.from - 1, keptBecause: kept.because }, 'messages of the log are given up')
    } else logger.debug({ first, keptBecause: kept.because }, 'the log keeps everything')
    const oldest = kept.from <= last ? await timeAt(kept.from) : null
    metrics.logFirstAgeSeconds.set(oldest === null ? 0 : Math.max(0, o.logTime() - oldest) / 1000)
    return kept
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => {
        logger.warn({ err: error }, 'the log could not be looked at; nothing of it is given up')
      })
      await delay(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  return {
    start() {
      running = keep()
    },
    round,
    async stop() {
      stopping.abort()
      await running
    },
  }
}
