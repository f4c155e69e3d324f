import type { LoggedEvent } from '../../model/event.ts'
import { type EventHashes, encodeRow, MAX_MESSAGE_BYTES, MAX_ROWS } from '../../model/row.ts'

/** Room that is left for subject and headers of a message. */
const HEADER_BYTES = 1_024

/** Rows of the message that is being made up. */
export class Batch {
  readonly #rows: string[] = []
  #bytes = 0

  get count(): number {
    return this.#rows.length
  }

  /** Adds an event; false, and nothing is added, when the message is full. */
  add(event: LoggedEvent, hashes: EventHashes): boolean {
    if (this.#rows.length >= MAX_ROWS) return false
    const row = encodeRow(event, hashes)
    const bytes = Buffer.byteLength(row) + 1
    if (this.#bytes + bytes > MAX_MESSAGE_BYTES - HEADER_BYTES) return false
    this.#rows.push(row)
    this.#bytes += bytes
    return true
  }

  payload(): Uint8Array {
    return Buffer.from(this.#rows.join('\n'))
  }
}
