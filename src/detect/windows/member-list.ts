import type { Hash64 } from '../statistics/hash.ts'
import type { Arena } from './arena.ts'
import { closeGap, dropFront, type List, lowerBound, openGap } from './list.ts'

/**
 * The small form of a key's members: a list sorted by bin, then hash, an entry for each event: a member seen twice in a
 * bin stands there twice, so that it stays when one of the two events is taken back. An entry is three words: bin
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

/** Notes the member in the bin once more. */
export function addToMemberList(arena: Arena, list: List, bin: number, member: Hash64): List {
  const index = indexOf(arena, list, bin, member)
  const grown = openGap(arena, list, MEMBER_WORDS, index)
  const at = grown.reference + index * MEMBER_WORDS
  arena.signed[at] = bin
  arena.words[at + 1] = member.high
  arena.words[at + 2] = member.low
  return grown
}

/** Takes one note of the member in the bin back; null when there is none. */
export function takeFromMemberList(arena: Arena, list: List, bin: number, { high, low }: Hash64): List | null {
  const index = indexOf(arena, list, bin, { high, low })
  const at = list.reference + index * MEMBER_WORDS
  const { signed, words } = arena
  const isThere = index < list.length && signed[at] === bin && words[at + 1] === high && words[at + 2] === low
  return isThere ? closeGap(arena, list, MEMBER_WORDS, index) : null
}

/** Forgets the bins before `floor`. */
export function trimMemberList(arena: Arena, list: List, floor: number): List {
  return dropFront(arena, list, MEMBER_WORDS, indexOf(arena, list, floor, LOWEST))
}

/** Up to here every pair is compared; beyond, a table of its own costs less. */
const FEW = 12

/** Distinct members in the bins from `from` (inclusive) to `to` (exclusive). */
export function distinctInList(arena: Arena, list: List, from: number, to: number): number {
  const start = indexOf(arena, list, from, LOWEST)
  const end = indexOf(arena, list, to, LOWEST)
  const at = (index: number) => list.reference + index * MEMBER_WORDS
  return end - start <= FEW ? distinctOfFew(arena, at(start), at(end)) : distinctOfMany(arena, at(start), at(end))
}

function distinctOfFew({ words }: Arena, start: number, end: number): number {
  let distinct = 0
  for (let at = start; at < end; at += MEMBER_WORDS) {
    let earlier = start
    while (earlier < at && (words[earlier + 1] !== words[at + 1] || words[earlier + 2] !== words[at + 2]))
      earlier += MEMBER_WORDS
    if (earlier === at) distinct++
  }
  return distinct
}

function distinctOfMany({ words }: Arena, start: number, end: number): number {
  const entries = (end - start) / MEMBER_WORDS
  const mask = 2 ** Math.ceil(Math.log2(entries * 2)) - 1
  const seen = new Uint32Array(mask + 1)
  let distinct = 0
  for (let at = start; at < end; at += MEMBER_WORDS) {
    const [high, low] = [words[at + 1] as number, words[at + 2] as number]
    let slot = high & mask
    while (
      seen[slot] !== 0 &&
      (words[(seen[slot] as number) + 1] !== high || words[(seen[slot] as number) + 2] !== low)
    )
      slot = (slot + 1) & mask
    if (seen[slot] !== 0) continue
    seen[slot] = at
    distinct++
  }
  return distinct
}

/** One note of a member in one bin. */
export interface MemberBin extends Hash64 {
  readonly bin: number
}

/** All that a list holds, in its order. */
export function membersInList(arena: Arena, list: List): MemberBin[] {
  return Array.from({ length: list.length }, (_, index) => {
    const at = list.reference + index * MEMBER_WORDS
    const [high, low] = [arena.words[at + 1] as number, arena.words[at + 2] as number]
    return { bin: arena.signed[at] as number, high, low }
  })
}
