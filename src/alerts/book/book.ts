import type { Alert, StoredAlert } from '../../model/alert.ts'
import { NO_PLACES, withPlaces } from '../../model/alert-places.ts'
import { YujingError } from '../../model/errors.ts'
import { LEVELS, type Level } from '../../model/level.ts'
import { memoryOf, type PastAlert } from '../../model/past-alert.ts'
import type { AlertEntry } from '../ports/alert-bucket.ts'
import { createChangeLog } from './change-log.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { createPostings } from './postings.ts'
import { eyeOf, type Reader } from './seen-by.ts'

/** Alerts on a page unless asked for more, and at most. */
export const PAGE = 50
export const LARGEST_PAGE = 500

export interface ListRequest extends Reader {
  /** 1 to 500; 50 when absent. */
  readonly limit?: number | undefined
  /** `next` of the page before; the filter should be the same. */
  readonly cursor?: string | null | undefined
}

/**
 * All alerts of the bucket, in memory: the one source of list, single alert and feed. What it shows is what was saved,
 * in the order in which it was saved; `head()` says up to which revision (= feed offset).
 */
export interface AlertBook {
  get(id: string): Alert | null
  /**
   * One page, newest change first. Pages that follow each other by cursor show the list as it was ordered when the
   * first was read: none of its alerts twice, none left out, each as it is now (one that no longer matches is left
   * out; what opens meanwhile comes by the feed). Throws `request.invalid` for a wrong limit or cursor, and for a cursor
   * so old that the order of then is no longer known: list again.
   */
  list(request: ListRequest): BookPage
  /** Latest state of each alert changed after an offset, in offset order, the first `most` of them. */
  changedAfter(offset: number, most?: number): Alert[]
  /** Offset of the last change seen, 0 before the first. */
  head(): number
  /** The lowest offset after which `changedAfter` still tells everything: that of the last alert that left; else 0. */
  floor(): number
  /** Calls the listener after each change, in offset order, until the returned function is called. */
  subscribe(listener: (change: BookChange) => void): () => void
  /** When the event behind an alert's last change arrived, epoch milliseconds; null when no event was behind it. */
  receivedAt(id: string): number | null
  /** Alerts of status `open` by level among those visible; test alerts are not counted. */
  openByLevel(visible: (alert: Alert) => boolean): Record<Level, number>
}

/** A change as the book tells it; `alert` null: it has left the book. */
export interface BookChange {
  readonly id: string
  readonly revision: number
  readonly alert: Alert | null
}

export interface BookPage {
  readonly items: Alert[]
  readonly next: string | null
  /** The cursor behind the first `count` items alone, for who gives no more of them; 0: before all. */
  after(count: number): string
}

/** What the desk itself reads and writes beside. */
export interface DeskBook extends AlertBook {
  stored(id: string): StoredAlert | null
  /** Alerts of a subject, those that have left the book included. */
  ofSubject(subject: PastAlert['subject']): PastAlert[]
  /** An alert that has left the book is remembered by its subject. */
  remember(past: PastAlert): void
  /** Finished alerts that were last changed at or before a time, with their revisions, the oldest change first. */
  finishedBefore(updatedMs: number): { readonly value: StoredAlert; readonly revision: number }[]
  /** Alerts that have left: id and the revision at which they did, the oldest first. */
  markers(): ReadonlyMap<string, number>
  /** The bucket knows nothing of it any more. */
  forgotten(id: string): void
  /** Alerts whose evidence still has events to look up; those asked for longest ago first. */
  pending(most: number): StoredAlert[]
  apply(entry: AlertEntry): void
  /** Resolves when the book has come to a revision; at once if it has. */
  reached(revision: number): Promise<void>
  /** Nobody waits any more: `reached` resolves at once from now on. */
  release(): void
  /** Everything there was at the start has been applied. */
  begin(): void
}

