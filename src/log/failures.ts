import { JetStreamApiError } from '@nats-io/jetstream'
import { errors } from '@nats-io/nats-core'
import { AppendSuperseded, RevisionConflict, YujingError } from '../model/errors.ts'

/** Error codes of JetStream's answers that mean something to us (server/errors.json of nats-server). */
const WRONG_LAST_MSG_ID = 10_070
const WRONG_LAST_SEQUENCE = [10_071, 10_164]
/** No room by the stream's own limit, the account's, or the server's resources. */
const FULL = [10_023, 10_047, 10_077, 10_122]

/** What a failed request to JetStream means; errors of the model pass through. */
export function asLogFailure(error: unknown): Error {
  if (error instanceof YujingError || error instanceof AppendSuperseded || error instanceof RevisionConflict)
    return error
  if (error instanceof JetStreamApiError) {
    if (error.code === WRONG_LAST_MSG_ID || WRONG_LAST_SEQUENCE.includes(error.code)) return new AppendSuperseded()
    if (FULL.includes(error.code)) return new YujingError('log.full')
  }
  // A key or a size that the client refuses: a mistake of the caller, not of the log.
  if (error instanceof errors.InvalidArgumentError) return error
  const failure = new YujingError('log.unavailable')
  failure.cause = error
  return failure
}
