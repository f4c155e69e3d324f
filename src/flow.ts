import { join } from 'node:path'
import { createAccess } from './access/access.ts'
import { createVerification } from './alert-verification.ts'
import { createDesk, type Desk } from './alerts/desk.ts'
import type { AlertBucket } from './alerts/ports/alert-bucket.ts'
import { createApi } from './api/api.ts'
import { createClockConfirmation } from './clock-confirmation.ts'
import { type Config, WORK } from './config.ts'
import { createLiveFeed } from './deliver/websocket/live-feed.ts'
import { createDetectGroups } from './detect-groups.ts'
import { startDetect } from './detect-host.ts'
import { createDetectorSettings, createSettingsChanges } from './detector-settings.ts'
import type { DiskGuard } from './disk-guard.ts'
import { createDuty } from './duty.ts'
import { packageRoot } from './embedded/package-root.ts'
import { createEnterpriseNames } from './enterprise-names.ts'
import { createEventResolver, type RecentEventResolver } from './event-resolver.ts'
import { createFreshness } from './freshness.ts'
import { createHealth } from './health.ts'
import { createDoor } from './ingest/door.ts'
import { INGEST_LIMITS } from './ingest/limits.ts'
import { createSeal } from './ingest/seal.ts'
import { isSuperseded } from './ingest/writer/term.ts'
import { createWriter, type Writer } from './ingest/writer/writer.ts'
import type { LogConnection } from './log/connection.ts'
import { appendingWhile, tellingWhatIsAppended } from './log/event-log.ts'
import type { Claim } from './log/leases.ts'
import { DAY_MS } from './model/time.ts'
import { createQuarantineCounts } from './quarantine-counts.ts'
import { createReplica, type Replica } from './replica.ts'
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
  /** Closes the door before the disk is full. */
  readonly disk: Pick<DiskGuard, 'assertRoom' | 'isOpen'>
  /** How detection's threads reach the log. */
  readonly logAccess: { readonly url: string; readonly user: string; readonly password: string }
  /** How they reach history, should the log no longer hold what they need. */
  readonly storeAccess: StoreAccess
  /** Name of this process's data directory among those of all replicas. */
  readonly home: string
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
 * there; each step is handed to `stopping` as soon as it runs. Every replica runs what stands in this function, as far as
 * its role goes; what one of all replicas runs stands below it, begins with a claim and ends with it.
 *
 * @returns the address it listens on
 */
