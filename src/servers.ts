import type { Config } from './config.ts'
import { startClickHouse } from './embedded/clickhouse-server.ts'
import type { DataDir } from './embedded/data-dir.ts'
import { type SourceUsers, startNatsServer } from './embedded/nats-server.ts'
import type { Stopping } from './stopping.ts'
import type { Logger } from './telemetry/logger.ts'

/** How NATS is reached. `trouble`: of a child, why it is away; a server of somebody else's has none. */
export type NatsAccess = {
  url: string
  user: string
  password: string
  syncsAlways?: boolean
  trouble?: () => string | null
  /** Of a child: who may leave messages in inboxes; with a server of somebody else's its operator says so there. */
  letIn?: (users: SourceUsers) => Promise<void>
  /** Of a child: brings it back after the disk had no room. */
  revive?: () => Promise<void>
}

/** The configured NATS, or a child that is started here and ended with `stopping`. */
export async function natsOf(
  config: Config,
  dataDir: DataDir,
  logger: Logger,
  stopping: Stopping,
): Promise<NatsAccess> {
  if (config.natsUrl) {
    const { url, username, password } = credentialsOf(config.natsUrl)
    return { url, user: username, password }
  }
  const server = await startNatsServer({ dataDir, logger, host: config.natsHost, port: config.natsPort })
  stopping.onStop('nats-server', () => server.stop())
  if (!server.syncsAlways)
    logger.warn(
      { version: server.version },
      'nats-server is older than 2.10: what it acknowledged in the last two minutes may be lost in a power cut',
    )
  return server
}

/** How ClickHouse is reached; `trouble` as above. */
export type ClickHouseAccess = { url: string; username: string; password: string; trouble?: () => string | null }

/** The configured ClickHouse, or a child that is started here and ended with `stopping`. */
export async function clickhouseOf(
  config: Config,
  dataDir: DataDir,
  logger: Logger,
  stopping: Stopping,
): Promise<ClickHouseAccess> {
  if (config.clickhouseUrl) return credentialsOf(config.clickhouseUrl)
  const server = await startClickHouse({ dataDir, logger })
  stopping.onStop('clickhouse', () => server.stop())
  return server
}

/** The parts of an address that carries user and password. */
export function credentialsOf(address: string): ClickHouseAccess {
  const url = new URL(address)
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  url.username = ''
  url.password = ''
  return { url: url.toString(), username, password }
}

/** The reverse of `credentialsOf`. */
export function withCredentials({ url, username, password }: ClickHouseAccess): string {
  const address = new URL(url)
  address.username = encodeURIComponent(username)
  address.password = encodeURIComponent(password)
  return address.toString()
}
