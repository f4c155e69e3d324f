import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../telemetry/logger.ts'
import type { DataDir } from './data-dir.ts'
import { launchServer } from './launch-server.ts'
import { findNatsServer, type NatsBinary } from './nats-binary.ts'
import { natsConfiguration } from './nats-configuration.ts'
import { type LaunchedServer, supervise } from './supervised-child.ts'

/** A running nats-server with JetStream in the data directory, on a free loopback port. */
export interface NatsServer {
  readonly url: string
  /** The service's own user, with all rights; the password holds for this life of the service. */
  readonly user: string
  readonly password: string
  readonly version: string
  /** Whether what the server acknowledges survives a power cut (2.10 and newer). */
  readonly syncsAlways: boolean
  /** Of the server that runs now; it changes when a server that died was started again. */
  pid(): number
  /** Why it is away at this moment, for people; null while it runs. */
  trouble(): string | null
  /** Starts it anew after it had no room to write: it hangs then, and does not come back by itself (tried: 2.9). */
  revive(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts nats-server on `DATA_DIR/nats`; resolves when it takes connections. Should it die it is started again on the
 * same port, so that clients come back by themselves.
 *
 * Throws when the program is missing, or ends before it is ready (the message has its last words).
 */
export async function startNatsServer(o: { dataDir: DataDir; binary?: string; logger: Logger }): Promise<NatsServer> {
  const binary = await findNatsServer(o.binary)
  const password = randomBytes(24).toString('base64url')
  const logger = o.logger.child({ child: 'nats-server' })
  const launch = (port: number) => launchNats({ ...o, logger, binary, password, port })

  const server = await supervise({ name: 'nats-server', anyPort: -1, launch, logger })

  return {
    url: `nats://127.0.0.1:${server.port}`,
    user: 'service',
    password,
    version: binary.version,
    syncsAlways: binary.syncsAlways,
    pid: () => server.pid(),
    trouble: () => server.trouble(),
    async revive() {
      logger.warn('nats-server had no room to write; it is started anew')
      await server.restart()
    },
    stop: () => server.stop(),
  }
}

interface Launch {
  readonly dataDir: DataDir
  readonly logger: Logger
  readonly binary: NatsBinary
  readonly password: string
  /** -1: any free one. */
  readonly port: number
}

async function launchNats(o: Launch): Promise<LaunchedServer> {
  const storeDir = join(o.dataDir.path, 'nats')
  const configurationPath = join(o.dataDir.path, 'nats.conf')
  mkdirSync(storeDir, { recursive: true, mode: 0o700 })
  const users = [{ user: 'service', password: o.password, publish: ['>'], subscribe: ['>'] }]
  const text = natsConfiguration({ port: o.port, storeDir, binary: o.binary, users })
  writeFileSync(configurationPath, text, { mode: 0o600 })

  return await launchServer(o.dataDir, {
    name: 'nats-server',
    command: o.binary.path,
    args: ['--config', configurationPath],
    onLine(line) {
      const text = line.replace(/^\[\d+\] \S+ \S+ /, '')
      // The password is random, holds for one life of the service and stands in a file of mode 0600.
      if (/^\[(WRN|ERR|FTL)\]/.test(text) && !text.includes('Plaintext passwords')) o.logger.warn(text)
      else o.logger.debug(text)
    },
    listening: /Listening for client connections on \S+:(\d+)$/,
    ready: /Server is ready$/,
  })
}
