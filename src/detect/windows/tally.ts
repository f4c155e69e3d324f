import { type Arena, blockBytes } from './arena.ts'
import type { List } from './list.ts'
import { hasForm, listOf, newestBin, setForm, setList } from './record.ts'
import * as list from './tally-list.ts'
import * as ring from './tally-ring.ts'

/**
 * How many events each of a key's bins holds, and when the first and the last of each was, so that the first and last
 * event time of a window are exact without keeping the events. `span` is the number of bins a key keeps: its newest one
 * and those before it. Its form follows from what it holds:
 *
 *     list  ──── a new bin, and the list would take more than the ring ───>  ring
 *           <─── the newest bin moves on, and a list would take at most half of it;
 *                a bin has more events than the ring can count
 *
 * The way back matters: a key can live for years after its one dense season. That it asks for half keeps a key on the
 * border from changing form again and again. Whoever reads a tally does not see the form.
 */
export interface TallyBin {
  readonly bin: number
  readonly count: number
  /** Offsets of the earliest and the latest event from the start of the bin, milliseconds. */
  readonly first: number
  readonly last: number
}

const listBytes = (bins: number) => blockBytes(bins * list.LIST_BIN_WORDS)
const ringBytes = (span: number) => blockBytes(span * ring.RING_BIN_WORDS)

/** Counts one event in a bin of the span; `offset` is its distance from the start of the bin in milliseconds. */
export function addToTally(arena: Arena, record: number, span: number, bin: number, offset: number): void {
  const held = listOf(arena, record, 'tally')
  if (hasForm(arena, record, 'ring')) {
    const outcome = ring.addToRing(arena, held.reference, span, bin, offset)
    if (outcome === 'new-bin') setList(arena, record, 'tally', { ...held, length: held.length + 1 })
    if (outcome !== 'full') return
    toList(arena, record, span)
  }
  const before = listOf(arena, record, 'tally')
  const after = list.addToList(arena, before, bin, offset)
  setList(arena, record, 'tally', after)
  if (after.length > before.length && listBytes(after.length) > ringBytes(span)) toRing(arena, record, span)
}

/**
 * Takes one event of a bin back; false when the bin holds none. When it was the first or the last of several, `rest` says
 * when the first and the last of the others were; null leaves them as bounds, where that is not known any more.
 */
export function takeFromTally(
  arena: Arena,
  record: number,
  span: number,
  bin: number,
  offset: number,
  rest: Pick<TallyBin, 'first' | 'last'> | null,
): boolean {
  const [before] = tallyBins(arena, record, span, bin, bin + 1)
  if (before === undefined) return false
  const held = listOf(arena, record, 'tally')
  const isRing = hasForm(arena, record, 'ring')
  if (before.count === 1) {
    if (isRing) ring.clearSlot(arena, held.reference, span, bin)
    const left = isRing ? { ...held, length: held.length - 1 } : list.removeBin(arena, held, bin)
    setList(arena, record, 'tally', left)
    return true
  }
  const after = { bin, count: before.count - 1, ...restOf(before, offset, rest) }
  if (isRing) ring.writeSlot(arena, held.reference, span, after)
  else list.rewriteBin(arena, held, after)
  return true
}

/** Of two events the other one is known without asking. */
function restOf(before: TallyBin, offset: number, rest: Pick<TallyBin, 'first' | 'last'> | null) {
  const { first, last, count } = before
  if (count === 2) {
    const other = offset === first ? last : first
    return { first: other, last: other }
  }
  return rest ?? { first, last }
}

/** The newest bin has moved on by `moved`: what lies before the span is forgotten. */
export function trimTally(arena: Arena, record: number, span: number, moved: number): void {
  const held = listOf(arena, record, 'tally')
  const floor = newestBin(arena, record) - span + 1
  if (!hasForm(arena, record, 'ring')) {
    setList(arena, record, 'tally', list.trimList(arena, held, floor))
    return
  }
  let { length } = held
  for (let bin = floor - Math.min(moved, span); bin < floor; bin++)
    if (ring.clearSlot(arena, held.reference, span, bin)) length--
  setList(arena, record, 'tally', { ...held, length })
  if (length === 0 || listBytes(length) * 2 <= ringBytes(span)) toList(arena, record, span)
}

/** Events in the bins from `from` (inclusive) to `to` (exclusive). */
export function countInTally(arena: Arena, record: number, span: number, from: number, to: number): number {
  const held = listOf(arena, record, 'tally')
  if (!hasForm(arena, record, 'ring')) return list.countInList(arena, held, from, to)
  const newest = newestBin(arena, record)
  return ring.countInRing(arena, held.reference, span, Math.max(from, newest - span + 1), Math.min(to, newest + 1))
}

/** The bins that hold events, from `from` (inclusive) to `to` (exclusive), oldest first. */
export function tallyBins(arena: Arena, record: number, span: number, from: number, to: number): TallyBin[] {
  const held = listOf(arena, record, 'tally')
  if (!hasForm(arena, record, 'ring')) return list.binsInList(arena, held, from, to)
  const newest = newestBin(arena, record)
  return ring.binsInRing(arena, held.reference, span, Math.max(from, newest - span + 1), Math.min(to, newest + 1))
}

/** The newest bin that holds an event, or null. */
export function newestTallyBin(arena: Arena, record: number, span: number): number | null {
  const held = listOf(arena, record, 'tally')
  if (held.length === 0) return null
  if (!hasForm(arena, record, 'ring')) return list.newestInList(arena, held)
  return ring.newestInRing(arena, held.reference, span, newestBin(arena, record))
}

/** Gives the tally's memory back. */
export function freeTally(arena: Arena, record: number, span: number): void {
  const { reference } = listOf(arena, record, 'tally')
  arena.resize(reference, wordsOf(arena, record, span), 0)
  setForm(arena, record, 'ring', false)
  setList(arena, record, 'tally', NO_LIST)
}

const NO_LIST: List = { reference: 0, length: 0 }

function wordsOf(arena: Arena, record: number, span: number): number {
  if (hasForm(arena, record, 'ring')) return span * ring.RING_BIN_WORDS
  return listOf(arena, record, 'tally').length * list.LIST_BIN_WORDS
}

/** Turns a list into a ring, unless one of its bins has too many events for it. */
export function toRing(arena: Arena, record: number, span: number): void {
  const bins = list.binsInList(
    arena,
    listOf(arena, record, 'tally'),
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  )
  if (bins.some(({ count }) => count > ring.RING_MAX_COUNT)) return
  freeTally(arena, record, span)
  const words = span * ring.RING_BIN_WORDS
  const reference = arena.allocate(words)
  arena.words.fill(0, reference, reference + words)
  for (const bin of bins) ring.writeSlot(arena, reference, span, bin)
  setForm(arena, record, 'ring', true)
  setList(arena, record, 'tally', { reference, length: bins.length })
}

/** Turns a ring into a list. */
export function toList(arena: Arena, record: number, span: number): void {
  const bins = tallyBins(arena, record, span, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
  freeTally(arena, record, span)
  const reference = arena.resize(0, 0, bins.length * list.LIST_BIN_WORDS)
  const made = { reference, length: bins.length }
  for (const [index, bin] of bins.entries()) list.writeBin(arena, made, index, bin)
  setList(arena, record, 'tally', made)
}
