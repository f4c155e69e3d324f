import type { Arena } from './arena.ts'
import { dropFront, type List, lowerBound, openGap } from './list.ts'

/**
 * How many events each bin holds: a list sorted by bin, empty bins left out. An entry is four words: bin (signed),
 * count, and the offsets in milliseconds from the start of the bin to its earliest and latest event, so that the first
 * and last event time of a window are exact without keeping the events.
 */
export const TALLY_WORDS = 4

function indexOfBin(arena: Arena, list: List, bin: number): number {
  const { signed } = arena
  return lowerBound(list.length, (index) => (signed[list.reference + index * TALLY_WORDS] as number) < bin)
}

/** Counts one event; `offset` is its distance from the start of the bin in milliseconds. */
export function addToTally(arena: Arena, list: List, bin: number, offset: number): List {
  const index = indexOfBin(arena, list, bin)
  const found = list.reference + index * TALLY_WORDS
  if (index < list.length && arena.signed[found] === bin) {
    const { words } = arena
    words[found + 1] = (words[found + 1] as number) + 1
    words[found + 2] = Math.min(words[found + 2] as number, offset)
    words[found + 3] = Math.max(words[found + 3] as number, offset)
    return list
  }
  const grown = openGap(arena, list, TALLY_WORDS, index)
  const at = grown.reference + index * TALLY_WORDS
  arena.signed[at] = bin
  arena.words[at + 1] = 1
  arena.words[at + 2] = offset
  arena.words[at + 3] = offset
  return grown
}

/** Forgets the bins before `floor`. */
export function trimTally(arena: Arena, list: List, floor: number): List {
  return dropFront(arena, list, TALLY_WORDS, indexOfBin(arena, list, floor))
}

/** Events in the bins from `from` (inclusive) to `to` (exclusive). */
export function countInTally(arena: Arena, list: List, from: number, to: number): number {
  let sum = 0
  for (let index = indexOfBin(arena, list, from); index < list.length; index++) {
    const at = list.reference + index * TALLY_WORDS
    if ((arena.signed[at] as number) >= to) break
    sum += arena.words[at + 1] as number
  }
  return sum
}

/** One bin that holds events; `first` and `last` are offsets in milliseconds from its start. */
export interface TallyBin {
  readonly bin: number
  readonly count: number
  readonly first: number
  readonly last: number
}

/** The bins that hold events, from `from` (inclusive) to `to` (exclusive), oldest first. */
export function tallyBins(arena: Arena, list: List, from: number, to: number): TallyBin[] {
  const bins: TallyBin[] = []
  for (let index = indexOfBin(arena, list, from); index < list.length; index++) {
    const at = list.reference + index * TALLY_WORDS
    const bin = arena.signed[at] as number
    if (bin >= to) break
    const { words } = arena
    bins.push({ bin, count: words[at + 1] as number, first: words[at + 2] as number, last: words[at + 3] as number })
  }
  return bins
}

/** The newest bin that holds an event, or null. */
export function newestTallyBin(arena: Arena, list: List): number | null {
  if (list.length === 0) return null
  return arena.signed[list.reference + (list.length - 1) * TALLY_WORDS] as number
}
