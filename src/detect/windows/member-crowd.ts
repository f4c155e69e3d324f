import type { Hash64 } from '../statistics/hash.ts'
import { type Arena, blockWords } from './arena.ts'
import type { List } from './list.ts'
import {
  addToMemberList,
  MEMBER_WORDS,
  type MemberBin,
  membersInList,
  takeFromMemberList,
  trimMemberList,
} from './member-list.ts'

/**
 * The large form of a key's members, for one that draws thousands a day: an event costs the same however many there are.
 * A block of the arena:
 *
 *     1 word                   members in the table
 *     2 words                  the list of repeats: a member seen once more in a bin stands there once more, so that it
 *                              stays when one of the events is taken back
 *     span x (span + 1) words  repeats[bin][before]: how many members of the bin were last seen before it in bin
 *                              `before` (1 + its slot), or in none that is kept (0)
 *     room x (2 + n) words     a hash table with linear probing: the member's hash, and a bit for each bin it was seen
 *                              in; an entry without a bit is empty
 *
 * A member counts in a window at the first of its bins there, so the distinct members of the bins a to b are the sum of
 * repeats[a..b][before a]: a few additions. Bins have the slot bin mod span, as in the ring of the tally.
 */
export interface Crowd {
  readonly reference: number
  /** Entries that the table has room for. */
  readonly room: number
  readonly span: number
  /** Newest bin of the key; those before newest - span + 1 are not kept. */
  readonly newest: number
}

/** How full the table may be, how full it is when made, and how empty it may become: freed blocks must not pile up. */
const MOST_FULL = 0.75
const FIRST_FULL = 0.375
const LEAST_FULL = 0.2
const LEAST_MEMBERS = 8

const HEADER_WORDS = 3
const tableAt = (span: number) => HEADER_WORDS + span * (span + 1)
const entryWords = (span: number) => 2 + Math.ceil(span / 32)
const floorOf = ({ newest, span }: Crowd) => newest - span + 1

/** Words of a crowd's block. */
export function crowdWords({ span, room }: Crowd): number {
  return tableAt(span) + room * entryWords(span)
}

/** An empty crowd with room for as many members, and some. */
export function createCrowd(arena: Arena, span: number, newest: number, members: number): Crowd {
  const wanted = tableAt(span) + Math.ceil(Math.max(members, LEAST_MEMBERS) / FIRST_FULL) * entryWords(span)
  const room = Math.floor((blockWords(wanted) - tableAt(span)) / entryWords(span))
  const crowd = { reference: arena.allocate(wanted), room, span, newest }
  arena.words.fill(0, crowd.reference, crowd.reference + crowdWords(crowd))
  return crowd
}

/** Notes the member in the bin once more. Returns the crowd, which moves when it grows. */
export function addToCrowd(arena: Arena, crowd: Crowd, { bin, high, low }: MemberBin): Crowd {
  let at = entryOf(arena, crowd, { high, low })
  let grown = crowd
  if (isEmpty(arena, crowd, at)) {
    const members = (arena.words[crowd.reference] as number) + 1
    if (members > crowd.room * MOST_FULL) {
      grown = rebuilt(arena, crowd, members)
      at = entryOf(arena, grown, { high, low })
    }
    arena.words[grown.reference] = members
    arena.words[at] = high
    arena.words[at + 1] = low
  }
  if (hasBin(arena, grown, at, bin))
    keepSurplus(arena, grown, addToMemberList(arena, surplusOf(arena, grown), bin, { high, low }))
  else note(arena, grown, at, bin)
  return grown
}

/** Takes one note of the member in the bin back. Returns the crowd, or null when there was none. */
export function takeFromCrowd(arena: Arena, crowd: Crowd, { bin, high, low }: MemberBin): Crowd | null {
  const at = entryOf(arena, crowd, { high, low })
  if (isEmpty(arena, crowd, at) || !hasBin(arena, crowd, at, bin)) return null
  const surplus = takeFromMemberList(arena, surplusOf(arena, crowd), bin, { high, low })
  if (surplus !== null) {
    keepSurplus(arena, crowd, surplus)
    return crowd
  }
  takeNote(arena, crowd, at, bin)
  if (!isEmpty(arena, crowd, at)) return crowd
  // An empty place would end the probes of those behind it.
  return rebuilt(arena, crowd, (arena.words[crowd.reference] as number) - 1)
}

