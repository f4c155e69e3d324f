import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Logger } from '../telemetry/logger.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'
import { type Bucket, createBucket, ensureBucket } from './bucket.ts'
import { type Calls, createCalls } from './calls.ts'
import { followConnection, type ReconnectListener } from './connection-state.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { createExportLog, type ExportLog, type ExportPlace } from './export-log.ts'
import { createFindingLog, type FindingLog, type ReaderPosition } from './finding-log.ts'
import { createInboxes, type Inboxes } from './inbox.ts'
import type { LogParts } from './log-parts.ts'
import { createQuarantineLog, type QuarantineLog } from './quarantine-log.ts'
import { createSnapshots, ensureSnapshots, type Snapshots } from './snapshots.ts'
import { BUCKETS, type BucketName, ensureStreams } from './streams.ts'

/** Everything that JetStream keeps for the service, over one connection that mends itself. */
export interface LogConnection {
  /** Of the log, see `EventLog`. */
  readonly epoch: string
  readonly events: EventLog
  readonly findings: FindingLog
  readonly quarantine: QuarantineLog
  readonly inboxes: Inboxes
  readonly audit: AuditLog
  readonly exports: ExportLog
  readonly snapshots: Snapshots
  /** Between the processes of the service. */
  readonly calls: Calls
  /** A bucket of CONTRACT 6 with values of type T. */
  bucket<T>(name: BucketName): Promise<Bucket<T>>
  /** Whether the server answers and has kept all it acknowledged. */
  healthy(): boolean
  /** After each reconnect; a writer begins a new chain then. */
  onReconnect(listener: ReconnectListener): () => void
  readonly serverVersion: string
  /** What was being read ends, what was being sent is sent. */
  close(): Promise<void>
}

/** Where JetStream is. */
export interface LogOptions {
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly logger: Logger
  /** Most bytes of the log; findings, quarantine, inboxes and export may have a quarter of it each, in addition. */
  readonly maxBytes: number
  /** Names the connection at the server. */
  readonly name: string
}

const CONNECT_TIMEOUT_MS = 5_000
const RECONNECT_EVERY_MS = 100
const PING_EVERY_MS = 5_000

/** Connects, and creates what is missing of streams, buckets and the store of snapshots. */
export async function connectLog(o: LogOptions): Promise<LogConnection> {
  const connection = await connect({
    servers: o.url,
    name: o.name,
    ...(o.user !== undefined && { user: o.user, pass: o.password ?? '' }),
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_EVERY_MS,
    pingInterval: PING_EVERY_MS,
    ignoreAuthErrorAbort: true,
    // Without, every request makes an error beforehand, for its trace.
    noAsyncTraces: true,
  })
  try {
    const manager = await jetstreamManager(connection)
    const state = followConnection(connection)
    const parts: LogParts = { jetstream: jetstream(connection), manager, state, logger: o.logger }
    const epoch = await ensureStreams(manager, o.maxBytes)
    const buckets = new Map<BucketName, Awaited<ReturnType<typeof ensureBucket>>>()
    for (const name of BUCKETS) buckets.set(name, await ensureBucket(parts, name))
    const bucketOf = <T>(name: BucketName): Bucket<T> => {
      const kv = buckets.get(name)
      if (!kv) throw new Error(`no bucket ${name}`)
      return createBucket<T>(parts, name, kv)
    }
    const events = createEventLog(parts, epoch)
    state.onReconnect((restarted) => o.logger.warn({ restarted }, 'the connection to the log is back'))

    return {
      epoch,
      events,
      findings: createFindingLog(parts, bucketOf<ReaderPosition>('yujing_positions')),
      quarantine: createQuarantineLog(parts),
      inboxes: createInboxes(parts),
      audit: createAuditLog(parts),
      exports: createExportLog(parts, bucketOf<ExportPlace>('yujing_positions')),
      snapshots: createSnapshots(parts, await ensureSnapshots(parts), epoch),
      calls: createCalls(connection, state, o.logger),
      bucket: async (name) => bucketOf(name),
      healthy: () => state.connected() && events.intact(),
      onReconnect: state.onReconnect,
      serverVersion: connection.info?.version ?? 'unknown',
      async close() {
        if (state.connected()) await connection.drain()
        else await connection.close()
      },
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}
