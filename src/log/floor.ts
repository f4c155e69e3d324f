/**
 * How far a reader that acknowledges out of order is done: everything up to and including the floor.
 *
 *     begun  1 2 3 4 5      finished  1 2 4      floor 2: 3 still runs
 */
export interface Floor {
  begin(seq: number): void
  finish(seq: number): void
  value(): number
}

/** A floor that starts behind `seq`. */
export function createFloor(seq: number): Floor {
  // Begun in ascending order, and a set keeps that order: the first open one stands right above the floor.
  const open = new Set<number>()
  let last = seq
  return {
    begin(begun) {
      open.add(begun)
      last = begun
    },
    finish(finished) {
      open.delete(finished)
    },
    value() {
      for (const lowest of open) return lowest - 1
      return last
    },
  }
}
