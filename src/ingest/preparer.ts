import type { Lane } from '../model/lane.ts'
import type { SentPart } from './body.ts'
import type { PreparedEvents } from './prepared-events.ts'
import type { Refusal } from './refusal.ts'
import type { IngestRights } from './rights.ts'

/** What one request or several messages of one sender hold, as it is to be prepared; nothing in it but values, so that another thread can be given it. */
export interface SentBody {
  readonly parts: readonly SentPart[]
  readonly rights: IngestRights
  readonly lane: Lane
  /** All of them when any is strong. */
  readonly registered: readonly RegisteredSource[]
}

/** A registered source: a prefix of `source`, the longest counts. */
export interface RegisteredSource {
  readonly name: string
  /** Whether person keys that it gives are as good as ID numbers. */
  readonly strong: boolean
}

/** An event that is not let in. */
export interface Refused extends Refusal {
  /** Place in the request, from 0. */
  readonly index: number
  /** '' and null where there is no proper name. */
  readonly source: string
  readonly id: string | null
}

/** What the next stretch of a body came to. */
export interface Portion {
  /** Events of the request that it covers, let in or refused. */
  readonly covered: number
  readonly events: PreparedEvents
  readonly refused: readonly Refused[]
  /** Members of the events let in that the catalogue does not name. */
  readonly dropped: number
  /** Subjects among them that fail the inner check of GB 11714. */
  readonly doubtfulSubjects: number
  readonly hasBackfill: boolean
}

/**
 * Who takes bodies apart, judges their events and makes them ready for the writer: here or in threads of its own.
 *
 * Portions come in the order of the request, and not much sooner than they are asked for. Whatever is wrong with the body
 * as a whole (YujingError `body.*`) is thrown before the first. Live bodies go before those of the batch lane, and a
 * body with backfill counts as one of that lane from there on.
 */
export interface Preparer {
  /** @param now epoch milliseconds by which the time of events is judged; asked again for every portion */
  prepare(sent: SentBody, now: () => number): AsyncIterable<Portion>
}
