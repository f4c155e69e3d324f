interface Entry<T> {
  readonly time: number
  /** Of two at the same time the one noted first comes first, so that the order never depends on the heap. */
  readonly noted: number
  readonly item: T
}

/** What is going to happen, soonest first: a binary heap. */
export class Agenda<T> {
  readonly #heap: Entry<T>[] = []
  #noted = 0

  get size(): number {
    return this.#heap.length
  }

  /** Time of the soonest; undefined when there is none. */
  get soonest(): number | undefined {
    return this.#heap[0]?.time
  }

  note(time: number, item: T): void {
    const entry = { time, noted: this.#noted++, item }
    let at = this.#heap.length
    this.#heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = this.#heap[parent] as Entry<T>
      if (before(above, entry)) break
      this.#heap[at] = above
      at = parent
    }
    this.#heap[at] = entry
  }

  /** Removes the soonest; undefined when there is none. */
  take(): { readonly time: number; readonly item: T } | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (first === undefined || last === undefined || this.#heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const right = this.#heap[child + 1]
      if (right !== undefined && before(right, this.#heap[child] as Entry<T>)) child++
      const next = this.#heap[child]
      if (next === undefined || before(last, next)) break
      this.#heap[at] = next
      at = child
    }
    this.#heap[at] = last
    return first
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.time < b.time || (a.time === b.time && a.noted < b.noted)
}
