import type { EnterpriseRecord } from './enterprise-record.ts'
import { hasContent, packCode, packRecord, RECORD_WORDS, unpackCode, unpackRecord, WordPool } from './record-packing.ts'

/** Words of a record that hold its code. */
const CODE_WORDS = 3
const CHUNK_RECORDS = 8_192
/** The index grows by a quarter when it is three quarters full: 5.3 to 6.7 bytes a record, 95 with the record itself. */
const MOST_FULL = 0.75
const GROWTH = 1.25

/** The table at one moment: its records, the chunk that is read next, and chunks that have changed since as they were. */
interface Image {
  readonly records: number
  next: number
  readonly kept: Map<number, Uint32Array>
}

/**
 * Records by credit code: 88 bytes each in pooled chunks, found by an open-addressing index of record numbers. A record
 * that was rolled back stays in place without content and counts as unknown.
 */
export class RegisterTable {
  readonly #chunks: Uint32Array[] = []
  readonly words = new WordPool()
  #index = new Int32Array(1_024)
  #records = 0
  /** Records as they were before the changes that are not committed yet, by number. */
  readonly #journal = new Map<number, Uint32Array>()
  #image: Image | null = null

  /** Records that were ever created, rolled back ones included. */
  get size(): number {
    return this.#records
  }

