import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { startTestClickHouse } from './clickhouse.ts'
import { startTestNats, type TestNats } from './nats.ts'
import { eventually, type Service, startService } from './service.ts'

/** Several processes of the service on one nats-server and one ClickHouse, each in a data directory of its own. */
export interface Replicas {
  readonly services: readonly Service[]
  readonly nats: TestNats
  readonly clickhouseUrl: string
  /** Starts one more. */
  add(env?: Record<string, string>): Promise<Service>
  /** SIGSTOP: it stands still and knows nothing of it. */
  freeze(service: Service): void
  /** SIGCONT. */
  thaw(service: Service): void
  /** The one that says it leads; waits until there is one among those that run and are not frozen. */
  lead(): Promise<Service>
  /** Waits until one leads, one stores, and every group of partitions is held, by the processes that run and answer. */
  whole(): Promise<void>
  /** The stored log, as the service's own user. The caller closes. */
  openLog(): Promise<LogConnection>
  stop(): Promise<void>
}

/** What `/readyz` says of a process. */
export interface Readiness {
  readonly status: number
  readonly reasons: readonly string[]
  readonly degraded: readonly string[]
  readonly role: string
  readonly lead: boolean
  readonly storing: boolean
  readonly groups: number
}

/** Of one that does not answer. */
const SILENT: Readiness = {
  status: 0,
  reasons: ['no answer'],
  degraded: [],
  role: '',
  lead: false,
  storing: false,
  groups: 0,
}

const PERSON_KEY = 'a person key that all replicas of a test share'
const MAX_BYTES = 256 * 1024 ** 2
const GROUPS = 16
/** Work moves within 15 s; the machine may be loaded. */
const MOVED_WITHIN_MS = 90_000
const ANSWERS_WITHIN_MS = 10_000

/** What a process says of itself; null when it does not answer. */
export async function readiness(service: Service): Promise<Readiness | null> {
  try {
    const response = await service.request('/readyz', { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
    return { status: response.status, ...((await response.json()) as Omit<Readiness, 'status'>) }
  } catch {
    return null
  }
}

/**
 * Starts one process for each of `each`, all at the same moment, with these variables.
 *
 * @param leaseTtlMs time to live of their leases; short, so that work moves soon
 */
export async function startReplicas(each: readonly Record<string, string>[], leaseTtlMs = 5_000): Promise<Replicas> {
  const [nats, clickhouse] = await Promise.all([startTestNats(), startTestClickHouse()])
  const address = (url: string, user: string, password: string) => {
    const whole = new URL(url)
    whole.username = user
    whole.password = password
    return whole.toString()
  }
  const clickhouseUrl = address(clickhouse.url, clickhouse.username, clickhouse.password)
  const shared = {
    YUJING_NATS_URL: address(nats.url, nats.user, nats.password),
    YUJING_CLICKHOUSE_URL: clickhouseUrl,
    YUJING_PERSON_KEY: PERSON_KEY,
    YUJING_LOG_MAX_BYTES: String(MAX_BYTES),
    YUJING_LEASE_TTL_MS: String(leaseTtlMs),
  }
  const start = (env: Record<string, string>) => startService({ env: { ...shared, ...env } })
  const services = await Promise.all(each.map(start))
  const frozen = new Set<Service>()

  async function sayings(): Promise<readonly { readonly service: Service; readonly says: Readiness }[]> {
    const running = services.filter((service) => service.alive() && !frozen.has(service))
    const asked = await Promise.all(running.map(async (service) => ({ service, says: await readiness(service) })))
    return asked.map(({ service, says }) => ({ service, says: says ?? SILENT }))
  }

  return {
    services,
    nats,
    clickhouseUrl,
    async add(env = {}) {
      const service = await start(env)
      services.push(service)
      return service
    },
    freeze(service) {
      process.kill(service.pid, 'SIGSTOP')
      frozen.add(service)
    },
    thaw(service) {
      process.kill(service.pid, 'SIGCONT')
      frozen.delete(service)
    },
    lead: () =>
      eventually(
        'a process that leads',
        async () => (await sayings()).find(({ says }) => says.lead)?.service,
        MOVED_WITHIN_MS,
      ),
    async whole() {
      const count = (which: (says: Readiness) => number, all: readonly { says: Readiness }[]) =>
        all.reduce((sum, { says }) => sum + which(says), 0)
      let all = await sayings()
      await eventually(
        'processes that do everything between them',
        async () => {
          all = await sayings()
          return (
            count(({ lead }) => Number(lead), all) === 1 &&
            count(({ storing }) => Number(storing), all) === 1 &&
            count(({ groups }) => groups, all) === GROUPS &&
            all.every(({ says }) => says.status === 200 && says.degraded.length === 0)
          )
        },
        MOVED_WITHIN_MS,
      ).catch((error: Error) => {
        const lines = services.flatMap((service) => [`${service.pid}:`, ...service.tail().slice(-25)])
        throw new Error(`${error.message}\n${JSON.stringify(all.map(({ says }) => says))}\n${lines.join('\n')}`)
      })
    },
    openLog: () => {
      const { url, user, password } = nats
      return connectLog({ url, user, password, logger: silentLogger(), maxBytes: MAX_BYTES, name: 'test' })
    },
    async stop() {
      for (const { pid } of frozen) process.kill(pid, 'SIGCONT')
      await Promise.all(services.map((service) => service.stop()))
      await clickhouse.stop()
      await nats.stop()
    },
  }
}