export async function startFlow(ground: Ground, stopping: Stopping): Promise<string> {
  const { config, log, store, clock, logger, metrics } = ground
  const { publicUrl } = config
  const work = WORK[config.role]
  const settings = await log.bucket<unknown>('yujing_config')

  // this replica among the others
  const replica = await createReplica({ ground, detects: work.detect, figures: () => freshness.figures() })
  const { leases } = replica

  // findings -> alerts: the book, which list and feed are read from
  const events = createEventResolver(log.events, store)
  const desk = createDesk({
    findings: log.findings,
    alerts: ground.alerts,
    archive: store.alerts,
    keptMs: config.alertKeptDays * DAY_MS,
    events,
    directory: createEnterpriseNames(store, clock),
    clock,
    logger,
    metrics,
  })

  // log -> detect -> findings
  const detection = createDetectGroups({
    leases,
    begin: (partitions) => {
      const { logAccess, storeAccess, onFatal } = ground
      const { logMaxBytes, shards } = config
      return startDetect({
        ...logAccess,
        store: storeAccess,
        logMaxBytes,
        shards,
        partitions,
        logger,
        metrics,
        onFatal,
      })
    },
    askElsewhere: replica.askExplanation,
    onChange: (groups) => metrics.detectGroups.set(groups.length),
    logger,
  })
  const freshness = createFreshness({ metrics, clock, log: log.events, judged: detection.position, leases })

  // Where nothing is detected here, what the others said some seconds ago must do.
  const behind = (seq: number): number => {
    const judged = detection.position()
    return judged === null ? freshness.lag() : seq - judged
  }

  // what one of all replicas does
  const duty = { leases, logger }
  const storing = createDuty({
    ...duty,
    name: 'store',
    begin: (claim, parts, giveUp) => startStoring(ground, claim, giveUp, parts),
    onChange: (isHere) => metrics.storing.set(isHere ? 1 : 0),
  })
  const lead = createDuty({
    ...duty,
    name: 'lead',
    begin: (claim, parts, giveUp) => startLead(ground, replica, { desk, events }, claim, giveUp, behind, parts),
    onChange: (isHere) => metrics.lead.set(isHere ? 1 : 0),
  })

  stopping.onStop('freshness', () => freshness.stop())
  await leases.start()
  stopping.onStop('lease', () => leases.stop())
  if (work.serve || work.lead) {
    await desk.start()
    stopping.onStop('desk', () => desk.stop())
  }
  if (work.store) {
    stopping.onStop('store duty', () => storing.stop())
    await storing.start()
  }
  if (work.lead) {
    stopping.onStop('lead duty', () => lead.stop())
    await lead.start()
  }
  if (work.detect) {
    stopping.onStop('detect', () => detection.stop())
    stopping.onStop('explanations', replica.answerExplanations(detection.explainHere))
    await detection.start()
  }

  // ingest -> the lead's writer
  const watch = watchClock(clock, { logger, metrics })
  stopping.onStop('clock watch', () => watch.stop())
  const door = createDoor({
    writer: replica.writerOf(() => lead.current()?.writer ?? null),
    personKey: ground.personKey,
    quarantine: log.quarantine,
    clock,
    logger,
    metrics,
    limits: INGEST_LIMITS,
    assertOpen: () => ground.disk.assertRoom(),
  })

  // alerts -> live feed, and everything -> people
  const access = createAccess({
    bucket: settings,
    clock,
    logger,
    bootstrapKey: config.bootstrapKey,
    production: config.profile === 'production',
  })
  await access.start()
  stopping.onStop('access', () => access.stop())
  await replica.inForce.start()
  stopping.onStop('parameters in force', () => replica.inForce.stop())
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
  const health = createHealth({ ground, leases, lead, storing, detection })
  const api = await createApi({
    serves: work.serve ? 'everything' : 'operations',
    door,
    book: desk.book,
    desk,
    store,
    verify: createVerification(store),
    detectors: createDetectorSettings({
      inForce: () => replica.inForce.get('parameters')?.value ?? {},
      change: replica.changeParameters,
      explain: detection.explain,
    }),
    clock: createClockConfirmation({
      clock,
      writer: { control: replica.control, logTime: () => lead.current()?.writer.logTime() ?? 0 },
      logger,
    }),
    health,
    live,
    access,
    metrics,
    logger,
    consoleDir: join(packageRoot(), 'dist/console'),
    publicUrl,
  })
  const url = await api.listen({ host: config.host, port: config.port })
  stopping.onStop('api', () => api.close())
  stopping.onStop('door', () => door.stop())
  return url
}

/** What the lead alone runs: it appends to the log, and its desk works. */
async function startLead(
  ground: Ground,
  replica: Replica,
  { desk, events }: { readonly desk: Desk; readonly events: RecentEventResolver },
  claim: Claim,
  giveUp: (error: Error) => void,
  behind: (seq: number) => number,
  stopping: Stopping,
): Promise<{ writer: Writer }> {
  const { log, store, clock, logger, metrics } = ground

  // findings -> alerts
  const work = desk.work(claim.held)
  stopping.onStop('desk at work', () => work.stop())

  // ingest -> writer -> log
  const writer = createWriter({
    log: appendingWhile(claim.held, tellingWhatIsAppended(log.events, events.appended)),
    snapshots: log.snapshots,
    history: {
      lookup: (idHashes) => store.lookupEventIds(idHashes),
      rebuild: (belowSeq) => store.messagesBefore({ epoch: log.epoch, belowSeq }),
    },
    clock,
    logger,
    metrics,
    instance: 'yujing',
    behind,
    onReconnect: (listener) => log.onReconnect(listener),
    onSuperseded: (error) => (isSuperseded(error) ? giveUp(error) : ground.onFatal(error)),
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

  // parameters -> log, and what is in force -> every replica
  const changes = createSettingsChanges({ writer, project: replica.project })
  await changes.announce()
  stopping.onStop('answers of the lead', replica.answerAsLead(writer, changes))
  return { writer }
}

/** What one replica alone runs: it carries the log into ClickHouse, and counts there what the door refused. */
async function startStoring(
  ground: Ground,
  claim: Claim,
  giveUp: (error: Error) => void,
  stopping: Stopping,
): Promise<{ storeWriter: StoreWriter }> {
  const { log, store, clock, logger, metrics } = ground
  const { quarantine } = log

  // log -> store
  const seal = createSeal(ground.personKey)
  const storeWriter = createStoreWriter({
    store,
    log: log.events,
    intents: await log.bucket('yujing_config'),
    quarantine: {
      put: ({ position, reason, row }) => {
        const id = `${position.epoch}-${position.seq}-${position.index}`
        const entry = { code: 'row.refused' as const, reason, source: '', id, receivedAt: clock.now() }
        return quarantine.put({ ...entry, payload: seal.close(row) }, id)
      },
    },
    mayStore: claim.held,
    onSuperseded: giveUp,
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