/** Gives the memory of the repeats back; the block itself is the caller's. */
export function freeSurplus(arena: Arena, crowd: Crowd): void {
  const { reference, length } = surplusOf(arena, crowd)
  arena.resize(reference, length * MEMBER_WORDS, 0)
}

function surplusOf({ words }: Arena, { reference }: Crowd): List {
  return { reference: words[reference + 1] as number, length: words[reference + 2] as number }
}

function keepSurplus({ words }: Arena, crowd: Crowd, { reference, length }: List): void {
  words[crowd.reference + 1] = reference
  words[crowd.reference + 2] = length
}

/** Sets the member's bit and moves the counts: who came next after this bin now repeats this one. */
function note(arena: Arena, crowd: Crowd, at: number, bin: number): void {
  moveRepeats(arena, crowd, at, bin, 1)
  const slot = slotOf(crowd, bin)
  const word = at + 2 + (slot >>> 5)
  arena.words[word] = ((arena.words[word] as number) | (1 << (slot & 31))) >>> 0
}

/** The way back: who repeated this bin now repeats the one before it. */
function takeNote(arena: Arena, crowd: Crowd, at: number, bin: number): void {
  moveRepeats(arena, crowd, at, bin, -1)
  const slot = slotOf(crowd, bin)
  const word = at + 2 + (slot >>> 5)
  arena.words[word] = ((arena.words[word] as number) & ~(1 << (slot & 31))) >>> 0
}

function moveRepeats(arena: Arena, crowd: Crowd, at: number, bin: number, by: 1 | -1): void {
  const floor = floorOf(crowd)
  let before = bin - 1
  while (before >= floor && !hasBin(arena, crowd, at, before)) before--
  let next = bin + 1
  while (next <= crowd.newest && !hasBin(arena, crowd, at, next)) next++
  const known = before >= floor ? before : null
  addRepeats(arena, crowd, bin, known, by)
  if (next > crowd.newest) return
  addRepeats(arena, crowd, next, known, by === 1 ? -1 : 1)
  addRepeats(arena, crowd, next, bin, by)
}

/** Distinct members in the bins from `from` (inclusive) to `to` (exclusive). */
export function distinctInCrowd(arena: Arena, crowd: Crowd, from: number, to: number): number {
  const floor = floorOf(crowd)
  const first = Math.max(from, floor)
  let distinct = 0
  for (let bin = first; bin < Math.min(to, crowd.newest + 1); bin++) {
    distinct += arena.words[repeatsAt(crowd, bin, null)] as number
    for (let before = floor; before < first; before++) distinct += arena.words[repeatsAt(crowd, bin, before)] as number
  }
  return distinct
}

/** How many notes the crowd holds: the entries that a list would have. */
export function crowdEntries(arena: Arena, crowd: Crowd): number {
  const { reference, span } = crowd
  let entries = surplusOf(arena, crowd).length
  for (let at = reference + HEADER_WORDS; at < reference + tableAt(span); at++) entries += arena.words[at] as number
  return entries
}

/** Forgets what lies before the span, now that the newest bin has moved on by `moved` to that of `crowd`. */
export function trimCrowd(arena: Arena, crowd: Crowd, moved: number): Crowd {
  const floor = floorOf(crowd)
  keepSurplus(arena, crowd, trimMemberList(arena, surplusOf(arena, crowd), floor))
  const slots = Array.from({ length: Math.min(moved, crowd.span) }, (_, i) => slotOf(crowd, floor - 1 - i))
  const { words } = arena
  const width = crowd.span + 1
  for (let slot = 0; slot < crowd.span; slot++) {
    const row = crowd.reference + HEADER_WORDS + slot * width
    for (const forgotten of slots) {
      words[row] = (words[row] as number) + (words[row + 1 + forgotten] as number)
      words[row + 1 + forgotten] = 0
    }
  }
  for (const forgotten of slots) {
    const row = crowd.reference + HEADER_WORDS + forgotten * width
    words.fill(0, row, row + width)
  }
  let members = 0
  for (const at of occupied(arena, crowd)) {
    for (const slot of slots) {
      const word = at + 2 + (slot >>> 5)
      words[word] = ((words[word] as number) & ~(1 << (slot & 31))) >>> 0
    }
    if (!isEmpty(arena, crowd, at)) members++
  }
  return rebuilt(arena, crowd, members)
}

