import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { detectors } from '../detectors/index.ts'
import { createShard } from '../src/detect/shard.ts'
import { ALL_PARTITIONS } from '../src/detect/statistics/hash.ts'
import { type Detect, startDetect } from '../src/detect-host.ts'
import { packageRoot } from '../src/embedded/package-root.ts'
import { connectLog, type LogConnection } from '../src/log/connection.ts'
import { createRetention } from '../src/retention.ts'
import { silentLogger } from '../src/telemetry/logger.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { TestLog, type Told, time } from './detect/log.ts'
import { startTestNats, type TestNats } from './support/nats.ts'
import { eventually } from './support/service.ts'

const logger = silentLogger()
const MAX_BYTES = 64 * 1024 * 1024
/** Nobody asks for history while the log reaches back to every state. */
const NO_STORE = { url: 'http://127.0.0.1:9', username: '', password: '' }
const DAY_MS = 24 * 3_600_000
const CODE = '91140105MA0K0001XG'
const complaints = (day: string, count: number): Told[] =>
  Array.from({ length: count }, () => ({ type: 'complaint.filed', subject: CODE, at: time(day) }))

let nats: TestNats
let log: LogConnection
let told: TestLog
let detect: Detect | null = null
beforeAll(async () => {
  if (!existsSync(join(packageRoot(), 'dist/src/detect-worker.js'))) throw new Error('dist is missing: npm run build')
  nats = await startTestNats()
  log = await connectLog({ ...nats, logger, maxBytes: MAX_BYTES, name: 'test' })
  told = new TestLog(log.epoch)
})
afterEach(async () => {
  await detect?.stop()
  detect = null
})
afterAll(async () => {
  await log?.close()
  await nats?.stop()
})

/** Appends everything that `told` holds and the log does not. */
async function append(): Promise<void> {
  const last = await log.events.last()
  for (const { seq, kind, count, payload } of told.messages.slice(last)) {
    const expected = seq === last + 1 ? { expectedLastSeq: last } : { expectedLastMsgId: `${log.epoch}-${seq - 1}` }
    await log.events.append({ kind, payload, count, msgId: `${log.epoch}-${seq}`, ...expected })
  }
}

/** Detection on real threads, having judged all that was told and written it down for every partition. */
async function detectAll(): Promise<void> {
  await append()
  const { url, user, password } = nats
  const onFatal = (error: Error) => Promise.reject(error)
  detect = startDetect({
    url,
    user,
    password,
    logMaxBytes: MAX_BYTES,
    store: NO_STORE,
    shards: 2,
    logger,
    metrics,
    onFatal,
  })
  await detect.ready
  const stopping = detect
  detect = null
  await stopping.stop()
}

const metrics = createMetrics()
let stored: number | null = null
let logTime = 0

const retention = (keepDays: number) =>
  createRetention({
    log: log.events,
    snapshots: log.snapshots,
    stored: async () => stored,
    logTime: () => logTime,
    keepMs: keepDays * DAY_MS,
    logger,
    metrics,
  })

describe('retention on a real log', () => {
  test('gives up what everybody has, and no more', async () => {
    for (let day = 1; day <= 9; day++)
      told.rows(...complaints(`2026-03-0${day}`, 1)).tick(time(`2026-03-0${day}T20:00`))
    logTime = time('2026-03-09T20:00')
    await detectAll()
    await log.snapshots.save('writer', 8, Buffer.from('state'))
    stored = told.last
    // A state with a single snapshot may find it torn.
    expect(await retention(0).round()).toEqual({ from: 1, because: 'unknown' })

    const before = told.last
    told.rows(...complaints('2026-03-10', 5))
    logTime = time('2026-03-10') + 1_000
    await detectAll()
    await log.snapshots.save('writer', 12, Buffer.from('state'))
    stored = null
    expect(await retention(0).round()).toEqual({ from: 1, because: 'unknown' })
    stored = 4
    expect(await retention(0).round()).toEqual({ from: 5, because: 'store' })
    stored = told.last
    // Message 9 is the batch of the 5th of March, 10 its tick at 20:00: five days before the end is noon of the 5th.
    expect(await retention(5).round()).toEqual({ from: 9, because: 'snapshots' })
    await log.snapshots.save('writer', 15, Buffer.from('state'))
    expect(await retention(5).round()).toEqual({ from: 10, because: 'age' })
    expect(await log.events.first()).toBe(10)
    await log.snapshots.save('writer', 19, Buffer.from('state'))
    await log.snapshots.save('writer', 20, Buffer.from('state'))
    expect(await retention(0).round()).toEqual({ from: 10, because: 'unknown' })
    expect(before).toBe(18)
  })

  test('detection comes back from the older snapshot when the newer is torn', async () => {
    const snapshots = await log.snapshots.sequences()
    expect(snapshots.get('detect-63')).toEqual([19, 18])
    for (let partition = 0; partition < 64; partition++)
      await log.snapshots.save(`detect-${partition}`, 20, Buffer.from('torn'))
    told.rows(...complaints('2026-03-11', 4))
    logTime = time('2026-03-11') + 1_000
    await append()
    const { url, user, password } = nats
    const fatal: Error[] = []
    detect = startDetect({
      url,
      user,
      password,
      logMaxBytes: MAX_BYTES,
      store: NO_STORE,
      shards: 1,
      logger,
      metrics,
      onFatal: (error) => fatal.push(error),
    })
    await detect.ready
    const shard = createShard({ epoch: log.epoch, detectors, partitions: ALL_PARTITIONS })
    for (const message of told.messages) shard.apply(message)
    const explained = shard.explain('complaint-surge', CODE)
    expect(explained).toMatchObject({ state: 'alert-open', verdict: { observed: 14 } })
    expect(await detect.explain('complaint-surge', CODE)).toEqual(explained)
    expect(fatal).toEqual([])
  })

  test('tells in figures what went and how far back the log reaches', async () => {
    const text = await eventually('figures', async () => metrics.registry.metrics())
    expect(text).toContain('yujing_log_purged_total 9')
    expect(text).toMatch(/yujing_log_first_age_seconds [1-9]/)
  })
})
