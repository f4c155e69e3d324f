import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectLog, type LogConnection } from '../../src/log/connection.ts'
import { encodeRow } from '../../src/model/row.ts'
import { connectStore, type Store } from '../../src/store/store.ts'
import type { StoreProgress } from '../../src/store/writer/ports.ts'
import { createStoreWriter } from '../../src/store/writer/store-writer.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { eventAt } from '../support/log-lines.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'

const logger = silentLogger()
let nats: TestNats
let clickHouse: TestClickHouse
let log: LogConnection
let store: Store

beforeAll(async () => {
  ;[nats, clickHouse] = await Promise.all([startTestNats(), startTestClickHouse({ sessions: 3 })])
  log = await connectLog({ ...nats, logger, maxBytes: 256 * 1024 * 1024, name: 'test' })
  store = await connectStore({ ...clickHouse, logger })
}, 20_000)
afterAll(async () => {
  await store.close()
  await log.close()
  await Promise.all([nats.stop(), clickHouse.stop()])
})

let last = 0
async function append(messages: number): Promise<void> {
  const acks: Promise<number>[] = []
  for (let i = 0; i < messages; i++) {
    const seq = last + 1
    const events = [0, 1, 2].map((index) => eventAt(seq, index, {}, log.epoch))
    const payload = new TextEncoder().encode(events.map((event) => encodeRow(event, event)).join('\n'))
    const expected = i === 0 ? { expectedLastSeq: last } : { expectedLastMsgId: `${log.epoch}-${last}` }
    acks.push(log.events.append({ kind: 'rows', payload, count: 3, msgId: `${log.epoch}-${seq}`, ...expected }))
    last = seq
  }
  await Promise.all(acks)
}

async function storeWriter() {
  const writer = createStoreWriter({
    store,
    log: log.events,
    intents: await log.bucket<StoreProgress>('yujing_config'),
    quarantine: { put: async () => {} },
    logger,
    metrics: createMetrics(),
  })
  await writer.start()
  return writer
}

test('the log reaches the store over a restart of the writer, of the log server and of ClickHouse', async () => {
  const first = await storeWriter()
  await append(200)
  await first.caughtUp(50)
  await first.stop()
  const second = await storeWriter()
  expect(second.storedSeq()).toBeGreaterThanOrEqual(50)
  await second.caughtUp(200)
  await Promise.all([nats.restart(), clickHouse.kill()])
  await expect.poll(() => log.healthy()).toBe(true)
  await append(100)
  await second.caughtUp(300)
  await second.stop()
  const counts = 'SELECT count(), uniqExact(seq, idx), max(seq) FROM events'
  expect(await (await store.client.query({ query: counts, format: 'JSONCompactEachRow' })).json()).toEqual([
    [900, 900, 300],
  ])
}, 40_000)
