/** Words of an entry: 4 of the id hash, 2 of the content hash, 1 day (business day of receivedAt; 0 marks an empty slot). */
export const ENTRY_WORDS = 7
const DAY = 6
const SMALLEST = 256

/**
 * Ids of recent events: open addressing with linear probing in one typed array, 28 bytes a slot. Entries are not removed
 * one by one; `expire` rebuilds the table.
 */
export class IdTable {
  readonly #mostFull: number
  #slots = new Uint32Array(SMALLEST * ENTRY_WORDS)
  #capacity = SMALLEST
  #size = 0

  /** @param mostFull the part of its slots in use at which it doubles, over 0 and well below 1 */
  constructor(mostFull = 0.7) {
    this.#mostFull = mostFull
  }

  get size(): number {
    return this.#size
  }

  /** 'absent', or whether the entry of that id has the same content. `words` as in EventIdentity. */
  find(words: Uint32Array): 'absent' | 'same' | 'other' {
    const at = this.#slotOf(words)
    if (this.#slots[at + DAY] === 0) return 'absent'
    return this.#slots[at + 4] === words[4] && this.#slots[at + 5] === words[5] ? 'same' : 'other'
  }

  /** Adds an id that is absent; the first entry of an id stays. */
  add(words: Uint32Array, day: number): void {
    if ((this.#size + 1) / this.#capacity > this.#mostFull) this.#rebuild(this.#capacity * 2, 0, null)
    const at = this.#slotOf(words)
    if (this.#slots[at + DAY] !== 0) return
    this.#slots.set(words, at)
    this.#slots[at + DAY] = day
    this.#size += 1
  }

  /**
   * Makes room for so many entries. Whoever adds the entries of another table must: they come in the order of its slots,
   * and in a table that is still to grow they pile up at its beginning, so that each passes by all before it.
   */
  reserve(entries: number): void {
    let capacity = this.#capacity
    while (entries / capacity > this.#mostFull) capacity *= 2
    if (capacity > this.#capacity) this.#rebuild(capacity, 0, null)
  }

  /** Takes out the entries of days before `firstDay` and hands their words to `sink`. */
  expire(firstDay: number, sink: (words: Uint32Array) => void): void {
    let kept = 0
    for (let at = DAY; at < this.#slots.length; at += ENTRY_WORDS) {
      const day = this.#slots[at] ?? 0
      if (day !== 0 && day >= firstDay) kept += 1
    }
    if (kept === this.#size) return
    let capacity = SMALLEST
    while (kept / capacity > this.#mostFull / 2) capacity *= 2
    this.#rebuild(capacity, firstDay, sink)
  }

  /** A copy of all entries, one after the other. */
  packed(): Uint32Array {
    const packed = new Uint32Array(this.#size * ENTRY_WORDS)
    const slots = this.#slots
    let used = 0
    for (let at = 0; at < slots.length; at += ENTRY_WORDS) {
      if (slots[at + DAY] === 0) continue
      for (let word = 0; word < ENTRY_WORDS; word += 1) packed[used++] = slots[at + word] ?? 0
    }
    return packed
  }

  #slotOf(words: Uint32Array): number {
    const mask = this.#capacity - 1
    let slot = ((words[1] ?? 0) ^ (words[2] ?? 0)) & mask
    for (;;) {
      const at = slot * ENTRY_WORDS
      if (this.#slots[at + DAY] === 0) return at
      if (
        this.#slots[at] === words[0] &&
        this.#slots[at + 1] === words[1] &&
        this.#slots[at + 2] === words[2] &&
        this.#slots[at + 3] === words[3]
      ) {
        return at
      }
      slot = (slot + 1) & mask
    }
  }

  #rebuild(capacity: number, firstDay: number, sink: ((words: Uint32Array) => void) | null): void {
    const old = this.#slots
    this.#slots = new Uint32Array(capacity * ENTRY_WORDS)
    this.#capacity = capacity
    this.#size = 0
    for (let at = 0; at < old.length; at += ENTRY_WORDS) {
      const day = old[at + DAY] ?? 0
      if (day === 0) continue
      const entry = old.subarray(at, at + ENTRY_WORDS)
      if (day < firstDay) {
        sink?.(entry)
      } else {
        this.#slots.set(entry, this.#slotOf(entry))
        this.#size += 1
      }
    }
  }
}
