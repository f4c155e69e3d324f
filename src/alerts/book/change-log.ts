/** One change of one alert: valid from its revision until the alert's next change (exclusive). */
interface ChangeEntry {
  readonly id: string
  readonly revision: number
  until: number
  earlier: ChangeEntry | null
}

/** Superseded changes kept at least, so that a list can be paged while alerts change. */
const SPARE = 10_000

/**
 * The order of changes, and what it was a while ago. A page of a list must not shift when alerts change between two
 * pages, so a list is read as of the revision at which its first page was read:
 *
 *     revision   1   2   3   4   5   6
 *     alert      a   b   c   a   d   b
 *     until      4   6   -   -   -   -
 *     newest first as of 3:  c b a     as of 5:  d a c b     as of 6:  b d a c
 *
 * A generation is as many changes as there are alerts, and some to spare. What was superseded before the last generation
 * began is dropped when it ends; `oldest` is the lowest revision that can still be looked back to.
 */
export interface ChangeLog {
  /** An alert changed (or went); revisions only rise. */
  record(id: string, revision: number, gone: boolean): void
  /** Ids as of a revision, newest change first, beginning below `before`. */
  newestFirst(asOf: number, before: number): Iterable<Place>
  /** Revision an alert had as of another; null when it was not there. */
  placeOf(id: string, asOf: number): number | null
  /** Ids whose newest change is after a revision, oldest change first; no more than `most`. */
  after(revision: number, most?: number): string[]
  readonly head: number
  readonly oldest: number
  /** What came so far is the beginning: no looking back behind it. */
  begin(): void
}

export interface Place {
  readonly id: string
  readonly revision: number
}

export function createChangeLog(spare = SPARE): ChangeLog {
  const newest = new Map<string, ChangeEntry>()
  let entries: ChangeEntry[] = []
  let head = 0
  let oldest = 0
  let generation = 0
  let sinceGeneration = 0

  /** Index of the first entry at or after a revision. */
  function from(revision: number): number {
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((entries[middle]?.revision ?? Number.POSITIVE_INFINITY) < revision) low = middle + 1
      else high = middle
    }
    return low
  }

  function compact(): void {
    entries = entries.filter((entry) => entry.until > generation)
    for (const entry of entries) if (entry.earlier !== null && entry.earlier.until <= generation) entry.earlier = null
    oldest = Math.max(oldest, generation)
    generation = head
    sinceGeneration = 0
  }

  return {
    record(id, revision, gone) {
      const earlier = newest.get(id) ?? null
      if (earlier !== null) earlier.until = revision
      head = revision
      if (gone) newest.delete(id)
      else {
        const entry = { id, revision, until: Number.POSITIVE_INFINITY, earlier }
        newest.set(id, entry)
        entries.push(entry)
      }
      sinceGeneration += 1
      if (sinceGeneration > newest.size + spare) compact()
    },
    *newestFirst(asOf, before) {
      for (let at = from(Math.min(before, asOf + 1)) - 1; at >= 0; at -= 1) {
        const entry = entries[at]
        if (entry !== undefined && entry.until > asOf) yield entry
      }
    },
    placeOf(id, asOf) {
      let entry = newest.get(id) ?? null
      while (entry !== null && entry.revision > asOf) entry = entry.earlier
      return entry?.revision ?? null
    },
    after(revision, most = Number.POSITIVE_INFINITY) {
      const ids: string[] = []
      for (let at = from(revision + 1); at < entries.length && ids.length < most; at += 1) {
        const entry = entries[at]
        if (entry !== undefined && newest.get(entry.id) === entry) ids.push(entry.id)
      }
      return ids
    },
    get head() {
      return head
    },
    get oldest() {
      return oldest
    },
    begin() {
      oldest = head
      generation = head
    },
  }
}
