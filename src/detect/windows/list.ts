import type { Arena } from './arena.ts'

/** A list of entries of `entryWords` words each, one after the other in a block of the arena. */
export interface List {
  readonly reference: number
  readonly length: number
}

/** The list with a gap of one entry at `index`; the caller fills it. */
export function openGap(arena: Arena, list: List, entryWords: number, index: number): List {
  const used = list.length * entryWords
  const reference = arena.resize(list.reference, used, used + entryWords)
  const at = reference + index * entryWords
  arena.words.copyWithin(at + entryWords, at, reference + used)
  return { reference, length: list.length + 1 }
}

/** The list without its first `count` entries. */
export function dropFront(arena: Arena, list: List, entryWords: number, count: number): List {
  if (count === 0) return list
  const used = list.length * entryWords
  const start = list.reference + count * entryWords
  arena.words.copyWithin(list.reference, start, list.reference + used)
  const length = list.length - count
  return { reference: arena.resize(list.reference, used, length * entryWords), length }
}

/** The list without the entry at `index`. */
export function closeGap(arena: Arena, list: List, entryWords: number, index: number): List {
  const used = list.length * entryWords
  const at = list.reference + index * entryWords
  arena.words.copyWithin(at, at + entryWords, list.reference + used)
  const length = list.length - 1
  return { reference: arena.resize(list.reference, used, length * entryWords), length }
}

/** First index whose entry is not before the sought one; `isBefore` is monotone over the sorted list. */
export function lowerBound(length: number, isBefore: (index: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
