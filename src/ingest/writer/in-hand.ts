import type { LoggedEvent } from '../../model/event.ts'
import { decodeRow, type EventHashes } from '../../model/row.ts'
import type { AppendLog } from './ports.ts'

const LINE_FEED = 0x0a
const QUOTE = 0x22
/** Bytes of messages kept: what ClickHouse may not have yet. */
const MOST_BYTES = 64 * 1024 * 1024
const NOTHING = new Uint8Array()

type Row = LoggedEvent & EventHashes

interface Held {
  readonly payload: Buffer
  /** Where the row of an id begins and ends; made when somebody asks. */
  ids: Map<string, readonly [from: number, to: number]> | null
}

/**
 * The newest messages of the log as they are there, kept by reference: looked into only when an event is corrected, so
 * that all others pay nothing for it.
 */
export class InHand {
  readonly #messages = new Map<number, Held>()
  #bytes = 0
  #newest = 0

  /** From this sequence on every message is in hand. */
  get since(): number {
    const [oldest = this.#newest + 1] = this.#messages.keys()
    return oldest
  }

  /** Keeps the next message; a gap forgets what was before it. */
  keep(seq: number, payload: Uint8Array): void {
    if (seq <= this.#newest) return
    if (seq !== this.#newest + 1) {
      this.#messages.clear()
      this.#bytes = 0
    }
    this.#newest = seq
    this.#messages.set(seq, { payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), ids: null })
    this.#bytes += payload.byteLength
    for (const [oldest, held] of this.#messages) {
      if (this.#bytes <= MOST_BYTES || this.#messages.size === 1) break
      this.#messages.delete(oldest)
      this.#bytes -= held.payload.byteLength
    }
  }

  /** The event of an id hash, or null. */
  find(idHash: string): Row | null {
    for (const held of this.#messages.values()) {
      held.ids ??= idsOf(held.payload)
      const place = held.ids.get(idHash)
      if (place !== undefined) return decodeRow(held.payload.toString('utf8', ...place))
    }
    return null
  }

  /** Events of an enterprise from a sequence on, in log order. */
  ofSubject(subject: string, fromSeq: number): Row[] {
    const sought = JSON.stringify(subject)
    const found: Row[] = []
    for (const [seq, { payload }] of this.#messages) {
      if (seq < fromSeq) continue
      let at = payload.indexOf(sought)
      while (at >= 0) {
        const from = payload.lastIndexOf(LINE_FEED, at) + 1
        const feed = payload.indexOf(LINE_FEED, at)
        const to = feed < 0 ? payload.length : feed
        const row = decodeRow(payload.toString('utf8', from, to))
        if (row.subject === subject) found.push(row)
        at = payload.indexOf(sought, to)
      }
    }
    return found
  }
}

/** A row ends with its two hashes: `..."id hash","content hash"]`. */
function idsOf(payload: Buffer): Map<string, readonly [number, number]> {
  const ids = new Map<string, readonly [number, number]>()
  for (let from = 0; from < payload.length; ) {
    const feed = payload.indexOf(LINE_FEED, from)
    const to = feed < 0 ? payload.length : feed
    let quote = to
    const quotes: number[] = []
    while (quotes.length < 4 && quote > from) {
      quote = payload.lastIndexOf(QUOTE, quote - 1)
      quotes.push(quote)
    }
    const [, , end = from, start = from] = quotes
    ids.set(payload.toString('latin1', start + 1, end), [from, to])
    from = to + 1
  }
  return ids
}

/** The same log; what is appended and read of it is in hand afterwards. */
export function keepingInHand(log: AppendLog, inHand: InHand): AppendLog {
  return {
    epoch: log.epoch,
    first: () => log.first(),
    last: () => log.last(),
    async append(message) {
      const seq = await log.append(message)
      inHand.keep(seq, message.kind === 'rows' ? message.payload : NOTHING)
      return seq
    },
    async *read(fromSeq, signal) {
      for await (const message of log.read(fromSeq, signal)) {
        inHand.keep(message.seq, message.kind === 'rows' ? message.payload : NOTHING)
        yield message
      }
    },
  }
}
