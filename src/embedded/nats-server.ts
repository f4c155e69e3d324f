import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kill } from 'node:process'
import { exportPermissions } from '../model/export-access.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { DataDir } from './data-dir.ts'
import { launchServer } from './launch-server.ts'
import { findNatsServer, type NatsBinary } from './nats-binary.ts'
import { type NatsUser, natsConfiguration } from './nats-configuration.ts'
import { type LaunchedServer, supervise } from './supervised-child.ts'

const LOOPBACK = '127.0.0.1'
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Who may come in besides the service; passwords are bcrypts. */
export interface SourceUsers {
  /** May leave messages in the inbox of this name. */
  readonly inboxes: readonly { readonly name: string; readonly password: string }[]
  /** May read exported events of these types. */
  readonly exports: readonly {
    readonly name: string
    readonly password: string
    readonly types: readonly string[] | 'all'
  }[]
}

/** A running nats-server with JetStream in the data directory, on a free loopback port unless said otherwise. */
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
  /**
   * Lets these users leave messages in their inboxes or read what is exported, and nobody else besides the service; who is
   * no longer among them is cut off. The server takes it over while it runs, and still knows it at its next start.
   */
  letIn(users: SourceUsers): Promise<void>
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
export async function startNatsServer(o: {
  dataDir: DataDir
  binary?: string
  logger: Logger
  /** Where it listens; any free port of the loopback unless said. */
  host?: string
  port?: number
}): Promise<NatsServer> {
  const { host = LOOPBACK } = o
  const binary = await findNatsServer(o.binary)
  const password = randomBytes(24).toString('base64url')
  const logger = o.logger.child({ child: 'nats-server' })
  const configuration = join(o.dataDir.path, 'nats.conf')
  const storeDir = join(o.dataDir.path, 'nats')
  // Sources come back while the service starts: a client that is refused twice may never try again.
  let sources = await usersIn(configuration)
  const write = async (port: number): Promise<void> => {
    const users = [{ user: 'service', password, publish: ['>'], subscribe: ['>'] }, ...sources]
    const text = natsConfiguration({ host, port, storeDir, binary, users })
    // Whoever reads it at this moment reads the whole of the one or of the other.
    await writeFile(`${configuration}.new`, text, { mode: 0o600 })
    await rename(`${configuration}.new`, configuration)
  }
  const launch = async (port: number) => {
    await mkdir(storeDir, { recursive: true, mode: 0o700 })
    await write(port)
    return await launchNats(o.dataDir, { logger, binary, configuration })
  }

  const server = await supervise({ name: 'nats-server', anyPort: o.port || -1, launch, logger })

  return {
    url: `nats://${EVERY_ADDRESS.has(host) ? LOOPBACK : host}:${server.port}`,
    user: 'service',
    password,
    version: binary.version,
    syncsAlways: binary.syncsAlways,
    pid: () => server.pid(),
    trouble: () => server.trouble(),
    async letIn({ inboxes, exports }) {
      const wanted = [...inboxes.map(userOfInbox), ...exports.map(userOfExport)]
      if (JSON.stringify(wanted) === JSON.stringify(sources)) return
      sources = wanted
      await write(server.port)
      // While it is away nobody hears this; it reads the file when it starts.
      if (server.trouble() === null) kill(server.pid(), 'SIGHUP')
      logger.info(
        { users: wanted.map(({ user }) => user) },
        'who may leave messages in inboxes or read exports has changed',
      )
    },
    async revive() {
      logger.warn('nats-server had no room to write; it is started anew')
      await server.restart()
    },
    stop: () => server.stop(),
  }
}

/** A user may publish into its own inbox, and hear the acknowledgements it asks for under its own name; nothing else. */
function userOfInbox({ name, password }: SourceUsers['inboxes'][number]): NatsUser {
  return { user: name, password, publish: [`yujing.inbox.${name}.>`], subscribe: [`_INBOX.${name}.>`] }
}

/** A user may hear its types, and fetch and acknowledge through the consumers that the service keeps for it; nothing else. */
function userOfExport({ name, password, types }: SourceUsers['exports'][number]): NatsUser {
  return { user: name, password, ...exportPermissions(name, types) }
}

/** The users besides the service that a configuration file names; none when there is no such file. */
async function usersIn(configuration: string): Promise<NatsUser[]> {
  try {
    const { authorization } = JSON.parse(await readFile(configuration, 'utf8')) as {
      authorization: {
        users: { user: string; password: string; permissions: Pick<NatsUser, 'publish' | 'subscribe'> }[]
      }
    }
    return authorization.users
      .filter(({ user }) => user !== 'service')
      .map(({ user, password, permissions: { publish, subscribe } }) => ({ user, password, publish, subscribe }))
  } catch {
    return []
  }
}

async function launchNats(
  dataDir: DataDir,
  o: { readonly logger: Logger; readonly binary: NatsBinary; readonly configuration: string },
): Promise<LaunchedServer> {
  return await launchServer(dataDir, {
    name: 'nats-server',
    command: o.binary.path,
    args: ['--config', o.configuration],
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