  /** Bytes of records and index. */
  get bytes(): number {
    return this.#index.byteLength + this.#chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  get(code: string): EnterpriseRecord | null {
    const packed = packCode(code)
    const slot = this.#slotOf(packed)
    const entry = this.#index[slot] ?? 0
    return entry === 0 ? null : unpackRecord(this.#at(entry - 1), this.words)
  }

  /** The number of the record of a packed code, -1 when there never was one. */
  numberOf(code: Uint32Array): number {
    return (this.#index[this.#slotOf(code)] ?? 0) - 1
  }

  /** The packed record of a number: a view that holds until the next change. */
  recordAt(number: number): Uint32Array {
    return this.#at(number)
  }

  set(code: string, record: EnterpriseRecord): void {
    const words = this.#place(packCode(code))
    packRecord(words, record, this.words)
  }

  /** Takes a record's content away: it counts as unknown. */
  remove(code: string): void {
    this.#place(packCode(code)).fill(0, CODE_WORDS)
  }

  /** Makes the changes since the last commit lasting. */
  commit(): void {
    this.#journal.clear()
  }

  /** Takes the changes since the last commit back. */
  rollback(): void {
    for (const [number, words] of this.#journal) this.#at(number).set(words)
    this.#journal.clear()
  }

  /**
   * The packed records with content as they are now, a chunk of them at a time, whatever changes meanwhile. The newest
   * call's is the only one that holds.
   */
  image(): Generator<Uint32Array> {
    const image: Image = { records: this.#records, next: 0, kept: new Map() }
    this.#image = image
    return this.#read(image)
  }

  *#read(image: Image): Generator<Uint32Array> {
    try {
      while (image.next * CHUNK_RECORDS < image.records) {
        const number = image.next
        const chunk = image.kept.get(number) ?? this.#chunks[number] ?? NO_RECORDS
        const packed = withContent(chunk, Math.min(CHUNK_RECORDS, image.records - number * CHUNK_RECORDS))
        image.next += 1
        image.kept.delete(number)
        yield packed
      }
    } finally {
      if (this.#image === image) this.#image = null
    }
  }

  /** Fills an empty table with the packed records of a snapshot made with the same word pool, one after the other. */
  load(records: Uint32Array): void {
    for (let from = 0; from < records.length; from += CHUNK_RECORDS * RECORD_WORDS) {
      const chunk = new Uint32Array(CHUNK_RECORDS * RECORD_WORDS)
      chunk.set(records.subarray(from, from + chunk.length))
      this.#chunks.push(chunk)
    }
    this.#records = records.length / RECORD_WORDS
    this.#reindex(Math.max(this.#index.length, Math.ceil((this.#records / MOST_FULL) * GROWTH)))
  }

  /** Credit codes with content, in order of creation. */
  *codes(): Generator<string> {
    for (let number = 0; number < this.#records; number += 1) {
      const words = this.#at(number)
      if (hasContent(words)) yield unpackCode(words)
    }
  }

  #place(code: Uint32Array): Uint32Array {
    const slot = this.#slotOf(code)
    const entry = this.#index[slot] ?? 0
    if (entry !== 0) {
      const words = this.#at(entry - 1)
      this.#keep(entry - 1)
      if (!this.#journal.has(entry - 1)) this.#journal.set(entry - 1, words.slice())
      return words
    }
    const number = this.#records
    if (number % CHUNK_RECORDS === 0) this.#chunks.push(new Uint32Array(CHUNK_RECORDS * RECORD_WORDS))
    this.#records += 1
    const words = this.#at(number)
    words.set(code)
    this.#journal.set(number, words.slice())
    this.#index[slot] = number + 1
    if (this.#records / this.#index.length > MOST_FULL) this.#reindex(Math.ceil(this.#index.length * GROWTH))
    return words
  }

  /** Before a record changes: an image that has not come to its chunk yet is to see it as it was. */
  #keep(number: number): void {
    const image = this.#image
    const chunk = Math.floor(number / CHUNK_RECORDS)
    if (image === null || number >= image.records || chunk < image.next || image.kept.has(chunk)) return
    image.kept.set(chunk, (this.#chunks[chunk] ?? NO_RECORDS).slice())
  }

  #at(number: number): Uint32Array {
    const chunk = this.#chunks[Math.floor(number / CHUNK_RECORDS)]
    if (chunk === undefined) throw new RangeError('record number out of range')
    const from = (number % CHUNK_RECORDS) * RECORD_WORDS
    return chunk.subarray(from, from + RECORD_WORDS)
  }

  #slotOf(code: Uint32Array): number {
    const slots = this.#index.length
    let slot = firstSlot(code, 0, slots)
    for (;;) {
      const entry = this.#index[slot] ?? 0
      if (entry === 0) return slot
      const words = this.#at(entry - 1)
      if (words[0] === code[0] && words[1] === code[1] && words[2] === code[2]) return slot
      slot = slot + 1 === slots ? 0 : slot + 1
    }
  }

  /** Records differ, so that the first free slot is theirs: nothing is compared. */
  #reindex(slots: number): void {
    const index = new Int32Array(slots)
    for (let number = 0; number < this.#records; number += 1) {
      const chunk = this.#chunks[Math.floor(number / CHUNK_RECORDS)] ?? NO_RECORDS
      let slot = firstSlot(chunk, (number % CHUNK_RECORDS) * RECORD_WORDS, slots)
      while (index[slot] !== 0) slot = slot + 1 === slots ? 0 : slot + 1
      index[slot] = number + 1
    }
    this.#index = index
  }
}

const NO_RECORDS = new Uint32Array(0)

/** A copy of the first records of a chunk, without those that have no content. */
function withContent(chunk: Uint32Array, records: number): Uint32Array {
  const packed = new Uint32Array(records * RECORD_WORDS)
  let used = 0
  for (let at = 0; at < packed.length; at += RECORD_WORDS) {
    const record = chunk.subarray(at, at + RECORD_WORDS)
    if (!hasContent(record)) continue
    packed.set(record, used)
    used += RECORD_WORDS
  }
  return packed.subarray(0, used)
}

/** Where a code that stands at a place of these words is looked for first. */
function firstSlot(words: Uint32Array, at: number, slots: number): number {
  return Math.floor((hash(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0) * slots) / 2 ** 32)
}

function hash(first: number, second: number, third: number): number {
  let mixed = Math.imul(first, 0x9e37_79b1) ^ Math.imul(second + 0x7f4a_7c15, 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ third, 0xc2b2_ae35)
  // The slot comes from the high bits, so that these must depend on all others.
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x85eb_ca6b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
