/** An instant at which a key is to be judged again although nothing happens to it. */
export interface Wake {
  /** Epoch milliseconds. */
  readonly at: number
  /** Reference of the key's record. */
  readonly record: number
}

/**
 * Wakes in the order of their instants, those of one record and instant next to each other: a binary heap. What has become
 * void meanwhile is still in it, its record freed or another key's by now: so the heap never looks into one, and whoever
 * takes a wake asks the key whether it still holds.
 */
export class Wakes {
  private readonly heap: Wake[] = []

  /** The first instant, Infinity when there is none. */
  get next(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  add(wake: Wake): void {
    const { heap } = this
    let at = heap.length
    heap.push(wake)
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (!this.isBefore(wake, heap[parent] as Wake)) break
      heap[at] = heap[parent] as Wake
      at = parent
    }
    heap[at] = wake
  }

  /** Takes the first one out, if its instant is not after `until`. */
  take(until: number): Wake | null {
    const { heap } = this
    const first = heap[0]
    if (first === undefined || first.at > until) return null
    const last = heap.pop() as Wake
    if (heap.length > 0) this.sink(last)
    return first
  }

  private sink(wake: Wake): void {
    const { heap } = this
    let at = 0
    for (let child = 1; child < heap.length; child = at * 2 + 1) {
      if (child + 1 < heap.length && this.isBefore(heap[child + 1] as Wake, heap[child] as Wake)) child++
      if (!this.isBefore(heap[child] as Wake, wake)) break
      heap[at] = heap[child] as Wake
      at = child
    }
    heap[at] = wake
  }

  private isBefore(a: Wake, b: Wake): boolean {
    return a.at === b.at ? a.record < b.record : a.at < b.at
  }
}
