import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeRow } from '../../src/model/row.ts'
import { connectStore, type Store } from '../../src/store/store.ts'
import { insertBatch } from '../../src/store/writer/insert.ts'
import type { RefusedRow, StoreProgress } from '../../src/store/writer/ports.ts'
import { createStoreWriter, type StoreWriter } from '../../src/store/writer/store-writer.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startTestClickHouse, type TestClickHouse } from '../support/clickhouse.ts'
import { createTestIntents, type TestIntents } from '../support/intents.ts'
import { createTestLog, eventAt, type TestLog } from '../support/log-lines.ts'

const logger = silentLogger()
let server: TestClickHouse
let store: Store
let log: TestLog
let intents: TestIntents
let refused: RefusedRow[]
let metrics: ReturnType<typeof createMetrics>
const writers: StoreWriter[] = []
let logs = 0

beforeAll(async () => {
  server = await startTestClickHouse({ sessions: 4 })
  store = await connectStore({ ...server, logger })
})
afterAll(async () => {
  await store.close()
  await server.stop()
})
beforeEach(() => {
  // A log of its own for each test: they share the tables.
  logs += 1
  log = createTestLog(logs.toString(16).padStart(16, '0'))
  intents = createTestIntents()
  refused = []
  metrics = createMetrics()
})
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.stop()
})

function createWriter(o: { client?: Store['client']; rows?: number } = {}): StoreWriter {
  const quarantine = { put: async (row: RefusedRow) => void refused.push(row) }
  const limits = { rows: o.rows ?? 100_000, bytes: 1_000_000, waitMs: 20, manyRows: 100_000, manyWaitMs: 20 }
  const writer = createStoreWriter({
    store: { client: o.client ?? store.client, isPrepared: () => true },
    log,
    intents,
    quarantine,
    logger,
    metrics,
    limits,
  })
  writers.push(writer)
  return writer
}

async function storeAll(o: { client?: Store['client']; rows?: number } = {}): Promise<StoreWriter> {
  const writer = createWriter(o)
  await writer.start()
  await writer.caughtUp(log.messages.length)
  return writer
}

/** Rows of this test's log in each table, and how many different ones. */
async function counts(): Promise<Record<string, [number, number]>> {
  const found: Record<string, [number, number]> = {}
  for (const [table, what] of [
    ['events', '(seq, idx)'],
    ['event_positions', '(seq, idx)'],
    ['event_ids', '(seq, idx, id_hash)'],
    ['event_keys', '(seq, idx, kind, key)'],
    ['control_entries', 'seq'],
  ] as const) {
    const query = `SELECT count(), uniqExact(${what}) FROM ${table} WHERE log_epoch = {epoch:String}`
    const answer = await store.client.query({ query, query_params: { epoch: log.epoch }, format: 'JSONCompactEachRow' })
    found[table] = (await answer.json<[number, number]>())[0] as [number, number]
  }
  return found
}

/** Every table holds each row once. */
const exactly = (rows: number, controls: number) => ({
  events: [rows, rows],
  event_positions: [rows, rows],
  event_ids: [rows, rows],
  event_keys: [rows, rows],
  control_entries: [controls, controls],
})

function fill(messages: number, rowsEach = 3): void {
  for (let i = 0; i < messages; i++) log.rows(...Array.from({ length: rowsEach }, () => ({})))
  log.control({ type: 'yujing.tick', data: {} })
}

/** The client, with something happening around each insert. */
function around(wrap: (insert: () => Promise<unknown>) => Promise<unknown>): Store['client'] {
  return new Proxy(store.client, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'exec') return value.bind(target)
      return (...args: unknown[]) => wrap(() => value.apply(target, args))
    },
  })
}

