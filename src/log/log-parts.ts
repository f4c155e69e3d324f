import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import type { Logger } from '../telemetry/logger.ts'
import type { ConnectionState } from './connection-state.ts'

/** What the parts of the log share: one connection. */
export interface LogParts {
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
  readonly state: ConnectionState
  readonly logger: Logger
}
