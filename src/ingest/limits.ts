import { BODY_LIMITS } from '../model/body-limits.ts'
import type { Lane } from '../model/lane.ts'

/** What the door takes. All bounds are inclusive: exactly that much still passes. */
export interface IngestLimits {
  /** Bytes of a body as sent. */
  readonly bodyBytes: number
  /** Bytes of a body after unpacking. */
  readonly unpackedBytes: number
  /** Events of a request: so many refusals at most must be answered and kept at once. */
  readonly eventsPerRequest: number
  /** Longest body, unpacked, of the live lane; a longer one belongs to the batch lane whatever it says. */
  readonly liveBytes: number
  /** Unpacked bytes of all requests of a lane in work together; beyond it the next ones wait in line. */
  readonly workingBytes: Readonly<Record<Lane, number>>
  /** Bytes of one event as JSON in UTF-8. */
  readonly eventBytes: number
  /** An event up to this many bytes is read before it is refused, so that the answer can name it. */
  readonly parsedBytes: number
  /** Characters of a refused event that are kept in quarantine: sealed they must fit into one message. */
  readonly quarantinedCharacters: number
  /** Refused events on their way to the quarantine at a time. */
  readonly quarantineAhead: number
  /** Requests remembered because their refused events could not all be put into quarantine. */
  readonly unansweredRequests: number
  /** Bytes of the data once in canonical form, so that an event with its keys always fits into one message of the log. */
  readonly canonicalBytes: number
  /** Levels of JSON inside one another, in a body or in a line of it. */
  readonly nesting: number
  /** How far the time of an event may be ahead of the clock, milliseconds. */
  readonly aheadMs: number
  /** Earliest time of an event, epoch milliseconds: 1949-10-01 in +08:00. */
  readonly earliest: number
  /** Keys of people held to spare computing them again. */
  readonly cachedPseudonyms: number
}

export const INGEST_LIMITS: IngestLimits = {
  bodyBytes: BODY_LIMITS.bytes,
  unpackedBytes: 64 * 1024 * 1024,
  eventsPerRequest: 100_000,
  liveBytes: BODY_LIMITS.liveBytes,
  workingBytes: { live: 64 * 1024 * 1024, batch: 64 * 1024 * 1024 },
  eventBytes: 256 * 1024,
  parsedBytes: 1024 * 1024,
  quarantinedCharacters: BODY_LIMITS.quarantinedCharacters,
  quarantineAhead: 256,
  unansweredRequests: 10_000,
  canonicalBytes: 400 * 1024,
  nesting: 64,
  aheadMs: 5 * 60_000,
  earliest: Date.UTC(1949, 8, 30, 16),
  cachedPseudonyms: 100_000,
}
