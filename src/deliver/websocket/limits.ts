/** Named limits of the live feed; times in milliseconds. */
export interface FeedLimits {
  readonly pulseMs: number
  readonly pingMs: number
  readonly connectionsPerKey: number
  /** Most bytes of a message from a client. */
  readonly messageBytes: number
  /** Bytes waiting for a client beyond which it gets no more until they are gone; changes coalesce meanwhile. */
  readonly waitingBytes: number
  /** A client that stays above that so long is too slow. */
  readonly slowMs: number
  /** Most changes looked at in one turn of the event loop for a client that catches up. */
  readonly changesAtOnce: number
  /** How long a client may take to answer a close before its connection is cut; shorter when the service stops. */
  readonly closeMs: number
  /** The same for a key that was revoked: with a pulse before it, and time to spare, within 5 s (CONTRACT 5). */
  readonly revokedMs: number
  readonly stopMs: number
}

export const FEED_LIMITS: FeedLimits = {
  pulseMs: 2_000,
  pingMs: 15_000,
  connectionsPerKey: 20,
  messageBytes: 64 * 1024,
  waitingBytes: 256 * 1024,
  slowMs: 20_000,
  changesAtOnce: 1_000,
  closeMs: 10_000,
  revokedMs: 2_000,
  stopMs: 1_000,
}
