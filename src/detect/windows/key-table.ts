import type { Hash64 } from '../statistics/hash.ts'
import type { Arena } from './arena.ts'

/**
 * From a key's hash to the reference of its record: open addressing with linear probing over one typed array, at most
 * three quarters full. The first two words of a record are the hash itself, so the table holds references only. The
 * place comes from the high word: the low one is the same modulo 64 for all keys of a partition.
 */
export class KeyTable {
  private readonly arena: Arena
  private slots: Uint32Array
  private used = 0

  /** `references`: the records of a snapshot, in any order. */
  constructor(arena: Arena, references: Iterable<number> = []) {
    this.arena = arena
    this.slots = new Uint32Array(8)
    for (const reference of references) this.insert(reference)
  }

  get size(): number {
    return this.used
  }

  get bytes(): number {
    return this.slots.byteLength
  }

  /** Reference of the key's record, 0 if it has none. */
  find(hash: Hash64): number {
    const mask = this.slots.length - 1
    const { words } = this.arena
    for (let slot = hash.high & mask; ; slot = (slot + 1) & mask) {
      const reference = this.slots[slot] as number
      if (reference === 0) return 0
      if (words[reference] === hash.high && words[reference + 1] === hash.low) return reference
    }
  }

  /** Adds a record whose key is not in the table. */
  insert(reference: number): void {
    if ((this.used + 1) * 4 > this.slots.length * 3) this.rehash(this.slots.length * 2)
    this.place(reference)
    this.used++
  }

  /** Takes a record out. The slots behind it move up, so that no probe ends early. */
  remove(reference: number): void {
    const mask = this.slots.length - 1
    let hole = this.slotOf(reference)
    for (let slot = (hole + 1) & mask; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const moving = this.slots[slot] as number
      const home = (this.arena.words[moving] as number) & mask
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.slots[hole] = moving
        hole = slot
      }
    }
    this.slots[hole] = 0
    this.used--
    if (this.slots.length > 8 && this.used * 4 < this.slots.length) this.rehash(this.slots.length / 2)
  }

  /** All records. */
  references(): number[] {
    return this.where(() => true)
  }

  /** The records that meet a condition, in no order that means anything. */
  where(condition: (reference: number) => boolean): number[] {
    const found: number[] = []
    for (const reference of this.slots) if (reference !== 0 && condition(reference)) found.push(reference)
    return found
  }

  private slotOf(reference: number): number {
    const mask = this.slots.length - 1
    let slot = (this.arena.words[reference] as number) & mask
    while (this.slots[slot] !== reference) slot = (slot + 1) & mask
    return slot
  }

  private place(reference: number): void {
    const mask = this.slots.length - 1
    let slot = (this.arena.words[reference] as number) & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = reference
  }

  private rehash(length: number): void {
    const references = this.references()
    this.slots = new Uint32Array(length)
    for (const reference of references) this.place(reference)
  }
}
