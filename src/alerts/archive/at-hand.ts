import type { StoredAlert } from '../../model/alert.ts'
import type { DeskBook } from '../book/book.ts'
import type { AlertArchive } from '../ports/alert-archive.ts'
import type { AlertBucket } from '../ports/alert-bucket.ts'
import type { Reach } from './reach.ts'

/** An alert wherever it is. `archived`: it has left the bucket; whoever changes it creates it there again. */
export interface AtHand {
  readonly value: StoredAlert
  readonly revision: number
  readonly archived: boolean
}

/**
 * Finds an alert in the bucket, else in the archive. `since`: epoch milliseconds before which it cannot have been there;
 * what is younger than everything in the archive is not sought in it, so that a new alert never waits for it. Rejects
 * with `store.unavailable` when the archive would have to be asked and cannot be.
 */
export type FindAlert = (id: string, since: number) => Promise<AtHand | null>

/**
 * What there is of an alert by what the book shows, asking nobody: while an import keeps the bucket busy, each question to
 * it takes as long as a write. `null`: it opens now, so nobody else has it; undefined: it has to be found. Whoever writes
 * upon it finds out whether the book was up to date.
 */
export type Glance = (id: string, since: number) => AtHand | null | undefined

export function createGlance(book: Pick<DeskBook, 'get' | 'stored'>, reach: Reach): Glance {
  return (id, since) => {
    const [value, seen] = [book.stored(id), book.get(id)]
    if (value !== null && seen !== null) return { value, revision: seen.revision, archived: false }
    return Number.isFinite(since) && !reach.mayHold(since) ? null : undefined
  }
}

/** However old it is. */
export const HOWEVER_OLD = Number.NEGATIVE_INFINITY
/** In the bucket alone. */
export const NOT_ARCHIVED = Number.POSITIVE_INFINITY

export function createFind(bucket: AlertBucket, archive: AlertArchive, reach: Reach): FindAlert {
  return async (id, since) => {
    const entry = await bucket.get(id)
    if (entry !== null) return { ...entry, archived: false }
    if (!reach.mayHold(since)) return null
    const found = await archive.get(id)
    return found === null ? null : { ...found, archived: true }
  }
}

/** Writes upon what was found: `RevisionConflict` when somebody was faster. */
export function writeUpon(bucket: AlertBucket, found: AtHand | null, id: string, alert: StoredAlert): Promise<number> {
  return found === null || found.archived ? bucket.create(id, alert) : bucket.update(id, alert, found.revision)
}
