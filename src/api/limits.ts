import { BODY_LIMITS, CHARACTER_BYTES } from '../model/body-limits.ts'

/** Named limits of the HTTP server; bytes, milliseconds. */
export interface HttpLimits {
  /** Most bytes of a body, where a route says nothing else. */
  readonly bodyBytes: number
  /** Most bytes of a body of `POST /v1/events`, as received. */
  readonly eventsBodyBytes: number
  /** Bytes of bodies of `POST /v1/events` held together; whoever would exceed it is asked to come again. */
  readonly intakeBytes: number
  /** Of these, bytes of bodies of the batch lane: asked for it, or longer than `liveBytes`. */
  readonly batchIntakeBytes: number
  /** Longest body, as received, that counts as one of the live lane. */
  readonly liveBytes: number
  /** How much of a refused body is still read, so that its sender comes to read the answer. */
  readonly drainedBytes: number
  /** Bytes of the beginning of a body that is too large which are kept: as many as go into quarantine. */
  readonly refusedBytes: number
  /** Request line and headers together. */
  readonly headerBytes: number
  /** For the headers of a request to arrive. */
  readonly headersMs: number
  /** For all of a request to arrive. */
  readonly requestMs: number
  /** How often slow requests are looked for. */
  readonly slowCheckMs: number
  /** Open connections; further ones are closed at once. */
  readonly connections: number
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  eventsBodyBytes: BODY_LIMITS.bytes,
  intakeBytes: 256 * 1024 * 1024,
  batchIntakeBytes: 96 * 1024 * 1024,
  liveBytes: BODY_LIMITS.liveBytes,
  drainedBytes: 64 * 1024 * 1024,
  refusedBytes: CHARACTER_BYTES * BODY_LIMITS.quarantinedCharacters,
  headerBytes: 16 * 1024,
  headersMs: 20_000,
  requestMs: 120_000,
  slowCheckMs: 5_000,
  connections: 10_000,
}
