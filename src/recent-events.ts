import type { LoggedEvent } from './model/event.ts'
import type { Position } from './model/position.ts'
import { RowReader } from './model/row-reader.ts'

const LINE_FEED = 0x0a
/** Bytes of batches kept as they were appended: a minute at 1,000 events a second, seconds of an import. */
const MOST_BYTES = 64 * 1024 * 1024
/** Events kept decoded: findings of an episode point at the same ones again and again. */
const MOST_EVENTS = 20_000

/** Events by position, without asking anybody: of the batches that came last, and those asked for last. */
export interface RecentEvents {
  /** A batch as the log has it. */
  keepBatch(seq: number, payload: Uint8Array): void
  /** An event that was found elsewhere. */
  keep(event: LoggedEvent): void
  /** The event, or null when it is not in hand. */
  get(position: Position): LoggedEvent | null
}

/** Nothing yet. Of a batch only the rows asked for are decoded. */
export function createRecentEvents(mostBytes = MOST_BYTES, mostEvents = MOST_EVENTS): RecentEvents {
  const batches = new Map<number, Uint8Array>()
  const events = new Map<string, LoggedEvent>()
  let bytes = 0

  function keep(name: string, event: LoggedEvent): void {
    events.delete(name)
    events.set(name, event)
    const [oldest] = events.keys()
    if (events.size > mostEvents && oldest !== undefined) events.delete(oldest)
  }

  return {
    keepBatch(seq, payload) {
      if (batches.has(seq)) return
      batches.set(seq, payload)
      bytes += payload.byteLength
      for (const [oldest, { byteLength }] of batches) {
        if (bytes <= mostBytes) break
        batches.delete(oldest)
        bytes -= byteLength
      }
    },
    keep: (event) => keep(nameOf(event.position), event),
    get(position) {
      const name = nameOf(position)
      const batch = batches.get(position.seq)
      const event = events.get(name) ?? (batch === undefined ? null : rowAt(batch, position))
      if (event !== null) keep(name, event)
      return event
    },
  }
}

function nameOf({ epoch, seq, index }: Position): string {
  return `${epoch}-${seq}-${index}`
}

/** Rows stand in the order of their index, a line each. Null also when the batch is of another log. */
function rowAt(payload: Uint8Array, { epoch, index }: Position): LoggedEvent | null {
  let start = 0
  for (let line = 0; line < index; line++) {
    const end = payload.indexOf(LINE_FEED, start)
    if (end === -1) return null
    start = end + 1
  }
  const rows = new RowReader(payload.subarray(start))
  return rows.next() && rows.index === index && rows.epoch === epoch ? rows.event() : null
}
