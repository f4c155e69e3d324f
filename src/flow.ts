import { join } from 'node:path'
import { createAccess } from './access/access.ts'
import { createDesk, type Desk } from './alerts/desk.ts'
import type { AlertBucket } from './alerts/ports/alert-bucket.ts'
import { createApi } from './api/api.ts'
import { createClockConfirmation } from './clock-confirmation.ts'
import type { Config } from './config.ts'
import { createLiveFeed } from './deliver/websocket/live-feed.ts'
import { startDetect } from './detect-host.ts'
import { createDetectorSettings } from './detector-settings.ts'
import { packageRoot } from './embedded/package-root.ts'
import { createEventResolver } from './event-resolver.ts'
import { createFreshness } from './freshness.ts'
import { createDoor } from './ingest/door.ts'
import { INGEST_LIMITS } from './ingest/limits.ts'
import { createSeal } from './ingest/seal.ts'
import { createWriter, type Writer } from './ingest/writer/writer.ts'
import type { LogConnection } from './log/connection.ts'
import { createQuarantineCounts } from './quarantine-counts.ts'
import { createRetention } from './retention.ts'
import type { Stopping } from './stopping.ts'
import type { Store, StoreAccess } from './store/store.ts'
import type { StoreProgress } from './store/writer/ports.ts'
import { storedUpTo } from './store/writer/progress.ts'
import { createStoreWriter, type StoreWriter } from './store/writer/store-writer.ts'
import { watchClock } from './telemetry/clock-watch.ts'
import type { GuardedClock } from './telemetry/guarded-clock.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'

