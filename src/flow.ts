import { join } from 'node:path'
import { createAccess } from './access/access.ts'
import { createVerification } from './alert-verification.ts'
import { createDesk } from './alerts/desk.ts'
import { createApi } from './api/api.ts'
import { createBacktestThread } from './backtest-thread.ts'
import { createClockConfirmation } from './clock-confirmation.ts'
import { WORK } from './config.ts'
import { createLiveFeed } from './deliver/websocket/live-feed.ts'
import { createDetectGroups } from './detect-groups.ts'
import { startDetect } from './detect-host.ts'
import { createDetectorSettings } from './detector-settings.ts'
import { startDoorThreads } from './door-threads.ts'
import { createDuty } from './duty.ts'
import { packageRoot } from './embedded/package-root.ts'
import { createEnterpriseNames } from './enterprise-names.ts'
import { createEventResolver } from './event-resolver.ts'
import { startExport } from './export-duty.ts'
import { createFreshness } from './freshness.ts'
import type { Ground } from './ground.ts'
import { createHealth } from './health.ts'
import { createHouseSettings } from './house-settings.ts'
import { createImportRuns } from './import-runs.ts'
import { createInboxNews, startInboxes } from './inbox-duty.ts'
import { createDoor } from './ingest/door.ts'
import { INGEST_LIMITS } from './ingest/limits.ts'
import { createPreparer } from './ingest/prepare/prepare.ts'
import type { Preparer, RegisteredSource } from './ingest/preparer.ts'
import { createSeal } from './ingest/seal.ts'
import { createInventoryDesk } from './inventory-desk.ts'
import { startLead } from './lead-duty.ts'
import { DAY_MS } from './model/time.ts'
import { createQuarantineDesk } from './quarantine-desk.ts'
import { createReplica } from './replica.ts'
import { createSourceDesk } from './source-desk.ts'
import type { Stopping } from './stopping.ts'
import type { StoreProgress } from './store/writer/ports.ts'
import { storedUpTo } from './store/writer/progress.ts'
import { startStoring } from './store-duty.ts'
import { watchClock } from './telemetry/clock-watch.ts'

