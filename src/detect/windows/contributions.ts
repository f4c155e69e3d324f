import type { Arena } from './arena.ts'
import { closeGap, dropFront, type List, lowerBound, openGap } from './list.ts'
import { packSubject, SUBJECT_WORDS, unpackSubject } from './subject-words.ts'

/** Most contributing events a key keeps for evidence. */
export const MAX_CONTRIBUTIONS = 64

/** An event that counted in a key's windows: enough to show it, place it and name whom it concerns. */
export interface Contribution {
  /** Event time, epoch milliseconds. */
  readonly time: number
  readonly seq: number
  readonly index: number
  /** County code of the event. */
  readonly region: string
  /** Credit code of the event's subject, '' if none. */
  readonly subject: string
}

/** Words of an entry: time (double), seq and index in one double, region, subject. */
export const CONTRIBUTION_WORDS = 4 + 1 + SUBJECT_WORDS

/** More than the rows of a batch; seq * 1024 + index stays exact up to seq 2^43. */
const INDEX_SPAN = 1024

/**
 * Adds an event to the list of the newest 64 by event time (of two at one time the later in the log is newer). An event
 * older than all of a full list is left out.
 */
export function addContribution(arena: Arena, list: List, added: Contribution): List {
  const place = placeOf(added)
  let index = indexOf(arena, list, added)
  let room = list
  if (list.length === MAX_CONTRIBUTIONS) {
    if (index === 0) return list
    room = dropFront(arena, list, CONTRIBUTION_WORDS, 1)
    index--
  }
  const grown = openGap(arena, room, CONTRIBUTION_WORDS, index)
  const at = grown.reference + index * CONTRIBUTION_WORDS
  arena.doubles[at >>> 1] = added.time
  arena.doubles[(at >>> 1) + 1] = place
  arena.words[at + 4] = Number(added.region)
  packSubject(added.subject, arena.words, at + 5)
  return grown
}

/** What an event is found by. */
type Place = Pick<Contribution, 'time' | 'seq' | 'index'>

const placeOf = ({ seq, index }: Place) => seq * INDEX_SPAN + index

/** Index of the event, or where it would stand. */
function indexOf(arena: Arena, list: List, sought: Place): number {
  const place = placeOf(sought)
  return lowerBound(list.length, (i) => {
    const at = (list.reference + i * CONTRIBUTION_WORDS) >>> 1
    const time = arena.doubles[at] as number
    return time === sought.time ? (arena.doubles[at + 1] as number) < place : time < sought.time
  })
}

/** Whether the event is older than all that are kept; true of an empty list. */
export function isOlderThanAll(arena: Arena, list: List, event: Place): boolean {
  return indexOf(arena, list, event) === 0
}

/** Takes an event out of the list; null when it is not in it. */
export function takeContribution(arena: Arena, list: List, event: Place): List | null {
  const index = indexOf(arena, list, event)
  const at = (list.reference + index * CONTRIBUTION_WORDS) >>> 1
  const isThere = index < list.length && arena.doubles[at] === event.time && arena.doubles[at + 1] === placeOf(event)
  return isThere ? closeGap(arena, list, CONTRIBUTION_WORDS, index) : null
}

/** Forgets the events before the instant. */
export function trimContributions(arena: Arena, list: List, before: number): List {
  const stale = lowerBound(
    list.length,
    (i) => (arena.doubles[(list.reference + i * CONTRIBUTION_WORDS) >>> 1] as number) < before,
  )
  return dropFront(arena, list, CONTRIBUTION_WORDS, stale)
}

/** The kept events with a time in [from, to), newest first. */
export function contributionsBetween(arena: Arena, list: List, from: number, to: number): Contribution[] {
  const found: Contribution[] = []
  for (let i = list.length - 1; i >= 0; i--) {
    const at = list.reference + i * CONTRIBUTION_WORDS
    const time = arena.doubles[at >>> 1] as number
    if (time < from) break
    if (time >= to) continue
    const place = arena.doubles[(at >>> 1) + 1] as number
    found.push({
      time,
      seq: Math.floor(place / INDEX_SPAN),
      index: place % INDEX_SPAN,
      region: String(arena.words[at + 4]).padStart(6, '0'),
      subject: unpackSubject(arena.words, at + 5),
    })
  }
  return found
}
