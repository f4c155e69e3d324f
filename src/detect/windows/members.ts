import type { Hash64 } from '../statistics/hash.ts'
import type { Arena } from './arena.ts'
import * as crowds from './member-crowd.ts'
import * as lists from './member-list.ts'
import { hasForm, listOf, newestBin, setForm, setList } from './record.ts'

/**
 * Who was seen in which of the `span` bins that a key keeps members of. A list as long as there are few; a crowd, whose
 * time an event does not grow with them, from `crowdFrom` entries on, and a list again below a quarter of that. Whoever
 * counts does not see the form.
 */

/** Entries (a member in a bin) at which a list becomes a crowd: when its table of counts is small beside them. */
export function crowdFrom(span: number): number {
  return Math.max(128, Math.ceil((span * (span + 1)) / 4))
}

/** Notes the member in the bin, which lies in the span; once for each event. */
export function addMember(arena: Arena, record: number, span: number, bin: number, member: Hash64): void {
  if (hasForm(arena, record, 'crowd')) {
    keep(arena, record, crowds.addToCrowd(arena, crowdOf(arena, record, span), { bin, ...member }))
    return
  }
  const list = lists.addToMemberList(arena, listOf(arena, record, 'members'), bin, member)
  setList(arena, record, 'members', list)
  if (list.length >= crowdFrom(span)) toCrowd(arena, record, span)
}

/** Takes one note of the member in the bin back: it counts there no longer once its last one is gone. */
export function takeMember(arena: Arena, record: number, span: number, bin: number, member: Hash64): void {
  if (hasForm(arena, record, 'crowd')) {
    const crowd = crowds.takeFromCrowd(arena, crowdOf(arena, record, span), { bin, ...member })
    if (crowd !== null) keep(arena, record, crowd)
    return
  }
  const list = lists.takeFromMemberList(arena, listOf(arena, record, 'members'), bin, member)
  if (list !== null) setList(arena, record, 'members', list)
}

/** The newest bin has moved on by `moved`: what lies before the span is forgotten. */
export function trimMembers(arena: Arena, record: number, span: number, moved: number): void {
  if (!hasForm(arena, record, 'crowd')) {
    const floor = newestBin(arena, record) - span + 1
    setList(arena, record, 'members', lists.trimMemberList(arena, listOf(arena, record, 'members'), floor))
    return
  }
  const crowd = crowds.trimCrowd(arena, crowdOf(arena, record, span), moved)
  keep(arena, record, crowd)
  if (crowds.crowdEntries(arena, crowd) * 4 < crowdFrom(span)) toMemberList(arena, record, span)
}

/** Distinct members in the bins from `from` (inclusive) to `to` (exclusive). */
export function distinctMembers(arena: Arena, record: number, span: number, from: number, to: number): number {
  if (hasForm(arena, record, 'crowd')) return crowds.distinctInCrowd(arena, crowdOf(arena, record, span), from, to)
  return lists.distinctInList(arena, listOf(arena, record, 'members'), from, to)
}

/** Gives the members' memory back. */
export function freeMembers(arena: Arena, record: number, span: number): void {
  const { reference, length } = listOf(arena, record, 'members')
  const isCrowd = hasForm(arena, record, 'crowd')
  if (isCrowd) crowds.freeSurplus(arena, crowdOf(arena, record, span))
  const words = isCrowd ? crowds.crowdWords(crowdOf(arena, record, span)) : length * lists.MEMBER_WORDS
  arena.resize(reference, words, 0)
  setForm(arena, record, 'crowd', false)
  setList(arena, record, 'members', { reference: 0, length: 0 })
}

/** Turns a list into a crowd. */
export function toCrowd(arena: Arena, record: number, span: number): void {
  const entries = lists.membersInList(arena, listOf(arena, record, 'members'))
  freeMembers(arena, record, span)
  let crowd = crowds.createCrowd(arena, span, newestBin(arena, record), entries.length)
  for (const entry of entries) crowd = crowds.addToCrowd(arena, crowd, entry)
  setForm(arena, record, 'crowd', true)
  keep(arena, record, crowd)
}

/** Turns a crowd into a list. */
export function toMemberList(arena: Arena, record: number, span: number): void {
  const entries = crowds.membersInCrowd(arena, crowdOf(arena, record, span))
  freeMembers(arena, record, span)
  const reference = arena.resize(0, 0, entries.length * lists.MEMBER_WORDS)
  for (const [index, { bin, high, low }] of entries.entries()) {
    const at = reference + index * lists.MEMBER_WORDS
    arena.signed[at] = bin
    arena.words[at + 1] = high
    arena.words[at + 2] = low
  }
  setList(arena, record, 'members', { reference, length: entries.length })
}

function crowdOf(arena: Arena, record: number, span: number): crowds.Crowd {
  const { reference, length } = listOf(arena, record, 'members')
  return { reference, room: length, span, newest: newestBin(arena, record) }
}

function keep(arena: Arena, record: number, { reference, room }: crowds.Crowd): void {
  setList(arena, record, 'members', { reference, length: room })
}
