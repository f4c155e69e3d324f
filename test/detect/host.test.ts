import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { detectors } from '../../detectors/index.ts'
import { type Detect, startDetect } from '../../src/detect-host.ts'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import type { Finding } from '../../src/model/finding.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'
import { run, TestLog, type Told, time } from './log.ts'

const MAX_BYTES = 64 * 1024 * 1024
/** Nobody asks for history while the log reaches back to every state. */
const NO_STORE = { url: 'http://127.0.0.1:9', username: '', password: '' }
const logger = silentLogger()
const CODES = Array.from({ length: 12 }, (_, n) => `91140105MA0K${String(n).padStart(4, '0')}XG`)

let nats: TestNats
let log: LogConnection
let told: TestLog
let metrics: Metrics
const running: Detect[] = []
const fatal: Error[] = []

beforeAll(async () => {
  if (!existsSync(join(packageRoot(), 'dist/src/detect-worker.js'))) throw new Error('dist is missing: npm run build')
  nats = await startTestNats()
  log = await connectLog({ ...nats, logger, maxBytes: MAX_BYTES, name: 'test' })
  told = new TestLog(log.epoch)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((detect) => detect.stop()))
  expect(fatal.splice(0)).toEqual([])
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

function start(shards: number, snapshotCycleMs?: number): Detect {
  metrics = createMetrics()
  const { url, user, password } = nats
  const detect = startDetect({
    url,
    user,
    password,
    logMaxBytes: MAX_BYTES,
    store: NO_STORE,
    shards,
    logger,
    metrics,
    onFatal: (error) => fatal.push(error),
    ...(snapshotCycleMs !== undefined && { snapshotCycleMs }),
  })
  running.push(detect)
  return detect
}

/** Everything published so far, each alert's findings in their order. */
async function published(count: number): Promise<Finding[]> {
  const reading = new AbortController()
  const findings: Finding[] = []
  const timer = setTimeout(() => reading.abort(), 60_000)
  await log.findings.consume(
    `test-${crypto.randomUUID()}`,
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

function complaints(day: string, count: number): Told[] {
  return CODES.flatMap((subject) =>
    Array.from({ length: count }, () => ({ type: 'complaint.filed', subject, at: time(day) })),
  )
}

async function until(what: () => boolean): Promise<void> {
  const patience = AbortSignal.timeout(60_000)
  while (!what()) {
    patience.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('detection on its threads', () => {
  it('finds on three threads what one pass finds, and says so in figures', async () => {
    told
      .rows(...complaints('2026-03-02', 3))
      .tick(time('2026-03-03'))
      .rows(...complaints('2026-03-03', 3))
    await append()
    const detect = start(3)
    await detect.ready
    expect(detect.isReady()).toBe(true)
    expect(detect.position()).toBe(told.last)
    told.rows(...complaints('2026-03-04', 4))
    await append()
    await until(() => detect.position() === told.last)

    const expected = run(detectors, told)
    expect(expected.length).toBeGreaterThan(CODES.length)
    expect(sorted(await published(expected.length))).toEqual(sorted(expected))
    await until(() => figure('yujing_state_keys{detector="complaint-surge"}') === CODES.length)
    expect(figure('yujing_findings_total{detector="complaint-surge"}')).toBe(expected.length)
    expect(figure('yujing_state_bytes')).toBeGreaterThan(0)
    expect(figure('yujing_ingest_to_finding_seconds_count')).toBeGreaterThan(0)
    expect(await detect.explain('complaint-surge', CODES[0] as string)).toMatchObject({
      state: 'alert-open',
      verdict: { observed: 10 },
    })
    expect(await detect.explain('unheard-of', 'x')).toBeNull()
  })

  it('goes on from its snapshots with other threads, and repeats nothing', async () => {
    const before = (await published(run(detectors, told).length)).length
    const detect = start(1)
    await detect.ready
    told.rows(...complaints('2026-04-20', 1), ...complaints('2026-05-04', 5))
    await append()
    await until(() => detect.position() === told.last)
    const expected = run(detectors, told)
    const all = await published(expected.length)
    expect(all.length).toBe(expected.length)
    expect(all.length).toBeGreaterThan(before)
    expect(sorted(all)).toEqual(sorted(expected))
  })

  it('writes snapshots of its partitions in turn while it runs', async () => {
    const detect = start(2, 3_200)
    await detect.ready
    told.tick(time('2026-05-05'))
    await append()
    await until(() => detect.position() === told.last)
    while ((await newestSnapshot(63)) !== told.last) await new Promise((resolve) => setTimeout(resolve, 100))
  })

  it('tells when the log contradicts its rows, and stops', async () => {
    const detect = start(1)
    await detect.ready
    const seq = told.last + 1
    const payload = new TestLog(log.epoch).rows(...complaints('2026-05-06', 1)).messages[0]?.payload as Uint8Array
    await log.events.append({ kind: 'rows', payload, count: 12, msgId: 'wrong', expectedLastSeq: seq - 1 })
    await until(() => fatal.length > 0)
    expect(fatal.splice(0)[0]?.message).toContain(`message ${seq} row 0 says it is`)
  })

  it('does not start on a log that ends before what its state has seen', async () => {
    expect(await newestSnapshot(0)).toBeGreaterThan(0)
    // The stream as a restore of an older backup would leave it: the same log, fewer messages.
    const connection = await connect({ servers: nats.url, user: nats.user, pass: nats.password })
    const manager = await jetstreamManager(connection)
    const { config } = await manager.streams.info('YUJING_EVENTS')
    await manager.streams.delete('YUJING_EVENTS')
    await manager.streams.add(config)
    await connection.close()
    await expect(start(1).ready).rejects.toThrow('the log ends at 0')
    expect(fatal.splice(0).map(({ message }) => message)).toEqual([expect.stringContaining('the log ends at 0')])
  })
})

let text = ''

/** A figure of the metrics as a scrape shows it. */
function figure(name: string): number {
  void metrics.registry.metrics().then((scraped) => {
    text = scraped
  })
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? Number.NaN,
  )
}

async function newestSnapshot(partition: number): Promise<number> {
  const [newest] = await log.snapshots.candidates(`detect-${partition}`)
  return newest?.seq ?? 0
}
