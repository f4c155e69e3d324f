import type { Arena } from './arena.ts'
import { closeGap, dropFront, type List, lowerBound, openGap } from './list.ts'
import { listOf, setList } from './record.ts'

/**
 * What a key's events brought of each amount that its windows sum: a list sorted by bin, then by the amount's number. An
 * entry is four words: the sum (double, a whole number), bin (signed), number of the amount. Whole numbers, so that the
 * order in which events arrive leaves no trace.
 */
const AMOUNT_WORDS = 4

/** Adds to the sum of an amount in a bin. */
export function addAmount(arena: Arena, record: number, bin: number, amount: number, added: number): void {
  const list = listOf(arena, record, 'amounts')
  const index = indexOf(arena, list, bin, amount)
  const found = list.reference + index * AMOUNT_WORDS
  if (index < list.length && arena.signed[found + 2] === bin && arena.words[found + 3] === amount) {
    arena.doubles[found >>> 1] = (arena.doubles[found >>> 1] as number) + added
    return
  }
  const grown = openGap(arena, list, AMOUNT_WORDS, index)
  const at = grown.reference + index * AMOUNT_WORDS
  arena.doubles[at >>> 1] = added
  arena.signed[at + 2] = bin
  arena.words[at + 3] = amount
  setList(arena, record, 'amounts', grown)
}

/** Takes from the sum of an amount in a bin what one event brought. */
export function takeAmount(arena: Arena, record: number, bin: number, amount: number, taken: number): void {
  const list = listOf(arena, record, 'amounts')
  const index = indexOf(arena, list, bin, amount)
  const at = list.reference + index * AMOUNT_WORDS
  if (index >= list.length || arena.signed[at + 2] !== bin || arena.words[at + 3] !== amount) return
  const left = (arena.doubles[at >>> 1] as number) - taken
  if (left > 0) arena.doubles[at >>> 1] = left
  else setList(arena, record, 'amounts', closeGap(arena, list, AMOUNT_WORDS, index))
}

/** Sum of an amount over the bins from `from` (inclusive) to `to` (exclusive). */
export function sumOfAmount(arena: Arena, record: number, amount: number, from: number, to: number): number {
  const list = listOf(arena, record, 'amounts')
  let sum = 0
  for (let index = indexOf(arena, list, from, 0); index < list.length; index++) {
    const at = list.reference + index * AMOUNT_WORDS
    if ((arena.signed[at + 2] as number) >= to) break
    if (arena.words[at + 3] === amount) sum += arena.doubles[at >>> 1] as number
  }
  return sum
}

/** Forgets the bins before `floor`. */
export function trimAmounts(arena: Arena, record: number, floor: number): void {
  const list = listOf(arena, record, 'amounts')
  setList(arena, record, 'amounts', dropFront(arena, list, AMOUNT_WORDS, indexOf(arena, list, floor, 0)))
}

/** Gives the memory back. */
export function freeAmounts(arena: Arena, record: number): void {
  const { reference, length } = listOf(arena, record, 'amounts')
  arena.resize(reference, length * AMOUNT_WORDS, 0)
  setList(arena, record, 'amounts', { reference: 0, length: 0 })
}

function indexOf(arena: Arena, list: List, bin: number, amount: number): number {
  return lowerBound(list.length, (index) => {
    const at = list.reference + index * AMOUNT_WORDS
    const entryBin = arena.signed[at + 2] as number
    return entryBin === bin ? (arena.words[at + 3] as number) < amount : entryBin < bin
  })
}
