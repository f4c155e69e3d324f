import type { StoredAlert } from '../../model/alert.ts'

/**
 * Where alerts are kept: one entry an alert, under its id, changed by compare-and-set.
 *
 * - One counter of revisions for all keys: every write gets a higher one than any before. It is the feed's offset.
 * - `delete` succeeds only on the revision given, or rejects as `update` does; its marker has a revision of its own.
 *   `forget` drops the marker of a deleted key and nothing that came later.
 * - `create` succeeds only where there is no entry, `update` only on the revision given; otherwise both reject with
 *   `RevisionConflict` and nothing is changed. Any other rejection leaves open whether the write happened.
 * - `watch` gives the newest value of each key in order of revision, then every later change in order of revision. It
 *   may leave out a value that a newer one of the same key follows, and nothing else; it survives a reconnect and ends
 *   when aborted. A deleted key comes as `value: null`.
 * - `lastRevision` is the revision of the newest thing a watch delivers, 0 for an empty bucket.
 */
export interface AlertBucket {
  get(key: string): Promise<{ readonly value: StoredAlert; readonly revision: number } | null>
  create(key: string, value: StoredAlert): Promise<number>
  update(key: string, value: StoredAlert, revision: number): Promise<number>
  delete(key: string, revision: number): Promise<void>
  forget(key: string, revision: number): Promise<void>
  watch(signal: AbortSignal): AsyncIterable<AlertEntry>
  lastRevision(): Promise<number>
}

export interface AlertEntry {
  readonly key: string
  readonly value: StoredAlert | null
  readonly revision: number
}
