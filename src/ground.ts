import type { AlertBucket } from './alerts/ports/alert-bucket.ts'
import type { Config } from './config.ts'
import type { DiskGuard } from './disk-guard.ts'
import type { SourceUsers } from './embedded/nats-server.ts'
import type { LogConnection } from './log/connection.ts'
import type { Store, StoreAccess } from './store/store.ts'
import type { GuardedClock } from './telemetry/guarded-clock.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** What the flow runs on. */
export interface Ground {
  readonly config: Config
  readonly log: LogConnection
  readonly store: Store
  /** Closes the door before the disk is full. */
  readonly disk: Pick<DiskGuard, 'assertRoom' | 'isOpen'>
  /** How detection's threads reach the log. */
  readonly logAccess: { readonly url: string; readonly user: string; readonly password: string }
  /** How they reach history, should the log no longer hold what they need. */
  readonly storeAccess: StoreAccess
  /** Name of this process's data directory among those of all replicas. */
  readonly home: string
  /** Says who may leave messages in inboxes; absent where the operator of NATS does. */
  readonly letIn: ((users: SourceUsers) => Promise<void>) | undefined
  readonly personKey: Buffer
  /** The alerts, with the feed's high-water mark raised before a change is told. */
  readonly alerts: AlertBucket
  readonly feedEpoch: string
  readonly clock: GuardedClock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Child servers that are away and being started again, a sentence each. */
  readonly restarting: () => string[]
  /** Something contradicts the log: the service must not go on. */
  readonly onFatal: (error: Error) => void
}
