import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { connectLog, type LogConnection } from '../log/connection.ts'
import { credentialsOf } from '../servers.ts'
import { connectStore, type Store } from '../store/store.ts'
import { silentLogger } from '../telemetry/logger.ts'
import type { CommandContext } from './context.ts'

/** How local commands reach the running service: `DATA_DIR/runtime.json`. */
export interface Runtime {
  readonly httpUrl: string
  readonly natsUrl: string
  readonly natsUser: string
  readonly natsPassword: string
  /** A child of the service, which tells it by itself who may come in. */
  readonly natsIsOurs: boolean
  readonly clickhouseUrl: string
  readonly pid: number
  /** Most bytes of the log, as the service set it: a connection keeps its stream at this limit. */
  readonly logMaxBytes: number
}

/** Reads the running service's addresses; throws naming the directory and the remedy when none runs there. */
export async function readRuntime(context: CommandContext, dataDir?: string): Promise<Runtime> {
  const directory = resolve(context.cwd, dataDir ?? context.env.YUJING_DATA_DIR ?? './data')
  try {
    return JSON.parse(await readFile(join(directory, 'runtime.json'), 'utf8')) as Runtime
  } catch (error) {
    throw new Error(`no service runs on ${directory}: start it (yujing serve), or name its directory with --data-dir`, {
      cause: error,
    })
  }
}

/** Connects to the running service's log, as the service's own user; the caller closes. */
export async function connectRuntime(context: CommandContext, dataDir?: string): Promise<LogConnection> {
  const runtime = await readRuntime(context, dataDir)
  const { natsUrl: url, natsUser: user, natsPassword: password, logMaxBytes: maxBytes } = runtime
  return connectLog({ url, user, password, maxBytes, logger: silentLogger(), name: 'yujing command' })
}

/** Connects to the running service's history; rejects with `store.unavailable` while it is away. The caller closes. */
export async function connectRuntimeStore(context: CommandContext, dataDir?: string): Promise<Store> {
  const { clickhouseUrl } = await readRuntime(context, dataDir)
  return connectStore({ ...credentialsOf(clickhouseUrl), logger: silentLogger() })
}
