import { EVENT_TYPES, type EventType } from '../model/catalogue/catalogue.ts'
import type { CanonicalEvent } from '../model/event.ts'
import { eventOfSaid } from '../model/row.ts'

/** Words of 32 bits that lead an event; the rest of it are bytes of its row. */
export const HEAD_WORDS = 20
/** Where in the head: id and content (identity.ts), credit code (record-packing.ts), and what the writer asks for. */
export const CODE = 6
export const TYPE = 9
export const MARKS = 10
export const INDUSTRY = 11
/** Where in the bytes: `said` from here, keys from there, hashes from there, and the end. */
export const SAID_AT = 12
export const KEYS_AT = 13
export const HASHES_AT = 14
export const END = 15
/** What is counted: the time in two words, the county code as a number. */
export const TIME = 16
export const REGION = 18

const QUOTE = 0x22
const BACKSLASH = 0x5c

export const BACKFILL = 1
export const HAS_SUBJECT = 2
export const TEST = 4
export const RETRACTS = 8
const TWO_TO_32 = 2 ** 32

/** What is counted of an event; subject and industry tell only whether there is one. */
export type Outline = Pick<CanonicalEvent, 'source' | 'subject' | 'time' | 'region' | 'industry' | 'backfill' | 'test'>

/**
 * Events that were let in, ready for the log but for what the writer adds: of each a head of numbers, by which it is
 * compared and looked up, and the parts of its row (`encodeRow`), one event behind the other. Two arrays for any number
 * of events: they go from thread to thread and from process to process as they are, and leave no garbage behind.
 */
export class PreparedEvents {
  readonly heads: Uint32Array
  readonly bytes: Uint8Array

  constructor(heads: Uint32Array, bytes: Uint8Array) {
    this.heads = heads
    this.bytes = bytes
  }

  get length(): number {
    return this.heads.length / HEAD_WORDS
  }

  /** The words of its identity: a view. */
  identity(index: number): Uint32Array {
    const at = index * HEAD_WORDS
    return this.heads.subarray(at, at + CODE)
  }

  /** The words of its credit code: a view; null when it has no subject. */
  code(index: number): Uint32Array | null {
    const at = index * HEAD_WORDS
    const hasSubject = ((this.heads[at + MARKS] ?? 0) & HAS_SUBJECT) !== 0
    return hasSubject ? this.heads.subarray(at + CODE, at + TYPE) : null
  }

  type(index: number): EventType {
    return EVENT_TYPES[this.#word(index, TYPE)] as EventType
  }

  /** The industry as the register packs it; 0: none. */
  industry(index: number): number {
    return this.#word(index, INDUSTRY)
  }

  isBackfill(index: number): boolean {
    return (this.#word(index, MARKS) & BACKFILL) !== 0
  }

  /** Whether any of them corrects another. */
  hasRetraction(): boolean {
    for (let at = MARKS; at < this.heads.length; at += HEAD_WORDS) {
      if (((this.heads[at] ?? 0) & RETRACTS) !== 0) return true
    }
    return false
  }

  /** Where its row's parts stand in the bytes. */
  place(index: number, of: typeof SAID_AT | typeof KEYS_AT | typeof HASHES_AT | typeof END): number {
    return this.#word(index, of)
  }

  outline(index: number): Outline {
    const marks = this.#word(index, MARKS)
    const from = this.place(index, SAID_AT)
    const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, this.place(index, KEYS_AT) - from)
    let end = 1
    while (bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1
    return {
      source: JSON.parse(bytes.toString('utf8', 0, end + 1)) as string,
      subject: (marks & HAS_SUBJECT) === 0 ? '' : 'told',
      // The high word is signed: times before 1970 are negative.
      time: (this.#word(index, TIME + 1) | 0) * TWO_TO_32 + this.#word(index, TIME),
      region: String(this.#word(index, REGION)).padStart(6, '0'),
      industry: this.industry(index) === 0 ? '' : 'told',
      backfill: (marks & BACKFILL) !== 0,
      test: (marks & TEST) !== 0,
    }
  }

  /** The whole event. */
  event(index: number): CanonicalEvent {
    const { buffer, byteOffset } = this.bytes
    const from = this.place(index, SAID_AT)
    const said = Buffer.from(buffer, byteOffset + from, this.place(index, KEYS_AT) - from)
    return eventOfSaid(said.toString('utf8', 0, said.length - 1))
  }

  /** All of them. */
  events(): CanonicalEvent[] {
    return Array.from({ length: this.length }, (_, index) => this.event(index))
  }

  #word(index: number, word: number): number {
    return this.heads[index * HEAD_WORDS + word] ?? 0
  }
}
