import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import type { Logger } from '../telemetry/logger.ts'
import type { DataDir } from './data-dir.ts'
import { launchServer } from './launch-server.ts'
import { packageRoot } from './package-root.ts'
import { type LaunchedServer, supervise } from './supervised-child.ts'

/** The embedded ClickHouse, on a free loopback port, its data in `DATA_DIR/clickhouse`. */
export interface ClickHouseServer {
  readonly url: string
  readonly username: string
  /** Made at start; holds for this life of the service. */
  readonly password: string
  /** Of the process that runs now; it changes when one that died was started again. */
  pid(): number
  /** Why it is away at this moment, for people; null while it runs. */
  trouble(): string | null
  /** Finishes what runs, refuses what comes, closes the engine. */
  stop(): Promise<void>
}

/** Statements that run side by side. */
const DEFAULT_SESSIONS = 6
/** Largest body of a request, unpacked: the intent writer's batches are a third of it. */
const MAX_BODY_BYTES = 192 * 1024 * 1024
const MOST_MEMORY_BYTES = 4 * 1024 ** 3
/** The one line the child prints by itself: from then on it answers. */
const LISTENING = /^\{"listening":(\d+)\}$/

/**
 * Starts the engine; resolves when it answers. Should it die it is started again on the same port, so that clients come
 * back by themselves. The engine may use 40 % of the machine's memory, 4 GiB at most.
 *
 * Throws when it ends before it is ready (the message has its last words).
 */
export async function startClickHouse(o: {
  dataDir: DataDir
  logger: Logger
  sessions?: number
}): Promise<ClickHouseServer> {
  const password = randomBytes(24).toString('base64url')
  const logger = o.logger.child({ child: 'clickhouse' })
  const launch = (port: number) =>
    launchEngine({ dataDir: o.dataDir, logger, sessions: o.sessions ?? DEFAULT_SESSIONS, password, port })

  const server = await supervise({ name: 'clickhouse', anyPort: 0, launch, logger })

  return {
    url: `http://127.0.0.1:${server.port}`,
    username: 'yujing',
    password,
    pid: () => server.pid(),
    trouble: () => server.trouble(),
    stop: () => server.stop(),
  }
}

interface Launch {
  readonly dataDir: DataDir
  readonly logger: Logger
  readonly sessions: number
  readonly password: string
  /** 0: any free one. */
  readonly port: number
}

async function launchEngine(o: Launch): Promise<LaunchedServer> {
  const path = join(o.dataDir.path, 'clickhouse')
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const options = {
    path,
    port: o.port,
    sessions: o.sessions,
    memoryBytes: Math.min(Math.floor(totalmem() * 0.4), MOST_MEMORY_BYTES),
    maxBodyBytes: MAX_BODY_BYTES,
  }
  return await launchServer(o.dataDir, {
    name: 'clickhouse',
    command: execPath,
    args: [childPath(), JSON.stringify(options)],
    env: {
      YUJING_CLICKHOUSE_PASSWORD: o.password,
      // A statement of the engine holds a thread of libuv while it runs.
      UV_THREADPOOL_SIZE: String(o.sessions + 4),
    },
    onLine: (line) => o.logger.debug(line),
    listening: LISTENING,
    ready: LISTENING,
  })
}

/** Plain JavaScript that is not compiled: it stands in the sources, whether we run from there or from dist. */
function childPath(): string {
  const path = join(packageRoot(), 'src', 'embedded', 'clickhouse-child.mjs')
  if (!existsSync(path)) throw new Error(`${path} is missing; the installation is not whole`)
  return path
}
