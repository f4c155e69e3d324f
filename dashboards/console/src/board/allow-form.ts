import type { AllowListEntry } from '../../../../src/model/allow-list.ts'
import type { KeyKind } from '../../../../src/model/event.ts'
import { businessDay, businessDayStart, formatDay, formatTime, parseDay } from '../../../../src/model/time.ts'

/** An exemption; `until` is RFC 3339, from then on the key is judged again. */
export type AllowEntry = Omit<AllowListEntry, 'until'> & { readonly until: string }

/** Longest texts the service takes, characters. */
export const LONGEST = { key: 128, owner: 64, reason: 128 } as const

/** An exemption while it is written. */
export interface AllowDraft {
  readonly kind: KeyKind
  readonly key: string
  /** Id of the detector that leaves the key alone; '' for all of them. */
  readonly detector: string
  readonly owner: string
  readonly reason: string
  /** Last business day on which the key is not judged, `2026-12-31`. */
  readonly lastDay: string
}

export const EMPTY_DRAFT: AllowDraft = { kind: 'enterprise', key: '', detector: '', owner: '', reason: '', lastDay: '' }

export type AllowFault = 'missing' | 'past'

/** What is wrong with a draft, by field; empty when it can be sent. `now`: epoch ms. */
export function allowFaults(draft: AllowDraft, now: number): Partial<Record<keyof AllowDraft, AllowFault>> {
  const faults: Partial<Record<keyof AllowDraft, AllowFault>> = {}
  for (const field of ['key', 'owner', 'reason'] as const) if (draft[field].trim() === '') faults[field] = 'missing'
  const last = parseDay(draft.lastDay)
  if (last === null) faults.lastDay = 'missing'
  else if (last < businessDay(now)) faults.lastDay = 'past'
  return faults
}

/** A draft without faults as the service takes it: the key is judged again from the day after the last. */
export function entryOf(draft: AllowDraft): AllowEntry {
  return {
    kind: draft.kind,
    key: draft.key.trim(),
    detector: draft.detector === '' ? null : draft.detector,
    owner: draft.owner.trim(),
    reason: draft.reason.trim(),
    until: formatTime(businessDayStart((parseDay(draft.lastDay) ?? 0) + 1)),
  }
}

export function draftOf(entry: AllowEntry): AllowDraft {
  return { ...entry, detector: entry.detector ?? '', lastDay: lastDayOf(entry) }
}

/** The last business day that an exemption touches. */
export function lastDayOf({ until }: Pick<AllowEntry, 'until'>): string {
  return formatDay(businessDay(Date.parse(until) - 1))
}

/** Two exemptions are the same one when they leave the same key alone for the same detector. */
export function sameExemption(a: AllowEntry, b: AllowEntry): boolean {
  return a.kind === b.kind && a.key === b.key && a.detector === b.detector
}

/** The list with an exemption in the place of `before`, or of the same one, or at its end. */
export function withEntry(
  entries: readonly AllowEntry[],
  entry: AllowEntry,
  before: AllowEntry | null,
): readonly AllowEntry[] {
  const rest = entries.filter((one) => !sameExemption(one, entry) && (before === null || !sameExemption(one, before)))
  return [...rest, entry]
}

/** Those in force that end first before the others, those that have ended last. */
export function inOrder(entries: readonly AllowEntry[], now: number): readonly AllowEntry[] {
  const ended = ({ until }: AllowEntry) => Number(Date.parse(until) <= now)
  return [...entries].sort((a, b) => ended(a) - ended(b) || Date.parse(a.until) - Date.parse(b.until))
}