/** What the flow runs on. */
export interface Ground {
  readonly config: Config
  readonly log: LogConnection
  readonly store: Store
  /** How detection's threads reach the log. */
  readonly logAccess: { readonly url: string; readonly user: string; readonly password: string }
  /** How they reach history, should the log no longer hold what they need. */
  readonly storeAccess: StoreAccess
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

/**
 * The dataflow: who feeds whom. Started from the end to the beginning, so that nobody speaks before the listener is
 * there; each step is handed to `stopping` as soon as it runs. Every replica runs what stands in this function; what one
 * of all replicas runs stands below it, and can be ended and begun again by itself.
 *
 * @returns the address it listens on
 */
export async function startFlow(ground: Ground, stopping: Stopping): Promise<string> {
  const { config, log, store, clock, logger, metrics, onFatal } = ground
  const { publicUrl } = config

  // log -> store
  const storing = await startStoring(ground, stopping)

  // findings -> alerts
  const desk = createDesk({
    findings: log.findings,
    alerts: ground.alerts,
    events: createEventResolver(log.events, store),
    directory: { name: (code) => store.enterpriseName(code) },
    clock,
    logger,
    metrics,
  })
  await desk.start()
  stopping.onStop('desk', () => desk.stop())

  // ingest -> writer -> log
  const { writer } = await startLead(ground, desk, stopping)
  const watch = watchClock(clock, { logger, metrics })
  stopping.onStop('clock watch', () => watch.stop())
  const door = createDoor({
    writer,
    personKey: ground.personKey,
    quarantine: log.quarantine,
    clock,
    logger,
    metrics,
    limits: INGEST_LIMITS,
  })

  // log -> detect -> findings
  const detect = startDetect({
    ...ground.logAccess,
    store: ground.storeAccess,
    logMaxBytes: config.logMaxBytes,
    shards: config.shards,
    logger,
    metrics,
    onFatal,
  })
  stopping.onStop('detect', () => detect.stop())
  const detectors = createDetectorSettings({ writer, explain: (id, key) => detect.explain(id, key) })
  await detectors.announce()

  // alerts -> live feed, and everything -> people
  const access = createAccess({
    bucket: await log.bucket<unknown>('yujing_config'),
    clock,
    logger,
    bootstrapKey: config.bootstrapKey,
    production: config.profile === 'production',
  })
  await access.start()
  stopping.onStop('access', () => access.stop())
  const freshness = createFreshness({ metrics, clock, log: log.events, judged: () => detect.position() })
  stopping.onStop('freshness', () => freshness.stop())
  const live = createLiveFeed({
    book: desk.book,
    epoch: ground.feedEpoch,
    freshness,
    clock,
    metrics,
    access,
    logger,
    publicUrl,
  })
  const api = await createApi({
    door,
    book: desk.book,
    desk,
    store,
    detectors,
    clock: createClockConfirmation({ clock, writer, logger }),
    health: {
      async check() {
        const reasons = [
          ...(log.healthy() ? [] : ['log unreachable']),
          ...(clock.doubt() === null ? [] : [`clock ${clock.doubt()?.reason}`]),
          ...(detect.isReady() ? [] : ['partitions recovering']),
          ...(storing.storeWriter.failure() ? ['store writer has given up'] : []),
        ]
        return { reasons, degraded: (await store.ping()) ? [] : ['store'], restarting: ground.restarting() }
      },
    },
    live,
    access,
    metrics,
    logger,
    consoleDir: join(packageRoot(), 'dist/console'),
    publicUrl,
  })
  const url = await api.listen({ host: config.host, port: config.port })
  stopping.onStop('api', () => api.close())
  await detect.ready
  return url
}

/** What the lead alone runs: it appends to the log, and its desk works. */
async function startLead(ground: Ground, desk: Desk, stopping: Stopping): Promise<{ writer: Writer }> {
  const { log, store, clock, logger, metrics } = ground

  // findings -> alerts
  const work = desk.work()
  stopping.onStop('desk at work', () => work.stop())

  // ingest -> writer -> log
  const writer = createWriter({
    log: log.events,
    snapshots: log.snapshots,
    history: {
      lookup: (idHashes) => store.lookupEventIds(idHashes),
      rebuild: (belowSeq) => store.messagesBefore({ epoch: log.epoch, belowSeq }),
    },
    clock,
    logger,
    metrics,
    instance: 'yujing',
    onReconnect: (listener) => log.onReconnect(listener),
    onSuperseded: ground.onFatal,
  })
  await writer.start()
  stopping.onStop('writer', () => writer.stop())

  // log, once everybody has it, -> nowhere
  const intents = await log.bucket<StoreProgress>('yujing_config')
  const retention = createRetention({
    log: log.events,
    snapshots: log.snapshots,
    stored: () => storedUpTo(intents, log.epoch),
    logTime: () => writer.logTime(),
    keepMs: ground.config.logKeepMs,
    logger,
    metrics,
  })
  retention.start()
  stopping.onStop('retention', () => retention.stop())
  return { writer }
}

/** What one replica alone runs: it carries the log into ClickHouse, and counts there what the door refused. */
async function startStoring(ground: Ground, stopping: Stopping): Promise<{ storeWriter: StoreWriter }> {
  const { log, store, clock, logger, metrics } = ground
  const { quarantine } = log

  // log -> store
  const seal = createSeal(ground.personKey)
  const storeWriter = createStoreWriter({
    store,
    log: log.events,
    intents: await log.bucket('yujing_config'),
    quarantine: {
      put: ({ position, reason, row }) =>
        quarantine.put({
          code: 'row.refused',
          reason,
          source: '',
          id: `${position.epoch}-${position.seq}-${position.index}`,
          receivedAt: clock.now(),
          payload: seal.close(row),
        }),
    },
    logger,
    metrics,
  })
  await storeWriter.start()
  stopping.onStop('store writer', () => storeWriter.stop())

  // quarantine -> its counts
  const refusals = createQuarantineCounts({ quarantine, store, bucket: await log.bucket('yujing_config'), logger })
  refusals.start()
  stopping.onStop('quarantine counts', () => refusals.stop())
  return { storeWriter }
}
