/** Why the service ends a connection of the live feed (CONTRACT 5). */
export const CLOSE = {
  /** Not authenticated, or the session has ended. */
  unauthenticated: 4001,
  /** The role may not read the feed, or the key was revoked. */
  forbidden: 4003,
  /** Does not read what it is sent; it may resume by its cursor. */
  tooSlow: 4008,
  /** Over 20 connections of one key; the oldest goes. */
  tooMany: 4009,
  /** A message that is none of the protocol. */
  protocol: 4010,
  /** The service stops (RFC 6455: going away). */
  stopping: 1001,
} as const
