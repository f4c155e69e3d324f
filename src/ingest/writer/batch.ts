import { MAX_MESSAGE_BYTES, MAX_ROWS } from '../../model/row.ts'
import { END, HASHES_AT, KEYS_AT, type PreparedEvents, SAID_AT } from '../prepared-events.ts'

/** Room that is left for subject and headers of a message. */
const HEADER_BYTES = 1_024
const MOST_BYTES = MAX_MESSAGE_BYTES - HEADER_BYTES
/** Room for a message of few rows; it doubles as they come. */
const FIRST_BYTES = 4_096
/** Bytes that a character of a text takes at most (one of four bytes is two of them). */
const MOST_BYTES_A_CHARACTER = 3
const LINE_FEED = 0x0a

/** What the writer adds to a row: its place, what the register tells, and the keys where they are not the event's own. */
export interface Added {
  /** Of ASCII alone. */
  readonly place: string
  readonly register: string
  readonly keys: string | null
}

/** Rows of the message that is being made up, as the bytes that go out: each is put together where it will stand. */
export class Batch {
  #room = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #bytes = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Adds an event; false, and nothing is added, when the message is full. */
  add(events: PreparedEvents, index: number, { place, register, keys }: Added): boolean {
    if (this.#count >= MAX_ROWS) return false
    const said = events.place(index, SAID_AT)
    const ownKeys = events.place(index, KEYS_AT)
    const hashes = events.place(index, HASHES_AT)
    const end = events.place(index, END)
    const rest = keys === null ? ownKeys : hashes
    const ready = place.length + (ownKeys - said) + (end - rest) + 3
    // Texts are measured exactly only near the end.
    let bytes = ready + (register.length + (keys?.length ?? 0)) * MOST_BYTES_A_CHARACTER
    if (this.#bytes + bytes > MOST_BYTES) bytes = ready + Buffer.byteLength(register) + Buffer.byteLength(keys ?? '')
    if (!this.#hasRoom(bytes)) return false
    this.#bytes += this.#room.write(place, this.#bytes, 'latin1')
    this.#copy(events.bytes, said, ownKeys)
    this.#bytes += this.#room.write(register, this.#bytes)
    this.#bytes += this.#room.write(',[', this.#bytes, 'latin1')
    if (keys !== null) this.#bytes += this.#room.write(keys, this.#bytes)
    this.#copy(events.bytes, rest, end)
    this.#endRow()
    return true
  }

  /** Adds a whole row as `encodeRow` makes it; false, and nothing is added, when the message is full. */
  addRow(row: string): boolean {
    if (this.#count >= MAX_ROWS || !this.#hasRoom(Buffer.byteLength(row) + 1)) return false
    this.#bytes += this.#room.write(row, this.#bytes)
    this.#endRow()
    return true
  }

  /** The rows, parted by line feeds; nothing may be added afterwards. */
  payload(): Uint8Array {
    return this.#room.subarray(0, Math.max(0, this.#bytes - 1))
  }

  #hasRoom(bytes: number): boolean {
    const needed = this.#bytes + bytes
    if (needed > MOST_BYTES) return false
    if (needed > this.#room.length) this.#grow(needed)
    return true
  }

  #endRow(): void {
    this.#room[this.#bytes] = LINE_FEED
    this.#bytes += 1
    this.#count += 1
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    this.#room.set(from.subarray(start, end), this.#bytes)
    this.#bytes += end - start
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(MOST_BYTES, Math.max(needed, this.#room.length * 2)))
    this.#room.copy(larger, 0, 0, this.#bytes)
    this.#room = larger
  }
}
