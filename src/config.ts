import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { DAY_MS } from './model/time.ts'
import { LOG_LEVELS, type LogLevel } from './telemetry/logger.ts'

/** The whole configuration of a service, checked. Units are in the names. */
export interface Config {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly dataDir: string
  /** Absent: a nats-server runs as a child. */
  readonly natsUrl: string | undefined
  /** Where a nats-server of ours listens, for the inboxes of sources. */
  readonly natsHost: string
  /** 0: any free port. */
  readonly natsPort: number
  /** Absent: the ClickHouse engine runs as a child. */
  readonly clickhouseUrl: string | undefined
  readonly role: Role
  /** Detection worker threads, 1 to 64. */
  readonly shards: number
  /** Threads that judge what comes in, 0 to 16; 0: the main thread does. */
  readonly doorThreads: number
  readonly logLevel: LogLevel
  /** Key of the pseudonyms; absent: generated into the data directory (embedded NATS only). */
  readonly personKey: string | undefined
  /** An API key of role admin with this value exists. */
  readonly bootstrapKey: string | undefined
  readonly profile: Profile
  /** Where browsers reach the service, when not at its own host and port. */
  readonly publicUrl: string | undefined
  /** Days that finished alerts stay at hand after their last change, 0 to 3650; then they go into the archive. */
  readonly alertKeptDays: number
  /** Most corrections that wait for their originals, 0 to 1,000,000; one more is refused. */
  readonly parkedMost: number
  /** Most bytes of the log's stream. */
  readonly logMaxBytes: number
  /** Log time that the log keeps whatever is stored, milliseconds. */
  readonly logKeepMs: number
  /** Below this share of free disk nothing more is taken, 0 (never) to 50. */
  readonly diskFreePercent: number
  /** Held on the disk and given up last; 0: none. */
  readonly diskReserveBytes: number
  /** So long an answer from history is waited for, milliseconds; then it is `store.unavailable`. */
  readonly historyTimeoutMs: number
  /** Time to live of this process's lease, milliseconds: so long after its death others take its work. */
  readonly leaseTtlMs: number
}

/** Roles that this version can run; `deliver` comes with the deliveries. */
const ROLES = ['all', 'api', 'detect', 'store'] as const
export type Role = (typeof ROLES)[number]

/** What a process may do by its role. */
export interface Work {
  /** The door, the interface and the live feed; else it serves healthz, readyz and metrics alone. */
  readonly serve: boolean
  /** Whether it may become the lead. */
  readonly lead: boolean
  readonly detect: boolean
  /** Whether it may carry the log into ClickHouse. */
  readonly store: boolean
}

export const WORK: Readonly<Record<Role, Work>> = {
  all: { serve: true, lead: true, detect: true, store: true },
  api: { serve: true, lead: false, detect: false, store: false },
  detect: { serve: false, lead: false, detect: true, store: false },
  store: { serve: false, lead: false, detect: false, store: true },
}
const PROFILES = ['development', 'production'] as const
export type Profile = (typeof PROFILES)[number]

