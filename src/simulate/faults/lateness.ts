import type { SourceName } from '../cloud-event.ts'
import type { Random } from '../random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How late a source tells of what has happened, milliseconds. */
interface Lateness {
  readonly least: number
  /** Mean of what comes on top, exponential. */
  readonly usual: number
  /** Share that is stuck on somebody's desk, and for how long at most: some come too late to be judged. */
  readonly stuck: number
  readonly longest: number
  /** Told in batches every so often; 0: one by one. */
  readonly every: number
}

/** By source: counters tell at once, offices in the evening, other departments after weeks. */
const LATENESS: Readonly<Record<SourceName, Lateness>> = {
  registry: { least: 0, usual: 3 * MINUTE_MS, stuck: 0.01, longest: 9 * DAY_MS, every: 0 },
  consumer: { least: 0, usual: MINUTE_MS, stuck: 0.01, longest: 4 * DAY_MS, every: 0 },
  inspection: { least: 0, usual: 8 * HOUR_MS, stuck: 0.03, longest: 20 * DAY_MS, every: 0 },
  licence: { least: 0, usual: 4 * HOUR_MS, stuck: 0.03, longest: 20 * DAY_MS, every: HOUR_MS },
  enforcement: { least: HOUR_MS, usual: 3 * DAY_MS, stuck: 0.04, longest: 45 * DAY_MS, every: 0 },
  credit: { least: 0, usual: 10 * MINUTE_MS, stuck: 0.002, longest: 5 * DAY_MS, every: 10 * MINUTE_MS },
  sampling: { least: DAY_MS, usual: 4 * DAY_MS, stuck: 0.02, longest: 30 * DAY_MS, every: 0 },
  equipment: { least: 0, usual: 12 * HOUR_MS, stuck: 0.02, longest: 20 * DAY_MS, every: 0 },
  monitoring: { least: 0, usual: 5 * MINUTE_MS, stuck: 0.005, longest: 3 * DAY_MS, every: 0 },
  court: { least: DAY_MS, usual: 4 * DAY_MS, stuck: 0.05, longest: 60 * DAY_MS, every: DAY_MS },
  trademark: { least: DAY_MS, usual: 6 * DAY_MS, stuck: 0.02, longest: 40 * DAY_MS, every: DAY_MS },
  tax: { least: DAY_MS, usual: 6 * DAY_MS, stuck: 0.03, longest: 70 * DAY_MS, every: 6 * HOUR_MS },
  insurance: { least: 5 * DAY_MS, usual: 12 * DAY_MS, stuck: 0.03, longest: 80 * DAY_MS, every: 6 * HOUR_MS },
}

/** Milliseconds between two events of one batch: bursts of 50 a second. */
const WITHIN_BATCH_MS = 20

/** When sources tell of their events, outages apart. */
export function createLateness(): (source: SourceName, time: number, random: Random) => number {
  const batches = new Map<SourceName, Map<number, number>>()
  return (source, time, random) => {
    const { least, usual, stuck, longest, every } = LATENESS[source]
    const late = random.chance(stuck) ? random.next() * longest : least + random.exponential() * usual
    const at = Math.floor(time + Math.min(late, longest))
    if (every === 0) return at
    const batch = Math.ceil(at / every) * every
    const open = batches.get(source) ?? new Map<number, number>()
    batches.set(source, open)
    for (const past of open.keys()) if (past < time) open.delete(past)
    const before = open.get(batch) ?? 0
    open.set(batch, before + 1)
    return batch + before * WITHIN_BATCH_MS
  }
}
