import type { NatsBinary } from './nats-binary.ts'

/** A user of the embedded server and the subjects it may use. */
export interface NatsUser {
  readonly user: string
  readonly password: string
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** The streams' own limits and the watch over the free disk bound the store; the server must not refuse them earlier. */
const MAX_FILE_STORE_BYTES = 2 ** 50
const MAX_MEMORY_STORE_BYTES = 2 ** 28

/**
 * The server's configuration file (its format takes JSON). Port -1 is any free one. `max_payload` keeps
 * the server's default of 1 MiB: the messages of the log are made for it.
 */
export function natsConfiguration(o: {
  host: string
  port: number
  storeDir: string
  binary: NatsBinary
  users: readonly NatsUser[]
}): string {
  const configuration = {
    server_name: 'yujing',
    host: o.host,
    port: o.port,
    jetstream: {
      store_dir: o.storeDir,
      max_file_store: MAX_FILE_STORE_BYTES,
      max_memory_store: MAX_MEMORY_STORE_BYTES,
      ...(o.binary.syncsAlways && { sync_interval: 'always' }),
    },
    authorization: {
      users: o.users.map(({ user, password, publish, subscribe }) => ({
        user,
        password,
        permissions: { publish, subscribe },
      })),
    },
  }
  return `${JSON.stringify(configuration, null, 2)}\n`
}