describe('the store writer', () => {
  test('stores rows and control entries once, in batches within the limit, and counts them', async () => {
    fill(40)
    const writer = await storeAll({ rows: 10 })
    expect(await counts()).toEqual(exactly(120, 1))
    expect(writer.storedSeq()).toBe(41)
    for (const { open } of intents.saved) if (open) expect(open.toSeq - open.fromSeq).toBeLessThan(4)
    expect((await metrics.eventsStoredTotal.get()).values[0]?.value).toBe(120)
    expect((await metrics.logLag.get()).values).toEqual([{ labels: { consumer: 'store' }, value: 0 }])
    // Goes on with what comes.
    fill(1)
    await writer.caughtUp(43)
    expect(await counts()).toEqual(exactly(123, 2))
  })

  test('records the intent before each insert', async () => {
    fill(3)
    const seen: (StoreProgress | undefined)[] = []
    await storeAll({
      client: around((insert) => {
        seen.push(intents.saved.at(-1))
        return insert()
      }),
    })
    expect(seen.map((progress) => progress?.open)).toEqual([
      { fromSeq: 1, toSeq: 4 },
      { fromSeq: 1, toSeq: 4 },
    ])
  })

  test('a batch sent twice under its token is there once, dependent tables included', async () => {
    fill(3)
    const batch = { fromSeq: 1, toSeq: 4, messages: log.messages }
    for (let i = 0; i < 3; i++) await insertBatch(store.client, batch, log.epoch, `${log.epoch}:1-4`)
    expect(await counts()).toEqual(exactly(9, 1))
  })

  test('a crash between intent and insert: the batch is repeated with its bounds', async () => {
    fill(5)
    intents = createTestIntents({ writer: 'before', epoch: log.epoch, storedSeq: 0, open: { fromSeq: 1, toSeq: 4 } })
    await storeAll()
    expect(intents.saved[1]?.open).toEqual({ fromSeq: 1, toSeq: 4 })
    expect(await counts()).toEqual(exactly(15, 1))
  })

  test.each(['rows', 'all'])('a crash after the insert of %s and before its record: nothing doubles', async (sent) => {
    fill(5)
    let inserts = 0
    const dying = createWriter({
      client: around(async (insert) => {
        const answer = await insert()
        inserts += 1
        if (sent === 'rows' || inserts === 2) intents.fault = new Error('the process is dead')
        if (intents.fault) throw intents.fault
        return answer
      }),
    })
    await dying.start()
    await expect.poll(() => intents.fault).not.toBeNull()
    await dying.stop()
    intents.fault = null
    expect(dying.storedSeq()).toBe(0)
    fill(2)
    await storeAll()
    expect(await counts()).toEqual(exactly(21, 2))
  })

  test('progress of yesterday (a restored key-value store): other bounds, nothing doubles, nothing is missing', async () => {
    fill(5)
    await (await storeAll({ rows: 4 })).stop()
    intents = createTestIntents({ writer: 'before', epoch: log.epoch, storedSeq: 2, open: null })
    fill(3)
    await storeAll()
    expect(await counts()).toEqual(exactly(24, 2))
  })

  test('a batch of which part is there under an unknown token is cleared and written anew', async () => {
    fill(5)
    const [first, second] = log.messages
    if (!first || !second) throw new Error('nothing was filled in')
    await insertBatch(store.client, { fromSeq: 1, toSeq: 2, messages: [first, second] }, log.epoch, `lost-${log.epoch}`)
    intents = createTestIntents({ writer: 'before', epoch: log.epoch, storedSeq: 0, open: { fromSeq: 1, toSeq: 6 } })
    await storeAll()
    expect(await counts()).toEqual(exactly(15, 1))
  })

  test('rows that are there but missing in a dependent table are made whole', async () => {
    fill(2)
    await (await storeAll()).stop()
    await store.client.command({ query: `DELETE FROM event_keys WHERE log_epoch = '${log.epoch}' AND seq = 1` })
    intents = createTestIntents({ writer: 'before', epoch: log.epoch, storedSeq: 0, open: { fromSeq: 1, toSeq: 3 } })
    await storeAll()
    expect(await counts()).toEqual(exactly(6, 1))
  })

  test('rows refused for what they hold are found by halving and quarantined; the stream goes on', async () => {
    fill(2)
    const good = (seq: number, index: number) => {
      const event = eventAt(seq, index, {}, log.epoch)
      return encodeRow(event, event)
    }
    log.raw([good(4, 0), '["not","a","row"]', good(4, 2), good(4, 3).replace(',4,3,', ',4,"three",'), good(4, 4)])
    fill(2)
    await storeAll()
    expect(await counts()).toEqual(exactly(15, 2))
    expect(refused.map(({ position }) => [position.seq, position.index])).toEqual([
      [4, 1],
      [4, 3],
    ])
    expect(refused[0]?.row).toBe('["not","a","row"]')
    expect((await metrics.eventsStoredTotal.get()).values[0]?.value).toBe(15)
    expect((await metrics.dropsTotal.get()).values).toEqual([
      { labels: { step: 'store', reason: 'row-refused' }, value: 2 },
    ])
  })

  test('a crash while a refused batch is halved: nothing doubles, the row is refused again', async () => {
    fill(3)
    log.raw(['nonsense'])
    let inserts = 0
    const dying = createWriter({
      client: around(async (insert) => {
        inserts += 1
        if (inserts > 3) intents.fault = new Error('the process is dead')
        if (intents.fault) throw intents.fault
        return insert()
      }),
    })
    await dying.start()
    await expect.poll(() => intents.fault).not.toBeNull()
    await dying.stop()
    intents.fault = null
    await storeAll()
    expect(await counts()).toEqual(exactly(9, 1))
    expect(refused).toHaveLength(1)
  })

  test('with ClickHouse killed again and again nothing is lost or doubled', async () => {
    const writer = createWriter({ rows: 200 })
    await writer.start()
    for (let round = 0; round < 3; round++) {
      fill(60, 10)
      await new Promise((resolve) => setTimeout(resolve, 37 * round))
      await server.kill()
    }
    await writer.caughtUp(log.messages.length)
    expect(await counts()).toEqual(exactly(1_800, 3))
  })

  test('a log whose rows name another place stops the writer', async () => {
    fill(1)
    const event = eventAt(7, 0, {}, log.epoch)
    log.raw([encodeRow(event, event)])
    const writer = createWriter()
    await writer.start()
    await expect.poll(() => writer.failure()?.message).toContain('holds rows of 7')
    expect(writer.storedSeq()).toBe(0)
  })

  test('a second writer on the same progress stops the one it overtakes', async () => {
    const first = createWriter()
    await first.start()
    fill(1)
    await first.caughtUp(2)
    const second = createWriter()
    await second.start()
    fill(1)
    await second.caughtUp(4)
    await expect.poll(() => first.failure()?.name).toBe('RevisionConflict')
    expect(second.failure()).toBeNull()
    expect(await counts()).toEqual(exactly(6, 2))
  })

  test('of a new log nothing counts as stored', async () => {
    intents = createTestIntents({
      writer: 'before',
      epoch: 'ffffffffffffffff',
      storedSeq: 99,
      open: { fromSeq: 100, toSeq: 110 },
    })
    fill(2)
    const writer = await storeAll()
    expect(writer.storedSeq()).toBe(3)
    expect(await counts()).toEqual(exactly(6, 1))
  })
})