/** An empty book. `spare`: superseded changes kept at least for paging. */
export function createBook(spare?: number): DeskBook {
  const alerts = new Map<string, { readonly alert: Alert; readonly stored: StoredAlert }>()
  const changes = createChangeLog(spare)
  const postings = createPostings()
  const pendingIds = new Set<string>()
  const listeners = new Set<(change: BookChange) => void>()
  const past = new Map<string, Map<string, PastAlert>>()
  const markers = new Map<string, number>()
  let waiters: { readonly revision: number; readonly resolve: () => void }[] = []
  let floor = 0
  let released = false

  const alertsOf = (ids: Iterable<string>) => Array.from(ids).flatMap((id) => alerts.get(id)?.alert ?? [])
  const storedOf = (ids: Iterable<string>) => Array.from(ids).flatMap((id) => alerts.get(id)?.stored ?? [])

  /** The matches' places below `before`, newest change first. */
  function* places(candidates: readonly string[] | null, asOf: number, before: number) {
    if (candidates === null) return yield* changes.newestFirst(asOf, before)
    const found = candidates.flatMap((id) => {
      const revision = changes.placeOf(id, asOf)
      return revision === null || revision >= before ? [] : [{ id, revision }]
    })
    yield* found.sort((a, b) => b.revision - a.revision)
  }

  function remember(one: PastAlert): void {
    const { key } = one.subject
    const ofKey = past.get(key) ?? new Map<string, PastAlert>()
    past.set(key, ofKey.set(one.id, one))
  }

  return {
    get: (id) => alerts.get(id)?.alert ?? null,
    stored: (id) => alerts.get(id)?.stored ?? null,
    head: () => changes.head,
    receivedAt: (id) => alerts.get(id)?.stored.receivedAt ?? null,
    floor: () => floor,
    changedAfter: (offset, most) => alertsOf(changes.after(offset, most)),
    ofSubject({ kind, key }) {
      const here: PastAlert[] = storedOf(postings.of('subjects', key))
      const gone = [...(past.get(key)?.values() ?? [])].filter(({ id }) => !alerts.has(id))
      return [...here, ...gone].filter(({ subject }) => subject.kind === kind && subject.key === key)
    },
    remember,
    markers: () => markers,
    forgotten: (id) => markers.delete(id),
    finishedBefore(updatedMs) {
      const found = (['closed', 'dismissed'] as const).flatMap((status) =>
        Array.from(postings.of('statuses', status)).flatMap((id) => alerts.get(id) ?? []),
      )
      return found
        .filter(({ stored }) => Date.parse(stored.updatedAt) <= updatedMs)
        .sort((a, b) => a.alert.revision - b.alert.revision)
        .map(({ alert, stored }) => ({ value: stored, revision: alert.revision }))
    },
    pending(most) {
      const ids: string[] = []
      for (const id of pendingIds) if (ids.push(id) === most) break
      for (const id of ids) {
        pendingIds.delete(id)
        pendingIds.add(id)
      }
      return storedOf(ids)
    },
    begin: () => changes.begin(),

    list({ limit = PAGE, cursor = null, ...reader }) {
      if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
        throw new YujingError('request.invalid', `limit: a whole number from 1 to ${LARGEST_PAGE}`)
      }
      const { asOf, before } = cursor === null ? { asOf: changes.head, before: changes.head + 1 } : decodeCursor(cursor)
      if (cursor !== null && (asOf < changes.oldest || asOf > changes.head)) {
        throw new YujingError('request.invalid', 'cursor: too old, or of another service; list again')
      }
      const eye = eyeOf(reader)
      const items: Alert[] = []
      const ends = [before]
      const after = (count: number) => encodeCursor({ asOf, before: ends[count] ?? before })
      for (const { id, revision } of places(postings.candidates(reader.filter ?? {}, alerts.size), asOf, before)) {
        const alert = alerts.get(id)?.alert
        const seen = alert === undefined ? null : eye(alert)
        if (seen === null) continue
        if (items.length === limit) return { items, next: after(limit), after }
        items.push(seen)
        ends.push(revision)
      }
      return { items, next: null, after }
    },

    openByLevel(visible) {
      const counts = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>
      for (const alert of alertsOf(postings.of('statuses', 'open'))) {
        if (!alert.test && visible(alert)) counts[alert.level] += 1
      }
      return counts
    },

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    apply({ key, value, revision }) {
      if (revision <= changes.head) return
      const before = alerts.get(key)?.alert ?? null
      changes.record(key, revision, value === null)
      pendingIds.delete(key)
      markers.delete(key)
      if (value === null) {
        floor = revision
        markers.set(key, revision)
        const left = alerts.get(key)
        if (left !== undefined) remember(memoryOf(left.stored))
        alerts.delete(key)
        postings.replace(key, before, null)
        for (const listener of listeners) listener({ id: key, revision, alert: null })
      } else {
        const alert = asSeen(value, revision)
        alerts.set(key, { alert, stored: value })
        postings.replace(key, before, alert)
        if (value.evidence.eventsPending > 0) pendingIds.add(key)
        for (const listener of listeners) listener({ id: key, revision, alert })
      }
      const reached = waiters.filter((waiter) => waiter.revision <= revision)
      if (reached.length > 0) waiters = waiters.filter((waiter) => waiter.revision > revision)
      for (const { resolve } of reached) resolve()
    },

    release() {
      released = true
      for (const { resolve } of waiters.splice(0)) resolve()
    },

    async reached(revision) {
      if (revision <= changes.head || released) return
      await new Promise<void>((resolve) => waiters.push({ revision, resolve }))
    },
  }
}

/** A stored alert as the outside sees it: without what only the desk needs, with its revision. */
export function asSeen(stored: StoredAlert, revision: number): Alert {
  const { appliedPosition, appliedDue, openedPosition, eventPositions, beforeWithdrawal, receivedAt, places, ...seen } =
    stored
  return withPlaces({ ...seen, revision }, places ?? NO_PLACES)
}
