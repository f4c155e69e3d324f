import type { StoredAlert } from '../../model/alert.ts'
import { RevisionConflict, YujingError } from '../../model/errors.ts'
import { type FindAlert, type Glance, writeUpon } from '../archive/at-hand.ts'
import type { AlertBucket } from '../ports/alert-bucket.ts'
import { fitted } from '../size.ts'

/** What was written. `before` is what it was written upon, null at an opening. */
export interface Saved {
  readonly before: StoredAlert | null
  readonly alert: StoredAlert
  readonly revision: number
}

/** `since`: as for `FindAlert`. */
export type Save = (
  id: string,
  since: number,
  decide: (before: StoredAlert | null) => StoredAlert | null,
) => Promise<Saved | null>

/**
 * Takes an alert as the book shows it, or reads it, decides, and writes by compare-and-set; reads it and begins again when
 * somebody else was faster, so that a decision always rests on what it replaces. A decision to change nothing (null, or
 * what was read) writes nothing; an archived one that changes comes back into the bucket. Rejects when the bucket does;
 * whether it wrote is open then, and deciding again finds out. Rejects with `log.unavailable`, and writes nothing, when it
 * no longer `may`: another desk works now.
 */
export function createSave(
  bucket: AlertBucket,
  find: FindAlert,
  glance: Glance,
  may: () => boolean = () => true,
): Save {
  return async (id, since, decide) => {
    const shown = glance(id, since)
    for (let entry = shown === undefined ? await find(id, since) : shown; ; entry = await find(id, since)) {
      const before = entry?.value ?? null
      const decided = decide(before)
      if (decided === null || decided === before) return null
      const alert = fitted(decided)
      if (!may()) throw new YujingError('log.unavailable', 'Another desk works now.')
      try {
        const revision = await writeUpon(bucket, entry, id, alert)
        return { before, alert, revision }
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error
      }
    }
  }
}
