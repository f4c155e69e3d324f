import type { StoredAlert } from '../../model/alert.ts'
import type { AlertFilter } from '../../model/alert-filter.ts'
import type { PastAlert } from '../../model/past-alert.ts'

/** An alert as it left the bucket, with the revision it had there. */
export interface ArchivedAlert {
  readonly value: StoredAlert
  readonly revision: number
}

/** Where a list of the archive goes on: below this time of the last change (epoch milliseconds), then below this id. */
export interface ArchivePlace {
  readonly updatedMs: number
  readonly id: string
}

export interface ArchiveQuery {
  readonly filter: AlertFilter
  /** Codes of areas of which the alert must touch one; `all`: no limit. */
  readonly areas: readonly string[] | 'all'
  readonly below: ArchivePlace | null
  /** At most so many, at least 1. */
  readonly most: number
}

/**
 * Where finished alerts go for good: one entry an id, the one changed last.
 *
 * - `put` resolves when reading back has given what was written; the same again, in whole or in part, changes nothing.
 *   An older state never replaces a newer one.
 * - `list` gives every alert that can match, the last changed first, and may give some that do not: who lists tests
 *   again. Fewer than `most` means the end.
 * - `newest` is when the one changed last was changed, epoch milliseconds; null when there is none.
 * - `past` is what later alerts need to know, of all that changed at or after a time.
 *
 * All reject with `store.unavailable` while the archive cannot be asked.
 */
export interface AlertArchive {
  put(alerts: readonly ArchivedAlert[]): Promise<void>
  get(id: string): Promise<ArchivedAlert | null>
  list(query: ArchiveQuery): Promise<readonly ArchivedAlert[]>
  newest(): Promise<number | null>
  past(sinceMs: number): Promise<readonly PastAlert[]>
}