/** A variable has a value that is not allowed; the message is one line with variable, value and what is allowed. */
export class ConfigError extends Error {
  constructor(variable: string, value: string, allowed: string) {
    super(`${variable} is ${JSON.stringify(value)}: allowed is ${allowed}`)
    this.name = 'ConfigError'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration from `YUJING_*` variables.
 *
 * @param env variables; flags of the command line have been laid over them, a `.env` file under them
 * @param cwd relative directories are resolved from here
 * @throws ConfigError for the first wrong value
 */
export function readConfig(env: Environment, cwd: string): Config {
  const text = (name: string) => env[`YUJING_${name}`] || undefined
  const config: Config = {
    host: hostOf(text('HOST'), 'YUJING_HOST'),
    port: integer(text('PORT'), 'YUJING_PORT', 8080, 0, 65_535),
    dataDir: resolve(cwd, text('DATA_DIR') ?? './data'),
    natsUrl: url(text('NATS_URL'), 'YUJING_NATS_URL', ['nats:', 'tls:']),
    natsHost: hostOf(text('NATS_HOST'), 'YUJING_NATS_HOST'),
    natsPort: integer(text('NATS_PORT'), 'YUJING_NATS_PORT', 0, 0, 65_535),
    clickhouseUrl: url(text('CLICKHOUSE_URL'), 'YUJING_CLICKHOUSE_URL', ['http:', 'https:']),
    role: roleOf(text('ROLE')),
    shards: integer(text('SHARDS'), 'YUJING_SHARDS', 1, 1, 64),
    doorThreads: integer(text('DOOR_THREADS'), 'YUJING_DOOR_THREADS', doorThreadsFor(availableParallelism()), 0, 16),
    logLevel: word(text('LOG_LEVEL'), 'YUJING_LOG_LEVEL', LOG_LEVELS, 'info'),
    personKey: secret(text('PERSON_KEY'), 'YUJING_PERSON_KEY', /^.{32,512}$/s, 'at least 32 characters'),
    bootstrapKey: secret(
      text('BOOTSTRAP_KEY'),
      'YUJING_BOOTSTRAP_KEY',
      /^[A-Za-z0-9_-]{16,128}$/,
      '16 to 128 characters of A-Z a-z 0-9 _ -',
    ),
    profile: word(text('PROFILE'), 'YUJING_PROFILE', PROFILES, 'development'),
    publicUrl: url(text('PUBLIC_URL'), 'YUJING_PUBLIC_URL', ['http:', 'https:']),
    alertKeptDays: integer(text('ALERT_KEPT_DAYS'), 'YUJING_ALERT_KEPT_DAYS', 30, 0, 3_650),
    parkedMost: integer(text('PARKED_MOST'), 'YUJING_PARKED_MOST', 50_000, 0, 1_000_000),
    logMaxBytes: integer(text('LOG_MAX_BYTES'), 'YUJING_LOG_MAX_BYTES', 20 * 1024 ** 3, 16 * 1024 ** 2, 2 ** 50),
    logKeepMs: integer(text('LOG_KEEP_DAYS'), 'YUJING_LOG_KEEP_DAYS', 14, 0, 3_650) * DAY_MS,
    diskFreePercent: integer(text('DISK_FREE_PERCENT'), 'YUJING_DISK_FREE_PERCENT', 5, 0, 50),
    diskReserveBytes: integer(text('DISK_RESERVE_BYTES'), 'YUJING_DISK_RESERVE_BYTES', 256 * 1024 ** 2, 0, 2 ** 40),
    historyTimeoutMs: integer(text('HISTORY_TIMEOUT_MS'), 'YUJING_HISTORY_TIMEOUT_MS', 10_000, 500, 120_000),
    leaseTtlMs: integer(text('LEASE_TTL_MS'), 'YUJING_LEASE_TTL_MS', 10_000, 1_000, 60_000),
  }
  if (config.natsUrl && !config.personKey)
    throw new ConfigError(
      'YUJING_PERSON_KEY',
      '',
      'a secret of at least 32 characters, required with YUJING_NATS_URL: replicas must share it',
    )
  if (config.role !== 'all' && !(config.natsUrl && config.clickhouseUrl))
    throw new ConfigError(
      'YUJING_ROLE',
      config.role,
      'all, unless YUJING_NATS_URL and YUJING_CLICKHOUSE_URL name the servers that the replicas share',
    )
  return config
}

/** A quarter of the cores, one at least; none where there is but one core, which the main thread needs. */
function doorThreadsFor(cores: number): number {
  return cores < 2 ? 0 : Math.min(16, Math.ceil(cores / 4))
}

function hostOf(value: string | undefined, name: string): string {
  if (value === undefined) return '127.0.0.1'
  if (isIP(value) > 0 || /^(?=.*[a-z])[a-z0-9.-]{1,253}$/i.test(value)) return value
  throw new ConfigError(name, value, 'an IP address of this machine, e.g. 127.0.0.1 or 0.0.0.0, or its host name')
}

function integer(value: string | undefined, name: string, fallback: number, least: number, most: number): number {
  if (value === undefined) return fallback
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < least || number > most)
    throw new ConfigError(name, value, `a whole number from ${least} to ${most}`)
  return number
}

function word<T extends string>(value: string | undefined, name: string, allowed: readonly T[], fallback: T): T {
  if (value === undefined) return fallback
  const found = allowed.find((candidate) => candidate === value)
  if (!found) throw new ConfigError(name, value, allowed.join(', '))
  return found
}

function roleOf(value: string | undefined): Role {
  if (value !== 'deliver') return word(value, 'YUJING_ROLE', ROLES, 'all')
  throw new ConfigError(
    'YUJING_ROLE',
    value,
    `${ROLES.join(', ')} (deliver comes with deliveries, which are not built yet)`,
  )
}

function url(value: string | undefined, name: string, protocols: readonly string[]): string | undefined {
  if (value === undefined) return undefined
  const allowed = `a URL beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`
  if (!URL.canParse(value)) throw new ConfigError(name, value, allowed)
  const parsed = new URL(value)
  if (!protocols.includes(parsed.protocol)) throw new ConfigError(name, `${parsed.protocol}//...`, allowed)
  return value
}

function secret(value: string | undefined, name: string, shape: RegExp, allowed: string): string | undefined {
  if (value === undefined || shape.test(value)) return value
  throw new ConfigError(name, `(${value.length} characters, not shown)`, allowed)
}
