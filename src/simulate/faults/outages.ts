import { DAY_MS, HOUR_MS } from '../../model/time.ts'
import { SOURCE_NAMES, type SourceName } from '../cloud-event.ts'
import { streams } from '../random.ts'

/** A source tells nothing in [from, to), and everything it has missed right afterwards. Epoch milliseconds. */
export interface Outage {
  readonly source: SourceName
  readonly from: number
  readonly to: number
}

const MEAN_GAP_DAYS = 60
const SHORTEST_HOURS = 2
const LONGEST_HOURS = 6 * 24
/** Sigma of the logarithm of its length; the median is twelve hours. */
const SPREAD = 1
const MEDIAN_HOURS = 12

/** The outages of every source in a span of time, by source and time: a function of the seed. */
export function outagesOf(seed: string, from: number, to: number): readonly Outage[] {
  const of = streams(seed, 'outages')
  return SOURCE_NAMES.flatMap((source, number) => {
    const random = of.at(number)
    const found: Outage[] = []
    for (let at = from; ; ) {
      at += random.exponential() * MEAN_GAP_DAYS * DAY_MS
      if (at >= to) return found
      const hours = MEDIAN_HOURS * Math.exp(SPREAD * random.normal())
      const end = at + Math.min(LONGEST_HOURS, Math.max(SHORTEST_HOURS, hours)) * HOUR_MS
      found.push({ source, from: Math.floor(at), to: Math.floor(end) })
      at = end
    }
  })
}

/** Milliseconds between two events that were kept: 50 a second. */
const CATCHING_UP_MS = 20

/** Moves what falls into an outage of its source to its end, one after the other in the order in which it was kept. */
export function createOutageDelay(outages: readonly Outage[]): (source: SourceName, at: number) => number {
  const bySource = new Map<SourceName, Outage[]>()
  for (const outage of outages) bySource.set(outage.source, [...(bySource.get(outage.source) ?? []), outage])
  const kept = new Map<Outage, number>()
  return (source, at) => {
    const outage = bySource.get(source)?.find(({ from, to }) => at >= from && at < to)
    if (outage === undefined) return at
    const before = kept.get(outage) ?? 0
    kept.set(outage, before + 1)
    return outage.to + before * CATCHING_UP_MS
  }
}
