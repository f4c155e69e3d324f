import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { CloudEvent } from '../../src/simulate/cloud-event.ts'
import { createProvince } from '../../src/simulate/province.ts'

const DAY_MS = 86_400_000
/**
 * Events a day and enterprise: at this density the simulator's mix holds (complaints with their closing 28 %, tax and
 * insurance 48 %, inspections and licences 13 %, registry 11 %) without chance alone tripping a detector.
 */
const PER_ENTERPRISE_AND_DAY = 0.055

/** Request bodies built beforehand, one after the other in a file: NDJSON, ready to be sent. */
export interface Bodies {
  readonly file: string
  /** Bytes of each body. */
  readonly lengths: readonly number[]
  readonly events: number
  /** Bytes of an event, mean. */
  readonly bytesEach: number
}

/** What a province of that size sends: its registrations, and then so many events that follow one another in time. */
export interface Province {
  readonly population: Iterable<CloudEvent>
  readonly events: Iterable<CloudEvent>
  /** Days of event time that the events take up. */
  readonly days: number
}

/** Events up to now, as many as wanted; none is backfill, so that every one is judged. */
export function provinceOf(enterprises: number, events: number): Province {
  const perDay = enterprises * PER_ENTERPRISE_AND_DAY
  // A little more than wanted, because chance may bring fewer.
  const days = Math.min(3_650, (events * 1.05 + 1_000) / perDay)
  const start = Math.floor(Date.now() - days * DAY_MS)
  const rate = (events * 1.05 + 1_000) / days / 86_400
  const province = createProvince({ seed: 'bench', enterprises, rate, days, start, rhythm: 'even', liveFrom: start })
  return { population: province.initial(), events: first(province.events(), events, province.now), days }
}

function* first(all: Iterable<CloudEvent>, most: number, until: number): Generator<CloudEvent> {
  let count = 0
  for (const event of all) {
    if (count++ >= most || Date.parse(event.time) > until) return
    yield event
  }
}

/** Writes the bodies to a file, `batch` events each. */
export async function writeBodies(file: string, events: Iterable<CloudEvent>, batch: number): Promise<Bodies> {
  const stream = createWriteStream(file)
  const lengths: number[] = []
  let count = 0
  let total = 0
  let lines: string[] = []
  async function flush(): Promise<void> {
    const body = Buffer.from(lines.join(''))
    lines = []
    lengths.push(body.length)
    total += body.length
    if (!stream.write(body)) await once(stream, 'drain')
  }
  for (const event of events) {
    count += 1
    lines.push(`${JSON.stringify(event)}\n`)
    if (lines.length >= batch) await flush()
  }
  if (lines.length > 0) await flush()
  stream.end()
  await once(stream, 'close')
  return { file, lengths, events: count, bytesEach: Math.round(total / Math.max(1, count)) }
}

/** So many of an iterator, which may be read on afterwards. */
export function* take(events: Iterator<CloudEvent>, count: number): Generator<CloudEvent> {
  for (let left = count; left > 0; left -= 1) {
    const next = events.next()
    if (next.done) return
    yield next.value
  }
}