/**
 * The dataflow: who feeds whom. Started from the end to the beginning, so that nobody speaks before the listener is
 * there; each step is handed to `stopping` as soon as it runs. Every replica runs what stands in this function, as far as
 * its role goes; what one of all replicas runs (`lead-duty.ts`, `store-duty.ts`) begins with a claim and ends with it.
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
  const names = createEnterpriseNames(store, clock)
  const desk = createDesk({
    findings: log.findings,
    alerts: ground.alerts,
    archive: store.alerts,
    keptMs: config.alertKeptDays * DAY_MS,
    events,
    directory: names,
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
    askElsewhere: replica,
    onChange: (groups) => metrics.detectGroups.set(groups.length),
    logger,
  })
  // who sends, and who has fallen silent
  const sources = await createSourceDesk(ground, replica)
  const freshness = createFreshness({
    metrics,
    clock,
    log: log.events,
    judged: detection.position,
    silentSources: () => sources.board.silent(),
    leases,
  })

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
    begin: (claim, parts, giveUp) =>
      startLead(ground, replica, { desk, events, sources }, claim, giveUp, behind, parts),
    onChange: (isHere) => metrics.lead.set(isHere ? 1 : 0),
  })

  stopping.onStop('freshness', () => freshness.stop())
  await leases.start()
  stopping.onStop('lease', () => leases.stop())
  if (work.serve || work.lead) {
    await sources.start()
    stopping.onStop('sources', () => sources.stop())
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
    const answers = { explain: detection.explainHere, inventory: detection.inventoryHere }
    stopping.onStop('answers of detection', replica.answerAsDetector(answers))
    await detection.start()
  }

  // ingest -> the lead's writer
  const watch = watchClock(clock, { logger, metrics })
  stopping.onStop('clock watch', () => watch.stop())
  const door = createDoor({
    preparer: preparerOf(ground, stopping),
    writer: replica.writerOf(() => lead.current()?.writer ?? null),
    personKey: ground.personKey,
    quarantine: log.quarantine,
    clock,
    logger,
    metrics,
    limits: INGEST_LIMITS,
    assertOpen: () => ground.disk.assertRoom(),
    registered: () => registeredSources(sources.register.all()),
  })

  // quarantine -> administrators -> the door
  const quarantine = createQuarantineDesk({
    quarantine: log.quarantine,
    audit: log.audit,
    bucket: settings,
    seal: createSeal(ground.personKey),
    door,
    clock,
    logger,
  })
  await quarantine.start()
  stopping.onStop('quarantine desk', () => quarantine.stop())

  // alerts -> live feed, and everything -> people
  const access = createAccess({
    bucket: settings,
    clock,
    logger,
    bootstrapKey: config.bootstrapKey,
    production: config.profile === 'production',
    onKeysChange: () => news.tell(),
  })

  // inboxes -> door
  const reading = createDuty({
    ...duty,
    name: 'inbox',
    begin: (_claim, parts) => startInboxes(ground, { door, keys: access.keys }, parts),
    onChange: () => {},
  })
  // log -> export
  const exporting = createDuty({
    ...duty,
    name: 'export',
    begin: (_claim, parts) => startExport(ground, access.keys, parts),
    onChange: () => {},
  })
  const news = createInboxNews(
    ground,
    () => access.keys,
    () => [reading, exporting],
  )
  await access.start()
  stopping.onStop('access', () => access.stop())
  const imports = createImportRuns({ bucket: settings, clock, logger })
  await imports.start()
  stopping.onStop('runs of imports', () => imports.stop())
  await replica.inForce.start()
  stopping.onStop('what is in force', () => replica.inForce.stop())
  const intents = await log.bucket<StoreProgress>('yujing_config')
  const backtestThread = createBacktestThread()
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
    attribute: replica.attribute,
    book: desk.book,
    desk,
    store,
    verify: createVerification(store, { epoch: log.epoch, storedUpTo: () => storedUpTo(intents, log.epoch) }),
    detectors: createDetectorSettings({
      inForce: () => replica.inForce.get('parameters'),
      change: replica.change,
      explain: detection.explain,
      backtest: async (question, signal) => {
        const at = { store: ground.storeAccess, epoch: log.epoch, last: await log.events.last() }
        return backtestThread({ ...at, ...question }, signal)
      },
    }),
    inventory: createInventoryDesk({ ask: detection.inventory, names, events, epoch: log.epoch }),
    settings: createHouseSettings({ inForce: replica.inForce, change: replica.change }),
    imports,
    quarantine,
    clock: createClockConfirmation({
      clock,
      home: ground.home,
      elsewhere: replica.doubtsElsewhere,
      writer: { control: replica.control, logTime: () => lead.current()?.writer.logTime() ?? 0 },
      logger,
    }),
    sources: sources.board,
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
  if (work.serve) {
    news.begin()
    await reading.start()
    stopping.onStop('inbox duty', () => reading.stop())
    await exporting.start()
    stopping.onStop('export duty', () => exporting.stop())
  }
  return url
}

/** Who judges what comes in: threads of the door, or this one. */
function preparerOf({ config, personKey, onFatal }: Ground, stopping: Stopping): Preparer {
  const threads = WORK[config.role].serve ? config.doorThreads : 0
  if (threads === 0) return createPreparer({ personKey, limits: INGEST_LIMITS })
  const started = startDoorThreads({ threads, personKey, onFatal })
  stopping.onStop('threads of the door', () => started.stop())
  return started
}

/** What the door must know of registered sources: nothing while none is strong. */
function registeredSources(all: readonly RegisteredSource[]): RegisteredSource[] {
  return all.some(({ strong }) => strong) ? all.map(({ name, strong }) => ({ name, strong })) : []
}
