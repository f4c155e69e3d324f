import type { Hash64 } from '../statistics/hash.ts'
import type { Arena } from './arena.ts'
import { dropFront, type List, lowerBound, openGap } from './list.ts'

/**
 * Who was seen in which bin: a list sorted by bin, then hash, each member once a bin. An entry is three words: bin
 * (signed) and the member's 64-bit hash. A window's distinct members are counted over its bins on demand.
 */
export const MEMBER_WORDS = 3

function indexOf(arena: Arena, list: List, bin: number, { high, low }: Hash64): number {
  return lowerBound(list.length, (index) => {
    const at = list.reference + index * MEMBER_WORDS
    const entryBin = arena.signed[at] as number
    if (entryBin !== bin) return entryBin < bin
    const entryHigh = arena.words[at + 1] as number
    return entryHigh === high ? (arena.words[at + 2] as number) < low : entryHigh < high
  })
}

const LOWEST: Hash64 = { high: 0, low: 0 }

/** Notes the member in the bin; the same again changes nothing. */
export function addMember(arena: Arena, list: List, bin: number, member: Hash64): List {
  const index = indexOf(arena, list, bin, member)
  const found = list.reference + index * MEMBER_WORDS
  const { signed, words } = arena
  if (index < list.length && signed[found] === bin && words[found + 1] === member.high) {
    if (words[found + 2] === member.low) return list
  }
  const grown = openGap(arena, list, MEMBER_WORDS, index)
  const at = grown.reference + index * MEMBER_WORDS
  arena.signed[at] = bin
  arena.words[at + 1] = member.high
  arena.words[at + 2] = member.low
  return grown
}

/** Forgets the bins before `floor`. */
export function trimMembers(arena: Arena, list: List, floor: number): List {
  return dropFront(arena, list, MEMBER_WORDS, indexOf(arena, list, floor, LOWEST))
}

/** Distinct members in the bins from `from` (inclusive) to `to` (exclusive). */
export function distinctMembers(arena: Arena, list: List, from: number, to: number): number {
  const start = indexOf(arena, list, from, LOWEST)
  const end = indexOf(arena, list, to, LOWEST)
  if (end - start <= 1) return end - start
  // 53 of the 64 bits fit a number: among ten thousand members two are taken for one with a chance of 5 in a billion.
  const seen = new Set<number>()
  for (let index = start; index < end; index++) {
    const at = list.reference + index * MEMBER_WORDS
    seen.add(((arena.words[at + 1] as number) & 0x1fffff) * 2 ** 32 + (arena.words[at + 2] as number))
  }
  return seen.size
}
