import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { detectors } from '../../detectors/index.ts'
import { createShard } from '../../src/detect/shard.ts'
import { ALL_PARTITIONS } from '../../src/detect/statistics/hash.ts'
import { type Detect, startDetect } from '../../src/detect-host.ts'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import type { Finding } from '../../src/model/finding.ts'
import { connectStore, type Store } from '../../src/store/store.ts'
import { createStoreWriter } from '../../src/store/writer/store-writer.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { createGateway, type Gateway } from '../support/gateway.ts'
import { createTestIntents } from '../support/intents.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'
import { run, TestLog, type Told, time } from './log.ts'

const MAX_BYTES = 64 * 1024 * 1024
const logger = silentLogger()
const CODES = Array.from({ length: 12 }, (_, n) => `91140105MA0K${String(n).padStart(4, '0')}XG`)
const complaints = (day: string, count: number): Told[] =>
  CODES.flatMap((subject) => Array.from({ length: count }, () => ({ type: 'complaint.filed', subject, at: time(day) })))

let nats: TestNats
let clickHouse: TestClickHouse
let gateway: Gateway
let log: LogConnection
let store: Store
let told: TestLog
let detect: Detect | null = null
const fatal: Error[] = []
const intents = createTestIntents()

beforeAll(async () => {
  if (!existsSync(join(packageRoot(), 'dist/src/detect-worker.js'))) throw new Error('dist is missing: npm run build')
  ;[nats, clickHouse] = await Promise.all([startTestNats(), startTestClickHouse()])
  gateway = await createGateway(clickHouse.url)
  log = await connectLog({ ...nats, logger, maxBytes: MAX_BYTES, name: 'test' })
  store = await connectStore({ ...clickHouse, logger })
  told = new TestLog(log.epoch)
})
afterAll(async () => {
  await detect?.stop()
  await gateway?.close()
  await store?.close()
  await log?.close()
  await Promise.all([nats?.stop(), clickHouse?.stop()])
})

/** Appends what `told` holds and the log does not, and waits until the store has it. */
async function appendAndStore(): Promise<void> {
  const last = await log.events.last()
  for (const { seq, kind, count, payload } of told.messages.slice(last)) {
    const expected = seq === last + 1 ? { expectedLastSeq: last } : { expectedLastMsgId: `${log.epoch}-${seq - 1}` }
    await log.events.append({ kind, payload, count, msgId: `${log.epoch}-${seq}`, ...expected })
  }
  const quarantine = { put: async ({ reason }: { reason: string }) => Promise.reject(new Error(reason)) }
  const writer = createStoreWriter({ store, log: log.events, intents, quarantine, logger, metrics: createMetrics() })
  await writer.start()
  await writer.caughtUp(told.last)
  await writer.stop()
}

function start(): Detect {
  const { url, user, password } = nats
  const access = { url: gateway.url, username: clickHouse.username, password: clickHouse.password }
  detect = startDetect({
    url,
    user,
    password,
    logMaxBytes: MAX_BYTES,
    store: access,
    shards: 2,
    logger,
    metrics: createMetrics(),
    onFatal: (error) => fatal.push(error),
  })
  return detect
}

describe('state whose log is purged', () => {
  test('is rebuilt from the store, in silence, and then replayed; it waits while the store is away', async () => {
    told.rows(...complaints('2026-03-01', 2)).tick(time('2026-03-01T20:00'))
    told.control(
      {
        type: 'yujing.parameters',
        data: { detector: 'complaint-surge', version: 1, parameters: { complainants: 7 }, by: 'test' },
      },
      time('2026-03-02'),
    )
    told.rows(...complaints('2026-03-02', 2)).rows(...complaints('2026-03-03', 4))
    const purged = told.last
    told.tick(time('2026-03-03T20:00')).rows(...complaints('2026-03-04', 9))
    await appendAndStore()
    await log.events.purgeBelow(purged + 1)

    const running = start()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(running.isReady()).toBe(false)
    expect(running.position()).toBe(0)
    await gateway.open()
    await running.ready
    expect(running.position()).toBe(told.last)

    const shard = createShard({ epoch: log.epoch, detectors, partitions: ALL_PARTITIONS })
    for (const message of told.messages) shard.apply(message)
    for (const code of CODES)
      expect(await running.explain('complaint-surge', code)).toEqual(shard.explain('complaint-surge', code))
    const all = run(detectors, told)
    const [before, after] = [all.filter(isPurged), all.filter((finding) => !isPurged(finding))]
    expect(before.length).toBeGreaterThan(0)
    expect(sorted(await published(after.length))).toEqual(sorted(after))

    function isPurged({ evidence }: Finding): boolean {
      return evidence.position.seq <= purged
    }
  })

  test('a partition that lost both its snapshots is rebuilt beside others that lost none', async () => {
    await detect?.stop()
    detect = null
    const [newest] = (await log.snapshots.sequences()).get('detect-3') ?? []
    expect(newest).toBe(told.last)
    told.rows(...complaints('2026-03-05', 3))
    await appendAndStore()
    for (const partition of [0, 3, 7, 20, 41, 63])
      for (const seq of [told.last - 1, told.last])
        await log.snapshots.save(`detect-${partition}`, seq, Buffer.from('torn'))
    await log.events.purgeBelow(told.last)

    const running = start()
    await running.ready
    const shard = createShard({ epoch: log.epoch, detectors, partitions: ALL_PARTITIONS })
    for (const message of told.messages) shard.apply(message)
    for (const code of CODES)
      expect(await running.explain('complaint-surge', code)).toEqual(shard.explain('complaint-surge', code))
    expect(fatal).toEqual([])
  })
})

/** The findings of the stream, as soon as there are as many as wanted. */
async function published(count: number): Promise<Finding[]> {
  const reading = new AbortController()
  const findings: Finding[] = []
  const timer = setTimeout(() => reading.abort(), 60_000)
  await log.findings.consume(
    'test',
    (finding) => {
      findings.push(finding)
      if (findings.length === count) setTimeout(() => reading.abort(), 50)
    },
    reading.signal,
  )
  clearTimeout(timer)
  return findings
}

function sorted(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => JSON.stringify(finding)))].sort()
}
