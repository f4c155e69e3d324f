import { RevisionConflict } from '../../model/errors.ts'
import { DAY_MS } from '../../model/time.ts'
import type { Clock } from '../../telemetry/clock.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { AlertArchive, ArchivedAlert } from '../ports/alert-archive.ts'
import type { AlertBucket } from '../ports/alert-bucket.ts'

/** Alerts written in one go: at most 64 KiB each. */
const MOST_AT_ONCE = 100
/** A deleted alert's marker stays this long, for books that follow from afar. */
const MARKER_MS = DAY_MS

/** What the archiver needs of the book. */
interface Book {
  /** Finished alerts that were last changed at or before a time, the oldest change first. */
  finishedBefore(updatedMs: number): readonly ArchivedAlert[]
  /** Alerts that have left: id and revision of the marker, in that order. */
  markers(): ReadonlyMap<string, number>
  forgotten(id: string): void
}

/**
 * Moves finished alerts that nobody has touched for `keptMs` into the archive:
 *
 *     written to the archive and read back  ->  deleted from the bucket, at the revision that was written
 *
 * Ended anywhere in between, an alert is in both places, and the bucket's counts; the next pass does it again. An
 * officer who acts in that moment makes the deletion fail, and the alert stays. Markers of the deleted are dropped a day
 * later, save the newest: by that a book that begins afresh knows from where on it can tell what went.
 */
export function createArchiver(parts: {
  readonly bucket: AlertBucket
  readonly archive: AlertArchive
  readonly book: Book
  readonly clock: Clock
  readonly keptMs: number
  readonly logger: Logger
}): (signal: AbortSignal) => Promise<void> {
  const { bucket, archive, book, clock, keptMs, logger } = parts
  const seenSince = new Map<string, number>()

  async function moved({ value, revision }: ArchivedAlert): Promise<boolean> {
    try {
      await bucket.delete(value.id, revision)
      return true
    } catch (error) {
      if (error instanceof RevisionConflict) return false
      throw error
    }
  }

  async function forgetMarkers(): Promise<void> {
    const markers = [...book.markers()]
    const newest = markers.at(-1)?.[0]
    for (const id of seenSince.keys()) if (!book.markers().has(id)) seenSince.delete(id)
    for (const [id, revision] of markers) {
      const since = seenSince.get(id) ?? clock.now()
      seenSince.set(id, since)
      if (id === newest || clock.now() - since < MARKER_MS) continue
      await bucket.forget(id, revision)
      book.forgotten(id)
    }
  }

  return async (signal) => {
    let count = 0
    const due = book.finishedBefore(clock.now() - keptMs)
    for (let start = 0; start < due.length && !signal.aborted; start += MOST_AT_ONCE) {
      const batch = due.slice(start, start + MOST_AT_ONCE)
      await archive.put(batch)
      for (const alert of batch) if (await moved(alert)) count += 1
    }
    await forgetMarkers()
    if (count > 0) logger.info({ count }, 'finished alerts are in the archive')
  }
}
