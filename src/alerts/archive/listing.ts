import type { Alert } from '../../model/alert.ts'
import { isStoreAway } from '../../model/errors.ts'
import { type AlertBook, asSeen, type ListRequest, PAGE } from '../book/book.ts'
import { eyeOf } from '../book/seen-by.ts'
import { isFinished } from '../lifecycle.ts'
import type { AlertArchive, ArchivePlace } from '../ports/alert-archive.ts'
import { decodePlace, encodePlace } from './place.ts'
import type { Reach } from './reach.ts'

const END = 'end'
const NOTHING = { items: [], next: null, after: () => END } as const

/** Rows asked of the archive at a time: of some filters only a few are items. */
const ROWS = 500

/** A page of a list. */
export interface ListPage {
  readonly items: readonly Alert[]
  readonly next: string | null
  /** Finished alerts of the archive are missing from this page, because it cannot be asked now. */
  readonly archive?: 'unavailable'
}

/** Codes of areas, a coarse help for the archive: what is within them is still asked of `visible`. */
export type FullListRequest = ListRequest & { readonly areas?: readonly string[] | 'all' | undefined }

/**
 * One list over book and archive, newest change first. An old alert that is still open stands in the book, a younger one
 * that is finished in the archive, so the two are merged:
 *
 *     book      12:00  11:00            08:00 (open since)      the book is in order of revision
 *     archive                 10:00  09:00        07:00         by time of the last change
 *     list      12:00  11:00  10:00  09:00  08:00  07:00
 *
 * The cursor holds the place in both; what the page gave is behind it in both, so an alert that moves into the archive
 * between two pages comes neither twice nor not at all. The archive is only asked when it can hold an item: not when the
 * filter leaves out what is finished, not while the page is younger than all of it.
 *
 * While the archive cannot be asked, a page gives what the book has and says so; its place in the archive stays, so
 * that nothing is left out should it come back. When the book has no more the list rejects with `store.unavailable`.
 */
export function createListing(parts: {
  readonly book: AlertBook
  readonly archive: AlertArchive
  readonly reach: Reach
}): (request: FullListRequest) => Promise<ListPage> {
  const { book, archive, reach } = parts

  async function archived(request: FullListRequest, from: ArchivePlace | null, most: number): Promise<Alert[]> {
    const { filter = {}, areas = 'all' } = request
    const eye = eyeOf(request)
    const items: Alert[] = []
    for (let below = from; ; ) {
      const rows = await archive.list({ filter, areas, below, most: ROWS })
      for (const { value, revision } of rows) {
        // One that is in the bucket, too, was reopened, or is just leaving it: it is listed from there.
        const seen = book.get(value.id) === null ? eye(asSeen(value, revision)) : null
        if (seen !== null && items.push(seen) === most) return items
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < ROWS) return items
      below = placeOf(last.value)
    }
  }

  return async (request) => {
    const { limit = PAGE, cursor = null } = request
    const at = cursor === null ? { book: null, archive: null } : decodePlace(cursor)
    const here = at.book === 'end' ? NOTHING : book.list({ ...request, cursor: at.book })
    const oldest = here.items.at(-1)
    const full = here.items.length === limit && oldest !== undefined && placeOf(oldest).updatedMs > reach.upTo()
    const bookOnly = !canBeArchived(request, reach)
    if (bookOnly || full) {
      const place = { book: here.next ?? END, archive: lower(at.archive, oldest) }
      return { items: here.items, next: bookOnly && here.next === null ? null : encodePlace(place) }
    }

    let there: Alert[]
    try {
      there = await archived(request, at.archive, limit + 1)
    } catch (error) {
      if (!isStoreAway(error) || here.items.length === 0) throw error
      const next = encodePlace({ book: here.next ?? END, archive: at.archive })
      return { items: here.items, next, archive: 'unavailable' }
    }
    const items = merged(here.items, there).slice(0, limit)
    const ids = new Set(items.map(({ id }) => id))
    const taken = here.items.filter(({ id }) => ids.has(id)).length
    const bookNext = taken === here.items.length ? (here.next ?? END) : here.after(taken)
    const done = bookNext === END && items.length - taken === there.length
    return { items, next: done ? null : encodePlace({ book: bookNext, archive: lower(at.archive, items.at(-1)) }) }
  }
}

function canBeArchived({ filter = {} }: FullListRequest, reach: Reach): boolean {
  const finished = filter.statuses?.some(isFinished) ?? true
  const upTo = reach.upTo()
  return finished && upTo > Number.NEGATIVE_INFINITY && (filter.since ?? Number.NEGATIVE_INFINITY) <= upTo
}

/** Two lists in order as one; each keeps its own order. */
function merged(book: readonly Alert[], archive: readonly Alert[]): Alert[] {
  const items: Alert[] = []
  const [left, right] = [[...book], [...archive]]
  for (;;) {
    const [a, b] = [left[0], right[0]]
    if (a === undefined) return [...items, ...right]
    if (b === undefined) return [...items, ...left]
    items.push(isBelow(placeOf(a), placeOf(b)) ? (right.shift() ?? b) : (left.shift() ?? a))
  }
}

function placeOf({ updatedAt, id }: Pick<Alert, 'updatedAt' | 'id'>): ArchivePlace {
  return { updatedMs: Date.parse(updatedAt), id }
}

function isBelow(a: ArchivePlace, b: ArchivePlace): boolean {
  return a.updatedMs !== b.updatedMs ? a.updatedMs < b.updatedMs : a.id < b.id
}

/** The lower of a place and that of the last item given: a place never goes up again. */
function lower(place: ArchivePlace | null, last: Alert | undefined): ArchivePlace | null {
  if (last === undefined) return place
  const here = placeOf(last)
  return place === null || isBelow(here, place) ? here : place
}
