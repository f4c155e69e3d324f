import type { LoggedEvent } from '../../model/event.ts'
import { type EventHashes, encodeRow, MAX_MESSAGE_BYTES, MAX_ROWS } from '../../model/row.ts'

/** Room that is left for subject and headers of a message. */
const HEADER_BYTES = 1_024
const MOST_BYTES = MAX_MESSAGE_BYTES - HEADER_BYTES
/** Room for a message of few rows; it doubles as they come. */
const FIRST_BYTES = 4_096
/** Bytes that a character of a text takes at most (one of four bytes is two of them). */
const MOST_BYTES_A_CHARACTER = 3
const LINE_FEED = 0x0a

/** Rows of the message that is being made up, as the bytes that go out: each is encoded once, where it will stand. */
export class Batch {
  #room = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #bytes = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /**
   * Adds an event; false, and nothing is added, when the message is full.
   *
   * @param data the event's data as JSON, where the caller has it already
   */
  add(event: LoggedEvent, hashes: EventHashes, data?: string): boolean {
    if (this.#count >= MAX_ROWS) return false
    const row = encodeRow(event, hashes, data)
    // Measured exactly only near the end.
    let bytes = row.length * MOST_BYTES_A_CHARACTER + 1
    if (this.#bytes + bytes > MOST_BYTES) bytes = Buffer.byteLength(row) + 1
    if (this.#bytes + bytes > MOST_BYTES) return false
    if (this.#bytes + bytes > this.#room.length) this.#grow(this.#bytes + bytes)
    this.#bytes += this.#room.write(row, this.#bytes)
    this.#room[this.#bytes] = LINE_FEED
    this.#bytes += 1
    this.#count += 1
    return true
  }

  /** The rows, parted by line feeds; nothing may be added afterwards. */
  payload(): Uint8Array {
    return this.#room.subarray(0, Math.max(0, this.#bytes - 1))
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(MOST_BYTES, Math.max(needed, this.#room.length * 2)))
    this.#room.copy(larger, 0, 0, this.#bytes)
    this.#room = larger
  }
}
