import type { EnterpriseRecord } from './enterprise-record.ts'
import { hasContent, packCode, packRecord, RECORD_WORDS, unpackCode, unpackRecord, WordPool } from './record-packing.ts'

const CHUNK_RECORDS = 8_192
/** The index grows by a quarter when it is three quarters full: 5.3 to 6.7 bytes a record, 95 with the record itself. */
const MOST_FULL = 0.75
const GROWTH = 1.25

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

  set(code: string, record: EnterpriseRecord): void {
    const words = this.#place(packCode(code))
    packRecord(words, record, this.words)
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

  /** Packed records with content, as views that hold until the next change. */
  *packed(): Generator<Uint32Array> {
    for (let number = 0; number < this.#records; number += 1) {
      const words = this.#at(number)
      if (hasContent(words)) yield words
    }
  }

  /** Adds a packed record of a snapshot made with the same word pool. */
  addPacked(packed: Uint32Array): void {
    this.#place(packed.subarray(0, 3)).set(packed)
    this.commit()
  }

  /** Credit codes with content, in order of creation. */
  *codes(): Generator<string> {
    for (const words of this.packed()) yield unpackCode(words)
  }

  #place(code: Uint32Array): Uint32Array {
    const slot = this.#slotOf(code)
    const entry = this.#index[slot] ?? 0
    if (entry !== 0) {
      const words = this.#at(entry - 1)
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
    if (this.#records / this.#index.length > MOST_FULL) this.#grow()
    return words
  }

  #at(number: number): Uint32Array {
    const chunk = this.#chunks[Math.floor(number / CHUNK_RECORDS)]
    if (chunk === undefined) throw new RangeError('record number out of range')
    const from = (number % CHUNK_RECORDS) * RECORD_WORDS
    return chunk.subarray(from, from + RECORD_WORDS)
  }

  #slotOf(code: Uint32Array): number {
    const slots = this.#index.length
    let slot = Math.floor((hash(code) * slots) / 2 ** 32)
    for (;;) {
      const entry = this.#index[slot] ?? 0
      if (entry === 0) return slot
      const words = this.#at(entry - 1)
      if (words[0] === code[0] && words[1] === code[1] && words[2] === code[2]) return slot
      slot = slot + 1 === slots ? 0 : slot + 1
    }
  }

  #grow(): void {
    this.#index = new Int32Array(Math.ceil(this.#index.length * GROWTH))
    for (let number = 0; number < this.#records; number += 1) this.#index[this.#slotOf(this.#at(number))] = number + 1
  }
}

function hash(code: Uint32Array): number {
  let mixed = Math.imul(code[0] ?? 0, 0x9e37_79b1) ^ Math.imul((code[1] ?? 0) + 0x7f4a_7c15, 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (code[2] ?? 0), 0xc2b2_ae35)
  // The slot comes from the high bits, so that these must depend on all others.
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x85eb_ca6b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
