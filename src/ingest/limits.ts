/** What the door takes. All bounds are inclusive: exactly that much still passes. */
export interface IngestLimits {
  /** Bytes of a body as sent. */
  readonly bodyBytes: number
  /** Bytes of a body after unpacking. */
  readonly unpackedBytes: number
  /** Bytes of one event as JSON in UTF-8. */
  readonly eventBytes: number
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
  bodyBytes: 10 * 1024 * 1024,
  unpackedBytes: 64 * 1024 * 1024,
  eventBytes: 256 * 1024,
  canonicalBytes: 400 * 1024,
  nesting: 64,
  aheadMs: 5 * 60_000,
  earliest: Date.UTC(1949, 8, 30, 16),
  cachedPseudonyms: 100_000,
}