/** All that a crowd holds, in the order of a list. */
export function membersInCrowd(arena: Arena, crowd: Crowd): MemberBin[] {
  const found = membersInList(arena, surplusOf(arena, crowd))
  for (const at of occupied(arena, crowd))
    for (let bin = floorOf(crowd); bin <= crowd.newest; bin++)
      if (hasBin(arena, crowd, at, bin))
        found.push({ bin, high: arena.words[at] as number, low: arena.words[at + 1] as number })
  return found.sort((a, b) => a.bin - b.bin || a.high - b.high || a.low - b.low)
}

/** The same crowd without empty places in its probes: in its block, or in another one when that does not suit. */
function rebuilt(arena: Arena, crowd: Crowd, members: number): Crowd {
  const start = crowd.reference + tableAt(crowd.span)
  const table = arena.words.slice(start, crowd.reference + crowdWords(crowd))
  const suits = members <= crowd.room * MOST_FULL && members >= crowd.room * LEAST_FULL
  const made = suits ? crowd : createCrowd(arena, crowd.span, crowd.newest, members)
  const { words } = arena
  if (suits) words.fill(0, start, start + table.length)
  else {
    words.copyWithin(made.reference, crowd.reference, start)
    arena.free(crowd.reference, crowdWords(crowd))
  }
  words[made.reference] = members
  const length = entryWords(crowd.span)
  for (let from = 0; from < table.length; from += length) {
    if (table.subarray(from + 2, from + length).every((bits) => bits === 0)) continue
    const hash = { high: table[from] as number, low: table[from + 1] as number }
    words.set(table.subarray(from, from + length), entryOf(arena, made, hash))
  }
  return made
}

/** Where the entries with a bit stand. */
function occupied(arena: Arena, crowd: Crowd): number[] {
  const found: number[] = []
  const end = crowd.reference + crowdWords(crowd)
  for (let at = crowd.reference + tableAt(crowd.span); at < end; at += entryWords(crowd.span))
    if (!isEmpty(arena, crowd, at)) found.push(at)
  return found
}

/** The member's entry, or the empty one where it belongs. */
function entryOf(arena: Arena, crowd: Crowd, { high, low }: Hash64): number {
  const { words } = arena
  const start = crowd.reference + tableAt(crowd.span)
  const length = entryWords(crowd.span)
  let entry = Math.floor((high * crowd.room) / 2 ** 32)
  for (;;) {
    const at = start + entry * length
    if (isEmpty(arena, crowd, at) || (words[at] === high && words[at + 1] === low)) return at
    entry = entry + 1 === crowd.room ? 0 : entry + 1
  }
}

function isEmpty({ words }: Arena, { span }: Crowd, at: number): boolean {
  for (let word = at + 2; word < at + entryWords(span); word++) if (words[word] !== 0) return false
  return true
}

function hasBin({ words }: Arena, crowd: Crowd, at: number, bin: number): boolean {
  const slot = slotOf(crowd, bin)
  return ((words[at + 2 + (slot >>> 5)] as number) & (1 << (slot & 31))) !== 0
}

function slotOf({ span }: Crowd, bin: number): number {
  const slot = bin % span
  return slot < 0 ? slot + span : slot
}

function repeatsAt(crowd: Crowd, bin: number, before: number | null): number {
  const column = before === null ? 0 : 1 + slotOf(crowd, before)
  return crowd.reference + HEADER_WORDS + slotOf(crowd, bin) * (crowd.span + 1) + column
}

function addRepeats(arena: Arena, crowd: Crowd, bin: number, before: number | null, by: 1 | -1): void {
  const at = repeatsAt(crowd, bin, before)
  arena.words[at] = (arena.words[at] as number) + by
}
