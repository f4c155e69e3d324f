import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { startDiskGuard } from './disk-guard.ts'
import { claimDataDir } from './embedded/data-dir.ts'
import { feedEpochOf } from './feed-epoch.ts'
import { openFeedMark } from './feed-mark.ts'
import { startFlow } from './flow.ts'
import { connectLog } from './log/connection.ts'
import type { StoredAlert } from './model/alert.ts'
import { personKeyOf } from './person-key.ts'
import { clickhouseOf, natsOf, withCredentials } from './servers.ts'
import { createStopping, type Stopping } from './stopping.ts'
import { preparePatiently } from './store/prepare-patiently.ts'
import { openStore } from './store/store.ts'
import { systemTime, type TimeSources } from './telemetry/clock.ts'
import { createGuardedClock } from './telemetry/guarded-clock.ts'
import type { Logger } from './telemetry/logger.ts'
import { createMetrics } from './telemetry/metrics.ts'

/** Longest wait for one part to end, milliseconds. */
const STOP_DEADLINE_MS = 20_000

/** A running service. */
export interface App {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  /** Rejects when the service must not go on, e.g. because another writer has taken the log over. */
  readonly failed: Promise<never>
  /** Ends everything in the reverse order of its start; resolves when the last child is gone. */
  stop(): Promise<void>
}

/** What a service is built with besides its configuration; `time`: other clocks than the machine's, for tests. */
export interface AppOptions {
  readonly logger: Logger
  readonly time?: TimeSources
}

/** Builds a whole service and resolves when it is ready; a failed start leaves nothing running. */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const { logger } = options
  const stopping = createStopping(logger, STOP_DEADLINE_MS)
  try {
    return await start(config, options, stopping)
  } catch (error) {
    await stopping.stop()
    throw error
  }
}

async function start(config: Config, { logger, time = systemTime() }: AppOptions, stopping: Stopping): Promise<App> {
  const metrics = createMetrics()
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})

  const dataDir = await claimDataDir(config.dataDir, { logger })
  stopping.onStop('data directory', () => dataDir.release())
  const [nats, clickhouse] = await Promise.all([
    natsOf(config, dataDir, logger, stopping),
    clickhouseOf(config, dataDir, logger, stopping),
  ])
  const disk = await startDiskGuard({
    config,
    directory: dataDir.path,
    revive: nats.revive ?? (async () => {}),
    logger,
    metrics,
  })
  stopping.onStop('watch over the disk', () => disk.stop())
  const log = await connectLog({ ...nats, logger, maxBytes: config.logMaxBytes, name: 'yujing' })
  stopping.onStop('log', () => log.close())
  const store = openStore({ ...clickhouse, logger, historyTimeoutMs: config.historyTimeoutMs })
  stopping.onStop('store', () => store.close())
  const stopPreparing = await preparePatiently(store, { logger, onFatal: fail })
  stopping.onStop('preparation of the store', stopPreparing)

  const settings = await log.bucket<string>('yujing_config')
  const mark = await openFeedMark(join(dataDir.path, 'feed.mark'))
  stopping.onStop('feed mark', () => mark.close())
  const alerts = await log.bucket<StoredAlert>('yujing_alerts')
  const last = await alerts.lastRevision()
  const feedEpoch = await feedEpochOf({ settings, told: mark.found, last, logger })
  const url = await startFlow(
    {
      config,
      log,
      store,
      logAccess: nats,
      storeAccess: { url: clickhouse.url, username: clickhouse.username, password: clickhouse.password },
      home: dataDir.home,
      letIn: nats.letIn,
      disk,
      personKey: await personKeyOf(config, settings),
      alerts: mark.guard(alerts, feedEpoch),
      feedEpoch,
      clock: createGuardedClock(time),
      logger,
      metrics,
      restarting: () => [nats.trouble?.() ?? [], clickhouse.trouble?.() ?? []].flat(),
      onFatal: fail,
    },
    stopping,
  )

  const runtime = join(dataDir.path, 'runtime.json')
  const { url: natsUrl, user: natsUser, password: natsPassword } = nats
  const clickhouseUrl = withCredentials(clickhouse)
  await writeFile(
    runtime,
    `${JSON.stringify({ httpUrl: url, natsUrl, natsUser, natsPassword, natsIsOurs: config.natsUrl === undefined, clickhouseUrl, pid: process.pid, logMaxBytes: config.logMaxBytes }, null, 2)}\n`,
    { mode: 0o600 },
  )
  stopping.onStop('runtime.json', () => rm(runtime, { force: true }))
  logger.info({ url, nats: log.serverVersion, powerCutSafe: config.natsUrl ? undefined : nats.syncsAlways }, 'ready')
  return { url, failed, stop: () => stopping.stop() }
}
