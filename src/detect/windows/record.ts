import type { Hash64 } from '../statistics/hash.ts'
import type { Arena } from './arena.ts'
import type { List } from './list.ts'

/**
 * The fixed part of a key's state: ten words of the arena, more where windows sum amounts or items fall due.
 *
 *     0 hash, high   1 hash, low   2 newest bin (signed)   3 stock   4 last touched, log time in seconds
 *     5 tally        6 members     7 contributions         8 length of members
 *     9 length of the tally (16 bits), of the contributions (8 bits), silence (4 bits), backfilled (1 bit),
 *       the tally is a ring (1 bit), the members are a crowd (1 bit)
 *     10 amounts     11 length of amounts
 *     12 deadlines   13 length of deadlines   14 the key's own text; 10 where nothing is summed and nothing falls due
 *
 * The length of a ring is the number of its bins that hold events, that of a crowd the room it has.
 */
export const RECORD_WORDS = { plain: 10, named: 12, summing: 12, waiting: 16 } as const

/** Where the reference of the key's own text stands in a record that has one; its county stands in the word after. */
export const NAME_WORD = { named: 10, waiting: 14 } as const

export type ListName = 'tally' | 'members' | 'contributions' | 'amounts' | 'deadlines'

/** A new key's record of so many words: no events, no stock. */
export function createRecord(arena: Arena, hash: Hash64, newestBin: number, words: number): number {
  const record = arena.allocate(words)
  arena.words.fill(0, record, record + words)
  arena.words[record] = hash.high
  arena.words[record + 1] = hash.low
  arena.signed[record + 2] = newestBin
  return record
}

/** Bin of the key's newest event by event time. */
export function newestBin(arena: Arena, record: number): number {
  return arena.signed[record + 2] as number
}

export function setNewestBin(arena: Arena, record: number, bin: number): void {
  arena.signed[record + 2] = bin
}

/** What is there now, from 0. */
export function stockOf(arena: Arena, record: number): number {
  return arena.words[record + 3] as number
}

/** Adds one or takes one away; below 0 it does not go (a departure of something that never arrived here). */
export function moveStock(arena: Arena, record: number, by: 1 | -1): void {
  arena.words[record + 3] = Math.max(0, stockOf(arena, record) + by)
}

/** Log time of the last event that changed the key's windows, in whole seconds. */
export function touchedAt(arena: Arena, record: number): number {
  return arena.words[record + 4] as number
}

export function setTouchedAt(arena: Arena, record: number, seconds: number): void {
  arena.words[record + 4] = seconds
}

/** One of the key's lists. */
export function listOf(arena: Arena, record: number, name: ListName): List {
  const { words } = arena
  const packed = words[record + 9] as number
  if (name === 'tally') return { reference: words[record + 5] as number, length: packed & 0xffff }
  if (name === 'members') return { reference: words[record + 6] as number, length: words[record + 8] as number }
  if (name === 'amounts') return { reference: words[record + 10] as number, length: words[record + 11] as number }
  if (name === 'deadlines') return { reference: words[record + 12] as number, length: words[record + 13] as number }
  return { reference: words[record + 7] as number, length: (packed >>> 16) & 0xff }
}

export function setList(arena: Arena, record: number, name: ListName, list: List): void {
  const { words } = arena
  const packed = words[record + 9] as number
  if (name === 'tally') {
    words[record + 5] = list.reference
    words[record + 9] = ((packed & 0xffff0000) | list.length) >>> 0
  } else if (name === 'members') {
    words[record + 6] = list.reference
    words[record + 8] = list.length
  } else if (name === 'amounts') {
    words[record + 10] = list.reference
    words[record + 11] = list.length
  } else if (name === 'deadlines') {
    words[record + 12] = list.reference
    words[record + 13] = list.length
  } else {
    words[record + 7] = list.reference
    words[record + 9] = ((packed & 0xff00ffff) | (list.length << 16)) >>> 0
  }
}

/** Reference of the key's own text, 0 where it is not kept. `word`: the plan's. */
export function nameReference(arena: Arena, record: number, word: number): number {
  return arena.words[record + word] as number
}

/** County in which the key was first named, 0 where it was not kept. */
export function nameRegion(arena: Arena, record: number, word: number): number {
  return arena.words[record + word + 1] as number
}

export function setName(arena: Arena, record: number, word: number, reference: number, region: number): void {
  arena.words[record + word] = reference
  arena.words[record + word + 1] = region
}

/** A form that a list has taken because its key holds much. */
export type DenseForm = 'ring' | 'crowd'

const FORM_BITS = { ring: 1 << 29, crowd: 1 << 30 } as const

export function hasForm(arena: Arena, record: number, form: DenseForm): boolean {
  return ((arena.words[record + 9] as number) & FORM_BITS[form]) !== 0
}

export function setForm(arena: Arena, record: number, form: DenseForm, has: boolean): void {
  const packed = arena.words[record + 9] as number
  arena.words[record + 9] = (has ? packed | FORM_BITS[form] : packed & ~FORM_BITS[form]) >>> 0
}

/** What backfill has done to the key (DESIGN 17). */
export interface Silence {
  /** Severity the trigger is silently held at, 0 if it is not. */
  readonly held: number
  /** A backfill event came since the last judged one. */
  readonly backfilled: boolean
}

export function silenceOf(arena: Arena, record: number): Silence {
  const packed = arena.words[record + 9] as number
  return { held: (packed >>> 24) & 0xf, backfilled: ((packed >>> 28) & 1) === 1 }
}

export function setSilence(arena: Arena, record: number, { held, backfilled }: Silence): void {
  const packed = arena.words[record + 9] as number
  arena.words[record + 9] = ((packed & 0xe0ffffff) | (held << 24) | ((backfilled ? 1 : 0) << 28)) >>> 0
}
