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
  /** How long a client may take to answer a close before its connection is cut; shorter when the service stops. */
  readonly closeMs: number
  readonly stopMs: number
}

export const FEED_LIMITS: FeedLimits = {
  pulseMs: 2_000,
  pingMs: 15_000,
  connectionsPerKey: 20,
  messageBytes: 64 * 1024,
  waitingBytes: 1024 * 1024,
  slowMs: 20_000,
  closeMs: 10_000,
  stopMs: 1_000,
}
