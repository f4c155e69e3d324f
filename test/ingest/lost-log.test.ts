import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWriter } from '../../src/ingest/writer/writer.ts'
import { connectLog } from '../../src/log/connection.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { connectStore, type Store } from '../../src/store/store.ts'
import type { StoreProgress } from '../../src/store/writer/ports.ts'
import { createStoreWriter } from '../../src/store/writer/store-writer.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { NOTHING_CORRECTED } from '../support/memory-stores.ts'
import { startTestNats, type TestNats } from '../support/nats.ts'
import { byHand, canonical, code, NOW, TestClock } from './setting.ts'

/** The writer with the real log and the real store: what the log no longer holds is found in ClickHouse. */
const logger = silentLogger()
const parameters = { detector: 'a', version: 3, parameters: { n: 5 }, by: 'admin' }
let clickHouse: TestClickHouse
let store: Store

beforeAll(async () => {
  clickHouse = await startTestClickHouse({ sessions: 3 })
  store = await connectStore({ ...clickHouse, logger })
}, 20_000)
afterAll(async () => {
  await store.close()
  await clickHouse.stop()
})

/** A writer and a store writer on a server; `loses` ends the server and everything on it. */
async function openOn(nats: TestNats, clock = new TestClock()) {
  const log = await connectLog({ ...nats, logger, maxBytes: 256 * 1024 * 1024, name: 'test' })
  const intents = await log.bucket<StoreProgress>('yujing_config')
  const common = { logger, metrics: createMetrics() }
  const quarantine = { put: async () => {} }
  const storeWriter = createStoreWriter({ store, log: log.events, intents, quarantine, ...common })
  await storeWriter.start()
  const writer = byHand(
    createWriter({
      log: log.events,
      snapshots: { save: async () => {}, candidates: async () => [] },
      history: {
        lookup: (idHashes) => store.lookupEventIds(idHashes),
        ...NOTHING_CORRECTED,
        rebuild: (belowSeq) => store.messagesBefore({ epoch: log.epoch, belowSeq }),
      },
      clock: clock.guarded,
      instance: 'test',
      ...common,
    }),
  )
  await writer.start()
  return {
    log,
    writer,
    clock,
    stored: async () => storeWriter.caughtUp(await log.events.last()),
    async close() {
      await writer.stop()
      await storeWriter.stop()
      await log.close()
    },
  }
}

const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind)

test('ids, register, log time and parameters outlive the purge of the log and the loss of the whole log server', async () => {
  const nats = await startTestNats()
  const first = await openOn(nats)
  const registered = Array.from({ length: 30 }, (_, number) =>
    canonical({
      type: 'enterprise.registered',
      subject: code(number),
      data: { name: 'x', capital: 1, address: `长治路${number}号`, kind: '1130' },
    }),
  )
  await first.writer.append(registered)
  await first.writer.control({ type: 'yujing.detectors', data: { versions: { a: 2 } } })
  await first.writer.control({ type: 'yujing.parameters', data: parameters })
  first.clock.time = NOW + 20 * DAY_MS
  const recent = canonical({ subject: code(1) })
  await first.writer.append([recent])
  await first.stored()
  await first.log.events.purgeBelow(6)
  await first.close()

  // The same log, without what was purged and without a snapshot.
  const second = await openOn(nats, first.clock)
  expect(second.writer.inForce()).toMatchObject({ versions: { a: 2 }, parameters: { a: parameters } })
  expect(second.writer.logTime()).toBe(NOW + 20 * DAY_MS)
  const changed = registered.map((event) => ({ ...event, region: '140106' }))
  expect(kinds(await second.writer.append(registered))).toEqual(registered.map(() => 'duplicate'))
  expect(kinds(await second.writer.append(changed))).toEqual(changed.map(() => 'reused'))
  const late = canonical({ subject: code(2) })
  expect(kinds(await second.writer.append([recent, late]))).toEqual(['duplicate', 'stored'])
  await second.stored()
  await second.close()
  await nats.stop()

  // A new server, and a log that was created anew, twice.
  for (const round of [1, 2]) {
    const fresh = await startTestNats()
    const next = await openOn(fresh)
    expect(next.writer.logTime()).toBe(NOW + 20 * DAY_MS)
    expect(next.writer.inForce()).toMatchObject({ versions: { a: 2 }, parameters: { a: parameters } })
    next.clock.time = NOW + 20 * DAY_MS
    next.clock.guarded.accept()
    expect(kinds(await next.writer.append([...registered, recent, late]))).toEqual(
      [...registered, recent, late].map(() => 'duplicate'),
    )
    const facts = canonical({ subject: code(3), id: `facts-${round}` })
    const [outcome] = await next.writer.append([facts])
    await next.stored()
    if (outcome?.kind !== 'stored') throw new Error('a new event is stored')
    expect(await store.eventsAt([outcome.position])).toMatchObject([
      { id: `facts-${round}`, receivedAt: NOW + 20 * DAY_MS, register: { kind: '1130', status: 'living' } },
    ])
    await next.close()
    await fresh.stop()
  }
}, 60_000)
