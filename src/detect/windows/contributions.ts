import type { Arena } from './arena.ts'
import { dropFront, type List, lowerBound, openGap } from './list.ts'
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
  const place = added.seq * INDEX_SPAN + added.index
  let index = lowerBound(list.length, (i) => {
    const at = (list.reference + i * CONTRIBUTION_WORDS) >>> 1
    const time = arena.doubles[at] as number
    return time === added.time ? (arena.doubles[at + 1] as number) < place : time < added.time
  })
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
