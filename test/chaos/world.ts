import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimDataDir } from '../../src/embedded/data-dir.ts'
import { startNatsServer } from '../../src/embedded/nats-server.ts'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { eventually, type Service } from '../support/service.ts'
import type { SmallDisk } from '../support/small-disk.ts'
import type { ServiceClock } from './clock.ts'
import type { Sender } from './sender.ts'

export type Child = 'nats-server' | 'clickhouse'

/** What faults act on. */
export interface World {
  readonly service: Service
  readonly sender: Sender
  readonly clock: ServiceClock
  /** Where the service keeps its data, when that can be filled up. */
  readonly disk: SmallDisk | null
  /** Highest number of the events made, by source; faults that send events of their own add theirs. */
  readonly made: Map<string, number>
  /** Rows that ClickHouse must refuse, by sequence of their message. */
  readonly refused: Map<number, number>
  /** What a fault saw that must not be, in words. */
  readonly differences: string[]
  /** Figures that a fault measured, for the summary. */
  readonly figures: string[]
}

/** Longest wait for the service to be well again after a fault, milliseconds: the machine may be loaded. */
const WELL_WITHIN_MS = 120_000

/** Pid of a child as the service wrote it down last; null while there is none. */
export function pidOf({ service }: World, child: Child): number | null {
  try {
    const text = readFileSync(join(service.dataDir, 'children.json'), 'utf8')
    const records = JSON.parse(text) as { name: string; pid: number }[]
    return records.find(({ name }) => name === child)?.pid ?? null
  } catch {
    return null
  }
}

/** Sends a signal to whatever runs under a pid; nothing when nobody does. */
export function signal(pid: number | null, name: NodeJS.Signals): void {
  try {
    if (pid !== null) process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export interface Readiness {
  readonly status: number
  readonly reasons: readonly string[]
  readonly degraded: readonly string[]
  readonly restarting: readonly string[]
}

/** A second ago by the service's clock, RFC 3339. */
export function justNow({ clock }: Pick<World, 'clock'>): string {
  return `${new Date(clock.now() - 1_000 + 8 * 3_600_000).toISOString().slice(0, -1)}+08:00`
}

/** What the service says of itself, null when it does not answer. */
export async function readiness({ service }: World): Promise<Readiness | null> {
  try {
    const response = await service.request('/readyz', { signal: AbortSignal.timeout(5_000) })
    return { status: response.status, ...((await response.json()) as Omit<Readiness, 'status'>) }
  } catch {
    return null
  }
}

/** Waits until the service is ready with nothing away; answers with the milliseconds it took. */
export async function wellAgain(world: World): Promise<number> {
  const started = performance.now()
  await eventually(
    'a service that is well again',
    async () => {
      const now = await readiness(world)
      return now?.status === 200 && now.degraded.length === 0 && now.restarting.length === 0
    },
    WELL_WITHIN_MS,
  )
  return performance.now() - started
}

/** Opens the stored log while the service runs, as its own user. */
export async function openLog({ service }: Pick<World, 'service'>): Promise<LogConnection> {
  const { natsUrl, natsUser, natsPassword, logMaxBytes } = runtimeOf(service)
  return connectLog({
    url: natsUrl,
    user: natsUser,
    password: natsPassword,
    maxBytes: logMaxBytes,
    name: 'chaos',
    logger: silentLogger(),
  })
}

export interface Runtime {
  readonly natsUrl: string
  readonly natsUser: string
  readonly natsPassword: string
  readonly clickhouseUrl: string
  readonly logMaxBytes: number
}

/** Where the running service and its servers are. */
export function runtimeOf(service: Service): Runtime {
  return JSON.parse(readFileSync(join(service.dataDir, 'runtime.json'), 'utf8')) as Runtime
}

/** Lets somebody at the log of a service that is stopped. */
export async function withStoppedLog(
  dataDirectory: string,
  maxBytes: number,
  work: (log: LogConnection, access: { url: string; user: string; password: string }) => Promise<void>,
): Promise<void> {
  const logger = silentLogger()
  const dataDir = await claimDataDir(dataDirectory, { logger })
  try {
    const server = await startNatsServer({ dataDir, logger })
    const log = await connectLog({
      url: server.url,
      user: server.user,
      password: server.password,
      maxBytes,
      logger,
      name: 'chaos',
    })
    await work(log, server).finally(() => log.close())
    await server.stop()
  } finally {
    await dataDir.release()
  }
}
