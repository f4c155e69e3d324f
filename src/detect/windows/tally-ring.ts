import type { Arena } from './arena.ts'
import type { TallyBin } from './tally.ts'

/**
 * The dense form of a tally: a slot for each of the `span` bins that a key keeps, bin b in slot b mod span. A slot is two
 * words, half of an entry of the list: the two offsets of 27 bits (a day has 86.4 million milliseconds) and a count of 10
 * bits, its low half above the first offset, its high half above the last.
 *
 *     span 8, newest bin 21      slot   0   1   2   3   4   5   6   7
 *     keeps 14 to 21             bin   16  17  18  19  20  21  14  15
 *
 * Bin 22 will take the slot of 14, which has been cleared by then.
 */
export const RING_BIN_WORDS = 2

/** Most events a bin of a ring can count; a key that has more in one bin stays a list. */
export const RING_MAX_COUNT = 1_023

const OFFSET_BITS = 27
const OFFSET_MASK = 2 ** OFFSET_BITS - 1
const HALF_BITS = 5
const HALF_MASK = 2 ** HALF_BITS - 1

function slotAt(ring: number, span: number, bin: number): number {
  const slot = bin % span
  return ring + (slot < 0 ? slot + span : slot) * RING_BIN_WORDS
}

function countAt({ words }: Arena, at: number): number {
  return ((words[at] as number) >>> OFFSET_BITS) | (((words[at + 1] as number) >>> OFFSET_BITS) << HALF_BITS)
}

/** Counts one event: whether its bin held none before, or, when the bin is full, `full`: then nothing has changed. */
export function addToRing(
  arena: Arena,
  ring: number,
  span: number,
  bin: number,
  offset: number,
): 'new-bin' | 'held-bin' | 'full' {
  const { words } = arena
  const at = slotAt(ring, span, bin)
  const count = countAt(arena, at)
  if (count === RING_MAX_COUNT) return 'full'
  const first = count === 0 ? offset : Math.min((words[at] as number) & OFFSET_MASK, offset)
  const last = count === 0 ? offset : Math.max((words[at + 1] as number) & OFFSET_MASK, offset)
  writeSlot(arena, ring, span, { bin, count: count + 1, first, last })
  return count === 0 ? 'new-bin' : 'held-bin'
}

/** Writes over the slot of the bin. */
export function writeSlot(arena: Arena, ring: number, span: number, { bin, count, first, last }: TallyBin): void {
  const at = slotAt(ring, span, bin)
  arena.words[at] = (first | ((count & HALF_MASK) << OFFSET_BITS)) >>> 0
  arena.words[at + 1] = (last | ((count >>> HALF_BITS) << OFFSET_BITS)) >>> 0
}

/** Forgets a bin; true if it held events. */
export function clearSlot(arena: Arena, ring: number, span: number, bin: number): boolean {
  const at = slotAt(ring, span, bin)
  const held = countAt(arena, at) > 0
  arena.words.fill(0, at, at + RING_BIN_WORDS)
  return held
}

/** Events in the bins from `from` (inclusive) to `to` (exclusive), all of them within the span. */
export function countInRing(arena: Arena, ring: number, span: number, from: number, to: number): number {
  let sum = 0
  for (let bin = from; bin < to; bin++) sum += countAt(arena, slotAt(ring, span, bin))
  return sum
}

/** The bins that hold events, from `from` (inclusive) to `to` (exclusive), all of them within the span; oldest first. */
export function binsInRing(arena: Arena, ring: number, span: number, from: number, to: number): TallyBin[] {
  const { words } = arena
  const bins: TallyBin[] = []
  for (let bin = from; bin < to; bin++) {
    const at = slotAt(ring, span, bin)
    const count = countAt(arena, at)
    const [first, last] = [(words[at] as number) & OFFSET_MASK, (words[at + 1] as number) & OFFSET_MASK]
    if (count > 0) bins.push({ bin, count, first, last })
  }
  return bins
}

/** The newest bin that holds an event, from `newest` down; the ring must hold one. */
export function newestInRing(arena: Arena, ring: number, span: number, newest: number): number {
  let bin = newest
  while (countAt(arena, slotAt(ring, span, bin)) === 0) bin--
  return bin
}
