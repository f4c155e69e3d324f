import type { Arena } from './arena.ts'
import { closeGap, dropFront, type List, lowerBound, openGap } from './list.ts'
import type { TallyBin } from './tally.ts'

/**
 * The sparse form of a tally: a list sorted by bin, empty bins left out. An entry is four words: bin (signed), count,
 * and the offsets in milliseconds from the start of the bin to its earliest and latest event.
 */
export const LIST_BIN_WORDS = 4

function indexOfBin(arena: Arena, list: List, bin: number): number {
  const { signed } = arena
  return lowerBound(list.length, (index) => (signed[list.reference + index * LIST_BIN_WORDS] as number) < bin)
}

/** Counts one event. */
export function addToList(arena: Arena, list: List, bin: number, offset: number): List {
  const index = indexOfBin(arena, list, bin)
  const found = list.reference + index * LIST_BIN_WORDS
  if (index < list.length && arena.signed[found] === bin) {
    const { words } = arena
    words[found + 1] = (words[found + 1] as number) + 1
    words[found + 2] = Math.min(words[found + 2] as number, offset)
    words[found + 3] = Math.max(words[found + 3] as number, offset)
    return list
  }
  const grown = openGap(arena, list, LIST_BIN_WORDS, index)
  writeBin(arena, grown, index, { bin, count: 1, first: offset, last: offset })
  return grown
}

/** Writes an entry over the one at `index`. */
export function writeBin(arena: Arena, list: List, index: number, { bin, count, first, last }: TallyBin): void {
  const at = list.reference + index * LIST_BIN_WORDS
  arena.signed[at] = bin
  arena.words[at + 1] = count
  arena.words[at + 2] = first
  arena.words[at + 3] = last
}

/** Takes the bin out. */
export function removeBin(arena: Arena, list: List, bin: number): List {
  return closeGap(arena, list, LIST_BIN_WORDS, indexOfBin(arena, list, bin))
}

/** Writes over the entry of a bin that the list holds. */
export function rewriteBin(arena: Arena, list: List, held: TallyBin): void {
  writeBin(arena, list, indexOfBin(arena, list, held.bin), held)
}

/** Forgets the bins before `floor`. */
export function trimList(arena: Arena, list: List, floor: number): List {
  return dropFront(arena, list, LIST_BIN_WORDS, indexOfBin(arena, list, floor))
}

/** Events in the bins from `from` (inclusive) to `to` (exclusive). */
export function countInList(arena: Arena, list: List, from: number, to: number): number {
  let sum = 0
  for (let index = indexOfBin(arena, list, from); index < list.length; index++) {
    const at = list.reference + index * LIST_BIN_WORDS
    if ((arena.signed[at] as number) >= to) break
    sum += arena.words[at + 1] as number
  }
  return sum
}

/** The bins that hold events, from `from` (inclusive) to `to` (exclusive), oldest first. */
export function binsInList(arena: Arena, list: List, from: number, to: number): TallyBin[] {
  const bins: TallyBin[] = []
  for (let index = indexOfBin(arena, list, from); index < list.length; index++) {
    const at = list.reference + index * LIST_BIN_WORDS
    const bin = arena.signed[at] as number
    if (bin >= to) break
    const { words } = arena
    bins.push({ bin, count: words[at + 1] as number, first: words[at + 2] as number, last: words[at + 3] as number })
  }
  return bins
}

/** The newest bin; the list must not be empty. */
export function newestInList(arena: Arena, list: List): number {
  return arena.signed[list.reference + (list.length - 1) * LIST_BIN_WORDS] as number
}
