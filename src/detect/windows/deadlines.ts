import type { Hash64 } from '../statistics/hash.ts'
import type { Arena } from './arena.ts'
import { dropFront, openGap } from './list.ts'
import { listOf, setList } from './record.ts'

/** What an event says of an item of a key: when it is due, or that it is done. Times are epoch milliseconds. */
export interface Item {
  readonly hash: Hash64
  /** Infinity: it is done and waits for nothing. */
  readonly due: number
  /** Time of the event. */
  readonly saidAt: number
  /** Number of the source that said so. */
  readonly source: number
  /** The detector's own small number, 0 to 255. */
  readonly mark: number
  /** How many of the instants to judge again have passed and been judged. */
  readonly judged: number
  /** Its next instant has passed, and a finding waits for the source to say that it has sent everything. */
  readonly held: boolean
  readonly test: boolean
  /** County and industry (digits or '') of the event. */
  readonly region: string
  readonly industry: string
}

/**
 * What was said of a key's items, in order of arrival; an item is what was said of it last by event time, of equal times
 * the later due day, and before that, that it is done. The rest is kept while it may still be taken back. Ten words: due
 * and time of the event (doubles), hash (2), source (16 bits) and mark (8 bits) and flags (8 bits), county, industry with a
 * 1 before it, number of judged instants.
 */
const ITEM_WORDS = 10
const HELD = 1
const TEST = 2

/** The key's items as they stand. */
export function itemsOf(arena: Arena, record: number): Item[] {
  const newest = new Map<string, Item>()
  for (const said of saidOf(arena, record)) {
    const name = `${said.hash.high}/${said.hash.low}`
    const before = newest.get(name)
    if (before === undefined || isNewer(said, before)) newest.set(name, said)
  }
  return [...newest.values()]
}

/** One of them, or null. */
export function findItem(arena: Arena, record: number, { high, low }: Hash64): Item | null {
  return itemsOf(arena, record).find(({ hash }) => hash.high === high && hash.low === low) ?? null
}

/** Whether an item is still to be done. */
export function isWaiting(arena: Arena, record: number): boolean {
  return itemsOf(arena, record).some(({ due }) => Number.isFinite(due))
}

/** Notes what an event said. */
export function addSaid(arena: Arena, record: number, item: Item): void {
  const list = listOf(arena, record, 'deadlines')
  const grown = openGap(arena, list, ITEM_WORDS, list.length)
  writeItem(arena, grown.reference + list.length * ITEM_WORDS, item)
  setList(arena, record, 'deadlines', grown)
}

/** Writes an item's flags and count of instants. */
export function updateItem(arena: Arena, record: number, item: Item): void {
  const index = saidOf(arena, record).findIndex((said) => isSame(said, item))
  writeItem(arena, listOf(arena, record, 'deadlines').reference + index * ITEM_WORDS, item)
}

/** Takes back what an event said; false when it is not held. */
export function removeSaid(arena: Arena, record: number, said: Pick<Item, 'hash' | 'due' | 'saidAt'>): boolean {
  const all = saidOf(arena, record)
  const index = all.findIndex((one) => isSame(one, said))
  if (index >= 0) keepOnly(arena, record, all.toSpliced(index, 1))
  return index >= 0
}

/** Forgets what was said before the instant, save of items that are still to be done what holds of them. */
export function trimItems(arena: Arena, record: number, before: number): void {
  const all = saidOf(arena, record)
  if (all.every(({ saidAt }) => saidAt >= before)) return
  const standing = itemsOf(arena, record).filter(({ due }) => Number.isFinite(due))
  const kept = all.filter((said) => said.saidAt >= before || standing.some((item) => isSame(item, said)))
  if (kept.length < all.length) keepOnly(arena, record, kept)
}

/** Gives the memory back. */
export function freeItems(arena: Arena, record: number): void {
  keepOnly(arena, record, [])
}

function keepOnly(arena: Arena, record: number, kept: readonly Item[]): void {
  const list = listOf(arena, record, 'deadlines')
  const shorter = dropFront(arena, list, ITEM_WORDS, list.length - kept.length)
  for (const [index, item] of kept.entries()) writeItem(arena, shorter.reference + index * ITEM_WORDS, item)
  setList(arena, record, 'deadlines', shorter)
}

function isNewer(a: Item, b: Item): boolean {
  return a.saidAt === b.saidAt ? a.due > b.due : a.saidAt > b.saidAt
}

function isSame(a: Item, b: Pick<Item, 'hash' | 'due' | 'saidAt'>): boolean {
  return a.hash.high === b.hash.high && a.hash.low === b.hash.low && a.due === b.due && a.saidAt === b.saidAt
}

function saidOf(arena: Arena, record: number): Item[] {
  const list = listOf(arena, record, 'deadlines')
  return Array.from({ length: list.length }, (_, index) => readItem(arena, list.reference + index * ITEM_WORDS))
}

function readItem({ words, doubles }: Arena, at: number): Item {
  const packed = words[at + 6] as number
  return {
    due: doubles[at >>> 1] as number,
    saidAt: doubles[(at >>> 1) + 1] as number,
    hash: { high: words[at + 4] as number, low: words[at + 5] as number },
    source: packed & 0xffff,
    mark: (packed >>> 16) & 0xff,
    held: ((packed >>> 24) & HELD) !== 0,
    test: ((packed >>> 24) & TEST) !== 0,
    region: String(words[at + 7]).padStart(6, '0'),
    industry: String(words[at + 8]).slice(1),
    judged: words[at + 9] as number,
  }
}

function writeItem({ words, doubles }: Arena, at: number, item: Item): void {
  doubles[at >>> 1] = item.due
  doubles[(at >>> 1) + 1] = item.saidAt
  words[at + 4] = item.hash.high
  words[at + 5] = item.hash.low
  const flags = (item.held ? HELD : 0) | (item.test ? TEST : 0)
  words[at + 6] = (item.source | (item.mark << 16) | (flags << 24)) >>> 0
  words[at + 7] = Number(item.region)
  words[at + 8] = Number(`1${item.industry}`)
  words[at + 9] = item.judged
}
